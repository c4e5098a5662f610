package regapitest

import (
	"context"
	"fmt"
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

// Set moves the clock to a time, also back: for a state that was restored.
func (c *ManualClock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// Sleep moves the clock forward at once: simulated latency costs simulated time only.
func (c *ManualClock) Sleep(ctx context.Context, duration time.Duration) error {
	c.Advance(duration)
	return ctx.Err()
}

// maxAhead bounds how far an offsetClock can be ahead of real time, so that the year keeps four digits.
const maxAhead = 100 * 365 * 24 * time.Hour

// offsetClock is the default: it follows real time, in UTC, at a distance that the control endpoint changes, or stands. Inside a testing/synctest
// bubble real time is the bubble's. Latency takes real time.
type offsetClock struct {
	mu    sync.Mutex
	hands hands
}

// hands are what a clock shows; the zero value is real time.
type hands struct {
	ahead time.Duration
	// frozenAt is where the clock stands; zero while it runs.
	frozenAt time.Time
}

// clockChange is what is to be done to a clock: first make it stand or go on, then move it by advance or to set, where they are not zero.
type clockChange struct {
	// frozen is nil to leave it as it is. A clock that goes on does so from where it stood.
	frozen  *bool
	advance time.Duration
	set     time.Time
}

// Now returns the time.
func (c *offsetClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hands.show(time.Now())
}

// Sleep waits in real time, also while the clock stands.
func (c *offsetClock) Sleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// change does all that is asked for, or nothing and tells why.
func (c *offsetClock) change(asked clockChange) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	hands, wall := c.hands, time.Now()
	if asked.frozen != nil {
		hands.freeze(*asked.frozen, wall)
	}
	to := hands.show(wall).Add(asked.advance)
	if !asked.set.IsZero() {
		to = asked.set.UTC()
	}
	if err := hands.move(to, wall); err != nil {
		return err
	}
	c.hands = hands
	return nil
}

// rewind returns to real time.
func (c *offsetClock) rewind() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.hands = hands{}
}

// showAgain makes the clock show a time from before or after, as it was saved; it stands if it stood.
func (c *offsetClock) showAgain(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := time.Now()
	c.hands.ahead = now.Sub(wall)
	if !c.hands.frozenAt.IsZero() {
		c.hands.frozenAt = now
	}
}

// state returns the time, its distance from real time, and whether it stands.
func (c *offsetClock) state() (now time.Time, ahead time.Duration, frozen bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall := time.Now()
	now = c.hands.show(wall)
	return now, now.Sub(wall), !c.hands.frozenAt.IsZero()
}

// show returns what the hands show when real time is wall.
func (h *hands) show(wall time.Time) time.Time {
	if !h.frozenAt.IsZero() {
		return h.frozenAt
	}
	return wall.UTC().Add(h.ahead)
}

func (h *hands) freeze(frozen bool, wall time.Time) {
	now := h.show(wall)
	*h = hands{ahead: now.Sub(wall)}
	if frozen {
		h.frozenAt = now
	}
}

// move goes forward only: what came to be later cannot be unmade.
func (h *hands) move(to, wall time.Time) error {
	if now := h.show(wall); to.Before(now) {
		return fmt.Errorf("the clock does not go back from %s", now.Format(time.RFC3339))
	}
	if to.Sub(wall) > maxAhead {
		return fmt.Errorf("the clock goes no further than %s", wall.UTC().Add(maxAhead).Format(time.RFC3339))
	}
	h.ahead = to.Sub(wall)
	if !h.frozenAt.IsZero() {
		h.frozenAt = to
	}
	return nil
}
