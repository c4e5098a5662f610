package traffic

import (
	"context"
	"sync"

	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// turn is a turn of a lane that somebody holds for a request that he has not made yet.
type turn struct {
	lane *Lane

	mu   sync.Mutex
	paid budget.Receipt // nil once it is used
}

type turnKey struct{}

// Turn waits for a turn and pays for it before it is known what the request will be, so that a batch can be put
// together at the last moment. The next request with the returned context has that turn; further ones wait for their own.
// release ends a turn that was not used, and does nothing after one that was.
func (l *Lane) Turn(ctx context.Context) (turnCtx context.Context, release func(), err error) {
	paid, err := l.enter(ctx, "") // of no function yet
	if err != nil {
		return nil, nil, err
	}
	held := &turn{lane: l, paid: paid}
	release = func() {
		if unused := held.take(); unused != nil {
			l.leave(unused, budget.Outcome{Unsent: true})
		}
	}
	return context.WithValue(ctx, turnKey{}, held), release, nil
}

// take gives what was paid for the turn, once.
func (t *turn) take() budget.Receipt {
	t.mu.Lock()
	defer t.mu.Unlock()
	paid := t.paid
	t.paid = nil
	return paid
}

// turnIn gives what was paid for a turn that the context holds; nil if it holds none of this lane.
func (l *Lane) turnIn(ctx context.Context) budget.Receipt {
	held, ok := ctx.Value(turnKey{}).(*turn)
	if !ok || held.lane != l {
		return nil
	}
	return held.take()
}
