package leader

import (
	"context"
	"sync"
	"time"

	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Term is for how long this process may believe that it leads: from its last sign of life on, as long as the Lease says. A process that was stopped
// in the middle of its work, with its machine, say, goes on with that before it finds out that another one leads; a Term tells it at once. Make
// it with NewTerm; nil is for a process that leads in any case.
type Term struct {
	length time.Duration

	mu sync.Mutex
	// renewed is when the last sign of life was begun, by a clock that goes on while the process is stopped.
	renewed time.Time
}

// NewTerm gives a term of the duration of the Lease, which has not begun.
func NewTerm(length time.Duration) *Term { return &Term{length: length} }

// Holds says whether no other process can lead yet.
func (t *Term) Holds() bool {
	if t == nil {
		return true
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return !t.renewed.IsZero() && time.Since(t.renewed) < t.length
}

// Watch gives a lock that takes note of the signs of life that this process gives through it.
func (t *Term) Watch(lock resourcelock.Interface) resourcelock.Interface { return watched{lock, t} }

type watched struct {
	resourcelock.Interface
	term *Term
}

// Create makes the Lease.
func (w watched) Create(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	return w.note(record, func() error { return w.Interface.Create(ctx, record) })
}

// Update renews the Lease, takes it over or gives it back.
func (w watched) Update(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	return w.note(record, func() error { return w.Interface.Update(ctx, record) })
}

func (w watched) note(record resourcelock.LeaderElectionRecord, do func() error) error {
	began := time.Now() // Others count from when they see it, which is later.
	err := do()
	if err != nil {
		return err
	}
	w.term.mu.Lock()
	defer w.term.mu.Unlock()
	if w.term.renewed = began; record.HolderIdentity != w.Identity() {
		w.term.renewed = time.Time{}
	}
	return nil
}
