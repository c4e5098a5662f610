package batch

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

func TestACallIsWithdrawnBeforeItIsSent(t *testing.T) {
	inZones(t, Partner, 3, func(t *testing.T, account *testAccount) {
		ctx, cancel := context.WithCancel(with(traffic.Change))
		withdrawn := account.start(ctx, zoneName(0), texts(2)...)
		account.wait.Go(func() {
			if _, err := account.Read(traffic.WithPriority(ctx, traffic.Background), zoneName(0)); !errors.Is(err, context.Canceled) {
				t.Errorf("read: %v", err)
			}
		})
		synctest.Wait()
		cancel()
		<-withdrawn.done
		account.wait.Wait()
		synctest.Wait()
		if !errors.Is(withdrawn.err, context.Canceled) || !account.idle() {
			t.Errorf("error %v, running %v", withdrawn.err, !account.idle())
		}
		if results, err := account.Write(with(traffic.Change), zoneName(1), texts(1)); err != nil || results[0] != nil {
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
				ctx, cancel := context.WithTimeout(with(traffic.Change), DefaultLinger.Change+latency/2)
				defer cancel()
				leaver := account.start(ctx, zoneName(0), texts(3)...)
				stayer := account.start(with(traffic.Change), zoneName(1), texts(3)...)
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
		ctx, cancel := context.WithTimeout(with(traffic.Change), DefaultLinger.Change+latency+latency/2)
		defer cancel()
		leaver := account.start(ctx, zoneName(0), txt("a", "x"), badAction("b"), txt("c", "x"))
		stayer := account.start(with(traffic.Change), zoneName(0), txt("d", "x"))
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

func TestCloseWaitsForWhatIsUnderWay(t *testing.T) {
	inZones(t, Ordinary, 2, func(t *testing.T, account *testAccount) {
		under := account.start(with(traffic.Interactive), zoneName(0), texts(2)...)
		waiting := account.start(with(traffic.Change), zoneName(1), txt("other", "x"))
		start := time.Now()
		account.Close()
		if took := time.Since(start); took != latency {
			t.Errorf("closed after %v, want %v", took, latency)
		}
		<-under.done
		<-waiting.done
		if under.err != nil || under.results[0] != nil || !errors.Is(under.results[1], ErrClosed) {
			t.Errorf("under way: %v, %v", under.results, under.err)
		}
		if !errors.Is(waiting.err, ErrClosed) || account.writes() != 1 {
			t.Errorf("waiting: %v after %d writes", waiting.err, account.writes())
		}
		account.Close()
		_, readErr := account.Read(t.Context(), zoneName(0))
		_, writeErr := account.Write(t.Context(), zoneName(0), texts(1))
		_, probeErr := account.Probe(t.Context())
		for _, err := range []error{readErr, writeErr, probeErr} {
			if !errors.Is(err, ErrClosed) {
				t.Errorf("after Close: %v", err)
			}
		}
	})
}

func TestCloseSettlesZonesInDoubt(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		doubted := account.start(with(traffic.Interactive), zoneName(0), txt("a", "x"), badAction("b"), txt("c", "x"))
		time.Sleep(latency + latency/2) // the read is under way
		behind := account.start(with(traffic.Interactive), zoneName(0), txt("d", "x"))
		account.Close()
		<-doubted.done
		<-behind.done
		if doubted.err != nil || doubted.results[0] != nil || !regapi.IsInvalid(doubted.results[1]) || !errors.Is(doubted.results[2], ErrClosed) {
			t.Errorf("in doubt: %v, %v", doubted.results, doubted.err)
		}
		if !errors.Is(behind.err, ErrClosed) || account.writes() != 1 {
			t.Errorf("behind it: %v after %d writes", behind.err, account.writes())
		}
	})
}

func TestCloseGivesUpOnAnAnswerThatDoesNotCome(t *testing.T) {
	inZones(t, Partner, 1, func(t *testing.T, account *testAccount) {
		account.simulator.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Latency: 30 * time.Second})
		hanging := account.start(with(traffic.Interactive), zoneName(0), texts(1)...)
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
		_, err := account.Write(with(traffic.Interactive), zoneName(0), texts(1))
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
