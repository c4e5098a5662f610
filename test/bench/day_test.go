package bench

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	kills = 200
	// handovers go from a process that ends to the next; in overlaps the next one runs already while the old one, which
	// makes no changes any more, still asks and spends.
	handovers, overlaps = 20, 20

	zonesPerLogin = 15
	// restart is the longest time without any process.
	restart = 15 * time.Second

	seed = 3
)

// Both logins call from one address, so that they share its limit. One is a Partner's.
var dayLogins = []string{"ordinary", "partner"}

// day is a day of a cluster with the simulator, which has the real limits, and of the processes that follow each other.
type day struct {
	*testing.T
	dice      *dice
	api       *regapitest.Server
	transport http.RoundTripper
	wishes    []*wish

	mu      sync.Mutex
	ledgers map[string]*budget.MemoryLedger
	leader  *process
}

// TestADayOfCrashesAndHandovers is about what must hold whatever happens to the process: REG.API never has to refuse for the
// rate, no change is lost, and none is made twice.
func TestADayOfCrashesAndHandovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDay(t)
		defer d.api.Close()
		d.lead(d.launch())
		var demanding sync.WaitGroup
		evening := time.Now().Add(24 * time.Hour)
		demanding.Go(func() { d.changeWishes(evening) })
		demanding.Go(func() { d.askInBursts(evening) })
		for _, event := range d.events(evening) {
			pause.For(t.Context(), time.Until(event.at))
			event.happen()
		}
		demanding.Wait()
		d.settle()
		d.leader.quit()
		d.judge()
	})
}

func newDay(t *testing.T) *day {
	d := &day{T: t, dice: &dice{source: rand.New(rand.NewPCG(seed, 2026))}, ledgers: map[string]*budget.MemoryLedger{}}
	// What is made twice shows: as a record that is there twice, or as a removal of nothing.
	d.api = regapitest.New(
		regapitest.WithLatency(latency), regapitest.WithHook(d.watch),
		regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep, MissingRemove: regapitest.MissingRefuse}),
	)
	d.transport = d.api.Transport()
	for n, login := range dayLogins {
		d.api.AddAccount(regapitest.Account{Login: login, Password: password, Partner: login == "partner"})
		for i := range zonesPerLogin {
			w := &wish{login: login, domain: dayDomain(n, i)}
			d.api.AddDomain(login, regapitest.Domain{Name: w.domain, Records: simulated(foreign)})
			d.wishes = append(d.wishes, w)
		}
	}
	for _, fault := range []regapitest.FaultKind{regapitest.FaultDropAnswer, regapitest.FaultDropRequest, regapitest.FaultStatus} {
		d.api.Inject(regapitest.Fault{Kind: fault, Function: "zone/*", Probability: 0.01})
	}
	return d
}

// dice is chance that several may draw on at once.
type dice struct {
	mu     sync.Mutex
	source *rand.Rand
}

// number gives one below n.
func (d *dice) number(n int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.source.IntN(n)
}

func (d *dice) upTo(longest time.Duration) time.Duration {
	return time.Duration(d.number(int(longest)))
}

func (d *day) ledger(name string) *budget.MemoryLedger {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.ledgers[name] == nil {
		d.ledgers[name] = &budget.MemoryLedger{}
		// The day is not the first: there were processes before, which have spent nothing of this hour.
		if _, err := d.ledgers[name].Save(d.Context(), []byte(`{"format":1}`), ""); err != nil {
			d.Error(err)
		}
	}
	return d.ledgers[name]
}

func (d *day) lead(p *process) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.leader = p
}

func (d *day) present() *process {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.leader
}

// event is something that happens to the process, at its time or a little later.
type event struct {
	at     time.Time
	happen func()
}

// events spreads what happens over the day.
func (d *day) events(evening time.Time) []event {
	var all []event
	for n := range kills + handovers + overlaps {
		happen := d.crash
		switch {
		case n < handovers:
			happen = d.handOver
		case n < handovers+overlaps:
			happen = d.overlap
		}
		all = append(all, event{time.Now().Add(d.dice.upTo(time.Until(evening))), happen})
	}
	slices.SortFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// crash kills the process, every other time in the middle of a request, and starts another one.
func (d *day) crash() {
	if d.dice.number(2) == 0 {
		d.present().killAtNextRequest()
	} else {
		d.present().kill()
	}
	time.Sleep(d.dice.upTo(restart))
	d.lead(d.launch())
}

func (d *day) handOver() {
	d.present().quit()
	d.lead(d.launch())
}

// overlap lets the old process go on spending while the new one leads.
func (d *day) overlap() {
	old := d.present()
	old.stopEditing()
	d.lead(d.launch())
	for range 10 {
		for range 10 {
			d.askSome(old)
		}
		time.Sleep(d.dice.upTo(2 * time.Second))
	}
	if d.dice.number(2) == 0 {
		old.kill()
	} else {
		old.quit()
	}
}

// changeWishes changes what is wished for until the evening.
func (d *day) changeWishes(evening time.Time) {
	for time.Now().Before(evening) {
		for range 1 + d.dice.number(10) {
			w := d.wishes[d.dice.number(len(d.wishes))]
			w.change(d.dice)
			d.present().nudge(w.domain)
		}
		time.Sleep(d.dice.upTo(10 * time.Minute))
	}
}

// askInBursts asks for more than an hour holds, in some hours, and for little in others.
func (d *day) askInBursts(evening time.Time) {
	for time.Now().Before(evening) {
		for range d.dice.number(4) * 300 {
			d.askSome(d.present())
		}
		time.Sleep(d.dice.upTo(40 * time.Minute))
	}
}

// askSome lets a process ask about two zones of a login, for a reason of any priority.
func (d *day) askSome(p *process) {
	of := d.dice.number(len(dayLogins))
	which := func() regapi.DomainRef { return regapi.ByName(dayDomain(of, d.dice.number(zonesPerLogin))) }
	priorities := []traffic.Priority{traffic.Background, traffic.Change, traffic.Interactive}
	p.ask(dayLogins[of], priorities[d.dice.number(len(priorities))], d.dice.upTo(30*time.Minute), which(), which())
}

func dayDomain(login, n int) string { return domainName(login*zonesPerLogin + n) }

// settle waits until every zone is as it is wished, for three hours at most.
func (d *day) settle() {
	limit := time.Now().Add(3 * time.Hour)
	for time.Now().Before(limit) && slices.ContainsFunc(d.wishes, func(w *wish) bool { return !d.granted(w) }) {
		time.Sleep(time.Minute)
	}
}

func (d *day) granted(w *wish) bool {
	return sameMembers(canonical(d.api.Records(w.domain)), membership(append(w.records(), foreign...)))
}

// watch looks at the zones after every change for what is there twice.
func (d *day) watch(stage regapitest.Stage, request *regapitest.Entry) {
	if stage != regapitest.StageApplied || !request.Changed {
		return
	}
	for _, w := range d.wishes {
		if w.login != request.Login {
			continue
		}
		for record, times := range canonical(d.api.Records(w.domain)) {
			if times > 1 {
				d.Errorf("%s: %s holds %v %d times", request.Function, w.domain, record, times)
			}
		}
	}
}

// judge looks at the whole day.
func (d *day) judge() {
	for _, w := range d.wishes {
		if !d.granted(w) {
			d.Errorf("%s holds %v, and %v is wished for", w.domain, d.api.Records(w.domain), w.records())
		}
	}
	if refusals := d.api.Refusals(); refusals > 0 {
		d.Errorf("REG.API had to refuse %d requests for their rate", refusals)
	}
	journal := d.api.Journal()
	var moments []time.Time
	writes := 0
	for _, request := range journal {
		probe := request.Function == "reseller_nop" // Refused to ordinary accounts: that is how they are told.
		if (request.ErrorCode != "" && !probe) || len(request.ElementErrors) > 0 {
			d.Errorf("%s was refused: %s %v", request.Function, request.ErrorCode, request.ElementErrors)
		}
		moments = append(moments, request.Time)
		if request.Changed {
			writes++
		}
	}
	busiest := busiestHour(moments)
	if busiest < budget.DefaultRequestsPerHour*3/4 || writes < kills {
		d.Errorf("%d requests in the busiest hour and %d changes: too calm a day to show anything", busiest, writes)
	}
	d.Logf("%d requests, %d of them changed something, %d in the busiest hour", len(journal), writes, busiest)
}

// busiestHour counts the most moments in any hour, wherever it begins.
func busiestHour(moments []time.Time) int {
	most, first := 0, 0
	for last, moment := range moments {
		for !moments[first].After(moment.Add(-time.Hour)) {
			first++
		}
		most = max(most, last-first+1)
	}
	return most
}

// foreign records were there before, and nobody may touch them.
var foreign = []zone.Record{
	{Name: "legacy", Type: zone.A, Content: "192.0.2.200"}, {Name: "name-0", Type: zone.CAA, Content: `0 issue "letsencrypt.org"`},
}

// wish is what somebody wants of a zone: the cluster's side, which outlives every process.
type wish struct {
	login, domain string

	mu   sync.Mutex
	want []zone.Record
}

const wishNames = 5

// possible gives the records that may be wished for at a name, in sets of which one is chosen.
func possible(name int) [][]zone.Record {
	at := func(kind zone.Type, content string) zone.Record {
		return zone.Record{Name: fmt.Sprintf("name-%d", name), Type: kind, Content: content}
	}
	sets := [][]zone.Record{
		nil,
		{at(zone.A, "192.0.2.1")},
		{at(zone.A, "192.0.2.1"), at(zone.A, "192.0.2.2"), at(zone.TXT, "both")},
		{at(zone.AAAA, "2001:db8::1"), at(zone.TXT, "six")},
	}
	if name > 0 { // At the first name stands what is not ours, beside which no CNAME may be.
		sets = append(sets, []zone.Record{at(zone.CNAME, "elsewhere.example.ru.")})
	}
	return sets
}

// ours is everything that may ever have been wished for, and so may be removed.
var ours = func() zone.Ownership {
	var all zone.Set
	for name := range wishNames {
		for _, set := range possible(name) {
			for _, record := range set {
				all.Add(record)
			}
		}
	}
	return zone.Ownership{Pending: all}
}()

// change wishes for something else.
func (w *wish) change(d *dice) {
	var want []zone.Record
	for name := range wishNames {
		sets := possible(name)
		want = append(want, sets[d.number(len(sets))]...)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.want = want
}

func (w *wish) records() []zone.Record {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.want)
}

func (w *wish) plan(current zone.Snapshot) zone.Edits {
	return zone.EditsOf(zone.NewPlan(zone.Declare(w.records()...), ours, current.Records(), zone.Policy{}))
}
