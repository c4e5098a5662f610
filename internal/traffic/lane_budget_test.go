package traffic

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// firstFreeze is the first pause after a refusal for the rate.
const firstFreeze = 5 * time.Minute

// exhaust sends requests of a priority until one has to wait, and returns how many went.
func exhaust(t *testing.T, lane *Lane, priority Priority) int {
	t.Helper()
	for n := range 100_000 {
		err := pass(t.Context(), lane, priority)
		if regapi.IsThrottled(err) {
			return n
		}
		if err != nil {
			t.Fatalf("request %d: %v", n, err)
		}
	}
	t.Fatal("nothing throttles")
	return 0
}

// atFullMinute waits for the beginning of a minute, by which budgets count.
func atFullMinute() { time.Sleep(time.Until(time.Now().Truncate(time.Minute).Add(time.Minute))) }

func TestEachPriorityLeavesAReserveToTheHigherOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := budget.New(200)
		lane := NewLane(WithBudgets(account, nil))
		for _, step := range []struct {
			priority Priority
			want     int
		}{{Background, 150}, {Change, 30}, {Background, 0}, {Interactive, 20}, {Change, 0}, {Interactive, 0}} {
			if got := exhaust(t, lane, step.priority); got != step.want {
				t.Errorf("%s: %d requests, want %d", step.priority, got, step.want)
			}
		}
		if state := account.State(); state.Used != 200 || state.Left != [budget.Priorities]int{} {
			t.Errorf("state %+v", state)
		}
	})
}

func TestSharesCanBeSet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane := NewLane(WithBudgets(budget.New(100, budget.WithShares(80, 50)), nil))
		if got := exhaust(t, lane, Background); got != 50 {
			t.Errorf("%d background requests: they may not go beyond the share of changes", got)
		}
		lane = NewLane(WithBudgets(budget.New(1), nil))
		if got := exhaust(t, lane, Background); got != 1 {
			t.Errorf("%d requests of a limit of one", got)
		}
	})
}

func TestBackgroundWithoutBudgetDoesNotHoldUpOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(WithBudgets(budget.New(100), nil))
		exhaust(t, c.lane, Background)
		ctx, cancel := context.WithCancel(patient(t))
		c.send(ctx, Background, "poor")
		start := time.Now()
		c.send(ctx, Interactive, "rich")
		if started := c.started(); len(started) != 1 || started[0] != "rich" || time.Since(start) != 0 {
			t.Errorf("started %v after %s", started, time.Since(start))
		}
		cancel()
		c.callers.Wait()
	})
}

func TestWhoWouldWaitLongerThanAPersonWouldLookIsToldAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := budget.New(100)
		lane := NewLane(WithBudgets(account, nil))
		atFullMinute()
		exhaust(t, lane, Interactive)
		time.Sleep(20 * time.Minute)
		start := time.Now()
		for _, patience := range []time.Duration{10 * time.Second, 24 * time.Hour, 0} {
			ctx, cancel := t.Context(), context.CancelFunc(func() {})
			if patience > 0 {
				ctx, cancel = context.WithTimeout(ctx, patience)
			}
			err := pass(ctx, lane, Interactive)
			cancel()
			if wait, ok := RetryAfter(err); !ok || wait != 41*time.Minute {
				t.Errorf("patience of %s: %v, retry after %s", patience, err, wait)
			}
			if err.Error() != "nop: "+reasonUsedUp {
				t.Errorf("the error says %q", err)
			}
		}
		if state := account.State(); time.Since(start) != 0 || state.Used != 100 || !state.NextToken.Equal(start.Add(41*time.Minute)) {
			t.Errorf("after %s: %+v", time.Since(start), state)
		}
		time.Sleep(41*time.Minute - DefaultMaxWait)
		if err := pass(patient(t), lane, Interactive); err != nil || time.Since(start) != 41*time.Minute {
			t.Errorf("one whose turn comes within that time: %v after %s", err, time.Since(start))
		}
	})
}

func TestThoseAheadCountInTheWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCrowd(WithBudgets(budget.New(100, budget.WithShares(100, 100)), nil), WithMaxWait(24*time.Hour))
		atFullMinute()
		for range 95 {
			if err := pass(t.Context(), c.lane, Change); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Minute)
		defer cancel()
		c.send(ctx, Change, "in flight")
		for range 4 {
			c.send(ctx, Change, "affordable")
		}
		start := time.Now()
		err := pass(WithPriority(ctx, Change), c.lane, Change)
		if wait, ok := RetryAfter(err); !ok || wait != 61*time.Minute || time.Since(start) != 0 {
			t.Errorf("%v, retry after %s, told after %s", err, wait, time.Since(start))
		}
		// Two hundred more would have to wait for the hours after the next.
		day := patient(t)
		for range 101 {
			c.send(day, Change, "later")
		}
		err = pass(ctx, c.lane, Background)
		if wait, _ := RetryAfter(err); wait < 2*time.Hour || wait > 2*time.Hour+2*time.Minute {
			t.Errorf("%v, retry after %s", err, wait)
		}
		c.callers.Wait()
		if len(c.order) != 106 {
			t.Errorf("%d requests went", len(c.order))
		}
	})
}

func TestRequestPaysAllBudgetsOrNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rich, other, egress := budget.New(100), budget.New(100), budget.New(50)
		lane, neighbour := NewLane(WithBudgets(rich, egress)), NewLane(WithBudgets(other, egress))
		if got := exhaust(t, neighbour, Interactive); got != 50 {
			t.Fatalf("the neighbour sent %d requests", got)
		}
		if err := pass(t.Context(), lane, Interactive); !regapi.IsThrottled(err) {
			t.Errorf("got %v", err)
		}
		if used := rich.State().Used; used != 0 {
			t.Errorf("the account has paid %d requests that did not go", used)
		}
		if used := other.State().Used; used != 50 {
			t.Errorf("the neighbour has paid %d requests", used)
		}
	})
}

func TestLanesThatShareAnEgressNeverPassItsLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		egress := budget.New(300)
		var mu sync.Mutex
		sent := 0
		var callers sync.WaitGroup
		for range 4 {
			lane := NewLane(WithBudgets(budget.New(200), egress))
			counting := lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
				mu.Lock()
				defer mu.Unlock()
				sent++
				return &regapi.Answer{}, nil
			}))
			for range 200 {
				callers.Go(func() { _, _ = counting.Do(WithPriority(t.Context(), Interactive), &regapi.Request{}) })
			}
		}
		callers.Wait()
		if sent != 300 || egress.State().Used != 300 {
			t.Errorf("%d requests, %d paid", sent, egress.State().Used)
		}
	})
}

func TestRequestThatNeverLeftIsNotPaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := budget.New(100)
		lane := NewLane(WithBudgets(account, nil))
		guard := NewDenialGuard(0, nil)
		handler := lane.Middleware()(guard.Middleware()(&handlerReturning{err: denial}))
		for range 500 {
			if _, err := handler.Do(t.Context(), &regapi.Request{}); !regapi.IsDenied(err) {
				t.Fatalf("got %v", err)
			}
		}
		if used := account.State().Used; used != 1 {
			t.Errorf("%d requests paid for one that was sent", used)
		}
	})
}

// rateLimited refuses requests for the rate while it is told to, and counts.
type rateLimited struct {
	code  regapi.ErrorCode
	calls int
}

func (r *rateLimited) Do(context.Context, *regapi.Request) (*regapi.Answer, error) {
	r.calls++
	if r.code != "" {
		return nil, &regapi.Error{Function: "nop", Code: r.code}
	}
	return &regapi.Answer{}, nil
}

func TestFreezeDoublesUntilAProbeSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &rateLimited{code: regapi.CodeAccountExceededAllowedConnectionRate}
		lane := NewLane()
		handler := lane.Middleware()(server)
		for round, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
			_, refusal := handler.Do(t.Context(), &regapi.Request{Function: "nop"})
			if !regapi.HasCode(refusal, regapi.CodeAccountExceededAllowedConnectionRate) || server.calls != round+1 {
				t.Fatalf("round %d: %v after %d requests", round, refusal, server.calls)
			}
			_, err := handler.Do(t.Context(), &regapi.Request{Function: "nop"})
			if wait, ok := RetryAfter(err); !ok || wait != want*time.Minute || !strings.Contains(err.Error(), reasonFrozen) {
				t.Errorf("round %d: %v, retry after %s", round, err, wait)
			}
			time.Sleep(want * time.Minute)
		}
		server.code = ""
		for range 2 {
			if _, err := handler.Do(t.Context(), &regapi.Request{}); err != nil {
				t.Fatalf("the pause is over, but %v", err)
			}
		}
		server.code = regapi.CodeAccountExceededAllowedConnectionRate
		_, _ = handler.Do(t.Context(), &regapi.Request{})
		_, err := handler.Do(t.Context(), &regapi.Request{})
		if wait, _ := RetryAfter(err); wait != firstFreeze {
			t.Errorf("after a success the pause is %s", wait)
		}
	})
}

func TestAPauseLastsAsLongAsTheServerAskedFor(t *testing.T) {
	for asked, want := range map[time.Duration]time.Duration{
		0: firstFreeze, time.Minute: firstFreeze, 20 * time.Minute: 20 * time.Minute, 48 * time.Hour: time.Hour,
	} {
		synctest.Test(t, func(t *testing.T) {
			lane := NewLane(WithBudgets(budget.New(100), budget.New(100)))
			refusal := &regapi.TransportError{Function: "nop", Status: http.StatusTooManyRequests, RetryAfter: asked}
			_, _ = lane.Middleware()(&handlerReturning{err: refusal}).Do(t.Context(), &regapi.Request{})
			if wait, _ := RetryAfter(pass(t.Context(), lane, Interactive)); wait != want {
				t.Errorf("asked for %s, the pause is %s, want %s", asked, wait, want)
			}
		})
	}
}

func TestPatientCallersWaitForTheEndOfAFreeze(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := budget.New(100)
		c := newCrowd(WithBudgets(account, nil), WithMaxWait(24*time.Hour))
		start := time.Now()
		var refused sync.WaitGroup
		refused.Go(func() {
			_, _ = c.lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
				time.Sleep(time.Second)
				return nil, &regapi.Error{Code: regapi.CodeAccountExceededAllowedConnectionRate}
			})).Do(t.Context(), &regapi.Request{})
		})
		synctest.Wait()
		hasty, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var callers sync.WaitGroup
		callers.Go(func() {
			if err := pass(hasty, c.lane, Change); !regapi.IsThrottled(err) || time.Since(start) != time.Second {
				t.Errorf("the hasty caller: %v after %s", err, time.Since(start))
			}
		})
		callers.Go(func() {
			if err := pass(patient(t), c.lane, Change); err != nil || time.Since(start) != firstFreeze+time.Second {
				t.Errorf("the patient caller: %v after %s", err, time.Since(start))
			}
		})
		refused.Wait()
		if state := account.State(); !state.FrozenUntil.Equal(start.Add(firstFreeze + time.Second)) {
			t.Errorf("state %+v", state)
		}
		callers.Wait()
	})
}

func TestFrozenEgressStopsEveryLaneAndSendsOneProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		egress := budget.New(1000)
		lanes := []*Lane{NewLane(WithBudgets(budget.New(100), egress)), NewLane(WithBudgets(budget.New(100), egress))}
		server := &rateLimited{code: regapi.CodeIPExceededAllowedConnectionRate}
		_, _ = lanes[0].Middleware()(server).Do(t.Context(), &regapi.Request{})
		if err := pass(t.Context(), lanes[1], Interactive); !regapi.IsThrottled(err) {
			t.Fatalf("the other lane: %v", err)
		}
		time.Sleep(firstFreeze)

		verdict := make(chan error)
		probe := regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) { return &regapi.Answer{}, <-verdict })
		var callers sync.WaitGroup
		callers.Go(func() { _, _ = lanes[0].Middleware()(probe).Do(t.Context(), &regapi.Request{}) })
		synctest.Wait()
		waited := make(chan error, 1)
		callers.Go(func() { waited <- pass(t.Context(), lanes[1], Interactive) })
		synctest.Wait()
		select {
		case err := <-waited:
			t.Fatalf("the other lane did not wait for the probe: %v", err)
		default:
		}
		verdict <- nil
		if err := <-waited; err != nil {
			t.Errorf("after the probe: %v", err)
		}
		callers.Wait()
	})
}

func TestProbeWithoutAnAnswerIsFollowedByAnotherAMinuteLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &rateLimited{code: regapi.CodeAccountExceededAllowedConnectionRate}
		lane := NewLane()
		_, _ = lane.Middleware()(server).Do(t.Context(), &regapi.Request{})
		time.Sleep(firstFreeze)
		lost := &regapi.TransportError{Function: "nop", Reason: "lost"}
		for range 2 {
			if _, err := lane.Middleware()(&handlerReturning{err: lost}).Do(t.Context(), &regapi.Request{}); !errors.Is(err, lost) {
				t.Fatalf("got %v", err)
			}
			if wait, _ := RetryAfter(pass(t.Context(), lane, Interactive)); wait != time.Minute {
				t.Errorf("the next one would go after %s", wait)
			}
			time.Sleep(time.Minute)
		}
		_, _ = lane.Middleware()(server).Do(t.Context(), &regapi.Request{})
		_, err := lane.Middleware()(server).Do(t.Context(), &regapi.Request{})
		if wait, _ := RetryAfter(err); wait != 2*firstFreeze {
			t.Errorf("the pause is %s, although no probe has succeeded", wait)
		}
	})
}

func TestPanicIsNoVerdictOnTheProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &rateLimited{code: regapi.CodeAccountExceededAllowedConnectionRate}
		account := budget.New(100)
		lane := NewLane(WithBudgets(account, nil))
		_, _ = lane.Middleware()(server).Do(t.Context(), &regapi.Request{})
		time.Sleep(firstFreeze)
		func() {
			defer func() { _ = recover() }()
			_, _ = lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) { panic("boom") })).Do(t.Context(), &regapi.Request{})
		}()
		time.Sleep(time.Minute)
		_, _ = lane.Middleware()(server).Do(t.Context(), &regapi.Request{})
		if pause := time.Until(account.State().FrozenUntil); pause != 2*firstFreeze {
			t.Errorf("the pause is %s", pause)
		}
	})
}
