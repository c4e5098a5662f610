package traffic

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// Coalescer lets callers that ask the same at the same time share one request. Only functions that
// change nothing are shared, and nobody gets an answer that may be older than a change which had
// ended before he asked. The end of one caller's context ends the request only if nobody else waits
// for it. Share a Coalescer among the clients of one account alone.
type Coalescer struct {
	mu      sync.Mutex
	flights map[regapi.RequestKey]*flight
}

// flight is a request that several callers wait for.
type flight struct {
	function string
	priority Priority
	// deadline is the first caller's; zero if it has none.
	deadline time.Time
	cancel   context.CancelFunc
	callers  int // the coalescer's lock guards it

	done     chan struct{} // closed when the rest is there
	answer   *regapi.Answer
	err      error
	panicked *handlerPanic
}

// handlerPanic is what a handler panicked with, and where.
type handlerPanic struct {
	value any
	stack []byte
}

// NewCoalescer makes a coalescer.
func NewCoalescer() *Coalescer { return &Coalescer{flights: map[regapi.RequestKey]*flight{}} }

// Middleware shares the requests that pass it. Put it outermost.
func (c *Coalescer) Middleware() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if !catalog.Repeatable(request.Function) {
				defer c.forgetAll() // also after a failure: the change may have been made
				return next.Do(ctx, request)
			}
			key, err := regapi.KeyOf(request)
			// Whoever holds a turn must not wait for somebody who waits for that turn.
			if err != nil || ctx.Err() != nil || ctx.Value(turnKey{}) != nil {
				return next.Do(ctx, request)
			}
			return c.join(ctx, key, request, next).wait(ctx, c)
		})
	}
}

// forgetAll keeps later callers from joining the present flights.
func (c *Coalescer) forgetAll() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.flights)
}

// join returns the flight for a request, which it starts if there is none that serves the caller.
func (c *Coalescer) join(ctx context.Context, key regapi.RequestKey, request *regapi.Request, next regapi.Handler) *flight {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f := c.flights[key]; f != nil && f.callers > 0 && f.serves(ctx) {
		f.callers++
		return f
	}
	f := &flight{function: request.Function, priority: PriorityOf(ctx), callers: 1, done: make(chan struct{})}
	shared := context.WithoutCancel(ctx)
	if deadline, ok := ctx.Deadline(); ok {
		f.deadline = deadline
		shared, f.cancel = context.WithDeadline(shared, deadline)
	} else {
		shared, f.cancel = context.WithCancel(shared)
	}
	c.flights[key] = f
	go func() {
		defer close(f.done)
		defer c.forget(key, f)
		f.fly(shared, request, next)
	}()
	return f
}

// serves reports whether the flight goes as early, and is waited for as long, as the caller needs.
func (f *flight) serves(ctx context.Context) bool {
	if f.priority < PriorityOf(ctx) {
		return false
	}
	if f.deadline.IsZero() {
		return true
	}
	deadline, ok := ctx.Deadline()
	return ok && !deadline.After(f.deadline)
}

// fly sends the request. A panic is kept for the callers, who know what to do with it.
func (f *flight) fly(ctx context.Context, request *regapi.Request, next regapi.Handler) {
	defer f.cancel()
	defer func() {
		if value := recover(); value != nil {
			f.panicked = &handlerPanic{value, debug.Stack()}
		}
	}()
	f.answer, f.err = next.Do(ctx, request)
}

// forget drops a flight that has ended, unless a newer one has taken its place.
func (c *Coalescer) forget(key regapi.RequestKey, f *flight) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flights[key] == f {
		delete(c.flights, key)
	}
}

// wait returns the outcome of the flight, or the end of the caller's context. The last caller to
// leave ends the flight and sees it end, so that it outlives nobody.
func (f *flight) wait(ctx context.Context, c *Coalescer) (*regapi.Answer, error) {
	select {
	case <-f.done:
	case <-ctx.Done():
		if c.leave(f) {
			f.cancel()
			<-f.done
			f.rethrow()
		}
		return nil, fmt.Errorf("%s: wait for the answer: %w", f.function, ctx.Err())
	}
	f.rethrow()
	return f.answer, f.err
}

// rethrow panics in the caller as the handler did.
func (f *flight) rethrow() {
	if f.panicked != nil {
		panic(fmt.Sprintf("%v\n\n%s", f.panicked.value, f.panicked.stack))
	}
}

// leave takes one caller off a flight and tells whether it was the last.
func (c *Coalescer) leave(f *flight) (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.callers--
	return f.callers == 0
}
