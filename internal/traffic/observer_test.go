package traffic

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// diary is an observer that writes everything down.
type diary struct {
	mu    sync.Mutex
	lines []string
}

func (d *diary) RequestDone(function, code string, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%s %q %s", function, code, took))
}

func (d *diary) LaneWait(priority Priority, waited time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, fmt.Sprintf("%s %s", priority, waited))
}

func TestObserverIsToldOfWaitsAndRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &diary{}
		handler := NewLane(WithObserver(d)).Middleware()(Observe(d)(&slowHandler{}))
		var callers sync.WaitGroup
		for _, priority := range []Priority{Change, Interactive} {
			callers.Go(func() {
				_, _ = handler.Do(WithPriority(t.Context(), priority), &regapi.Request{Function: "nop"})
			})
			synctest.Wait()
		}
		callers.Wait()
		if want := []string{"change 0s", `nop "" 1s`, "interactive 1s", `nop "" 1s`}; !slices.Equal(d.lines, want) {
			t.Errorf("%q", d.lines)
		}
	})
}

func TestNobodyNeedsToObserve(t *testing.T) {
	handler := NewLane(WithObserver(nil)).Middleware()(Observe(nil)(&handlerReturning{}))
	if _, err := handler.Do(t.Context(), &regapi.Request{}); err != nil {
		t.Error(err)
	}
}

func TestOutcomesHaveFewCodes(t *testing.T) {
	for _, c := range []struct {
		want string
		err  error
	}{
		{"", nil},
		{"NO_DOMAIN", &regapi.Error{Code: regapi.CodeNoDomain}},
		{"PASSWORD_AUTH_FAILED", heldBack{denial}},
		{OutcomeTransport, errLost},
		{OutcomeCancelled, fmt.Errorf("nop: %w", context.Canceled)},
		{OutcomeCancelled, context.DeadlineExceeded},
		{OutcomeOther, &regapi.Error{Code: "WHATEVER_THE_SERVER_SAYS"}},
		{OutcomeOther, errors.New("x")},
	} {
		if got := OutcomeCode(c.err); got != c.want {
			t.Errorf("%v is %q, want %q", c.err, got, c.want)
		}
	}
}

func TestPrioritiesHaveNames(t *testing.T) {
	names := []string{Background.String(), Change.String(), Interactive.String(), Priority(-1).String(), Priority(9).String()}
	if want := []string{"background", "change", "interactive", "unknown", "unknown"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
	if p := PriorityOf(WithPriority(t.Context(), 9)); p != Background {
		t.Errorf("a priority that does not exist is %s", p)
	}
}
