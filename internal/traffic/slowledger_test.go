package traffic

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// slowLedger takes its time to be read.
type slowLedger struct {
	budget.MemoryLedger
	takes time.Duration
}

func (l *slowLedger) Load(ctx context.Context) ([]byte, budget.Stamp, error) {
	if !pause.For(ctx, l.takes) {
		return nil, budget.Stamp{}, ctx.Err()
	}
	return l.MemoryLedger.Load(ctx)
}

func TestALedgerThatIsSlowerThanItsCallersIsReadAllTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lane, _ := laneOn(&slowLedger{takes: 3 * time.Second}, 100)
		var failed int
		for range 10 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := pass(ctx, lane, Interactive); err != nil {
				failed++
			}
			cancel()
		}
		if failed > 3 {
			t.Errorf("%d of 10 callers with a second each failed", failed)
		}
	})
}

func TestAFreezeIsSavedThoughItsCallerIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &budget.MemoryLedger{}
		lane, _ := laneOn(ledger, 100)
		ctx, leave := context.WithCancel(t.Context())
		refusing := regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
			leave()
			return nil, &regapi.Error{Code: regapi.CodeAccountExceededAllowedConnectionRate}
		})
		_, _ = lane.Middleware()(refusing).Do(ctx, &regapi.Request{})
		next, _ := laneOn(ledger, 100)
		if err := pass(t.Context(), next, Interactive); !regapi.IsThrottled(err) {
			t.Errorf("the next process does not know of the freeze: %v", err)
		}
	})
}

func TestATokenThatComesBackIsAnnouncedToOtherLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		egress := budget.New(5)
		first := NewLane(WithBudgets(budget.New(100), egress))
		second := NewLane(WithBudgets(budget.New(100), egress), WithMaxWait(2*time.Hour))
		spend(t, first, 4)
		_, release, err := first.Turn(WithPriority(t.Context(), Interactive))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Hour)
		defer cancel()
		start, waited := time.Now(), make(chan time.Duration)
		go func() {
			_ = pass(ctx, second, Interactive)
			waited <- time.Since(start)
		}()
		time.Sleep(time.Minute)
		release()
		if took := <-waited; took != time.Minute {
			t.Errorf("the other lane waited %s", took)
		}
	})
}

func TestAFailedProbeOfTheAddressLetsNoSecondOneThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		egress := budget.New(100)
		server := &rateLimited{code: regapi.CodeIPExceededAllowedConnectionRate}
		var lanes []*Lane
		for range 8 {
			lanes = append(lanes, NewLane(WithBudgets(budget.New(100), egress)))
		}
		_, _ = lanes[0].Middleware()(server).Do(t.Context(), &regapi.Request{})
		time.Sleep(firstFreeze)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		before, done := server.calls, make(chan struct{})
		for _, lane := range lanes {
			go func() {
				_, _ = lane.Middleware()(server).Do(ctx, &regapi.Request{})
				done <- struct{}{}
			}()
		}
		for range lanes {
			<-done
		}
		if probes := server.calls - before; probes != 1 {
			t.Errorf("%d probes", probes)
		}
	})
}
