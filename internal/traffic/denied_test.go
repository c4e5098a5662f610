package traffic

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

var denial = &regapi.Error{Function: "nop", Code: regapi.CodePasswordAuthFailed}

func TestDeniedCredentialsRestUntilTheProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &handlerReturning{err: denial}
		handler := NewDenialGuard(0, nil).Middleware()(inner)
		call := func() error {
			_, err := handler.Do(t.Context(), &regapi.Request{Function: "zone/nop"})
			return err
		}
		for range 3 {
			if err := call(); !errors.Is(err, denial) {
				t.Fatalf("got %v", err)
			}
		}
		time.Sleep(DefaultProbeInterval - time.Nanosecond)
		if _ = call(); inner.calls != 1 {
			t.Fatalf("%d requests before the interval has passed", inner.calls)
		}
		time.Sleep(time.Nanosecond)
		_, _ = call(), call()
		if inner.calls != 2 {
			t.Fatalf("%d requests after one interval", inner.calls)
		}
		time.Sleep(DefaultProbeInterval)
		inner.err = nil
		if err := call(); err != nil {
			t.Fatalf("the credentials work again, but %v", err)
		}
		if err := call(); err != nil || inner.calls != 4 {
			t.Errorf("%v, %d requests", err, inner.calls)
		}
	})
}

func TestOnlyOneProbeGoesAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &handlerReturning{err: denial}
		release := make(chan struct{})
		hold := false
		handler := NewDenialGuard(time.Minute, time.Now).Middleware()(regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if hold {
				<-release
			}
			return inner.Do(ctx, request)
		}))
		_, _ = handler.Do(t.Context(), &regapi.Request{})
		time.Sleep(time.Minute)
		hold = true
		var probe sync.WaitGroup
		probe.Go(func() { _, _ = handler.Do(t.Context(), &regapi.Request{}) })
		synctest.Wait()
		for range 5 {
			if _, err := handler.Do(t.Context(), &regapi.Request{}); !errors.Is(err, denial) {
				t.Errorf("got %v", err)
			}
		}
		close(release)
		probe.Wait()
		if inner.calls != 2 {
			t.Errorf("%d requests", inner.calls)
		}
	})
}

func TestProbeWithoutAVerdictLeavesTheNextOneDue(t *testing.T) {
	now := time.Unix(0, 0)
	inner := &handlerReturning{err: denial}
	handler := NewDenialGuard(time.Minute, func() time.Time { return now }).Middleware()(inner)
	_, _ = handler.Do(t.Context(), &regapi.Request{})
	now = now.Add(time.Minute)
	vagueErrors := []error{
		&regapi.TransportError{Function: "nop"}, context.Canceled, &regapi.Error{Code: regapi.CodeIPExceededAllowedConnectionRate},
		&regapi.Error{Code: regapi.CodeServiceUnavailable}, refusedByClient(t), errors.New("x"),
	}
	for i, vague := range vagueErrors {
		inner.err = vague
		if _, err := handler.Do(t.Context(), &regapi.Request{}); !errors.Is(err, vague) || inner.calls != i+2 {
			t.Errorf("%v: got %v after %d requests", vague, err, inner.calls)
		}
		if regapi.NeverSent(vague) {
			continue
		}
		if _, err := handler.Do(t.Context(), &regapi.Request{}); !errors.Is(err, denial) || inner.calls != i+2 {
			t.Errorf("%v: another probe followed at once: %v", vague, err)
		}
		now = now.Add(time.Minute)
	}
	inner.err = denial
	_, _ = handler.Do(t.Context(), &regapi.Request{})
	if _, err := handler.Do(t.Context(), &regapi.Request{}); !errors.Is(err, denial) || inner.calls != 8 {
		t.Errorf("the guard has opened: %v after %d requests", err, inner.calls)
	}
}

func TestRefusalThatKnowsTheCallerOpensTheGuard(t *testing.T) {
	now := time.Unix(0, 0)
	inner := &handlerReturning{err: denial}
	handler := NewDenialGuard(time.Minute, func() time.Time { return now }).Middleware()(inner)
	_, _ = handler.Do(t.Context(), &regapi.Request{})
	now = now.Add(time.Minute)
	inner.err = &regapi.Error{Code: regapi.CodeNoSuchCommand}
	_, _ = handler.Do(t.Context(), &regapi.Request{})
	inner.err = nil
	if _, err := handler.Do(t.Context(), &regapi.Request{}); err != nil || inner.calls != 3 {
		t.Errorf("%v after %d requests", err, inner.calls)
	}
}

func TestProbeThatPanicsIsNotTheLast(t *testing.T) {
	now := time.Unix(0, 0)
	inner := &handlerReturning{err: denial}
	boom := false
	handler := NewDenialGuard(time.Minute, func() time.Time { return now }).Middleware()(regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
		if boom {
			panic("boom")
		}
		return inner.Do(ctx, request)
	}))
	_, _ = handler.Do(t.Context(), &regapi.Request{})
	now, boom = now.Add(time.Minute), true
	func() {
		defer func() { _ = recover() }()
		_, _ = handler.Do(t.Context(), &regapi.Request{})
	}()
	boom, inner.err = false, nil
	if _, err := handler.Do(t.Context(), &regapi.Request{}); err != nil {
		t.Errorf("got %v", err)
	}
}
