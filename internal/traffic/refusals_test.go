package traffic

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

var notFound = &regapi.Error{Function: "zone/add_alias", Code: regapi.CodeDomainNotFound, Text: "no such domain"}

// remembering is a handler behind a memory of refusals.
func remembering(err error) (regapi.Handler, *handlerReturning) {
	inner := &handlerReturning{err: err}
	return NewRefusalMemory().Middleware()(inner), inner
}

func TestRequestThatWasRefusedThreeTimesRestsForAnHour(t *testing.T) {
	for _, refusal := range []error{notFound, &regapi.Error{Code: regapi.CodeIPInvalid}, &regapi.Error{Code: regapi.CodeNotEnoughMoney}} {
		synctest.Test(t, func(t *testing.T) {
			handler, inner := remembering(refusal)
			call := func() error {
				_, err := handler.Do(t.Context(), &regapi.Request{Function: "zone/add_alias", Params: map[string]any{"a": 1, "b": 2}})
				return err
			}
			for range maxRefusals {
				if err := call(); err != refusal { //nolint:errorlint // the very error, not one around it
					t.Fatalf("got %v", err)
				}
				time.Sleep(10 * time.Minute)
			}
			for range 2 {
				if err := call(); !errors.Is(err, refusal) || !regapi.NeverSent(err) || err.Error() != refusal.Error() || inner.calls != maxRefusals {
					t.Errorf("%v after %d requests", err, inner.calls)
				}
				time.Sleep(30*time.Minute - time.Nanosecond)
			}
			time.Sleep(2 * time.Nanosecond)
			if err := call(); regapi.NeverSent(err) || inner.calls != maxRefusals+1 {
				t.Errorf("an hour after the first refusal: %v after %d requests", err, inner.calls)
			}
		})
	}
}

func TestOtherOutcomesAreNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, outcome := range []error{
			nil, denial, errLost, refusedByClient(t), &regapi.Error{Code: regapi.CodeBillingLock},
			&regapi.Error{Code: "NEW_ONE"}, &ThrottledError{}, heldBack{notFound},
		} {
			handler, inner := remembering(outcome)
			for range 10 {
				_, _ = handler.Do(t.Context(), &regapi.Request{Function: "zone/add_alias"})
			}
			if inner.calls != 10 {
				t.Errorf("%v: %d requests", outcome, inner.calls)
			}
		}
	})
}

func TestSlowPollOfAReadGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		handler, inner := remembering(notFound)
		for range 40 {
			_, _ = handler.Do(t.Context(), &regapi.Request{Function: "zone/get_resource_records"})
			time.Sleep(15 * time.Minute)
		}
		if inner.calls != 40 {
			t.Errorf("%d requests", inner.calls)
		}
		for range 40 {
			_, _ = handler.Do(t.Context(), &regapi.Request{Function: "zone/nop"})
		}
		if inner.calls != 40+maxReadRefusals {
			t.Errorf("%d requests of a read that is repeated fast", inner.calls-40)
		}
	})
}

func TestRequestsAreToldApartByWhatTheyMean(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type struct1 struct {
			B int    `json:"b"`
			A string `json:"a"`
		}
		same := []any{map[string]any{"a": "x", "b": 1}, struct1{1, "x"}}
		other := []any{nil, map[string]any{}, map[string]any{"a": "x", "b": "1"}, map[string]any{"a": "x"}}
		handler, inner := remembering(notFound)
		send := func(function string, params any) {
			_, _ = handler.Do(t.Context(), &regapi.Request{Function: function, Params: params})
		}
		for range maxRefusals {
			send("zone/add_alias", same[0])
		}
		send("zone/add_alias", same[1])
		if inner.calls != maxRefusals {
			t.Errorf("the order of members counts")
		}
		for _, params := range other {
			send("zone/add_alias", params)
		}
		send("zone/add_ns", same[0])
		if inner.calls != maxRefusals+len(other)+1 {
			t.Errorf("%d requests", inner.calls)
		}
	})
}

func TestMemoryOfRefusalsIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		inner := &handlerReturning{err: notFound}
		memory := NewRefusalMemory()
		handler := memory.Middleware()(inner)
		send := func(i int) {
			_, _ = handler.Do(t.Context(), &regapi.Request{Function: "zone/add_alias", Params: map[string]int{"i": i}})
		}
		for range maxRefusals {
			send(0)
		}
		for i := range maxRemembered {
			send(i + 1)
		}
		if memory.byAge.Len() != maxRemembered || len(memory.entries) != maxRemembered {
			t.Errorf("%d and %d entries", memory.byAge.Len(), len(memory.entries))
		}
		before := inner.calls
		if send(0); inner.calls != before+1 {
			t.Error("the oldest is not forgotten")
		}
		time.Sleep(refusalWindow)
		if send(-1); memory.byAge.Len() != 1 {
			t.Errorf("%d entries an hour later", memory.byAge.Len())
		}
	})
}
