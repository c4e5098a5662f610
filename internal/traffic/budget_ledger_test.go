package traffic

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// What a budget promises of its ledger: see package budget.
const (
	minBlock, maxBlock = 4, 64
	blockLifetime      = 5 * time.Minute
	slotLength         = time.Minute
	window             = time.Hour
	ledgerTimeout      = 10 * time.Second
	ledgerRest         = 5 * time.Second
)

// laneOn is a lane that pays one budget, on a ledger that others may share.
func laneOn(ledger budget.Ledger, limit int) (*Lane, *budget.Budget) {
	account := budget.New(limit, budget.WithLedger(ledger))
	return NewLane(WithBudgets(account, nil)), account
}

// spend sends so many interactive requests, all of which must go.
func spend(t *testing.T, lane *Lane, requests int) {
	t.Helper()
	for n := range requests {
		if err := pass(t.Context(), lane, Interactive); err != nil {
			t.Fatalf("request %d: %v", n, err)
		}
	}
}

func TestFullSpeedCostsOneSavePerBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &brokenLedger{}
		lane, _ := laneOn(ledger, 1084)
		spend(t, lane, 1084)
		// 4, 8, 16 and 32 to begin with, then 16 blocks of 64.
		if saves := ledger.saves(); saves != 20 {
			t.Errorf("%d saves", saves)
		}
		time.Sleep(24 * time.Hour)
		if saves := ledger.saves(); saves != 20 {
			t.Errorf("%d saves after an idle day", saves)
		}
	})
}

func TestSteadyDemandGetsMostOfTheLimitWithFewSaves(t *testing.T) {
	const limit, hours = 1080, 12
	for name, interval := range map[string]time.Duration{"as fast as possible": 300 * time.Millisecond, "evenly": time.Hour / limit} {
		synctest.Test(t, func(t *testing.T) {
			ledger := &brokenLedger{}
			lane, _ := laneOn(ledger, limit)
			sent, start := 0, time.Now()
			ctx, cancel := context.WithTimeout(WithPriority(t.Context(), Interactive), hours*time.Hour)
			defer cancel()
			busy := lane.Middleware()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
				sent++
				return &regapi.Answer{}, nil
			}))
			for time.Since(start) < hours*time.Hour {
				if _, err := busy.Do(ctx, &regapi.Request{}); err != nil && !regapi.IsThrottled(err) {
					t.Fatal(err)
				}
				time.Sleep(interval)
			}
			t.Logf("%s: %.1f %% of the limit, %.1f saves an hour", name, 100*float64(sent)/(limit*hours), float64(ledger.saves())/hours)
			if sent < limit*hours*85/100 {
				t.Errorf("%s: %d requests in %d hours", name, sent, hours)
			}
			if saves := ledger.saves(); saves > hours*60 {
				t.Errorf("%s: %d saves in %d hours", name, saves, hours)
			}
		})
	}
}

func TestCrashWastesAtMostOneBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &budget.MemoryLedger{}
		for crashes := range 20 {
			lane, account := laneOn(ledger, 1000)
			spend(t, lane, 1)
			if used := account.State().Used; used != crashes*minBlock+1 {
				t.Fatalf("after %d crashes, %d requests count", crashes, used)
			}
			time.Sleep(time.Second)
		}
		lane, account := laneOn(ledger, 1000)
		spend(t, lane, 200) // blocks of 64 by now
		before := account.State().Used
		lane, account = laneOn(ledger, 1000)
		spend(t, lane, 1)
		if wasted := account.State().Used - before - 1; wasted < 0 || wasted > maxBlock {
			t.Errorf("the crash has wasted %d requests", wasted)
		}
	})
}

func TestCloseGivesTheRestBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &brokenLedger{}
		lane, account := laneOn(ledger, 1000)
		spend(t, lane, 100)
		if err := account.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		err := pass(t.Context(), lane, Interactive)
		if !regapi.IsTransient(err) || !regapi.NeverSent(err) || err.Error() != "nop: the budget is closed" {
			t.Errorf("after Close: %v", err)
		}
		lane, account = laneOn(ledger, 1000)
		spend(t, lane, 1)
		if used := account.State().Used; used != 101 {
			t.Errorf("the next process counts %d requests", used)
		}
		if err := budget.New(1000, budget.WithLedger(&brokenLedger{failLoad: true, failSave: true})).Close(t.Context()); err != nil {
			t.Errorf("a budget that has spent nothing: %v", err)
		}
	})
}

func TestIdleProcessStillKnowsWhatItReallySpent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, account := laneOn(&budget.MemoryLedger{}, 1000)
		spend(t, lane, 70) // 4, 8, 16, 32, and 10 of 64
		time.Sleep(2 * blockLifetime)
		spend(t, lane, 1)
		if used := account.State().Used; used != 71 {
			t.Errorf("%d requests count", used)
		}
	})
}

func TestBlockIsNotSpentAfterItsTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &budget.MemoryLedger{}
		first, _ := laneOn(ledger, 100)
		spend(t, first, minBlock+1) // most of the second block is left
		time.Sleep(50 * time.Minute)
		spend(t, first, 7)
		time.Sleep(20 * time.Minute) // what the first block held is forgotten now
		second, _ := laneOn(ledger, 100)
		if got := exhaust(t, second, Interactive); got > 100-7 {
			t.Errorf("the other process sent %d requests beside the 7 of this hour", got)
		}
	})
}

func TestTwoProcessesOnOneLedgerShareTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &budget.MemoryLedger{}
		first, _ := laneOn(ledger, 1000)
		second, _ := laneOn(ledger, 1000)
		sent, throttled := 0, 0
		for turn := 0; throttled < 10 && turn < 5000; turn++ {
			lane := []*Lane{first, second}[turn/7%2]
			switch err := pass(t.Context(), lane, Interactive); {
			case err == nil:
				sent++
			case regapi.IsThrottled(err):
				throttled++
			default:
				t.Fatal(err)
			}
		}
		if sent > 1000 || sent < 1000-maxBlock {
			t.Errorf("%d requests went", sent)
		}
	})
}

func TestLedgerThatFailsStopsGrantsBeyondTheBlock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &brokenLedger{}
		lane, account := laneOn(ledger, 1000)
		spend(t, lane, 1)
		ledger.set(func() { ledger.failSave = true })
		spend(t, lane, minBlock-1)
		for range 3 {
			err := pass(t.Context(), lane, Interactive)
			if !regapi.IsTransient(err) || !regapi.NeverSent(err) || !errors.Is(err, errLedgerDown) || strings.Contains(err.Error(), "2026") {
				t.Fatalf("got %v", err)
			}
		}
		if state := account.State(); state.Used != minBlock || !errors.Is(state.LedgerErr, errLedgerDown) {
			t.Errorf("state %+v", state)
		}
		ledger.set(func() { ledger.failSave = false })
		time.Sleep(ledgerRest)
		spend(t, lane, 100)
		if state := account.State(); state.Used != minBlock+100 || state.LedgerErr != nil {
			t.Errorf("state %+v", state)
		}
	})
}

func TestLedgerThatHangsIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, _ := laneOn(&brokenLedger{hang: true}, 1000)
		start := time.Now()
		if err := pass(t.Context(), lane, Interactive); !regapi.IsTransient(err) || time.Since(start) != ledgerTimeout {
			t.Errorf("%v after %s", err, time.Since(start))
		}
		if err := pass(t.Context(), lane, Interactive); !regapi.IsTransient(err) || time.Since(start) != ledgerTimeout {
			t.Errorf("the next one waited again: %v after %s", err, time.Since(start))
		}
	})
}

func TestSaveThatOnlySeemsToFailIsRecognized(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &brokenLedger{}
		lane, account := laneOn(ledger, 1000)
		spend(t, lane, minBlock)
		ledger.set(func() { ledger.forgetAnswer = true })
		if err := pass(t.Context(), lane, Interactive); !regapi.IsTransient(err) {
			t.Fatalf("got %v", err)
		}
		ledger.set(func() { ledger.forgetAnswer = false })
		time.Sleep(ledgerRest)
		spend(t, lane, 1)
		if used := account.State().Used; used != minBlock+1 {
			t.Errorf("%d requests count", used)
		}
	})
}

func TestUnreadableLedgerCountsAsAFullHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		atFullMinute()
		ledger := &budget.MemoryLedger{}
		_, _ = ledger.Save(t.Context(), []byte("<html>"), "")
		lane, account := laneOn(ledger, 1000)
		err := pass(t.Context(), lane, Interactive)
		if wait, _ := RetryAfter(err); wait != window+slotLength {
			t.Errorf("%v, retry after %s", err, wait)
		}
		if state := account.State(); !state.Recovered || state.Used != 1000 {
			t.Errorf("state %+v", state)
		}
		time.Sleep(window + slotLength)
		spend(t, lane, 1000)
	})
}

func TestProcessThatKnowsBetterSurvivesTheLossOfTheLedger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, data := range []string{"", "{}", "<html>"} {
			ledger := &budget.MemoryLedger{}
			lane, account := laneOn(ledger, 1000)
			spend(t, lane, 300)
			_, stamp, _ := ledger.Load(t.Context())
			if _, err := ledger.Save(t.Context(), []byte(data), stamp.Version); err != nil {
				t.Fatal(err)
			}
			spend(t, lane, 300)
			if state := account.State(); state.Used != 600 || state.Recovered != (data != "") {
				t.Errorf("%q: %+v", data, state)
			}
		}
	})
}

func TestLedgerOfALaterFormatIsRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &budget.MemoryLedger{}
		data := fmt.Sprintf(`{"format":2,"from":%d,"spent":[10,20],"weather":"fine"}`, time.Now().Unix()/60-1)
		_, _ = ledger.Save(t.Context(), []byte(data), "")
		lane, account := laneOn(ledger, 1000)
		spend(t, lane, 1)
		if state := account.State(); state.Used != 31 || state.Recovered {
			t.Errorf("state %+v", state)
		}
	})
}

func TestClockThatIsAheadCannotLockTheAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger, start := &budget.MemoryLedger{}, time.Now()
		ahead := budget.New(1000, budget.WithLedger(ledger), budget.WithClock(func() time.Time { return time.Now().Add(72 * time.Hour) }, func() time.Duration { return time.Since(start) }))
		lane := NewLane(WithBudgets(ahead, nil))
		spend(t, lane, 1000)
		_, _ = lane.Middleware()(&rateLimited{code: regapi.CodeAccountExceededAllowedConnectionRate}).Do(t.Context(), &regapi.Request{})
		lane, _ = laneOn(ledger, 1000)
		if err := pass(t.Context(), lane, Interactive); !regapi.IsThrottled(err) {
			t.Errorf("the requests of the other process do not count: %v", err)
		}
		time.Sleep(window + blockLifetime + slotLength)
		spend(t, lane, 1000)
	})
}

func TestFreezeOutlivesTheProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &budget.MemoryLedger{}
		lane, _ := laneOn(ledger, 1000)
		server := &rateLimited{code: regapi.CodeAccountExceededAllowedConnectionRate}
		_, _ = lane.Middleware()(server).Do(t.Context(), &regapi.Request{})
		time.Sleep(time.Minute)
		lane, _ = laneOn(ledger, 1000)
		err := pass(t.Context(), lane, Interactive)
		if wait, _ := RetryAfter(err); wait <= firstFreeze-time.Minute-time.Second || wait > firstFreeze-time.Minute {
			t.Errorf("%v, retry after %s", err, wait)
		}
	})
}

func TestLimitCanChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, account := laneOn(&budget.MemoryLedger{}, 100)
		spend(t, lane, 50)
		account.SetLimit(40)
		if err := pass(t.Context(), lane, Interactive); !regapi.IsThrottled(err) {
			t.Errorf("the lower limit does not hold: %v", err)
		}
		account.SetLimit(200)
		spend(t, lane, 150)
		if state := account.State(); state.Used != 200 || state.Limit != 200 {
			t.Errorf("state %+v", state)
		}
	})
}

func TestStateTellsWhetherTheLedgerIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, account := laneOn(&budget.MemoryLedger{}, 100)
		if state := account.State(); state.Loaded || state.Used != 0 || !state.NextToken.IsZero() {
			t.Errorf("before the first request: %+v", state)
		}
		spend(t, lane, 1)
		want := [budget.Priorities]int{Background: 74, Change: 89, Interactive: 99}
		if state := account.State(); !state.Loaded || state.Left != want {
			t.Errorf("after it: %+v", state)
		}
	})
}
