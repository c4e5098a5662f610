package inventory

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAPartThatFailsHidesNoOther(t *testing.T) {
	for _, function := range []string{"service/get_list", "zone/get_resource_records", "domain/get_nss", "dnssec/get_status", "user/get_balance"} {
		t.Run(function, func(t *testing.T) {
			inBubble(t, 3, func(w *inventoryWorld) {
				w.followAll(3)
				swept := w.Summary().SweptAt
				w.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE", Function: function})
				w.api.SetDelegation(domainName(1), "ns.example.com", "ns.example.net")
				w.api.ResetJournal()
				w.passSweep()
				if summary := w.Summary(); summary.Err == nil || !summary.SweptAt.Equal(swept) {
					t.Errorf("a sweep that lacks a part passes for a whole one: %+v", summary)
				}
				for _, other := range []string{"service/get_list", "zone/get_resource_records", "domain/get_nss", "dnssec/get_status", "user/get_balance"} {
					if w.api.Calls(other) == 0 {
						t.Errorf("%s was not asked", other)
					}
				}
				facts, err := w.Facts(w.Context(), domainName(1), everything)
				moved := err == nil && facts.Delegation.NSS[0].Name == "ns.example.com"
				if moved != (function != "domain/get_nss") {
					t.Errorf("known of the delegation: %+v, %v", facts.Delegation, err)
				}
			})
		})
	}
}

func TestASweepOfWhatIsNewDoesNotPassForAWholeOne(t *testing.T) {
	inBubble(t, 3, func(w *inventoryWorld) {
		w.followAll(2)
		swept := w.Summary().SweptAt
		w.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE", Function: "dnssec/get_status"})
		w.passSweep()
		w.Follow("third", domainName(2), Records)
		if _, err := w.Facts(w.Context(), domainName(2), Records); err != nil {
			t.Fatal(err)
		}
		if summary := w.Summary(); summary.Err == nil || !summary.SweptAt.Equal(swept) {
			t.Errorf("summary %+v", summary)
		}
		w.api.ClearFaults()
		w.passSweep()
		if summary := w.Summary(); summary.Err != nil || summary.SweptAt.Equal(swept) {
			t.Errorf("after a whole sweep: %+v", summary)
		}
	})
}

func TestWhatNobodyFollowedForADayIsReadAnew(t *testing.T) {
	inBubble(t, 1, func(w *inventoryWorld) {
		w.followAll(1)
		w.Follow(domainName(0), domainName(0), Records)
		time.Sleep(24 * time.Hour)
		w.api.SetDelegation(domainName(0), "ns.example.com", "ns.example.net")
		w.Follow(domainName(0), domainName(0), everything)
		facts, err := w.Facts(w.Context(), domainName(0), everything)
		if err != nil || facts.Delegation.NSS[0].Name != "ns.example.com" {
			t.Errorf("%+v, %v", facts.Delegation, err)
		}
	})
}

func TestAListRefusedAsAWholeBlamesOneDomain(t *testing.T) {
	const domains, bad = 150, 87
	for _, function := range []string{"zone/get_resource_records", "domain/get_nss", "dnssec/get_status"} {
		for _, kind := range []regapitest.Fault{
			{Kind: regapitest.FaultError, Code: "INVALID_DOMAIN_NAME_FORMAT"},
			{Kind: regapitest.FaultError, Code: "INTERNAL_ERROR"},
			{Kind: regapitest.FaultStatus, Status: 502},
			{Kind: regapitest.FaultGarbage},
		} {
			t.Run(fmt.Sprint(function, kind.Kind, kind.Code), func(t *testing.T) {
				inBubble(t, domains, func(w *inventoryWorld) {
					kind.Function, kind.Domain = function, domainName(bad)
					w.api.Inject(kind)
					for n := range domains {
						w.Follow(domainName(n), domainName(n), everything)
					}
					for n := range domains {
						facts, err := w.Facts(w.Context(), domainName(n), everything)
						if err != nil {
							t.Fatal(err)
						}
						failed := facts.Zone.Err != nil || facts.Delegation.Err != nil || facts.Signing.Err != nil
						if failed != (n == bad) {
							t.Errorf("%s: %v, %v, %v", domainName(n), facts.Zone.Err, facts.Delegation.Err, facts.Signing.Err)
						}
					}
					if requests := w.api.Calls("*"); requests > 30 || w.Summary().Err != nil {
						t.Errorf("%d requests, %v", requests, w.Summary().Err)
					}
				})
			})
		}
	}
}

func TestAnOutageBlamesNoDomainAndCostsLittle(t *testing.T) {
	inBubble(t, 1000, func(w *inventoryWorld) {
		w.followAll(1000)
		w.wakes()
		w.api.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Status: 502})
		w.api.ResetJournal()
		time.Sleep(6 * time.Hour)
		synctest.Wait()
		if requests := w.api.Calls("*"); requests > 6*150 {
			t.Errorf("%d requests in six hours", requests)
		}
		if woken := w.wakes(); len(woken) > 3*33 {
			t.Errorf("%d domains were woken", len(woken))
		}
		w.api.ClearFaults()
		w.passSweep()
		w.api.ResetJournal()
		w.passSweep()
		if requests := w.api.Calls("*"); requests > 5 || w.Summary().Err != nil {
			t.Errorf("afterwards a sweep takes %d requests: %v", requests, w.Summary().Err)
		}
	})
}

func TestOfTwoServicesOfOneNameTheWorseCounts(t *testing.T) {
	active := regapi.ServiceListItem{State: regapi.Active, ExpirationDate: regapi.NewDate(2030, 1, 1)}
	others := []regapi.ServiceListItem{
		{State: regapi.Suspended, ExpirationDate: regapi.NewDate(2031, 1, 1)}, {State: regapi.Inactive}, {State: "?"},
		{State: regapi.Active, ExpirationDate: regapi.NewDate(2029, 1, 1)}, {State: regapi.Active},
	}
	for _, other := range others {
		if !worse(&other, &active) || worse(&active, &other) {
			t.Errorf("%+v beside %+v", other, active)
		}
	}
	if !slices.IsSortedFunc([]regapi.State{regapi.Active, "?", regapi.Inactive, regapi.Suspended, regapi.Deleted}, func(a, b regapi.State) int {
		if worse(&regapi.ServiceListItem{State: a}, &regapi.ServiceListItem{State: b}) {
			return 1
		}
		return -1
	}) {
		t.Error("the states are not in the order of their badness")
	}
}
