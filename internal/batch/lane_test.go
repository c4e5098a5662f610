package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// inLane is inZones with the lane of the login and all policies of a connection.
func inLane(t *testing.T, capability Capability, domains int, test func(t *testing.T, account *testAccount)) {
	t.Helper()
	var lane *traffic.Lane
	turn := func(ctx context.Context) (context.Context, func(), error) { return lane.Turn(ctx) }
	inZones(t, capability, domains, func(t *testing.T, account *testAccount) {
		lane = traffic.NewLane()
		account.client = newBubbleClient(t, account.simulator, regapi.WithMiddleware(traffic.Chain(lane, traffic.NewRefusalMemory(), nil)...))
		test(t, account)
	}, WithTurn(turn))
}

// patiently is a context of a priority that lasts for an hour.
func patiently(t *testing.T, priority traffic.Priority) context.Context {
	ctx, cancel := context.WithTimeout(with(priority), time.Hour)
	t.Cleanup(cancel)
	return ctx
}

func TestAChallengeWaitsForOneRequestAtMostWhateverHangs(t *testing.T) {
	for name, function := range map[string]string{"a reading": "zone/get_resource_records", "the kind of the account": "reseller_nop"} {
		t.Run(name, func(t *testing.T) {
			inLane(t, Unknown, 3, func(t *testing.T, account *testAccount) {
				account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: function, Latency: time.Hour})
				var others sync.WaitGroup
				ctx, cancel := context.WithTimeout(with(traffic.Change), 10*time.Minute)
				defer cancel()
				others.Go(func() { _, _ = account.Read(ctx, zoneName(0)) })
				others.Go(func() { _, _ = account.Write(ctx, zoneName(0), texts(3)) })
				time.Sleep(time.Second)
				for range 5 { // also while it is tried again
					start := time.Now()
					_, err := account.Write(patiently(t, traffic.Interactive), zoneName(1), []regapi.Action{txt("_acme-challenge", fmt.Sprint(start))})
					if took := time.Since(start); err != nil || took > regapi.DefaultTimeout+2*latency {
						t.Errorf("the challenge: %v after %s", err, took)
					}
					time.Sleep(45 * time.Second)
				}
				others.Wait()
			})
		})
	}
}

func TestThePauseBeforeAnotherTryHoldsNobodyUp(t *testing.T) {
	inLane(t, Ordinary, 2, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE", Function: "zone/get_resource_records", Count: 2})
		start := time.Now()
		account.wait.Go(func() {
			if _, err := account.Read(patiently(t, traffic.Change), zoneName(0)); err != nil || time.Since(start) < 2*time.Second {
				t.Errorf("the read, at its third try: %v after %s", err, time.Since(start))
			}
		})
		time.Sleep(DefaultLinger.Read + latency + time.Millisecond) // it has failed, and rests
		start = time.Now()
		if _, err := account.Write(patiently(t, traffic.Interactive), zoneName(1), texts(1)); err != nil || time.Since(start) != latency {
			t.Errorf("the challenge: %v after %s", err, time.Since(start))
		}
		account.wait.Wait()
		want := []string{"get_resource_records", "add_txt", "get_resource_records", "get_resource_records"}
		if diff := cmp.Diff(want, account.functions()); diff != "" {
			t.Errorf("requests (-want +got):\n%s", diff)
		}
	})
}

func TestWhatNeverLeftQueuesAgainAndWhatMayHaveBeenMadeDoesNot(t *testing.T) {
	inLane(t, Ordinary, 1, func(t *testing.T, account *testAccount) {
		failures := []error{
			&regapi.TransportError{Function: "zone/add_txt", Reason: "cannot connect", NeverSent: true},
			&regapi.TransportError{Function: "zone/add_txt", Reason: "the connection broke"},
		}
		tries := 0
		account.client = newBubbleClient(t, account.simulator, regapi.WithMiddleware(func(regapi.Handler) regapi.Handler {
			return regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
				tries++
				return nil, failures[tries-1]
			})
		}))
		_, err := account.Write(patiently(t, traffic.Change), zoneName(0), texts(1))
		if tries != 2 || regapi.NeverSent(err) || !regapi.IsTransient(err) {
			t.Errorf("%v after %d tries", err, tries)
		}
	})
}

func TestNothingIsCutBeforeTheLastAnswerIsUnderstood(t *testing.T) {
	inLane(t, Ordinary, 50, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/add_alias", Code: "IP_INVALID"})
		for i, domain := range account.domains {
			account.simulator.AddRecord(domain, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
			old := regapi.RemoveRecord{Subdomain: "www", RecordType: "A", Content: "192.0.2.1"}
			results, err := account.Write(patiently(t, traffic.Change), domain, []regapi.Action{addr("www", byte(i+2)), old}, nil, []int{0})
			if err != nil || results[0] == nil || results[1] == nil || !account.holds(domain, "www", "192.0.2.1") {
				t.Fatalf("%s: the old record was removed although nothing takes its place: %v, %v", domain, results, err)
			}
		}
	})
}

func TestTwentyOfTwoHundredChallengesOvertakeAChange(t *testing.T) {
	inLane(t, Ordinary, 201, func(t *testing.T, account *testAccount) {
		first := account.start(patiently(t, traffic.Change), zoneName(0), txt("in flight", "x"))
		time.Sleep(DefaultLinger.Change + latency/2)
		change := account.start(patiently(t, traffic.Change), zoneName(0), txt("change", "x"))
		time.Sleep(DefaultLinger.Change + time.Millisecond)
		for i := range 200 {
			account.start(patiently(t, traffic.Interactive), zoneName(i+1), txt("_acme-challenge", fmt.Sprint(i)))
		}
		<-first.done
		<-change.done
		account.wait.Wait()
		at := slices.IndexFunc(account.simulator.Journal(), func(e regapitest.Entry) bool { return e.Params["subdomain"] == "change" })
		if at < 2 || at > 21 {
			t.Errorf("the change was request number %d of %d", at, account.simulator.Calls("*"))
		}
	})
}

func TestAListRefusedAsAWholeBlamesOneZone(t *testing.T) {
	const zones, bad = 64, 40
	calls := map[string]func(account *testAccount, ctx context.Context, domain string) error{
		"zone/get_resource_records": func(account *testAccount, ctx context.Context, domain string) error {
			_, err := account.Read(ctx, domain)
			return err
		},
		"zone/add_txt": func(account *testAccount, ctx context.Context, domain string) error {
			results, err := account.Write(ctx, domain, []regapi.Action{txt("same", "x")})
			if err == nil {
				err = results[0]
			}
			return err
		},
		"zone/update_soa": func(account *testAccount, ctx context.Context, domain string) error {
			return account.UpdateSOA(ctx, domain, regapi.SOA{TTL: time.Hour, MinimumTTL: time.Hour})
		},
	}
	for function, call := range calls {
		for _, code := range []string{"PARAMETER_INCORRECT", "DOMAIN_NOT_FOUND", "DOMAIN_IS_NOT_USE_REGRU_NSS"} {
			t.Run(function+" "+code, func(t *testing.T) {
				inLane(t, Ordinary, zones, func(t *testing.T, account *testAccount) {
					account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: function, Domain: zoneName(bad), Code: code})
					for i, domain := range account.domains {
						account.wait.Go(func() {
							err := call(account, patiently(t, traffic.Change), domain)
							if i != bad && err != nil || i == bad && !regapi.HasCode(err, regapi.ErrorCode(code)) {
								t.Errorf("%s: %v", domain, err)
							}
						})
					}
					account.wait.Wait()
					// Seven to halve 64 down to one, as many for the sound halves, and some to grow again: which depends on who came first.
					if requests := account.simulator.Calls("*"); requests > 25 {
						t.Errorf("%d requests", requests)
					}
				})
			})
		}
	}
}

// limited makes readings of more than so many zones fail as too large.
func limited(zones int, failed *int) regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			var params struct{ Domains []any }
			raw, _ := json.Marshal(request.Params)
			if _ = json.Unmarshal(raw, &params); len(params.Domains) > zones {
				*failed++
				return nil, &regapi.TransportError{Function: request.Function, Status: 200, Strain: true}
			}
			return next.Do(ctx, request)
		})
	}
}

func TestAReadingThatIsTooLargeIsHalvedAndItsSizeRemembered(t *testing.T) {
	failed := 0
	inZones(t, Ordinary, 400, func(t *testing.T, account *testAccount) {
		account.client = newBubbleClient(t, account.simulator, regapi.WithMiddleware(limited(150, &failed)))
		const rounds = 36 // six hours of sweeps
		for range rounds {
			for _, domain := range account.domains {
				account.wait.Go(func() {
					if _, err := account.Read(with(traffic.Background), domain); err != nil {
						t.Errorf("%s: %v", domain, err)
					}
				})
			}
			account.wait.Wait()
			time.Sleep(10 * time.Minute)
		}
		if requests := account.simulator.Calls("*"); failed > 12 || requests > 5*rounds {
			t.Errorf("%d requests, and %d that failed", requests, failed)
		}
	})
}

func TestADeadServerBlamesNoZone(t *testing.T) {
	inLane(t, Ordinary, 1000, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultError, Code: "DOMAIN_NOT_FOUND", Function: "zone/get_resource_records"})
		var mu sync.Mutex
		blamed := 0
		for _, domain := range account.domains {
			account.wait.Go(func() {
				_, err := account.Read(patiently(t, traffic.Change), domain)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					t.Errorf("%s was read", domain)
				case !regapi.IsTransient(err):
					blamed++
				}
			})
		}
		account.wait.Wait()
		if requests := account.simulator.Calls("*"); blamed > 32 || requests > 50 {
			t.Errorf("%d zones blamed after %d requests", blamed, requests)
		}
	})
}

func TestAFewZonesCostThreeRequestsWhileREGAPIDoesNotAnswer(t *testing.T) {
	for _, fault := range []regapitest.Fault{{Kind: regapitest.FaultDropRequest}, {Kind: regapitest.FaultStatus, Status: 502}} {
		inLane(t, Ordinary, 5, func(t *testing.T, account *testAccount) {
			account.simulator.Inject(fault)
			for _, domain := range account.domains {
				account.wait.Go(func() {
					if _, err := account.Read(patiently(t, traffic.Change), domain); !regapi.IsTransient(err) {
						t.Errorf("%s: %v", domain, err)
					}
				})
			}
			account.wait.Wait()
			if requests := account.simulator.Calls("*"); requests != 3 {
				t.Errorf("%s: %d requests", fault.Kind, requests)
			}
		})
	}
}

func TestOfAFewZonesTheOneThatREGAPICannotAnswerForIsFoundWhileOthersAreAnswered(t *testing.T) {
	inLane(t, Ordinary, 6, func(t *testing.T, account *testAccount) {
		const bad = 2
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Status: 502, Domain: zoneName(bad)})
		for i, domain := range account.domains[:5] {
			account.wait.Go(func() {
				if _, err := account.Read(patiently(t, traffic.Change), domain); (err != nil) != (i == bad) {
					t.Errorf("%s: %v", domain, err)
				}
			})
		}
		time.Sleep(time.Second)
		if _, err := account.Read(patiently(t, traffic.Change), zoneName(5)); err != nil {
			t.Error(err)
		}
		account.wait.Wait()
	})
}
