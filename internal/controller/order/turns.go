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
	// lastHold bounds how long an order is waited for that was refused: to ask again costs no request, and it may be done sooner, or gone.
	lastHold = 2 * time.Minute
	// waitsFor is how long an order counts as one that waits after it was to come again.
	waitsFor = lastTurn + 5*time.Second
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

// waiter is an order that waits: the last paid day of its domain, and when it comes again.
type waiter struct {
	base string
	due  time.Time
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
	base, before, free := order.Spec.BaseExpiry, 0, now
	for other, w := range q.waiting {
		switch {
		case other == name:
		case now.Sub(w.due) > waitsFor:
			delete(q.waiting, other)
		case cmp.Or(cmp.Compare(w.base, base), cmp.Compare(other, name)) < 0:
			if before++; before == 1 || w.due.Before(free) {
				free = w.due
			}
		}
	}
	if !q.busy && before == 0 {
		q.busy = true
		delete(q.waiting, name)
		return 0
	}
	// Those before it may wait for the next hour's requests.
	comesAgain = max(free.Sub(now), 0) + min(turn*time.Duration(1+before/workers), lastTurn)
	q.waiting[name] = waiter{base, now.Add(comesAgain)}
	return comesAgain
}

// leave ends the turn of an order of the login. One that could not take it, since the hour's requests are used up, stays before those that expire later.
func (t *turns) leave(login string, order *v1alpha1.Order, comesAgain time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	q := t.byLogin[login]
	q.busy = false
	if comesAgain > 0 {
		q.waiting[order.Name] = waiter{order.Spec.BaseExpiry, time.Now().Add(min(comesAgain, lastHold))}
	}
}
