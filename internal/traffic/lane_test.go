package traffic

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// slowHandler takes a second per request and notes how many run at once, and in which order.
type slowHandler struct {
	mu            sync.Mutex
	running, peak int
	order         []string
}

func (h *slowHandler) Do(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
	h.mu.Lock()
	h.running++
	h.peak = max(h.peak, h.running)
	h.order = append(h.order, request.Function)
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.running--
		h.mu.Unlock()
	}()
	select {
	case <-time.After(time.Second):
		return &regapi.Answer{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestLaneLetsOneRequestThroughInTheOrderOfArrival(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowHandler{}
		handler := NewLane().Middleware()(slow)
		var callers sync.WaitGroup
		want := []string{"a", "b", "c", "d", "e"}
		for _, name := range want {
			callers.Go(func() {
				if _, err := handler.Do(t.Context(), &regapi.Request{Function: name}); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			})
			synctest.Wait() // it stands in the queue before the next one comes
		}
		start := time.Now()
		callers.Wait()
		if slow.peak != 1 {
			t.Errorf("%d requests at once", slow.peak)
		}
		if !slices.Equal(slow.order, want) {
			t.Errorf("order %v", slow.order)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("took %s", took)
		}
	})
}

func TestLaneEndsTheWaitWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := &slowHandler{}
		handler := NewLane().Middleware()(slow)
		var callers sync.WaitGroup
		callers.Go(func() { _, _ = handler.Do(t.Context(), &regapi.Request{Function: "first"}) })
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		defer cancel()
		start := time.Now()
		_, err := handler.Do(ctx, &regapi.Request{Function: "impatient"})
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 300*time.Millisecond {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if _, err := handler.Do(t.Context(), &regapi.Request{Function: "patient"}); err != nil {
			t.Errorf("the lane is stuck: %v", err)
		}
		callers.Wait()
		if !slices.Equal(slow.order, []string{"first", "patient"}) {
			t.Errorf("order %v", slow.order)
		}
	})
}

func TestLaneIsFreeAfterAPanic(t *testing.T) {
	lane := NewLane()
	panicking := lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) { panic("boom") }))
	func() {
		defer func() { _ = recover() }()
		_, _ = panicking.Do(t.Context(), &regapi.Request{})
	}()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := lane.Middleware()(&handlerReturning{}).Do(ctx, &regapi.Request{}); err != nil {
		t.Errorf("the lane is stuck: %v", err)
	}
}

func TestLaneRefusesAContextThatHasEnded(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	inner := &handlerReturning{}
	if _, err := NewLane().Middleware()(inner).Do(ctx, &regapi.Request{}); !errors.Is(err, context.Canceled) || inner.calls != 0 {
		t.Errorf("%v after %d calls", err, inner.calls)
	}
}
