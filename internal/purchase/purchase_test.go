package purchase

import (
	"flag"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// bound is how many states of a scenario are looked at: more of them take longer.
var bound = flag.Int("states", 8_000, "states of each scenario to explore")

func latest(times ...time.Time) (last time.Time) {
	for _, t := range times {
		if t.After(last) {
			last = t
		}
	}
	return last
}

// newWorld has a domain that is due, and an operator that may spend.
func newWorld(domains int, change func(*world)) *world {
	w := &world{now: start, operation: Renew, ceiling: 1000_00}
	w.reg.balance = 10_000_00
	for range domains {
		w.reg.services = append(w.reg.services, service{state: regapi.Active, price: price})
		w.etcd.domains = append(w.etcd.domains, domainObject{exists: true, years: 1})
	}
	w.etcd.ledger = Ledger{Began: start.AddDate(0, -2, 0), Month: MonthOf(start)}
	change(w)
	return w
}

// scenario is a world with its faults.
type scenario struct {
	domains int
	faults  faults
	change  func(*world)
	// never says that nothing is bought in it.
	never bool
}

func (s scenario) world() *world {
	return newWorld(max(s.domains, 1), func(w *world) {
		w.left = s.faults
		if s.change != nil {
			s.change(w)
		}
	})
}

func registration(w *world) {
	w.operation, w.reg.keyed, w.reg.services[0].state = Register, true, ""
}

func inOneStep(w *world) { w.direct, w.reg.bankIgnored = true, true }

var scenarios = map[string]scenario{
	"killed":                      {faults: faults{kill: 2}},
	"answers lost":                {faults: faults{lose: 2, after: 1}},
	"requests late":               {faults: faults{late: 2, kill: 1}},
	"restored":                    {faults: faults{save: 1, restore: 1, late: 1}},
	"restored alone":              {faults: faults{save: 1, restore: 1}},
	"restored after a loss":       {faults: faults{save: 1, restore: 1, lose: 1}},
	"edited":                      {faults: faults{edit: 2, late: 1}},
	"edited while paused":         {faults: faults{edit: 1, kill: 1, lose: 1}},
	"dearer":                      {faults: faults{dear: 1, lose: 1}},
	"a person's bill":             {faults: faults{foreign: 1, touch: 1, lose: 1}},
	"people at our bill":          {faults: faults{touch: 2, late: 1}},
	"autorenew":                   {faults: faults{auto: 1, lose: 1}, change: func(w *world) { w.reg.services[0].autoFlag = true }},
	"down":                        {faults: faults{outage: 1, lose: 1, late: 1}},
	"pay type ignored":            {faults: faults{lose: 1, late: 1, after: 1}, change: func(w *world) { w.reg.bankIgnored = true }},
	"a second order refused":      {faults: faults{lose: 1, late: 1, kill: 1}, change: func(w *world) { w.reg.guarded = true }},
	"registered":                  {faults: faults{lose: 1, late: 1, kill: 1}, change: registration},
	"registered and restored":     {faults: faults{save: 1, restore: 1, lose: 1, late: 1}, change: registration},
	"a ceiling for one":           {domains: 2, faults: faults{lose: 1}, change: func(w *world) { w.ceiling = 250_00 }},
	"a ceiling for one, restored": {domains: 2, faults: faults{save: 1, restore: 1}, change: func(w *world) { w.ceiling = 250_00 }},
	"a ceiling, dearer":           {domains: 2, faults: faults{dear: 1}, change: func(w *world) { w.ceiling = 450_00 }},
	"a ledger that begins":        {faults: faults{lose: 1}, never: true, change: func(w *world) { w.etcd.ledger = Ledger{} }},
	"restored, nobody notices":    {faults: faults{save: 1, restore: 1, lose: 1}, change: func(w *world) { w.reg.guarded = true }},
	"a ledger that begins, spent": {faults: faults{}, never: true, change: func(w *world) {
		w.etcd.ledger = Ledger{}
		// Another cluster has spent nearly everything in the month.
		w.reg.bills = []bill{{id: 1, domain: 0, price: 100_00, ours: true, paid: true, byUs: true, shown: true, askedFor: "2025-06-01", paidAt: start.AddDate(0, 0, -5)}}
		w.ceiling = 250_00
	}},
	"paid in one step":       {faults: faults{lose: 1, late: 1, after: 1}, change: inOneStep},
	"registered in one step": {faults: faults{lose: 1, late: 1, kill: 1, save: 1, restore: 1}, change: func(w *world) { registration(w); inOneStep(w) }},
}

func TestNothingIsPaidTwice(t *testing.T) {
	for name, s := range scenarios {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			result := explore(s.world(), blind{}, *bound)
			t.Logf("%d states in %s, all of them: %t", result.states, time.Since(began).Round(time.Millisecond), result.states < *bound)
			if result.broken != nil {
				t.Errorf("after\n  %s", result)
			}
			if result.settled == s.never {
				t.Errorf("something was bought: %t", result.settled)
			}
		})
	}
}
