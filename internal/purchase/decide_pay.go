package purchase

import "time"

// withBill leads from a bill of ours to its payment, or to its end. The registrar's word about the bill decides (16).
func (in Input) withBill() Step {
	switch in.Seen.OwnBill {
	case BillPaid:
		r := in.Record
		r.State, r.Reason, r.PaidAt, r.Cost = Paid, "", in.Now, max(r.Bill.Price, in.Seen.OwnPrice)
		return Step{Record: r}
	case BillUnpaid:
		if in.Record.Bill.Removed {
			return in.withoutItsBill()
		}
		return in.unpaid()
	case BillNotFound:
		return in.withoutItsBill()
	default:
		return in.odd()
	}
}

// withoutItsBill follows the end of our bill, which we or somebody else brought about.
func (in Input) withoutItsBill() Step {
	r := in.Record
	switch {
	case in.reached():
		return in.end(Settled, PayerUnknown)
	case !in.Intent.Asked:
		return in.end(Withdrawn, NoLongerAsked)
	case in.otherwise():
		return in.end(Withdrawn, BaseChanged)
	case r.Bill.Removing: // for want of money: begin again with it
		r.Bill, r.LookedAt, r.OddSince = Bill{}, time.Time{}, time.Time{}
		r.State, r.Reason = Blocked, NotEnoughMoney
		return in.releasing(Step{Record: r})
	default:
		return in.block(BillGone)
	}
}

// otherwise says that the order stands on another domain than the one that is there.
func (in Input) otherwise() bool {
	return !in.Order.Operation.Keyed() && (!in.sameService() || in.Order.Moved(in.Seen.Expiry))
}

// odd waits for a word about the bill that decides, and then for a person.
func (in Input) odd() Step {
	r := in.Record
	switch {
	case r.Bill.Removed:
		return in.withoutItsBill()
	case r.Bill.Removing:
		return do(Remove, r) // Its answer decides.
	case r.OddSince.IsZero():
		r.OddSince = in.Now
		return Step{Record: r, After: poll}
	case in.settlesIn(r.OddSince) > 0:
		return rest(r, poll)
	default:
		return in.end(Unclear, StatusUnclear)
	}
}

// unpaid pays our bill, unless somebody has to agree, or nobody asks for it any more.
func (in Input) unpaid() Step {
	r := in.Record
	r.OddSince = time.Time{}
	in.Record = r
	if r.Bill.Removing || !in.Intent.Asked || in.otherwise() || (in.reached() && !in.Order.Operation.Keyed()) {
		r.Bill.Removing = true
		return do(Remove, r)
	}
	price := in.Seen.OwnPrice
	switch {
	case price <= 0:
		return in.block(PriceUnknown)
	case in.Seen.ForeignBill != 0:
		return in.waitForForeignBill()
	case price > r.Price: // It is a new quote, with a digest of its own to be approved (11, 16).
		r.Price, r.Digest, r.QuotedAt = price, in.Order.Digest(price), in.Now
		return Step{Record: r}
	}
	if step, stops := in.consent(price); stops {
		return step
	}
	switch {
	case in.Since.IsZero():
		return in.block(OtherRenewer)
	case in.Seen.Balance < price:
		return in.block(NotEnoughMoney)
	}
	if step, waits := in.dwell(); waits {
		return step
	}
	if step, stops := in.reserve(price); stops {
		return step
	}
	r.State, r.Reason, r.PayingAt, r.Bill.Price = Paying, "", in.Now, price
	return do(Pay, r)
}

// dwellsFor is how long a bill still has to wait.
func (in Input) dwellsFor() time.Duration {
	return max(in.Record.Bill.KnownAt.Add(in.Dwell).Sub(in.Now), in.settlesIn(in.Record.LookedAt))
}

// dwell waits for the two times that a payment needs: since the bill's number is written, and since a Look that found nothing in the way.
func (in Input) dwell() (Step, bool) {
	r := in.Record
	if in.Order.Operation.Keyed() {
		return Step{}, false
	}
	if r.LookedAt.IsZero() || r.LookedAt.Before(in.Since) {
		r.State, r.Reason, r.LookedAt = Placed, "", in.Now
		return Step{Record: r}, true
	}
	wait := in.dwellsFor()
	if wait <= 0 {
		return Step{}, false
	}
	if r.State == Blocked || r.State == AwaitingApproval {
		r.State, r.Reason = Placed, ""
	}
	return rest(r, wait), true
}
