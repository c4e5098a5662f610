package regapi

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

var denial = &Error{Function: "nop", Code: CodePasswordAuthFailed}

func TestDeniedCredentialsRestUntilTheProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &handlerReturning{err: denial}
		handler := NewDenialGuard(0, nil).Middleware()(inner)
		call := func() error {
			_, err := handler.Do(t.Context(), &Request{Function: "zone/nop"})
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
		handler := NewDenialGuard(time.Minute, time.Now).Middleware()(HandlerFunc(func(ctx context.Context, request *Request) (*Answer, error) {
			if hold {
				<-release
			}
			return inner.Do(ctx, request)
		}))
		_, _ = handler.Do(t.Context(), &Request{})
		time.Sleep(time.Minute)
		hold = true
		var probe sync.WaitGroup
		probe.Go(func() { _, _ = handler.Do(t.Context(), &Request{}) })
		synctest.Wait()
		for range 5 {
			if _, err := handler.Do(t.Context(), &Request{}); !errors.Is(err, denial) {
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
	_, _ = handler.Do(t.Context(), &Request{})
	now = now.Add(time.Minute)
	vagueErrors := []error{
		&TransportError{Function: "nop"}, context.Canceled, &Error{Code: CodeIPExceededAllowedConnectionRate},
		&Error{Code: CodeServiceUnavailable}, refuse("nop", CodeParameterMissing, "x"), errors.New("x"),
	}
	for i, vague := range vagueErrors {
		inner.err = vague
		if _, err := handler.Do(t.Context(), &Request{}); !errors.Is(err, vague) || inner.calls != i+2 {
			t.Errorf("%v: got %v after %d requests", vague, err, inner.calls)
		}
	}
	inner.err = denial
	_, _ = handler.Do(t.Context(), &Request{})
	if _, err := handler.Do(t.Context(), &Request{}); !errors.Is(err, denial) || inner.calls != 8 {
		t.Errorf("the guard has opened: %v after %d requests", err, inner.calls)
	}
}

func TestRefusalThatKnowsTheCallerOpensTheGuard(t *testing.T) {
	now := time.Unix(0, 0)
	inner := &handlerReturning{err: denial}
	handler := NewDenialGuard(time.Minute, func() time.Time { return now }).Middleware()(inner)
	_, _ = handler.Do(t.Context(), &Request{})
	now = now.Add(time.Minute)
	inner.err = &Error{Code: CodeNoSuchCommand}
	_, _ = handler.Do(t.Context(), &Request{})
	inner.err = nil
	if _, err := handler.Do(t.Context(), &Request{}); err != nil || inner.calls != 3 {
		t.Errorf("%v after %d requests", err, inner.calls)
	}
}

func TestProbeThatPanicsIsNotTheLast(t *testing.T) {
	now := time.Unix(0, 0)
	inner := &handlerReturning{err: denial}
	boom := false
	handler := NewDenialGuard(time.Minute, func() time.Time { return now }).Middleware()(HandlerFunc(func(ctx context.Context, request *Request) (*Answer, error) {
		if boom {
			panic("boom")
		}
		return inner.Do(ctx, request)
	}))
	_, _ = handler.Do(t.Context(), &Request{})
	now, boom = now.Add(time.Minute), true
	func() {
		defer func() { _ = recover() }()
		_, _ = handler.Do(t.Context(), &Request{})
	}()
	boom, inner.err = false, nil
	if _, err := handler.Do(t.Context(), &Request{}); err != nil {
		t.Errorf("got %v", err)
	}
}
