package certmanager

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

const (
	certificates = 60
	// swept is how many requests of a background sweep wait for their turn.
	swept = 5000
)

// background asks for so many requests that nobody waits for, in a queue that takes hours. It returns when they wait.
func (h *harness) background(ctx context.Context, requests int) *sync.WaitGroup {
	h.Helper()
	client := h.Connection().Client
	var sweeping sync.WaitGroup
	patient, cancel := context.WithTimeout(traffic.WithPriority(ctx, traffic.Background), 24*time.Hour)
	h.Cleanup(cancel)
	for n := range requests {
		// Different ones, since equal ones would share a request. What becomes of them is not the question.
		sweeping.Go(func() { _, _ = client.Domain.GetNSS(patient, regapi.ByName(fmt.Sprintf("domain-%d.ru", n))) })
	}
	synctest.Wait()
	return &sweeping
}

// certManager does for a challenge what cert-manager does: it presents it until that succeeds, with the delays of its queue,
// and cleans up in the same way. It gives the attempts that failed.
func (h *harness) certManager(request *acme.ChallengeRequest, between func()) []error {
	var failures []error
	for _, ask := range []func(*acme.ChallengeRequest) error{h.solver.Present, h.solver.CleanUp} {
		for delay := 5 * time.Second; ; delay = min(2*delay, 30*time.Minute) {
			err := ask(request)
			if err == nil {
				break
			}
			failures = append(failures, err)
			if len(failures) > 100 {
				h.Errorf("%s is never solved: %v", request.ResolvedFQDN, err)
				return failures
			}
			time.Sleep(delay)
		}
		between()
		between = func() {}
	}
	return failures
}

func TestSixtyCertificatesAtOnceComeBeforeABackgroundSweep(t *testing.T) {
	for name, c := range map[string]struct {
		settings []setting
		writes   int // of presenting all
	}{
		"ordinary account": {nil, certificates},
		"Partner account":  {[]setting{asPartner}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, append(c.settings, simulated(regapitest.WithLatency(10*time.Millisecond)))...)
				h.learnKind()
				ctx, stopSweep := context.WithCancel(t.Context())
				sweeping := h.background(ctx, swept)
				h.API.ResetJournal()

				var requests []*acme.ChallengeRequest
				for _, key := range keys(certificates) {
					requests = append(requests, h.challenge("_acme-challenge."+key+".example.ru.", key))
				}
				var presenting sync.WaitGroup
				for _, request := range requests {
					presenting.Go(func() { h.present(request) })
					time.Sleep(time.Millisecond) // One comes after the other, while the first is looked for.
				}
				presenting.Wait()
				h.wantPresented(requests)
				h.wantUrgency(c.writes)

				h.cleanUp(requests...)
				h.wantTexts()
				stopSweep()
				sweeping.Wait()
			})
		})
	}
}

func (h *harness) wantPresented(requests []*acme.ChallengeRequest) {
	h.Helper()
	var want []string
	for _, request := range requests {
		want = append(want, strings.TrimSuffix(request.ResolvedFQDN, ".example.ru.")+" "+request.Key)
	}
	h.wantTexts(want...)
}

// wantUrgency holds the writes against what the priority promises: they leave in the order in which they were asked for, and
// never two requests of the sweep between two of them. One may get in at the moment between two turns, or as the one in
// twenty that the lane grants to who has waited for long.
func (h *harness) wantUrgency(writes int) {
	h.Helper()
	if got := h.Writes(); got != writes {
		h.Errorf("%d writes, want %d", got, writes)
	}
	var order []string
	between := 0
	for _, entry := range h.API.Journal() {
		if !entry.Write {
			between++
			continue
		}
		if len(order) > 0 && between > 1 {
			h.Errorf("%d requests of the sweep went before the write of %v", between, entry.Params["text"])
		}
		between, order = 0, append(order, fmt.Sprint(entry.Params["text"]))
	}
	if !slices.IsSorted(order) {
		h.Errorf("texts were added in the order %v", order)
	}
}

const outage = 10 * time.Minute

func TestAnOrderCompletesAfterAnOutageAndTheOutageCostsFewRequests(t *testing.T) {
	// 5, 10, 20 and 40 s pass between the first rounds, then a minute.
	const rounds = 5 + int((outage-75*time.Second)/longestDelay)
	for name, c := range map[string]struct {
		fault regapitest.Fault
		most  int // requests during the outage
	}{
		// A round reads twice, and tries three times. A challenge that begins while the others rest asks for itself, since it
		// must not have to wait for them.
		"REG.API is down":              {regapitest.Fault{Kind: regapitest.FaultDropRequest}, rounds*2*3 + certificates},
		"REG.API answers with errors":  {regapitest.Fault{Kind: regapitest.FaultStatus, Status: 502}, rounds*2*3 + certificates},
		"REG.API refuses every change": {regapitest.Fault{Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE"}, rounds*2*3 + certificates},
		"answers to changes are lost":  {regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/add_txt"}, rounds * (2*3 + certificates)},
		// The lane probes after 5 minutes at the earliest, and then after 10.
		"the rate is refused": {regapitest.Fault{Kind: regapitest.FaultRateLimit}, 2},
		// One denial, and one probe a quarter of an hour later.
		"the credentials are refused": {regapitest.Fault{Kind: regapitest.FaultError, Code: "PASSWORD_AUTH_FAILED"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.learnKind()
				// The challenges begin all over the outage.
				h.API.Inject(c.fault)
				during := 0
				var solving sync.WaitGroup
				solving.Go(func() {
					time.Sleep(outage)
					during = len(h.functions(regapitest.OfFunction("zone/*")))
					h.API.ClearFaults()
				})
				messages := make([][]error, certificates)
				for i, key := range keys(certificates) {
					solving.Go(func() {
						messages[i] = h.certManager(h.challenge("_acme-challenge."+key+".example.ru.", key), func() {})
					})
					time.Sleep(outage / certificates)
				}
				solving.Wait()
				h.wantTexts()
				if during > c.most {
					t.Errorf("%d requests during the outage, want at most %d", during, c.most)
				}
				wantFew(t, messages)
			})
		})
	}
}

// wantFew holds that what failed was told in the same words each time: of what failed, and of what came too late.
func wantFew(t *testing.T, messages [][]error) {
	t.Helper()
	different := map[string]bool{}
	for _, err := range slices.Concat(messages...) {
		different[err.Error()] = true
	}
	if len(different) > 3 {
		t.Errorf("%d different messages: %v", len(different), different)
	}
}

func TestATextThatWasWrittenAfterItsCallerLeftIsCleanedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, with(zoneOf()))
		h.learnKind()
		request := h.challenge(apexName, "key")
		// Slower than an answer may be, and faster than the client gives up.
		h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/get_resource_records", Latency: 20 * time.Second, Count: 2})
		err := h.solver.Present(request)
		if err == nil || !strings.Contains(err.Error(), "REG.API has not been reached in time") {
			t.Errorf("error %v", err)
		}
		h.wantTexts()
		time.Sleep(time.Minute)
		h.wantTexts("_acme-challenge key")
		if told := h.EventLines(); len(told) != 1 {
			t.Errorf("events %v, want one of the record that was added", told)
		}
		h.cleanUp(request)
		h.wantTexts()
	})
}

func TestAWishThatWaitsIsDroppedWhenItsCallerLeaves(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.learnKind()
		h.present(h.challenge(apexName, "first"))
		h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/get_resource_records", Latency: 40 * time.Second, Count: 1})
		var leaving sync.WaitGroup
		for _, key := range []string{"second", "third"} {
			leaving.Go(func() {
				if err := h.solver.Present(h.challenge(apexName, key)); err == nil {
					t.Errorf("%s was presented", key)
				}
			})
			time.Sleep(time.Second) // The third comes while the edit for the second is under way.
		}
		leaving.Wait()
		time.Sleep(time.Minute)
		h.wantTexts("_acme-challenge first", "_acme-challenge second")
	})
}

func TestWhatAProcessThatDiedHasPresentedIsCleanedUpByTheNext(t *testing.T) {
	for name, fault := range map[string]regapitest.Fault{
		"after the answer":  {Kind: regapitest.FaultLatency, Latency: time.Millisecond, Count: 1},
		"before the answer": {Kind: regapitest.FaultDropAnswer, Function: "zone/add_txt", Count: 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t)
				h.learnKind()
				request := h.challenge(apexName, "key")
				h.API.Inject(fault)
				_ = h.solver.Present(request) // Nobody gets to know what came of it.
				h.wantTexts("_acme-challenge key")
				h.solver.Close()
				h.start(Settings{})
				h.cleanUp(request)
				h.wantTexts()
			})
		})
	}
}

func TestASolverThatClosesFailsWhatIsUnderWayAndWhatComes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.learnKind()
		h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/get_resource_records", Latency: 20 * time.Second})
		failed := make(chan error)
		go func() { failed <- h.solver.Present(h.challenge(apexName, "key")) }()
		time.Sleep(time.Second)
		closing := time.Now()
		h.solver.Close()
		if err := <-failed; !errors.Is(err, errClosed) {
			t.Errorf("what was under way: %v", err)
		}
		if err := h.solver.Present(h.challenge(apexName, "key")); !errors.Is(err, errClosed) {
			t.Errorf("what came then: %v", err)
		}
		if took := time.Since(closing); took > time.Second {
			t.Errorf("it took %s", took)
		}
	})
}
