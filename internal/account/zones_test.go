package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestEqualChangesOfManyZonesShareRequests(t *testing.T) {
	shared := []regapi.Action{addr("@", 1), addr("www", 1), txt("@", "v=spf1 -all"), regapi.AddMX{Subdomain: "@", MailServer: "mail.example.com"}}
	insert := func(at int, action regapi.Action) []regapi.Action {
		return slices.Insert(slices.Clone(shared), at, action)
	}
	for name, test := range map[string]struct {
		actionsOf func(zone int) []regapi.Action
		want      int
	}{
		"four records": {func(int) []regapi.Action { return shared }, 4},
		"four records, and a fifth among them in every other zone": {func(zone int) []regapi.Action {
			if zone%2 == 0 {
				return shared
			}
			return insert(2, txt("other", "x"))
		}, 5},
		"four records, and one of two others at a place of its own": {func(zone int) []regapi.Action {
			return insert(1+zone%2*2, txt("other", fmt.Sprint(zone%2)))
		}, 6},
		// No list below nine contains all of these.
		"four records, and a fifth at any place": {func(zone int) []regapi.Action {
			return insert(zone%5, txt("other", "x"))
		}, 9},
		"four records, and another one of its own in each of two zones": {func(zone int) []regapi.Action {
			if zone < 2 {
				return insert(zone+1, txt("own", fmt.Sprint(zone)))
			}
			return shared
		}, 6},
	} {
		t.Run(name, func(t *testing.T) {
			inZones(t, Ordinary, 500, func(t *testing.T, account *testAccount) {
				account.writeAll(with(regapi.Change), t, test.actionsOf)
				if writes := account.writes(); writes > test.want {
					t.Errorf("%d writes, want at most %d", writes, test.want)
				}
				for i, domain := range account.domains {
					if records := account.simulator.Records(domain); len(records) != len(test.actionsOf(i)) {
						t.Fatalf("%s holds %v", domain, records)
					}
				}
			})
		})
	}
}

func TestAChangeOfItsOwnInEveryZoneCostsHardlyMoreThanItself(t *testing.T) {
	inZones(t, Ordinary, 100, func(t *testing.T, account *testAccount) {
		account.writeAll(with(regapi.Change), t, func(zone int) []regapi.Action {
			return slices.Insert(texts(4), zone%5, txt("own", fmt.Sprint(zone)))
		})
		if writes := account.writes(); writes > 110 {
			t.Errorf("%d writes for 100 different changes and 4 equal ones", writes)
		}
	})
}

func TestAPartnersZonesShareARequest(t *testing.T) {
	for name, test := range map[string]struct{ zones, actions, want int }{
		"200 zones with 20 changes each": {200, 20, 1},
		"2500 zones with a change each":  {2500, 1, 3},
		"6 zones with 1000 changes each": {6, 1000, 2},
		"a zone with 2500 changes":       {1, 2500, 3},
	} {
		t.Run(name, func(t *testing.T) {
			inZones(t, Partner, test.zones, func(t *testing.T, account *testAccount) {
				account.writeAll(with(regapi.Change), t, func(int) []regapi.Action { return texts(test.actions) })
				if writes := account.writes(); writes != test.want || account.simulator.Calls("*") != test.want {
					t.Errorf("requests %v, want %d writes", account.functions(), test.want)
				}
				for _, domain := range account.domains {
					if records := len(account.simulator.Records(domain)); records != test.actions {
						t.Fatalf("%s holds %d records", domain, records)
					}
				}
			})
		})
	}
}

func TestReadsOfManyZonesShareRequests(t *testing.T) {
	inZones(t, Unknown, 1500, func(t *testing.T, account *testAccount) {
		account.simulator.AddRecord(zoneName(7), regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
		for i, domain := range append(account.domains, zoneName(7)) {
			account.wait.Go(func() {
				zone, err := account.Read(with(regapi.Change), domain)
				if err != nil || zone.ServiceID != regapi.ID(1000+i%1500) && i < 1500 || (domain == zoneName(7)) != (len(zone.Records) == 1) {
					t.Errorf("%s: %v, %+v", domain, err, zone)
				}
			})
		}
		account.wait.Wait()
		if calls := account.simulator.Calls("*"); calls != 2 {
			t.Errorf("%d requests, want 2", calls)
		}
	})
}

func TestAReadThatFailsFailsAlone(t *testing.T) {
	inZones(t, Unknown, 2, func(t *testing.T, account *testAccount) {
		for domain, found := range map[string]bool{"ZONE0.ru.": true, "elsewhere.ru": false} {
			account.wait.Go(func() {
				if _, err := account.Read(with(regapi.Change), domain); (err == nil) != found || (!found && !regapi.IsNotFound(err)) {
					t.Errorf("%s: %v", domain, err)
				}
			})
		}
		account.wait.Wait()
		if calls := account.simulator.Calls("*"); calls != 1 {
			t.Errorf("%d requests, want 1", calls)
		}
	})
}

func TestEqualTimesShareARequest(t *testing.T) {
	inZones(t, Partner, 30, func(t *testing.T, account *testAccount) {
		for i, domain := range account.domains {
			soa := regapi.SOA{TTL: time.Duration(1+i%2) * time.Hour, MinimumTTL: time.Minute}
			account.wait.Go(func() {
				if err := account.UpdateSOA(with(regapi.Change), domain, soa); err != nil {
					t.Errorf("%s: %v", domain, err)
				}
			})
		}
		account.wait.Wait()
		if calls := account.simulator.Calls("zone/update_soa"); calls != 2 || account.simulator.Calls("*") != 2 {
			t.Errorf("requests %v, want two", account.functions())
		}
		if soa := account.simulator.SOA(zoneName(1)); soa.TTL != 7200 || soa.MinimumTTL != 60 {
			t.Errorf("SOA %+v", soa)
		}
		if err := account.UpdateSOA(with(regapi.Change), zoneName(0), regapi.SOA{}); !regapi.IsInvalid(err) {
			t.Errorf("a time of nothing: %v", err)
		}
		if err := account.UpdateSOA(with(regapi.Change), "elsewhere.ru", regapi.SOA{TTL: time.Hour, MinimumTTL: time.Hour}); !regapi.IsNotFound(err) {
			t.Errorf("a zone of nobody: %v", err)
		}
	})
}

func TestABadActionFailsAlone(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		for name, test := range map[string]struct {
			actions []regapi.Action
			bad     []int
		}{
			"in the middle":           {[]regapi.Action{txt("a", "x"), badAction("bad"), txt("b", "x"), txt("c", "x")}, []int{1}},
			"at the beginning":        {[]regapi.Action{badAction("bad"), txt("b", "x")}, []int{0}},
			"at the end":              {[]regapi.Action{txt("b", "x"), badAction("bad")}, []int{1}},
			"several":                 {[]regapi.Action{badAction("d"), txt("a", "x"), badAction("e"), badAction("f"), txt("b", "x")}, []int{0, 2, 3}},
			"alone":                   {[]regapi.Action{badAction("d")}, []int{0}},
			"known to the client":     {[]regapi.Action{txt("a", "x"), regapi.AddAlias{Subdomain: "a"}, nil, txt("b", "x")}, []int{1, 2}},
			"known, and nothing left": {[]regapi.Action{regapi.AddAlias{Subdomain: "a"}}, []int{0}},
		} {
			t.Run(string(capability)+" "+name, func(t *testing.T) {
				inZones(t, capability, 2, func(t *testing.T, account *testAccount) {
					other := account.start(with(regapi.Change), zoneName(1), texts(3)...)
					results, err := account.Write(with(regapi.Change), zoneName(0), test.actions)
					if err != nil {
						t.Fatal(err)
					}
					var failed []int
					for i, result := range results {
						if result != nil {
							failed = append(failed, i)
						}
						if result != nil && !regapi.IsInvalid(result) {
							t.Errorf("action %d: %v", i, result)
						}
					}
					if diff := cmp.Diff(test.bad, failed); diff != "" {
						t.Errorf("failed actions (-want +got):\n%s", diff)
					}
					if records := len(account.simulator.Records(zoneName(0))); records != len(test.actions)-len(test.bad) {
						t.Errorf("%d records", records)
					}
					<-other.done
					if diff := cmp.Diff([]error{nil, nil, nil}, other.results); diff != "" || len(account.simulator.Records(zoneName(1))) != 3 {
						t.Errorf("the other zone (-want +got):\n%s", diff)
					}
				})
			})
		}
	}
}

func TestBadActionsOfManyZonesAreFoundByOneRead(t *testing.T) {
	inZones(t, Partner, 50, func(t *testing.T, account *testAccount) {
		for _, domain := range account.domains {
			account.wait.Go(func() {
				results, err := account.Write(with(regapi.Change), domain, []regapi.Action{txt("a", "x"), badAction("b"), txt("c", "x")})
				if err != nil || results[0] != nil || results[1] == nil || results[2] != nil {
					t.Errorf("%s: %v, %v", domain, err, results)
				}
			})
		}
		account.wait.Wait()
		want := []string{"update_records", "get_resource_records", "update_records"}
		if diff := cmp.Diff(want, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestNothingIsSentForAZoneThatIsInDoubt(t *testing.T) {
	inZones(t, Partner, 2, func(t *testing.T, account *testAccount) {
		first := account.start(with(regapi.Change), zoneName(0), txt("a", "x"), badAction("b"), txt("c", "x"))
		time.Sleep(latency + latency/2) // the read is under way
		second := account.start(with(regapi.Interactive), zoneName(0), txt("d", "x"))
		other := account.start(with(regapi.Background), zoneName(1), txt("d", "x"))
		for _, c := range []*call{first, second, other} {
			<-c.done
			if c.err != nil {
				t.Error(c.err)
			}
		}
		if diff := cmp.Diff([]string{"update_records", "get_resource_records", "update_records"}, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestAReadThatCannotTellLeavesTheActionsUnknown(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Function: "zone/get_resource_records"})
		results, err := account.Write(with(regapi.Change), zoneName(0), []regapi.Action{txt("a", "x"), badAction("b"), txt("c", "x")})
		if results != nil || err == nil || ConcernsOneAction(err) || account.simulator.Calls("*") != 2 {
			t.Errorf("results %v, error %v, requests %v", results, err, account.functions())
		}
	})
}

func TestWithoutAWayToTellAllActionsOfABadListFail(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		results, err := account.Write(with(regapi.Change), zoneName(0), []regapi.Action{txt("a", "x"), badAction("b"), txt("c", "x")})
		if err != nil || slices.Contains(results, nil) {
			t.Errorf("results %v, error %v", results, err)
		}
	}, WithApplied(func([]regapi.ResourceRecord, regapi.Action) (bool, bool) { return false, false }))
}

func TestAListThatIsRefusedAsAWholeShrinksUntilTheCauseIsAlone(t *testing.T) {
	inZones(t, Partner, 64, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{
			Kind: regapitest.FaultError, Function: "zone/update_records", Domain: zoneName(40), Code: "PARAMETER_INCORRECT",
		})
		for i, domain := range account.domains {
			account.wait.Go(func() {
				results, err := account.Write(with(regapi.Change), domain, texts(1))
				if err != nil || (results[0] == nil) != (i != 40) {
					t.Errorf("%s: %v, %v", domain, results, err)
				}
			})
		}
		account.wait.Wait()
		// One for the zones that are there first, seven to halve 64 down to the cause, six that double to send the rest.
		if writes := account.writes(); writes > 14 {
			t.Errorf("%d writes", writes)
		}
	})
}

func TestRefusalsOfTheWholeRequestDoNotGoOnForever(t *testing.T) {
	inZones(t, Partner, 1000, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "zone/update_records", Code: "PARAMETER_INCORRECT"})
		for _, domain := range account.domains {
			account.wait.Go(func() {
				if results, err := account.Write(with(regapi.Change), domain, texts(5)); err == nil && slices.Contains(results, nil) {
					t.Errorf("%s: %v, %v", domain, results, err)
				}
			})
		}
		account.wait.Wait()
		if writes := account.writes(); writes > 2*maxRefusals {
			t.Errorf("%d writes", writes)
		}
	})
}

func TestAFailureOfTheZoneEndsItsListAlone(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		t.Run(string(capability), func(t *testing.T) {
			inZones(t, capability, 2, func(t *testing.T, account *testAccount) {
				account.simulator.SetDelegation(zoneName(0), "ns.example.com")
				other := account.start(with(regapi.Change), zoneName(1), texts(3)...)
				results, err := account.Write(with(regapi.Change), zoneName(0), texts(3))
				if results != nil || !regapi.IsBlocked(err) {
					t.Errorf("results %v, error %v", results, err)
				}
				<-other.done
				if diff := cmp.Diff([]error{nil, nil, nil}, other.results); diff != "" {
					t.Errorf("the other zone (-want +got):\n%s", diff)
				}
				if capability == Partner && account.simulator.Calls("*") != 1 || account.writes() > 3 {
					t.Errorf("requests %v", account.functions())
				}
			})
		})
	}
}

func TestALostAnswerIsAnErrorForEveryActionOfTheRequest(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		t.Run(string(capability), func(t *testing.T) {
			inZones(t, capability, 10, func(t *testing.T, account *testAccount) {
				account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer})
				for _, domain := range account.domains {
					account.wait.Go(func() {
						results, err := account.Write(with(regapi.Change), domain, texts(2))
						if _, lost := errors.AsType[*regapi.TransportError](err); results != nil || !lost {
							t.Errorf("%s: %v, %v", domain, results, err)
						}
					})
				}
				account.wait.Wait()
				if writes := account.writes(); writes != 1 {
					t.Errorf("%d writes, want 1", writes)
				}
			})
		})
	}
}

func TestWhatIsKnownIsToldWhenALaterAnswerIsLost(t *testing.T) {
	inZones(t, Ordinary, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Skip: 1})
		results, err := account.Write(with(regapi.Change), zoneName(0), texts(3))
		if err != nil || results[0] != nil || results[1] == nil || results[2] == nil || account.writes() != 2 {
			t.Errorf("results %v, error %v after %d writes", results, err, account.writes())
		}
	})
}

func TestADenialFailsEverythingThatWaits(t *testing.T) {
	for _, code := range []string{"PASSWORD_AUTH_FAILED", "ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE"} {
		t.Run(code, func(t *testing.T) {
			inZones(t, Ordinary, 20, func(t *testing.T, account *testAccount) {
				account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: code})
				for i, domain := range account.domains {
					account.wait.Go(func() {
						results, err := account.Write(with(regapi.Change), domain, []regapi.Action{txt("own", fmt.Sprint(i))})
						if results != nil || !regapi.HasCode(err, regapi.ErrorCode(code)) {
							t.Errorf("%s: %v, %v", domain, results, err)
						}
					})
				}
				account.wait.Wait()
				if calls := account.simulator.Calls("*"); calls != 1 {
					t.Errorf("%d requests, want 1", calls)
				}
			})
		})
	}
}

func TestTheOrderWithinAZoneIsKept(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		t.Run(string(capability), func(t *testing.T) {
			inZones(t, capability, 1, func(t *testing.T, account *testAccount) {
				account.simulator.AddRecord(zoneName(0), regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
				there := account.start(with(regapi.Change), zoneName(0),
					regapi.RemoveRecord{Subdomain: "www", RecordType: "A", Content: "192.0.2.1"}, cname("www", "host.example.com"))
				back := account.start(with(regapi.Interactive), zoneName(0),
					regapi.RemoveRecord{Subdomain: "www", RecordType: "CNAME", Content: "host.example.com."}, addr("www", 2))
				for _, c := range []*call{there, back} {
					<-c.done
					if diff := cmp.Diff([]error{nil, nil}, c.results); diff != "" || c.err != nil {
						t.Errorf("error %v, results (-want +got):\n%s", c.err, diff)
					}
				}
				if records := account.simulator.Records(zoneName(0)); len(records) != 1 || records[0].Content != "192.0.2.2" {
					t.Errorf("records %v", records)
				}
			})
		})
	}
}

func TestTheKindOfTheAccountIsProbedOnce(t *testing.T) {
	for partner, want := range map[bool][]string{
		true:  {"add_txt", "reseller_nop", "update_records", "update_records"},
		false: {"add_txt", "reseller_nop", "add_txt", "add_txt", "add_txt"},
	} {
		t.Run(fmt.Sprint(partner), func(t *testing.T) {
			inZones(t, Unknown, 1, func(t *testing.T, account *testAccount) {
				account.simulator.SetPartner(testLogin, partner)
				for _, count := range []int{1, 2, 1} {
					if _, err := account.Write(with(regapi.Change), zoneName(0), texts(count)); err != nil {
						t.Fatal(err)
					}
				}
				if diff := cmp.Diff(want, account.functions()); diff != "" {
					t.Errorf("requests (-want +got):\n%s", diff)
				}
				if got := account.Capability(); (got == Partner) != partner || got == Unknown {
					t.Errorf("capability %s", got)
				}
			})
		})
	}
}

func TestAnAccountThatIsNoPartnerAnyMoreLosesNothing(t *testing.T) {
	inZones(t, Partner, 50, func(t *testing.T, account *testAccount) {
		account.simulator.SetPartner(testLogin, false)
		account.writeAll(with(regapi.Change), t, func(int) []regapi.Action { return texts(2) })
		if diff := cmp.Diff([]string{"update_records", "add_txt", "add_txt"}, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
		if got := account.Capability(); got != Ordinary {
			t.Errorf("capability %s", got)
		}
	})
}

func TestProbesShareARequest(t *testing.T) {
	inZones(t, Unknown, 1, func(t *testing.T, account *testAccount) {
		account.SetCapability("nonsense")
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Count: 1})
		if got, err := account.Probe(t.Context()); err == nil || got != Unknown {
			t.Errorf("%s, %v", got, err)
		}
		account.simulator.SetPartner(testLogin, true)
		account.start(with(regapi.Interactive), zoneName(0), txt("a", "x"))
		for range 3 {
			account.wait.Go(func() {
				if got, err := account.Probe(t.Context()); err != nil || got != Partner {
					t.Errorf("%s, %v", got, err)
				}
			})
		}
		account.wait.Wait()
		if diff := cmp.Diff([]string{"reseller_nop", "add_txt", "reseller_nop"}, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestAProbeThatFailsFailsTheEditsThatNeedIt(t *testing.T) {
	inZones(t, Unknown, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultStatus})
		results, err := account.Write(with(regapi.Change), zoneName(0), texts(2))
		if results != nil || err == nil || account.Capability() != Unknown || account.simulator.Calls("*") != 1 {
			t.Errorf("%v, %v, requests %v", results, err, account.functions())
		}
	})
}

func TestACallIsWithdrawnBeforeItIsSent(t *testing.T) {
	inZones(t, Partner, 3, func(t *testing.T, account *testAccount) {
		ctx, cancel := context.WithCancel(with(regapi.Change))
		withdrawn := account.start(ctx, zoneName(0), texts(2)...)
		account.wait.Go(func() {
			if _, err := account.Read(regapi.WithPriority(ctx, regapi.Background), zoneName(0)); !errors.Is(err, context.Canceled) {
				t.Errorf("read: %v", err)
			}
		})
		synctest.Wait()
		cancel()
		<-withdrawn.done
		account.wait.Wait()
		synctest.Wait()
		if !errors.Is(withdrawn.err, context.Canceled) || account.running {
			t.Errorf("error %v, running %v", withdrawn.err, account.running)
		}
		if results, err := account.Write(with(regapi.Change), zoneName(1), texts(1)); err != nil || results[0] != nil {
			t.Errorf("the next call: %v, %v", results, err)
		}
		if entries := account.simulator.Journal(); len(entries) != 1 || entries[0].Elements != 1 {
			t.Errorf("requests %+v", entries)
		}
		if _, err := account.Write(ctx, zoneName(1), texts(1)); !errors.Is(err, context.Canceled) {
			t.Errorf("a call whose context has ended: %v", err)
		}
	})
}

func TestACallerThatLeavesDoesNotDisturbTheOthers(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		t.Run(string(capability), func(t *testing.T) {
			inZones(t, capability, 2, func(t *testing.T, account *testAccount) {
				ctx, cancel := context.WithTimeout(with(regapi.Change), DefaultLinger.Change+latency/2)
				defer cancel()
				leaver := account.start(ctx, zoneName(0), texts(3)...)
				stayer := account.start(with(regapi.Change), zoneName(1), texts(3)...)
				<-leaver.done
				if !errors.Is(leaver.err, context.DeadlineExceeded) {
					t.Errorf("the one that leaves: %v", leaver.err)
				}
				<-stayer.done
				if diff := cmp.Diff([]error{nil, nil, nil}, stayer.results); diff != "" || stayer.err != nil {
					t.Errorf("the one that stays: %v, results (-want +got):\n%s", stayer.err, diff)
				}
				want := map[Capability]int{Partner: 3, Ordinary: 1}[capability]
				if records := len(account.simulator.Records(zoneName(0))); records != want {
					t.Errorf("%d records of the one that left, want the %d that were on the way", records, want)
				}
			})
		})
	}
}

func TestALeaversDoubtIsSettledForTheOthers(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		ctx, cancel := context.WithTimeout(with(regapi.Change), DefaultLinger.Change+latency+latency/2)
		defer cancel()
		leaver := account.start(ctx, zoneName(0), txt("a", "x"), badAction("b"), txt("c", "x"))
		stayer := account.start(with(regapi.Change), zoneName(0), txt("d", "x"))
		<-leaver.done
		<-stayer.done
		if !errors.Is(leaver.err, context.DeadlineExceeded) || stayer.err != nil || stayer.results[0] != nil {
			t.Errorf("the one that leaves: %v; the one that stays: %v, %v", leaver.err, stayer.results, stayer.err)
		}
		if account.holds(zoneName(0), "c", "x") || !account.holds(zoneName(0), "d", "x") {
			t.Errorf("records %v", account.simulator.Records(zoneName(0)))
		}
	})
}

func TestRequestsLeaveWhenTheirLingerIsOver(t *testing.T) {
	for priority, want := range map[regapi.Priority]time.Duration{regapi.Interactive: 0, regapi.Change: 100 * time.Millisecond, regapi.Background: 500 * time.Millisecond} {
		t.Run(priority.String(), func(t *testing.T) {
			inZones(t, Partner, 2, func(t *testing.T, account *testAccount) {
				start := time.Now()
				patient := account.start(with(regapi.Background), zoneName(0), texts(1)...)
				if _, err := account.Write(with(priority), zoneName(1), texts(1)); err != nil {
					t.Fatal(err)
				}
				if took := time.Since(start); took != want+latency {
					t.Errorf("%v, want %v", took, want+latency)
				}
				<-patient.done
				if calls := account.simulator.Calls("*"); calls != 1 {
					t.Errorf("%d requests, want 1", calls)
				}
			})
		})
	}
}

func TestTheMostUrgentGoesFirst(t *testing.T) {
	inZones(t, Ordinary, 50, func(t *testing.T, account *testAccount) {
		for i, domain := range account.domains {
			account.start(with(regapi.Background), domain, txt("own", fmt.Sprint(i)))
		}
		time.Sleep(DefaultLinger.Background + latency/2) // the first is under way
		before := account.simulator.Calls("*")
		start := time.Now()
		if _, err := account.Write(with(regapi.Interactive), zoneName(1), []regapi.Action{txt("challenge", "x")}); err != nil {
			t.Fatal(err)
		}
		// Its own zone has an older edit, which comes first.
		if took := time.Since(start); took != latency/2+2*latency || before != 1 {
			t.Errorf("%v after %d requests, want the rest of one and two more", took, before)
		}
	})
}

func TestEveryZoneGetsItsTurnBesidePopularChanges(t *testing.T) {
	inZones(t, Ordinary, 12, func(t *testing.T, account *testAccount) {
		rare := account.start(with(regapi.Change), zoneName(0), txt("rare", "x"))
		for round := range patience + 10 {
			for _, domain := range account.domains[1:] {
				account.start(with(regapi.Change), domain, txt("popular", fmt.Sprint(round)))
			}
		}
		<-rare.done
		overtakers := slices.IndexFunc(account.simulator.Journal(), func(e regapitest.Entry) bool { return e.Params["subdomain"] == "rare" })
		if overtakers < 0 || overtakers >= patience {
			t.Errorf("the rare change had to wait for %d requests", overtakers)
		}
	})
}

func TestCloseWaitsForWhatIsUnderWay(t *testing.T) {
	inZones(t, Ordinary, 2, func(t *testing.T, account *testAccount) {
		under := account.start(with(regapi.Interactive), zoneName(0), texts(2)...)
		waiting := account.start(with(regapi.Change), zoneName(1), txt("other", "x"))
		start := time.Now()
		account.Close()
		if took := time.Since(start); took != latency {
			t.Errorf("closed after %v, want %v", took, latency)
		}
		<-under.done
		<-waiting.done
		if under.err != nil || under.results[0] != nil || !errors.Is(under.results[1], ErrZonesClosed) {
			t.Errorf("under way: %v, %v", under.results, under.err)
		}
		if !errors.Is(waiting.err, ErrZonesClosed) || account.writes() != 1 {
			t.Errorf("waiting: %v after %d writes", waiting.err, account.writes())
		}
		account.Close()
		_, readErr := account.Read(t.Context(), zoneName(0))
		_, writeErr := account.Write(t.Context(), zoneName(0), texts(1))
		_, probeErr := account.Probe(t.Context())
		for _, err := range []error{readErr, writeErr, probeErr} {
			if !errors.Is(err, ErrZonesClosed) {
				t.Errorf("after Close: %v", err)
			}
		}
	})
}

func TestCloseSettlesZonesInDoubt(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		doubted := account.start(with(regapi.Interactive), zoneName(0), txt("a", "x"), badAction("b"), txt("c", "x"))
		time.Sleep(latency + latency/2) // the read is under way
		behind := account.start(with(regapi.Interactive), zoneName(0), txt("d", "x"))
		account.Close()
		<-doubted.done
		<-behind.done
		if doubted.err != nil || doubted.results[0] != nil || !regapi.IsInvalid(doubted.results[1]) || !errors.Is(doubted.results[2], ErrZonesClosed) {
			t.Errorf("in doubt: %v, %v", doubted.results, doubted.err)
		}
		if !errors.Is(behind.err, ErrZonesClosed) || account.writes() != 1 {
			t.Errorf("behind it: %v after %d writes", behind.err, account.writes())
		}
	})
}

func TestCloseGivesUpOnAnAnswerThatDoesNotCome(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Latency: 30 * time.Second})
		hanging := account.start(with(regapi.Interactive), zoneName(0), texts(1)...)
		start := time.Now()
		account.Close()
		<-hanging.done
		if took := time.Since(start); took != closeGrace || hanging.err == nil {
			t.Errorf("closed after %v: %v", took, hanging.err)
		}
		account.simulator.Close()
	})
}

func TestARequestHasATimeout(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Latency: time.Hour})
		_, err := account.Write(with(regapi.Interactive), zoneName(0), texts(1))
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		account.simulator.Close()
	}, WithRequestTimeout(2*time.Second))
}

func TestADomainHasToBeNamed(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		_, readErr := account.Read(t.Context(), "")
		_, writeErr := account.Write(t.Context(), "", texts(1))
		for _, err := range []error{readErr, writeErr, account.UpdateSOA(t.Context(), "", regapi.SOA{})} {
			if !regapi.IsInvalid(err) {
				t.Errorf("error %v", err)
			}
		}
		if results, err := account.Write(t.Context(), zoneName(0), nil); err != nil || len(results) != 0 || account.simulator.Calls("*") != 0 {
			t.Errorf("no actions: %v, %v", results, err)
		}
	})
}

func TestHowFarAListGotIsReadFromTheZone(t *testing.T) {
	type verdict struct{ Made, Failed, Ignored int }
	for name, test := range map[string]struct {
		shown string // per action: + applied, - not, ? the zone cannot tell
		want  verdict
	}{
		"nothing was done":                        {"---", verdict{0, 1, 2}},
		"it ended in the middle":                  {"++--", verdict{2, 1, 1}},
		"everything was done":                     {"+++", verdict{3, 0, 0}},
		"one that cannot be told lies before":     {"+?+-", verdict{3, 1, 0}},
		"one that cannot be told may have failed": {"+?--", verdict{1, 1, 2}},
		"none can be told":                        {"??", verdict{0, 2, 0}},
		"the last cannot be told":                 {"+?", verdict{1, 1, 0}},
		"a later one that showed before":          {"+-+-", verdict{1, 1, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			job := newWriteJob("example.ru", texts(len(test.shown)))
			edits := make([]edit, len(test.shown))
			for i := range edits {
				edits[i] = edit{job, i}
			}
			zones := NewZones(nil, WithApplied(func(_ []regapi.ResourceRecord, action regapi.Action) (bool, bool) {
				mark := test.shown[slices.Index(job.actions, action)]
				return mark == '+', mark != '?'
			}))
			made, failed, ignored := zones.progress(edits, nil)
			if diff := cmp.Diff(test.want, verdict{len(made), len(failed), len(ignored)}); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(len(edits), len(slices.Concat(made, failed, ignored))); diff != "" {
				t.Errorf("edits are lost or doubled (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheChangeThatMostZonesWaitForGoesFirst(t *testing.T) {
	inZones(t, Ordinary, 4, func(t *testing.T, account *testAccount) {
		account.start(with(regapi.Change), zoneName(0), txt("rare", "x"))
		for _, domain := range account.domains[1:] {
			account.start(with(regapi.Change), domain, txt("popular", "x"))
		}
		account.wait.Wait()
		if entries := account.simulator.Journal(); len(entries) != 2 || entries[0].Elements != 3 {
			t.Errorf("requests %+v", entries)
		}
	})
}
