package purchase

import "time"

// withoutBill leads to the call that orders: quote, consent, booking, two Looks, and the call.
func (in Input) withoutBill() Step {
	r := in.Record
	if !in.Order.Operation.Keyed() {
		if step, over := in.overtaken(); over {
			return step
		}
	} else if in.Seen.ForeignBill != 0 && in.Intent.Asked {
		return in.waitForForeignBill()
	}
	if !in.Intent.Asked {
		return in.end(Withdrawn, NoLongerAsked)
	}
	switch {
	case in.Seen.ListPrice <= 0:
		return in.block(PriceUnknown)
	case r.State == New: // The Look on which the quote stands serves what follows it, too.
		r = in.quoted()
		in.Record = r
	case r.Price != in.Seen.ListPrice:
		return Step{Record: in.quoted()}
	}
	if step, stops := in.consent(r.Price); stops {
		return step
	}
	switch {
	case in.Intent.Lacks != "":
		return in.block(in.Intent.Lacks)
	case in.Since.IsZero():
		return in.block(OtherRenewer)
	case in.Seen.Balance < r.Price:
		return in.block(NotEnoughMoney)
	}
	step, stops := in.reserve(r.Price)
	if !stops {
		return in.look()
	}
	if step.Do == Book && in.looksFirst() {
		step.Record.LookedAt = in.Now // What was seen is what is booked for.
	}
	return step
}

// looksFirst says whether this Look is the first of the two that have to agree (13).
func (in Input) looksFirst() bool {
	return !in.Order.Operation.Keyed() && (in.Record.LookedAt.IsZero() || in.Record.LookedAt.Before(in.Since))
}

// overtaken ends an order whose goal is reached, or that stands on something else than the domain that is there (13).
func (in Input) overtaken() (Step, bool) {
	switch {
	case in.reached():
		return in.end(Settled, PayerUnknown), true
	case !in.sameService() || in.Order.Moved(in.Seen.Expiry):
		if in.Seen.ForeignBill != 0 && in.Record.Calls > 0 {
			return in.block(ForeignBill), true // It may be ours.
		}
		return in.end(Withdrawn, BaseChanged), true
	case in.Seen.ForeignBill != 0:
		return in.waitForForeignBill(), true
	default:
		return Step{}, false
	}
}

// waitForForeignBill waits until a bill is gone that is not ours, and lets effects of its payment show after that: the first Look is made
// anew (13).
func (in Input) waitForForeignBill() Step {
	in.Record.LookedAt = time.Time{}
	return in.block(ForeignBill)
}

// quoted takes the price of the list down, and what a person would approve (11).
func (in Input) quoted() Record {
	r := in.Record
	r.State, r.Reason, r.Price, r.QuotedAt = Quoted, "", in.Seen.ListPrice, in.Now
	r.Digest = in.Order.Digest(r.Price)
	return r
}

// consent stops what nobody has agreed to at this price (17).
func (in Input) consent(price Amount) (Step, bool) {
	r := in.Record
	switch {
	case !in.Intent.Allowed:
		return in.block(SpendingNotAllowed), true
	case price > in.Intent.MaxPrice:
		return in.block(PriceAboveLimit), true
	case in.Intent.NeedsApproval && (in.Intent.Approval != r.Digest || price > r.Price):
		r.State, r.Reason = AwaitingApproval, ""
		return in.releasing(Step{Record: r, After: poll}), true
	default:
		return Step{}, false
	}
}

// reserve books the price in the present month and epoch, or says why it cannot (20).
func (in Input) reserve(price Amount) (Step, bool) {
	switch {
	case in.Funds.covers(price):
		return Step{}, false
	case in.Funds.Closed:
		return in.block(LedgerClosed), true
	case in.Funds.Free < price:
		return in.block(CeilingReached), true
	default:
		return Step{Record: in.Record, Do: Book, Amount: price}, true
	}
}

// look takes the first Look down, and places the order after the second one (13, 14).
func (in Input) look() Step {
	r := in.Record
	switch {
	case in.looksFirst():
		r.State, r.Reason, r.LookedAt = Reserved, "", in.Now
		return Step{Record: r}
	case !in.Order.Operation.Keyed() && in.settlesIn(r.LookedAt) > 0:
		r.State, r.Reason = Reserved, ""
		return rest(r, in.settlesIn(r.LookedAt))
	}
	r.State, r.Reason, r.Calls, r.PlacingAt, r.ErrorCode = Placing, "", r.Calls+1, in.Now, ""
	if in.Order.Direct {
		r.PayingAt = in.Now // The call pays.
	}
	return do(Place, r)
}
