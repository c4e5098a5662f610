package batch

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

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
					other := account.start(with(traffic.Change), zoneName(1), texts(3)...)
					results, err := account.Write(with(traffic.Change), zoneName(0), test.actions)
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
				results, err := account.Write(with(traffic.Change), domain, []regapi.Action{txt("a", "x"), badAction("b"), txt("c", "x")})
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
		first := account.start(with(traffic.Change), zoneName(0), txt("a", "x"), badAction("b"), txt("c", "x"))
		time.Sleep(latency + latency/2) // the read is under way
		second := account.start(with(traffic.Interactive), zoneName(0), txt("d", "x"))
		other := account.start(with(traffic.Background), zoneName(1), txt("d", "x"))
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
		results, err := account.Write(with(traffic.Change), zoneName(0), []regapi.Action{txt("a", "x"), badAction("b"), txt("c", "x")})
		if results != nil || err == nil || regapi.ConcernsOneAction(err) || account.simulator.Calls("*") != 4 {
			t.Errorf("results %v, error %v, requests %v", results, err, account.functions())
		}
	})
}

func TestWithoutAWayToTellAllActionsOfABadListFail(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		results, err := account.Write(with(traffic.Change), zoneName(0), []regapi.Action{txt("a", "x"), badAction("b"), txt("c", "x")})
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
				results, err := account.Write(with(traffic.Change), domain, texts(1))
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
				if results, err := account.Write(with(traffic.Change), domain, texts(5)); err == nil && slices.Contains(results, nil) {
					t.Errorf("%s: %v, %v", domain, results, err)
				}
			})
		}
		account.wait.Wait()
		if writes := account.writes(); writes > 50 {
			t.Errorf("%d writes", writes)
		}
	})
}

func TestAFailureOfTheZoneEndsItsListAlone(t *testing.T) {
	for _, capability := range []Capability{Partner, Ordinary} {
		t.Run(string(capability), func(t *testing.T) {
			inZones(t, capability, 2, func(t *testing.T, account *testAccount) {
				account.simulator.SetDelegation(zoneName(0), "ns.example.com")
				other := account.start(with(traffic.Change), zoneName(1), texts(3)...)
				results, err := account.Write(with(traffic.Change), zoneName(0), texts(3))
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
						results, err := account.Write(with(traffic.Change), domain, texts(2))
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
		results, err := account.Write(with(traffic.Change), zoneName(0), texts(3))
		if err != nil || results[0] != nil || results[1] == nil || results[2] == nil || account.writes() != 2 {
			t.Errorf("results %v, error %v after %d writes", results, err, account.writes())
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
			zones := New(nil, WithApplied(func(_ []regapi.ResourceRecord, action regapi.Action) (bool, bool) {
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
