package regapitest

import (
	"context"
	"sync"
	"time"
)

// Clock tells the simulator the time: of rate limits, publication and the journal.
//
// A clock that also has a method Sleep(context.Context, time.Duration) error serves latency too; otherwise latency is real time.
type Clock interface {
	Now() time.Time
}

type sleeper interface {
	Sleep(ctx context.Context, duration time.Duration) error
}

// ManualClock is a [Clock] that moves only when told to, or when somebody sleeps on it.
type ManualClock struct {
	mu  sync.Mutex
	now time.Time
}

// NewManualClock returns a clock that stands at start.
func NewManualClock(start time.Time) *ManualClock {
	return &ManualClock{now: start}
}

// Now returns the time at which the clock stands.
func (c *ManualClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward.
func (c *ManualClock) Advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// Sleep moves the clock forward at once: simulated latency costs simulated time only.
func (c *ManualClock) Sleep(ctx context.Context, duration time.Duration) error {
	c.Advance(duration)
	return ctx.Err()
}

// systemClock is the default. Inside a testing/synctest bubble it is the bubble's clock.
type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
