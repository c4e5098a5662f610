package batch

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
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
				account.writeAll(with(traffic.Change), t, test.actionsOf)
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
		account.writeAll(with(traffic.Change), t, func(zone int) []regapi.Action {
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
				account.writeAll(with(traffic.Change), t, func(int) []regapi.Action { return texts(test.actions) })
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
				zone, err := account.Read(with(traffic.Change), domain)
				if err != nil || zone.ServiceID != regapi.ID(1000+i%1500) && i < 1500 || (domain == zoneName(7)) != (len(zone.Records) == 3) {
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
				if _, err := account.Read(with(traffic.Change), domain); (err == nil) != found || (!found && !regapi.IsNotFound(err)) {
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
				if err := account.UpdateSOA(with(traffic.Change), domain, soa); err != nil {
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
		if err := account.UpdateSOA(with(traffic.Change), zoneName(0), regapi.SOA{}); !regapi.IsInvalid(err) {
			t.Errorf("a time of nothing: %v", err)
		}
		if err := account.UpdateSOA(with(traffic.Change), "elsewhere.ru", regapi.SOA{TTL: time.Hour, MinimumTTL: time.Hour}); !regapi.IsNotFound(err) {
			t.Errorf("a zone of nobody: %v", err)
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
						results, err := account.Write(with(traffic.Change), domain, []regapi.Action{txt("own", fmt.Sprint(i))})
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
				there := account.start(with(traffic.Change), zoneName(0),
					regapi.RemoveRecord{Subdomain: "www", RecordType: "A", Content: "192.0.2.1"}, cname("www", "host.example.com"))
				back := account.start(with(traffic.Interactive), zoneName(0),
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

func TestRequestsLeaveWhenTheirLingerIsOver(t *testing.T) {
	for priority, want := range map[traffic.Priority]time.Duration{traffic.Interactive: 0, traffic.Change: 100 * time.Millisecond, traffic.Background: 500 * time.Millisecond} {
		t.Run(priority.String(), func(t *testing.T) {
			inZones(t, Partner, 2, func(t *testing.T, account *testAccount) {
				start := time.Now()
				patient := account.start(with(traffic.Background), zoneName(0), texts(1)...)
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
			account.start(with(traffic.Background), domain, txt("own", fmt.Sprint(i)))
		}
		time.Sleep(DefaultLinger.Background + latency/2) // the first is under way
		before := account.simulator.Calls("*")
		start := time.Now()
		if _, err := account.Write(with(traffic.Interactive), zoneName(1), []regapi.Action{txt("challenge", "x")}); err != nil {
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
		rare := account.start(with(traffic.Change), zoneName(0), txt("rare", "x"))
		for round := range patience + 10 {
			for _, domain := range account.domains[1:] {
				account.start(with(traffic.Change), domain, txt("popular", fmt.Sprint(round)))
			}
		}
		<-rare.done
		overtakers := slices.IndexFunc(account.simulator.Journal(), func(e regapitest.Entry) bool { return e.Params["subdomain"] == "rare" })
		if overtakers < 0 || overtakers >= patience {
			t.Errorf("the rare change had to wait for %d requests", overtakers)
		}
	})
}

func TestTheChangeThatMostZonesWaitForGoesFirst(t *testing.T) {
	inZones(t, Ordinary, 4, func(t *testing.T, account *testAccount) {
		account.start(with(traffic.Change), zoneName(0), txt("rare", "x"))
		for _, domain := range account.domains[1:] {
			account.start(with(traffic.Change), domain, txt("popular", "x"))
		}
		account.wait.Wait()
		if entries := account.simulator.Journal(); len(entries) != 2 || entries[0].Elements != 3 {
			t.Errorf("requests %+v", entries)
		}
	})
}

func TestALongListIsNotComparedPairByPair(t *testing.T) {
	actions := make([]regapi.Action, 0, 1000)
	for i := range 500 {
		name := fmt.Sprint("n", i)
		actions = append(actions, addr(name, 1), regapi.RemoveRecord{Subdomain: strings.ToUpper(name) + ".example.ru.", RecordType: "A", Content: "192.0.2.2"})
	}
	compared := 0
	zones := New(nil, WithApplied(func([]regapi.ResourceRecord, regapi.Action) (bool, bool) { compared++; return false, true }))
	job := newWriteJob("example.ru", actions)
	edits := make([]edit, len(actions))
	for i := range edits {
		edits[i] = edit{job, i}
	}
	if length := zones.listLength(edits, 1000); length != 1000 || compared != 500 {
		t.Errorf("a list of %d after %d comparisons", length, compared)
	}
}

func TestARemovalAndAnAdditionOfOneRecordShareNoList(t *testing.T) {
	removal := regapi.RemoveRecord{Subdomain: "www", RecordType: "A", Content: "192.0.2.1"}
	for _, actions := range [][]regapi.Action{{addr("www", 1), removal}, {removal, addr("www", 1)}, {addr("www", 1), addr("www", 1)}} {
		job := newWriteJob("example.ru", actions)
		if length := New(nil, WithApplied(shows)).listLength([]edit{{job, 0}, {job, 1}}, 10); length != 1 {
			t.Errorf("%v: a list of %d", actions, length)
		}
	}
}
