package regapi

import (
	"context"
	"fmt"
	"sync"
)

// Lane lets one request at a time through, first come, first served. Share one lane among all
// clients of an account: REG.API refuses parallel operations on the balance with BILLING_LOCK,
// and the vendor asks for a single queue (1.2).
type Lane struct {
	mu      sync.Mutex
	busy    bool
	waiting []chan struct{} // closed when its owner may go
}

// NewLane makes an empty lane.
func NewLane() *Lane { return &Lane{} }

// Middleware makes every request wait for its turn. The end of a caller's context ends its wait.
func (l *Lane) Middleware() Middleware {
	return func(next Handler) Handler {
		return HandlerFunc(func(ctx context.Context, request *Request) (*Answer, error) {
			if err := l.enter(ctx); err != nil {
				return nil, fmt.Errorf("%s: wait for a turn: %w", request.Function, err)
			}
			defer l.leave()
			return next.Do(ctx, request)
		})
	}
}

// enter waits for the caller's turn.
func (l *Lane) enter(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	l.mu.Lock()
	if !l.busy {
		l.busy = true
		l.mu.Unlock()
		return nil
	}
	turn := make(chan struct{})
	l.waiting = append(l.waiting, turn)
	l.mu.Unlock()
	select {
	case <-turn:
		return nil
	case <-ctx.Done():
		l.abandon(turn)
		return ctx.Err()
	}
}

// abandon gives up a place in the queue, or the turn itself if it came at the same moment.
func (l *Lane) abandon(turn chan struct{}) {
	l.mu.Lock()
	for i, other := range l.waiting {
		if other == turn {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			l.mu.Unlock()
			return
		}
	}
	l.mu.Unlock()
	l.leave()
}

// leave hands the turn to the first in the queue.
func (l *Lane) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		l.busy = false
		return
	}
	close(l.waiting[0])
	l.waiting = l.waiting[1:]
}
