package traffic

import (
	"context"
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
	for _, refusal := range []error{&regapi.Error{Code: regapi.CodeSubdInvalid}, &regapi.Error{Code: regapi.CodeIPInvalid}} {
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

// mendables are refusals that a person, time or another record can mend.
var mendables = []*regapi.Error{
	notFound, {Code: regapi.CodeDomainIsNotUseRegruNSS}, {Code: regapi.CodeConflictCNAME},
	{Code: regapi.CodeCNAMEAndOtherData}, {Code: regapi.CodeTLDDisabled}, {Code: regapi.CodeWaiting}, {Code: regapi.CodeProlongError},
	{Code: regapi.CodeCheckDomainError},
}

// addRecord is a request about one zone.
func addRecord(domain string) *regapi.Request {
	return &regapi.Request{Function: "zone/add_alias", Params: map[string]any{"domains": []any{map[string]any{"dname": domain}}, "subdomain": "www"}}
}

func TestWhatMayBeMendedIsTriedAgainAtGrowingDistances(t *testing.T) {
	for _, refusal := range mendables {
		synctest.Test(t, func(t *testing.T) {
			handler, inner := remembering(refusal)
			start := time.Now()
			var tries []time.Duration
			for range 4 * 60 { // somebody asks every minute
				before := inner.calls
				if _, err := handler.Do(t.Context(), addRecord("a.ru")); !errors.Is(err, refusal) {
					t.Fatalf("got %v", err)
				}
				if inner.calls > before {
					tries = append(tries, time.Since(start))
				}
				time.Sleep(time.Minute)
			}
			for i := range tries[:len(tries)-1] {
				if i+1 < maxRefusals {
					continue
				}
				distance, lasted := tries[i+1]-tries[i], tries[i]
				if distance > max(lasted, minRest) && distance > maxRest+time.Minute || i > maxRefusals && distance < min(tries[i]-tries[i-1], maxRest) {
					t.Errorf("%s: tried at %v", refusal.Code, tries)
				}
			}
			for i := range tries {
				if i >= maxRefusedTries && tries[i]-tries[i-maxRefusedTries] < refusalWindow {
					t.Errorf("%s: more than %d tries in an hour: %v", refusal.Code, maxRefusedTries, tries)
				}
			}
		})
	}
}

func TestAChangeOfTheZoneLetsWhatWasInItsWayGoAgain(t *testing.T) {
	changes := map[string]func(m *RefusalMemory, write func(domain string)){
		"a write in the zone":          func(_ *RefusalMemory, write func(string)) { write("A.ru.") },
		"a sweep that sees it changed": func(m *RefusalMemory, _ func(string)) { m.Forget("a.ru") },
	}
	others := map[string]func(m *RefusalMemory, write func(domain string)){
		"nothing":                     func(*RefusalMemory, func(string)) {},
		"a write in another zone":     func(_ *RefusalMemory, write func(string)) { write("b.ru") },
		"a change of another zone":    func(m *RefusalMemory, _ func(string)) { m.Forget("b.ru") },
		"the same request once again": func(*RefusalMemory, func(string)) {},
	}
	try := func(refusal error, change func(m *RefusalMemory, write func(domain string))) (again bool) {
		inner, memory := &handlerReturning{err: refusal}, NewRefusalMemory()
		handler := memory.Middleware()(inner)
		for range maxRefusals + 1 {
			_, _ = handler.Do(context.Background(), addRecord("a.ru"))
		}
		inner.err = nil
		change(memory, func(domain string) {
			_, _ = handler.Do(context.Background(), &regapi.Request{Function: "zone/remove_record", Params: map[string]any{
				"domains": []any{map[string]any{"dname": domain}, map[string]any{"dname": "c.ru"}}, "subdomain": "www", "record_type": "CNAME",
			}})
		})
		before := inner.calls
		_, _ = handler.Do(context.Background(), addRecord("a.ru"))
		return inner.calls > before
	}
	for _, refusal := range mendables {
		for name, change := range changes {
			if !try(refusal, change) {
				t.Errorf("%s: held back after %s", refusal.Code, name)
			}
		}
		for name, change := range others {
			if try(refusal, change) {
				t.Errorf("%s: after %s it goes", refusal.Code, name)
			}
		}
	}
	for name, change := range changes {
		if try(&regapi.Error{Code: regapi.CodeIPInvalid}, change) {
			t.Errorf("what is wrong in itself goes again after %s", name)
		}
	}
}

func TestAfterATopUpAnOrderGoesAtOnce(t *testing.T) {
	for _, code := range []regapi.ErrorCode{regapi.CodeNotEnoughMoney, regapi.CodeDoubleOrder} {
		inner := &handlerReturning{err: &regapi.Error{Code: code}}
		handler := NewRefusalMemory().Middleware()(inner)
		for range 2 * maxRefusedTries {
			_, _ = handler.Do(t.Context(), &regapi.Request{Function: "service/renew", Params: map[string]any{"service_id": 1, "period": 1}})
		}
		if inner.calls != 2*maxRefusedTries {
			t.Errorf("%s: %d requests", code, inner.calls)
		}
	}
}

func TestASingleElementsVerdictTellsWhetherTheZoneWasWritten(t *testing.T) {
	verdicts := map[string]bool{
		`{"dname":"a.ru","result":"success"}`:                                true,
		`{"dname":"a.ru","result":"error","error_code":"SUBD_INVALID"}`:      false,
		`{"dname":"a.ru","result":"error","error_code":"INTERNAL_ERROR"}`:    true,
		`{"dname":"a.ru","result":"error","error_code":"DOMAIN_PROTECTION"}`: false,
	}
	for verdict, written := range verdicts {
		client, stub := answering(t, `{"domains":[{"dname":"a.ru","result":"error","error_code":"CONFLICT_CNAME"}]}`,
			regapi.WithMiddleware(NewRefusalMemory().Middleware()))
		add := func(name string) {
			_, _ = client.Zone.AddTXT(t.Context(), regapi.AddTXT{Subdomain: name, Text: "x"}, regapi.ByName("a.ru"))
		}
		for range maxRefusals + 1 {
			add("held")
		}
		stub.body = `{"result":"success","answer":{"domains":[` + verdict + `]}}`
		add("other")
		before := stub.requests()
		if add("held"); stub.requests() > before != written {
			t.Errorf("after %s it goes: %t", verdict, !written)
		}
	}
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
		handler, inner := remembering(&regapi.Error{Code: regapi.CodeIPInvalid})
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
