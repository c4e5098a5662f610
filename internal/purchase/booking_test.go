package purchase

import (
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// unsent is an error of a call that provably never left.
type unsent struct{}

func (unsent) Error() string { return "unsent" }
func (unsent) Unsent() bool  { return true }

// consenting is somebody who asks for an order, and may spend.
var consenting = Intent{Asked: true, Allowed: true, MaxPrice: maxPrice}

func renewalOf(record Record, seen Seen) Input {
	seen.Complete, seen.ServiceID, seen.State, seen.Expiry = true, 1, regapi.Active, firstDay
	return Input{
		Order: Order{Domain: "a.ru", Ordinal: 1, Operation: Renew, ServiceID: 1, Base: firstDay, Years: 1}, Record: record, Now: start,
		Since: start, Settling: Settling, Dwell: Dwell, Intent: consenting, Seen: seen,
	}
}

// A new cluster finds a registration under its key that was paid before, and is not there yet.
func TestAPaidRegistrationThatTheClusterHasForgottenIsBooked(t *testing.T) {
	order := Order{Domain: "a.ru", Ordinal: 1, UserID: userID, Operation: Register, Years: 1}
	l := &Ledger{Began: start.AddDate(0, -2, 0), Month: MonthOf(start), Heartbeat: start}
	in := Input{
		Order: order, Now: start, Since: start, Settling: Settling, Dwell: Dwell, Intent: consenting,
		Seen: Seen{Complete: true, ServiceID: 7, State: regapi.Inactive, Balance: maxPrice, ListPrice: price},
	}
	for n := range 12 {
		in.Now, in.Funds = in.Now.Add(time.Minute), l.Funds("uid", dearest)
		if n == 6 {
			in.Seen.State = regapi.Active
		}
		step := Decide(in)
		if in.Record = step.Record; step.Do == Keep {
			l.Keep("uid", order.Name(), step.Amount)
		}
	}
	if in.Record.State != Settled || l.Sum("") != price {
		t.Errorf("%s are booked for %+v", l.Sum(""), in.Record)
	}
}

func TestABillForOtherYearsThatTheClusterHasForgottenIsNotPaid(t *testing.T) {
	for bill, want := range map[Amount]State{price: Placed, 2 * price: Blocked, price / 2: Blocked} {
		in := Input{
			Order: Order{Domain: "a.ru", Ordinal: 1, UserID: userID, Operation: Register, Years: 1}, Now: start, Since: start, Settling: Settling, Dwell: Dwell,
			Intent: consenting, Seen: Seen{
				Complete: true, ServiceID: 7, State: regapi.Inactive, Balance: maxPrice, ListPrice: price, KeyBill: Bill{ID: 5, Price: bill},
			},
		}
		if step := Decide(in); step.Record.State != want {
			t.Errorf("a bill of %s where a year costs %s: %+v", bill, price, step)
		}
		in.Intent.Asked = false
		if step := Decide(in); step.Record.State != Placed { // From where it is deleted.
			t.Errorf("a bill of %s that nobody asks for any more: %+v", bill, step)
		}
		in.Intent.Asked = true
		in.Record = Record{State: Placing, Price: price, Calls: 1, PlacingAt: start} // Its answer was lost.
		if step := Decide(in); step.Record.State != Placed {
			t.Errorf("a bill of %s under the key of our own call: %+v", bill, step)
		}
	}
}

func TestABlockedOrderGivesItsBookingBackWhenNoPaymentCanArriveAnyMore(t *testing.T) {
	sent := start.Add(-time.Hour)
	record := Record{State: Paying, Price: price, Bill: Bill{ID: 5, Price: price, KnownAt: start.Add(-48 * time.Hour)}, LookedAt: sent, PayingAt: sent}
	unpaid := Seen{OwnBill: BillUnpaid, OwnPrice: price, Balance: maxPrice, ListPrice: price}
	for name, c := range map[string]struct {
		change   func(in *Input)
		releases bool
	}{
		"sent an hour ago":                     {func(*Input) {}, false},
		"sent a day ago":                       {func(in *Input) { in.Now = sent.Add(Settling) }, true},
		"whose bill is gone":                   {func(in *Input) { in.Seen.OwnBill = BillNotFound }, true},
		"for another bill":                     {func(in *Input) { in.Record.Bill.KnownAt = start }, true},
		"while the registrar's clock was late": {func(in *Input) { in.Record.Bill.KnownAt = sent.Add(time.Minute) }, false},
		"never": {func(in *Input) {
			in.Record.PayingAt = time.Time{}
			in.Record = Answered(in.Order, in.Record, Pay, Answer{Err: unsent{}}, in.Now)
		}, true},
	} {
		in := renewalOf(record, unpaid)
		in.Intent.Allowed, in.Funds = false, Funds{Entry: true, Booked: price, Free: dearest}
		c.change(&in)
		if step := Decide(in); step.Record.State != Blocked || (step.Do == Release) != c.releases {
			t.Errorf("a payment %s: %+v", name, step)
		}
	}
}

func TestAnUnclearOrderIsBookedInOneMonth(t *testing.T) {
	l := &Ledger{Began: start.AddDate(-1, 0, 0), Month: MonthOf(start), Heartbeat: start}
	l.Keep("uid", "a.ru.1", price)
	now := start.AddDate(0, 3, 0)
	l.Watch(now, false, true)
	in := renewalOf(Record{State: Unclear, Reason: NoEffect, Cost: price, Price: price, PaidAt: start, Bill: Bill{ID: 5, Price: price, KnownAt: start}}, Seen{})
	in.Now, in.Funds = now, l.Funds("uid", dearest)
	if step := Decide(in); step.Do != Nothing {
		t.Errorf("three months later: %+v", step)
	}
}
