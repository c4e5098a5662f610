package order

import (
	"cmp"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

const (
	// turn is how soon an order comes again whose login is busy with another one; where many wait, later.
	turn = time.Second
	// lastTurn bounds that.
	lastTurn = 15 * time.Second
	// waitsFor is how long an order counts as one that waits after it has last come.
	waitsFor = 2*lastTurn + 5*time.Second
)

// turns let one order of a login take its steps at a time: of those that wait the domain that expires first. The zero value is ready to use; it is safe
// for concurrent use.
type turns struct {
	mu      sync.Mutex
	byLogin map[string]*queue
}

// queue is that of a login.
type queue struct {
	busy    bool
	waiting map[string]waiter // by name of the Order
}

// waiter is an order that waits, with the last paid day of its domain.
type waiter struct {
	base string
	seen time.Time
}

// enter gives an order its turn, or says when it shall come again.
func (t *turns) enter(login string, order *v1alpha1.Order) (comesAgain time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.byLogin == nil {
		t.byLogin = map[string]*queue{}
	}
	q := t.byLogin[login]
	if q == nil {
		q = &queue{waiting: map[string]waiter{}}
		t.byLogin[login] = q
	}
	now, name := time.Now(), order.Name
	self := waiter{order.Spec.BaseExpiry, now}
	before := 0
	for other, w := range q.waiting {
		switch {
		case other == name:
		case now.Sub(w.seen) > waitsFor:
			delete(q.waiting, other)
		case cmp.Or(cmp.Compare(w.base, self.base), cmp.Compare(other, name)) < 0:
			before++
		}
	}
	if !q.busy && before == 0 {
		q.busy = true
		delete(q.waiting, name)
		return 0
	}
	q.waiting[name] = self
	return min(turn*time.Duration(1+before/workers), lastTurn)
}

// leave ends the turn of an order of the login.
func (t *turns) leave(login string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.byLogin[login].busy = false
}
