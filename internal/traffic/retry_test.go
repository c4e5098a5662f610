package traffic

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

var (
	errLost    = &regapi.TransportError{Function: "zone/nop", Reason: "lost"}
	errRefused = &regapi.TransportError{Function: "zone/nop", Reason: "cannot connect", NeverSent: true}
)

func TestRetryRepeatsOnlyWhatCanDoNoHarm(t *testing.T) {
	cases := map[string]struct {
		function string
		err      error
		tries    int
	}{
		"a read whose answer was lost":     {"zone/nop", errLost, 3},
		"a read, unknown code":             {"zone/get_resource_records", &regapi.Error{Code: "NEW_ONE"}, 3},
		"a read of something busy":         {"dnssec/get_status", &regapi.Error{Code: regapi.CodeDomainOrderLocked}, 3},
		"a write whose answer was lost":    {"zone/add_alias", errLost, 1},
		"a write that never left":          {"zone/add_alias", errRefused, 3},
		"an order that never left":         {"domain/create", errRefused, 3},
		"an order, service unavailable":    {"domain/create", &regapi.Error{Code: regapi.CodeServiceUnavailable}, 1},
		"a write without a ledger":         {"zone/add_alias", &budget.LedgerError{Reason: "down"}, 3},
		"a function nobody knows":          {"zone/get_weather", errLost, 1},
		"a link":                           {"domain/get_docs_upload_uri", errLost, 1},
		"a read that is wrong":             {"zone/nop", &regapi.Error{Code: regapi.CodeNoDomain}, 1},
		"a read that is refused by itself": {"zone/nop", refusedByClient(t), 1},
		"a read, denied":                   {"zone/nop", denial, 1},
		"a read, denied before":            {"zone/nop", heldBack{denial}, 1},
		"a read, throttled":                {"zone/nop", &ThrottledError{}, 1},
		"a read, throttled by the server":  {"zone/nop", &regapi.Error{Code: regapi.CodeIPExceededAllowedConnectionRate}, 1},
		"a read of nothing":                {"zone/nop", &regapi.Error{Code: regapi.CodeDomainNotFound}, 1},
		"a read that went well":            {"zone/nop", nil, 1},
	}
	for name, c := range cases {
		synctest.Test(t, func(t *testing.T) {
			inner := &handlerReturning{err: c.err}
			_, err := Retry()(inner).Do(t.Context(), &regapi.Request{Function: c.function})
			if inner.calls != c.tries || !errors.Is(err, c.err) {
				t.Errorf("%s: %d tries, %v", name, inner.calls, err)
			}
		})
	}
}

func TestRetryPausesLongerEachTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Duration
		start := time.Now()
		_, _ = Retry()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
			at = append(at, time.Since(start))
			return nil, errLost
		})).Do(t.Context(), &regapi.Request{Function: "zone/nop"})
		first, second := at[1], at[2]-at[1]
		if first < 750*time.Millisecond || first >= 1250*time.Millisecond || second < 3*time.Second || second >= 5*time.Second {
			t.Errorf("pauses of %s and %s", first, second)
		}
	})
}

func TestRetryStopsWithTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		inner := &handlerReturning{err: errLost}
		if _, err := Retry()(inner).Do(ctx, &regapi.Request{Function: "zone/nop"}); !errors.Is(err, errLost) || inner.calls != 2 || time.Since(start) >= 2*time.Second {
			t.Errorf("%v after %d tries and %s", err, inner.calls, time.Since(start))
		}
		ctx, cancel = context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		inner.calls, start = 0, time.Now()
		if _, err := Retry()(inner).Do(ctx, &regapi.Request{Function: "zone/nop"}); !errors.Is(err, errLost) || inner.calls != 1 || time.Since(start) != 100*time.Millisecond {
			t.Errorf("%v after %d tries and %s", err, inner.calls, time.Since(start))
		}
	})
}

func TestPauseOfARetryDoesNotHoldTheLane(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane := NewLane()
		done := make(chan error)
		go func() {
			_, err := Retry()(lane.Middleware()(&handlerReturning{err: errLost})).Do(t.Context(), &regapi.Request{Function: "zone/nop"})
			done <- err
		}()
		synctest.Wait()
		start := time.Now()
		if err := pass(t.Context(), lane, Background); err != nil || time.Since(start) != 0 {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if err := <-done; !errors.Is(err, errLost) {
			t.Errorf("got %v", err)
		}
	})
}

func TestWhoIsTurnedAwayDoesNotKnockAgain(t *testing.T) {
	for status, header := range map[int]string{http.StatusForbidden: "", http.StatusTooManyRequests: "120", http.StatusServiceUnavailable: "120"} {
		requests := 0
		client := clientFor(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			requests++
			w.Header().Set("Retry-After", header)
			http.Error(w, "<html>go away</html>", status)
		}), regapi.WithMiddleware(Retry()))
		err := client.User.Nop(t.Context())
		wait, told := RetryAfter(err)
		if err == nil || requests != 1 || told != (header != "") || told && wait != 2*time.Minute {
			t.Errorf("HTTP %d: %v after %d requests, again after %s", status, err, requests, wait)
		}
		if regapi.IsThrottled(err) != (status == http.StatusTooManyRequests) {
			t.Errorf("HTTP %d is of class %s", status, regapi.ClassOf(err))
		}
	}
}

func TestATooManyRequestsPageFreezesTheAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		egress := budget.New(100)
		lane := NewLane(WithBudgets(budget.New(100), egress))
		page := &regapi.TransportError{Function: "nop", Status: http.StatusTooManyRequests}
		_, _ = lane.Middleware()(&handlerReturning{err: page}).Do(t.Context(), &regapi.Request{Function: "nop"})
		if state := egress.State(); state.FrozenUntil.IsZero() {
			t.Errorf("state %+v", state)
		}
	})
}

func TestAnErrorOfATurnNamesNoFunction(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane := NewLane(WithBudgets(budget.New(1), nil))
		if err := pass(t.Context(), lane, Interactive); err != nil {
			t.Fatal(err)
		}
		if _, _, err := lane.Turn(t.Context()); err == nil || err.Error() != reasonUsedUp {
			t.Errorf("the error says %q", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := lane.Turn(ctx); err == nil || err.Error() != "wait for a turn: context canceled" {
			t.Errorf("the error says %q", err)
		}
	})
}
