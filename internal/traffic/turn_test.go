package traffic

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// countingHandler answers after a second, and tells how many requests were under way at once.
type countingHandler struct {
	mu         sync.Mutex
	calls      int
	under, max int
}

func (h *countingHandler) Do(context.Context, *regapi.Request) (*regapi.Answer, error) {
	h.mu.Lock()
	h.calls++
	h.under++
	h.max = max(h.max, h.under)
	h.mu.Unlock()
	time.Sleep(time.Second)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.under--
	return &regapi.Answer{}, nil
}

func TestATurnIsHeldForTheNextRequestAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := budget.New(100)
		lane, end := NewLane(WithBudgets(account, nil)), &countingHandler{}
		handler := lane.Middleware()(end)
		turn, release, err := lane.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var others sync.WaitGroup
		others.Go(func() {
			if _, err := handler.Do(t.Context(), &regapi.Request{Function: "nop"}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		if end.calls != 0 {
			t.Error("a request went although somebody holds the turn")
		}
		for range 2 {
			if _, err := handler.Do(turn, &regapi.Request{Function: "nop"}); err != nil {
				t.Error(err)
			}
		}
		release()
		others.Wait()
		if end.calls != 3 || end.max != 1 {
			t.Errorf("%d requests, at most %d at once; want 3 and 1", end.calls, end.max)
		}
		if used := account.State().Used; used != 3 {
			t.Errorf("%d requests are paid, want 3", used)
		}
	})
}

func TestATurnThatIsNotUsedCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		account := budget.New(100)
		lane, end := NewLane(WithBudgets(account, nil)), &countingHandler{}
		_, release, err := lane.Turn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		release()
		release()
		if used := account.State().Used; used != 0 {
			t.Errorf("%d requests are paid, want none", used)
		}
		if _, err := lane.Middleware()(end).Do(t.Context(), &regapi.Request{Function: "nop"}); err != nil {
			t.Error(err)
		}
	})
}
