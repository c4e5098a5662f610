package traffic

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// flakyLedger takes its time, fails now and then, and sometimes only seems to.
type flakyLedger struct {
	brokenLedger
	dice *dice
}

func (l *flakyLedger) Save(ctx context.Context, data []byte, version string) (budget.Stamp, error) {
	if !pause.IfTime(ctx, l.dice.upTo(50*time.Millisecond)) || l.dice.chance(1, 50) {
		return budget.Stamp{}, errLedgerDown
	}
	next, err := l.brokenLedger.Save(ctx, data, version)
	if err == nil && (!pause.IfTime(ctx, l.dice.upTo(50*time.Millisecond)) || l.dice.chance(1, 50)) {
		return budget.Stamp{}, errLedgerDown
	}
	return next, err
}

// dice are shared random numbers.
type dice struct {
	mu sync.Mutex
	*rand.Rand
}

func newDice(seed uint64) *dice { return &dice{Rand: rand.New(rand.NewPCG(seed, seed))} }

func (d *dice) number(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.IntN(n)
}

func (d *dice) chance(of, n int) bool { return d.number(n) < of }
func (d *dice) upTo(limit time.Duration) time.Duration {
	return time.Duration(1 + d.number(int(limit)))
}

// day is a day in the life of two accounts behind one address: processes come, crash and hand over.
type day struct {
	*dice
	accounts [2]*flakyLedger
	egress   *flakyLedger
	starts   int

	mu   sync.Mutex
	sent [2][]time.Time // by account
}

const dayAccountLimit, dayEgressLimit = 700, 1080

// process is one run of the operator.
type process struct {
	lanes   [2]*Lane
	budgets []*budget.Budget
	ctx     context.Context
	kill    context.CancelFunc
	callers sync.WaitGroup
}

func (d *day) start(ctx context.Context) *process {
	d.starts++
	p := &process{}
	p.ctx, p.kill = context.WithCancel(ctx)
	egress := budget.New(dayEgressLimit, budget.WithLedger(d.egress))
	p.budgets = append(p.budgets, egress)
	for i := range p.lanes {
		account := budget.New(dayAccountLimit, budget.WithLedger(d.accounts[i]))
		p.lanes[i] = NewLane(WithBudgets(account, egress))
		p.budgets = append(p.budgets, account)
	}
	return p
}

// burst sends some requests for an account, of one priority, with one deadline.
func (d *day) burst(p *process) {
	account, priority := d.number(2), Priority(d.number(budget.Priorities))
	patience := d.upTo(20 * time.Minute)
	server := p.lanes[account].Middleware()(regapi.HandlerFunc(func(ctx context.Context, _ *regapi.Request) (*regapi.Answer, error) {
		d.mu.Lock()
		d.sent[account] = append(d.sent[account], time.Now())
		d.mu.Unlock()
		pause.IfTime(ctx, d.upTo(600*time.Millisecond))
		return &regapi.Answer{}, ctx.Err()
	}))
	for range 1 + d.number(120) {
		p.callers.Go(func() {
			ctx, cancel := context.WithTimeout(WithPriority(p.ctx, priority), patience)
			defer cancel()
			_, _ = server.Do(ctx, &regapi.Request{Function: "nop"})
		})
	}
}

// close ends a process in good order, though the ledger may not play along.
func (p *process) close(ctx context.Context) {
	for _, spent := range p.budgets {
		_ = spent.Close(ctx)
	}
	p.kill()
	p.callers.Wait()
}

// crash ends a process at once; nothing is given back.
func (p *process) crash() {
	p.kill()
	p.callers.Wait()
}

// worstHour is the largest number of requests in any hour, wherever it begins.
func worstHour(times []time.Time) int {
	slices.SortFunc(times, time.Time.Compare)
	worst, first := 0, 0
	for last := range times {
		for times[last].Sub(times[first]) >= time.Hour {
			first++
		}
		worst = max(worst, last-first+1)
	}
	return worst
}

func TestNoHourOfADayWithCrashesAndHandoversPassesTheLimit(t *testing.T) {
	const crashes, handovers = 200, 40
	for _, seed := range []uint64{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			d := &day{dice: newDice(seed)}
			for _, ledger := range []**flakyLedger{&d.accounts[0], &d.accounts[1], &d.egress} {
				*ledger = &flakyLedger{dice: d.dice}
			}
			d.live(t.Context(), crashes, handovers)
			d.check(t)
		})
	}
}

// live spends a day: the processes end at random moments, and work comes in bursts all the time.
func (d *day) live(ctx context.Context, crashes, handovers int) {
	leader, events := d.start(ctx), crashes+handovers
	for left := events; left > 0; left-- {
		for end := time.Now().Add(d.upTo(2 * 24 * time.Hour / time.Duration(events))); time.Now().Before(end); {
			d.burst(leader)
			time.Sleep(d.upTo(3 * time.Minute))
		}
		if d.number(left) < crashes {
			crashes--
			leader.crash()
			leader = d.start(ctx)
			continue
		}
		next := d.start(ctx)
		for range 1 + d.number(5) { // both hold the ledger for a while
			d.burst(leader)
			d.burst(next)
			time.Sleep(d.upTo(20 * time.Second))
		}
		if d.chance(1, 2) {
			leader.close(ctx)
		}
		leader.crash()
		leader = next
	}
	leader.crash()
}

// check looks at every hour of the day, and at what it has cost.
func (d *day) check(t *testing.T) {
	t.Helper()
	all := slices.Concat(d.sent[0], d.sent[1])
	if worst := worstHour(all); worst > dayEgressLimit {
		t.Errorf("%d requests of both accounts within an hour", worst)
	}
	for i, sent := range d.sent {
		if worst := worstHour(sent); worst > dayAccountLimit {
			t.Errorf("%d requests of account %d within an hour", worst, i)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	length := all[len(all)-1].Sub(all[0])
	perHour := float64(len(all)) / length.Hours()
	t.Logf("%d starts in %s: %d requests, %.0f an hour; saves %d, %d and %d", d.starts, length.Round(time.Minute), len(all), perHour,
		d.egress.saves(), d.accounts[0].saves(), d.accounts[1].saves())
	if perHour < dayEgressLimit/2 {
		t.Errorf("%.0f requests an hour: too few to show anything", perHour)
	}
	for _, ledger := range []*flakyLedger{d.egress, d.accounts[0], d.accounts[1]} {
		// A block that is used up, those that grow after a start, and one per slot while requests trickle back.
		if limit := len(all)/maxBlock + 5*d.starts + int(length/slotLength); ledger.saves() > limit {
			t.Errorf("%d saves, where %d are bearable", ledger.saves(), limit)
		}
		if ledger.largest >= 2<<10 {
			t.Errorf("a ledger of %d bytes", ledger.largest)
		}
	}
}

func TestWorstHourIsFound(t *testing.T) {
	start := time.Unix(0, 0)
	times := []time.Time{start, start.Add(time.Hour), start.Add(90 * time.Minute), start.Add(2*time.Hour - 1)}
	if worst := worstHour(times); worst != 3 {
		t.Errorf("%d requests", worst)
	}
}
