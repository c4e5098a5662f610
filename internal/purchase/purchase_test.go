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
	"a ceiling for one, late":     {domains: 2, faults: faults{late: 1}, change: func(w *world) { w.ceiling = 250_00 }},
	"a ceiling for one, limited":  {domains: 2, faults: faults{late: 1, limit: 4}, change: func(w *world) { w.ceiling = 250_00 }},
	"a ceiling for one, poor": {domains: 2, faults: faults{late: 1}, change: func(w *world) {
		w.ceiling, w.reg.balance = 250_00, 250_00
	}},
	"a ceiling, dearer":        {domains: 2, faults: faults{dear: 1}, change: func(w *world) { w.ceiling = 450_00 }},
	"a ledger that begins":     {faults: faults{lose: 1}, never: true, change: func(w *world) { w.etcd.ledger = Ledger{} }},
	"restored, nobody notices": {faults: faults{save: 1, restore: 1, lose: 1}, change: func(w *world) { w.reg.guarded = true }},
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

func TestNothingElseCountsOnceOurBillIsPaid(t *testing.T) {
	record := Record{State: Paying, Price: price, LookedAt: start, PayingAt: start, Bill: Bill{ID: 5, Price: price, KnownAt: start}}
	bare := Input{
		Order: Order{Domain: "a.ru", Ordinal: 1, Operation: Renew, ServiceID: 1, Base: firstDay, Years: 1}, Record: record,
		Now: start.Add(time.Minute), Since: start, Settling: Settling, Dwell: Dwell, Seen: Seen{Complete: true, OwnBill: BillPaid},
	}
	if !Told(bare) {
		t.Fatal("a paid bill tells nothing")
	}
	want := Decide(bare)
	if want.Record.State != Paid || want.Record.Cost != price {
		t.Errorf("the order is %+v", want.Record)
	}
	for name, see := range map[string]func(in *Input){
		"another last day":            func(in *Input) { in.Seen.ServiceID, in.Seen.Expiry = 1, "2030-01-01" },
		"a domain that is not there":  func(in *Input) { in.Seen.ServiceID, in.Seen.State = 0, regapi.Deleted },
		"a bill of somebody else":     func(in *Input) { in.Seen.ForeignBill = 9 },
		"another price":               func(in *Input) { in.Seen.ListPrice = dearest },
		"an account with money":       func(in *Input) { in.Seen.Balance = dearest },
		"somebody who asks":           func(in *Input) { in.Intent = Intent{Asked: true, Allowed: true, MaxPrice: maxPrice} },
		"an order that was removed":   func(in *Input) { in.Funds = Funds{Closed: true} },
		"a bill that is to be erased": func(in *Input) { in.Record.Bill.Removing = true },
	} {
		in := bare
		see(&in)
		got := Decide(in)
		got.Record.Bill.Removing = false
		if !Told(in) || got != want {
			t.Errorf("with %s: %+v", name, got)
		}
	}
	for name, change := range map[string]func(in *Input){
		"keyed":           func(in *Input) { in.Order.Operation = Register },
		"direct":          func(in *Input) { in.Order.Direct = true },
		"paid already":    func(in *Input) { in.Record.State = Paid },
		"unclear":         func(in *Input) { in.Record.State = Unclear },
		"without a bill":  func(in *Input) { in.Record.Bill = Bill{} },
		"with an odd one": func(in *Input) { in.Seen.OwnBill = BillOdd },
	} {
		in := bare
		change(&in)
		if Told(in) {
			t.Errorf("an order that is %s is told of by its bill alone", name)
		}
	}
}

func TestWhoeverStopsAgreeingIsHeardWhileAnOrderRests(t *testing.T) {
	agreed := Intent{Asked: true, Allowed: true, MaxPrice: maxPrice, NeedsApproval: true, Approval: "d1"}
	for state, record := range map[State]Record{
		Quoted: {State: Quoted}, Reserved: {State: Reserved}, Placed: {State: Placed, Bill: Bill{ID: 5, Price: price, KnownAt: start}},
	} {
		record.Price, record.Digest, record.LookedAt = price, "d1", start
		in := Input{
			Order: Order{Domain: "a.ru", Ordinal: 1, Operation: Renew, ServiceID: 1, Base: firstDay, Years: 1}, Record: record, Now: start.Add(time.Minute),
			Since: start, Settling: Settling, Dwell: Dwell, Intent: agreed, Funds: Funds{Booked: price, Entry: true, Free: maxPrice},
		}
		if _, rests := Rest(in); !rests {
			t.Errorf("%s: does not rest", state)
		}
		for name, change := range map[string]func(*Intent){
			"the order":       func(i *Intent) { i.Asked = false },
			"the spending":    func(i *Intent) { i.Allowed = false },
			"the price":       func(i *Intent) { i.MaxPrice = price - 1 },
			"this very quote": func(i *Intent) { i.Approval = "d0" },
		} {
			in.Intent = agreed
			change(&in.Intent)
			if _, rests := Rest(in); rests {
				t.Errorf("%s: nobody hears that a person does not agree to %s any more", state, name)
			}
		}
	}
}

func TestWherePodsRunDecidesNothing(t *testing.T) {
	zones := []*time.Location{time.UTC, Moscow, time.FixedZone("far east", 12*60*60), time.FixedZone("far west", -11*60*60)}
	order := Order{Domain: "a.ru", Ordinal: 1, Operation: Renew, ServiceID: 5, Base: "2028-02-29", Years: 1}
	record := Record{State: Reserved, Price: price, LookedAt: time.Date(2028, 2, 28, 20, 30, 0, 0, time.UTC)}
	for _, hours := range []int{0, 1, 12, 23, 24, 25, 48} {
		now := record.LookedAt.Add(time.Duration(hours) * time.Hour)
		decide := func(zone *time.Location) Step {
			r := record
			r.LookedAt = r.LookedAt.In(zone)
			step := Decide(Input{
				Order: order, Record: r, Now: now.In(zone), Since: start.In(zone), Dwell: Dwell,
				Settling: TheWaits(0).SettlingFor(now.In(zone), time.Date(2028, 3, 31, 0, 0, 0, 0, time.UTC)),
				Intent:   Intent{Asked: true, Allowed: true, MaxPrice: maxPrice}, Funds: Funds{Booked: price, Entry: true, Free: maxPrice},
				Seen: Seen{Complete: true, ServiceID: 5, State: regapi.Active, Expiry: "2028-02-29", Balance: maxPrice, ListPrice: price},
			})
			step.Record.LookedAt, step.Record.PlacingAt = step.Record.LookedAt.UTC(), step.Record.PlacingAt.UTC()
			return step
		}
		want := decide(time.UTC)
		if places := want.Do == Place; places != (hours >= 24) {
			t.Errorf("%d hours after the first Look: %+v", hours, want)
		}
		for _, zone := range zones {
			if got := decide(zone); got != want || MonthOf(now.In(zone)) != MonthOf(now) {
				t.Errorf("in %s %d hours later: %+v instead of %+v", zone, hours, got, want)
			}
		}
	}
}
