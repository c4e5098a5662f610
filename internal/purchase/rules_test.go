package purchase

import (
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// on hides something from every decision.
func on(hide func(in *Input)) blind {
	return blind{input: func(_ *world, _ *orderObject, in *Input) { hide(in) }}
}

// without has, for each rule that the machine keeps, what it looks like without it, and where that is found out.
var without = map[string]struct {
	rules    blind
	scenario string
}{
	"6, a key that is derived":           {blind{keyless: true, input: func(_ *world, _ *orderObject, in *Input) { in.Seen.Elsewhere = false }}, "registered and restored"},
	"8, decisions that grow old":         {blind{ageless: true}, "edited while paused"},
	"9 and 10, waiting after a gap":      {on(func(in *Input) { in.Gap, in.Settling = false, 0 }), "restored alone"},
	"10, waiting for effects":            {on(func(in *Input) { in.Settling = 0 }), "pay type ignored"},
	"10, one renewer alone":              {on(func(in *Input) { in.Since, in.Settling = start, 0 }), "autorenew"},
	"13, the last paid day":              {on(func(in *Input) { in.Seen.Expiry = in.Order.Base }), "restored alone"},
	"13, bills of others":                {on(func(in *Input) { in.Seen.ForeignBill = 0 }), "a person's bill"},
	"14, looking before ordering again":  {on(func(in *Input) { in.Seen.Expiry, in.Record.PlacingAt = in.Order.Base, time.Time{} }), "pay type ignored"},
	"15, no inference":                   {on(infer), "a person's bill"},
	"16, the dwell":                      {on(func(in *Input) { in.Dwell = 0 }), "restored, nobody notices"},
	"16, the price at payment":           {on(func(in *Input) { in.Seen.OwnPrice = in.Record.Price }), "dearer"},
	"17, intent":                         {on(func(in *Input) { in.Intent.Asked = true }), "edited"},
	"18, deleting before closing":        {on(closeFirst), "edited"},
	"16 and 18, the bill's own word":     {on(believe), "answers lost"},
	"19 and 20, an entry for each order": {on(func(in *Input) { in.Funds = Funds{Booked: dearest, Free: dearest} }), "a ceiling for one"},
	"20, the ceiling of the true price":  {on(func(in *Input) { in.Funds.Free, in.Funds.Booked = dearest, max(in.Funds.Booked, in.Seen.OwnPrice) }), "a ceiling, dearer"},
	"21, what may be paid yet":           {on(func(in *Input) { in.Record.PayingAt = time.Time{} }), "a ceiling for one, limited"},
	"22, epochs":                         {blind{sweepOff: true}, "a ceiling for one, restored"},
	"23, a ledger that begins":           {on(func(in *Input) { in.Funds.Closed, in.Funds.Booked, in.Funds.Free = false, price, price }), "a ledger that begins, spent"},
	"24, one call ever":                  {on(func(in *Input) { in.Record.Calls, in.Record.PlacingAt = 0, time.Time{} }), "paid in one step"},
}

// infer takes a bill for ours because it looks like it.
func infer(in *Input) {
	if in.Record.Bill.ID == 0 && in.Seen.ForeignBill != 0 && in.Record.State != New {
		in.Record.Bill = Bill{ID: in.Seen.ForeignBill, Price: price, KnownAt: in.Now}
		in.Seen.ForeignBill, in.Seen.OwnBill, in.Seen.OwnPrice = 0, BillUnpaid, price
	}
}

// believe takes a payment that was sent for one that was made.
func believe(in *Input) {
	if in.Record.State == Paying {
		in.Seen.OwnBill = BillPaid
	}
	if in.Record.State == Paid {
		in.Seen.Expiry = "2099-01-01"
	}
}

// closeFirst calls an order withdrawn while its bill is still there.
func closeFirst(in *Input) {
	if !in.Intent.Asked && in.Record.Bill.ID != regapi.ID(0) {
		in.Seen.OwnBill = BillNotFound
	}
}

func TestEachRuleIsNeeded(t *testing.T) {
	for name, c := range without {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, known := scenarios[c.scenario]
			if !known {
				t.Fatalf("there is no scenario %q", c.scenario)
			}
			result := explore(s.world(), c.rules, max(*bound, 60_000))
			if result.broken == nil {
				t.Fatalf("nothing went wrong in %d states", result.states)
			}
			t.Logf("%d states\n  %s", result.states, result)
		})
	}
}
