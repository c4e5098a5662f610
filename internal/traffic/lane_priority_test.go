package traffic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// crowd sends requests through a lane and notes in which order they start; each takes a second.
type crowd struct {
	slowHandler
	lane    *Lane
	callers sync.WaitGroup
}

func newCrowd(opts ...LaneOption) *crowd { return &crowd{lane: NewLane(opts...)} }

// send queues a request and returns once it has its place.
func (c *crowd) send(ctx context.Context, priority Priority, name string) {
	c.callers.Go(func() {
		_, _ = c.lane.Middleware()(c).Do(WithPriority(ctx, priority), &regapi.Request{Function: name})
	})
	synctest.Wait()
}

// started are the requests that have started so far.
func (c *crowd) started() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.order)
}

// patient is a context that lasts for a day.
func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
	t.Cleanup(cancel)
	return ctx
}

func TestHigherPrioritiesGoFirstAndEqualsInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, ctx := newCrowd(), patient(t)
		c.send(ctx, Background, "in flight")
		for _, name := range []string{"b1", "c1", "i1", "b2", "c2", "i2"} {
			priority := map[byte]Priority{'b': Background, 'c': Change, 'i': Interactive}[name[0]]
			c.send(ctx, priority, name)
		}
		c.callers.Wait()
		if want := []string{"in flight", "i1", "i2", "c1", "c2", "b1", "b2"}; !slices.Equal(c.order, want) {
			t.Errorf("order %v", c.order)
		}
		if c.peak != 1 {
			t.Errorf("%d requests at once", c.peak)
		}
	})
}

func TestInteractiveRequestOvertakesFiveThousandBackgroundRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd()
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		for i := range 5000 {
			c.callers.Go(func() {
				_, _ = c.lane.Middleware()(c).Do(ctx, &regapi.Request{Function: fmt.Sprint(i)})
			})
		}
		time.Sleep(time.Hour + 300*time.Millisecond)
		before := len(c.started())
		c.send(t.Context(), Interactive, "challenge")
		time.Sleep(time.Second)
		if started := c.started(); len(started) != before+1 || started[before] != "challenge" {
			t.Errorf("after the one in flight came %v", started[before:])
		}
		cancel()
		c.callers.Wait()
		if left := c.lane.queues[Background].len(); left != 0 {
			t.Errorf("%d waiters are left in the queue", left)
		}
	})
}

func TestOldBackgroundRequestCountsAsAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, ctx := newCrowd(WithAgeing(10*time.Second)), patient(t)
		c.send(ctx, Change, "in flight")
		c.send(ctx, Background, "old")
		for range 15 { // one change per second keeps coming, each before the lane is free
			time.Sleep(500 * time.Millisecond)
			c.send(ctx, Change, "change")
			time.Sleep(500 * time.Millisecond)
		}
		c.callers.Wait()
		if at := slices.Index(c.order, "old"); at != 10 {
			t.Errorf("the old request was number %d", at)
		}
	})
}

func TestInteractiveRequestsDoNotStarveTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, ctx := newCrowd(), patient(t)
		c.send(ctx, Interactive, "in flight")
		c.send(ctx, Background, "background")
		for range 60 {
			c.send(ctx, Interactive, "interactive")
		}
		c.send(ctx, Change, "younger change")
		c.callers.Wait()
		if at := slices.Index(c.order, "background"); at != 1+maxOvertaking {
			t.Errorf("the background request was number %d", at)
		}
		if at := slices.Index(c.order, "younger change"); at != len(c.order)-1 {
			t.Errorf("the change that came last was number %d", at)
		}
	})
}

func TestASweepGetsItsTurnsInAnHourOfSteadyChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd()
		var changing sync.WaitGroup
		stop := make(chan struct{})
		for range 3 { // whenever one of them is answered, two others wait already
			changing.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						_, _ = c.lane.Middleware()(c).Do(WithPriority(t.Context(), Change), &regapi.Request{Function: "change"})
					}
				}
			})
		}
		start, sweep := time.Now(), 0
		for time.Since(start) < time.Hour {
			if err := passSlowly(t.Context(), c); err != nil {
				t.Fatalf("after %d turns: %v", sweep, err)
			}
			sweep++
		}
		close(stop)
		changing.Wait()
		if changes := len(c.started()) - sweep; sweep < 150 || changes < 10*sweep {
			t.Errorf("%d turns for the sweep beside %d changes", sweep, changes)
		}
	})
}

// passSlowly sends a request that nobody waits for through the lane of a crowd.
func passSlowly(ctx context.Context, c *crowd) error {
	_, err := c.lane.Middleware()(c).Do(ctx, &regapi.Request{Function: "sweep"})
	return err
}

func TestWhatTheBudgetHoldsBackTakesNoTurnsFromThoseBehindIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(WithBudgets(budget.New(400, budget.WithShares(1, 90)), nil), WithMaxWait(24*time.Hour))
		atFullMinute()
		for range 4 {
			_ = pass(t.Context(), c.lane, Background)
		}
		c.send(patient(t), Interactive, "in flight")
		c.send(patient(t), Background, "background") // which has used up its share
		c.send(patient(t), Change, "change")
		for range 60 {
			c.send(patient(t), Interactive, "interactive")
		}
		time.Sleep(2 * time.Minute)
		if at := slices.Index(c.started(), "change"); at != 1+maxOvertaking {
			t.Errorf("the change was number %d", at)
		}
		c.callers.Wait()
		if at := slices.Index(c.order, "background"); at != len(c.order)-1 {
			t.Errorf("the background request was number %d", at)
		}
	})
}

func TestGoneWaitersGiveTheirPlacesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd()
		ctx, cancel := context.WithCancel(patient(t))
		c.send(t.Context(), Background, "in flight")
		for range 1000 {
			c.send(ctx, Background, "gone")
		}
		c.send(t.Context(), Background, "last")
		start := time.Now()
		cancel()
		synctest.Wait()
		if left := c.lane.queues[Background].len(); left != 1 || time.Since(start) != 0 {
			t.Errorf("%d waiters are left after %s", left, time.Since(start))
		}
		c.callers.Wait()
		if want := []string{"in flight", "last"}; !slices.Equal(c.order, want) {
			t.Errorf("order %v", c.order)
		}
	})
}

func TestCallerWithoutDeadlineWaitsNoLongerThanTheLaneAllows(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, release := NewLane(), make(chan struct{})
		stuck := lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
			<-release
			return &regapi.Answer{}, nil
		}))
		var first sync.WaitGroup
		first.Go(func() { _, _ = stuck.Do(t.Context(), &regapi.Request{}) })
		synctest.Wait()
		start := time.Now()
		err := pass(t.Context(), lane, Interactive)
		if wait, ok := RetryAfter(err); !ok || wait < minRetryAfter || !regapi.IsThrottled(err) || !regapi.NeverSent(err) || time.Since(start) != DefaultMaxWait {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if !strings.Contains(err.Error(), reasonQueue) {
			t.Errorf("the error says %q", err)
		}
		close(release)
		first.Wait()
	})
}

// hangingLedger cannot be read until it is released; its callers give up sooner.
type hangingLedger struct {
	budget.MemoryLedger
	released chan struct{}
}

func (l *hangingLedger) Load(ctx context.Context) ([]byte, budget.Stamp, error) {
	select {
	case <-l.released:
		return l.MemoryLedger.Load(ctx)
	case <-ctx.Done():
		return nil, budget.Stamp{}, ctx.Err()
	}
}

func TestCancelledTurnWakesTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &hangingLedger{released: make(chan struct{})}
		lane := NewLane(WithBudgets(budget.New(100, budget.WithLedger(ledger)), nil))
		ctx, cancel := context.WithCancel(t.Context())
		var callers sync.WaitGroup
		callers.Go(func() {
			if err := pass(ctx, lane, Interactive); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		})
		synctest.Wait() // it has the turn and waits for the ledger
		callers.Go(func() {
			if err := pass(t.Context(), lane, Background); err != nil {
				t.Errorf("the lane is stuck: %v", err)
			}
		})
		synctest.Wait()
		close(ledger.released)
		cancel()
		callers.Wait()
	})
}

// pass sends one request through a lane; it takes no time.
func pass(ctx context.Context, lane *Lane, priority Priority) error {
	_, err := lane.Middleware()(&handlerReturning{}).Do(WithPriority(ctx, priority), &regapi.Request{Function: "nop"})
	return err
}

// BenchmarkLaneWithAHundredThousandWaiters measures a turn while 100,000 requests wait.
func BenchmarkLaneWithAHundredThousandWaiters(b *testing.B) {
	lane := NewLane(WithBudgets(budget.New(1_000_000), budget.New(1_000_000)))
	release := make(chan struct{})
	blocking := lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
		<-release
		return &regapi.Answer{}, nil
	}))
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	defer cancel()
	var callers sync.WaitGroup
	for range 100_000 {
		callers.Go(func() { _, _ = blocking.Do(ctx, &regapi.Request{}) })
	}
	for waiting := 0; waiting < 99_999; {
		time.Sleep(time.Millisecond)
		lane.mu.Lock()
		waiting = lane.queues[Background].len()
		lane.mu.Unlock()
	}
	for b.Loop() {
		callers.Go(func() { _, _ = blocking.Do(ctx, &regapi.Request{}) })
		release <- struct{}{}
	}
	cancel()
	close(release)
	callers.Wait()
}
