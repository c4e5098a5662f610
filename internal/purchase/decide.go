package purchase

import (
	"cmp"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Rest says whether an order only waits, so that nothing needs to be looked at: what Decide would give for any Look.
func Rest(in Input) (Step, bool) {
	r := in.Record
	switch {
	case r.State.Closed():
		return in.bury(), true
	case in.Gap:
		return rest(r, poll), true // Closing included (9).
	case in.Word != NoWord:
		return in.heed(), true
	case in.Order.Operation.Keyed():
		return Step{}, false // The key tells at any time.
	case r.State == Placing && in.settlesIn(r.PlacingAt) > 0 && !in.Order.Direct:
		return rest(r, in.settlesIn(r.PlacingAt)), true
	case r.State == Placed && in.willing() && !r.Bill.Removing && !r.LookedAt.IsZero() && !r.LookedAt.Before(in.Since) && in.dwellsFor() > 0:
		return rest(r, in.dwellsFor()), true
	case r.Bill.ID == 0 && r.Calls == 0 && in.willing() && !r.LookedAt.IsZero() && !r.LookedAt.Before(in.Since) && in.settlesIn(r.LookedAt) > 0 && in.reserved():
		r.State = Reserved
		return rest(r, in.settlesIn(r.LookedAt)), true
	default:
		return Step{}, false
	}
}

// reserved says whether the money of an order is booked, so that it waits for its second Look.
func (in Input) reserved() bool {
	r := in.Record
	return r.State == Reserved || (r.State == Quoted && in.Funds.covers(r.Price))
}

// Told says whether what a Look has shown of the bill alone decides, whatever else it would show: it is paid (16).
func Told(in Input) bool {
	r := in.Record
	return r.Bill.ID != 0 && in.Seen.OwnBill == BillPaid && !in.Order.Operation.Keyed() && !in.Order.Direct && r.State != Paid && r.State != Unclear
}

// Decide gives the next step of an order. It acts only on a complete Look.
func Decide(in Input) Step {
	if step, waits := Rest(in); waits {
		return step
	}
	r := in.Record
	switch {
	case !in.Seen.Complete:
		return rest(r, time.Minute)
	case r.State == Paid, r.State == Unclear:
		return in.settle()
	case in.Order.Direct && (r.Calls > 0 || in.underKey()):
		return in.directly()
	case in.Order.Operation.Keyed():
		return in.byKey()
	case r.Bill.ID != 0:
		return in.withBill()
	default:
		return in.withoutBill()
	}
}

// settlesIn is how long effects of something then may still take to show.
func (in Input) settlesIn(then time.Time) time.Duration { return then.Add(in.Settling).Sub(in.Now) }

// willing says whether somebody asks for the order and agrees to its price, as far as that is known without a Look.
func (in Input) willing() bool {
	says, r := in.Intent, in.Record
	return says.Asked && says.Allowed && cmp.Or(r.Bill.Price, r.Price) <= says.MaxPrice && (!says.NeedsApproval || says.Approval == r.Digest)
}

// heed does what a person says, where the machine cannot know.
func (in Input) heed() Step {
	if in.Word == SaysYes {
		r := in.Record
		if r.Cost == 0 {
			in.Record.Cost = max(r.Bill.Price, r.Price)
		}
		return in.end(Settled, PersonSaid)
	}
	return in.end(Withdrawn, PersonSaid)
}

// reached says whether what is bought is there, by whomever.
func (in Input) reached() bool {
	if in.Order.Operation.Keyed() {
		return in.Seen.State == regapi.Active
	}
	if in.Order.Operation == ChangeNameServers {
		return in.sameService() && in.Seen.Delegated
	}
	return in.sameService() && in.Order.Reached(in.Seen.Expiry)
}

func (in Input) sameService() bool { return in.Seen.ServiceID == in.Order.ServiceID }

// settle waits for the effect of what is paid (18). It is booked all the while, whoever paid our bill.
func (in Input) settle() Step {
	r := in.Record
	switch {
	case r.State == Paid && r.Cost > 0 && !in.Funds.Entry && !in.Funds.Kept:
		return Step{Record: r, Do: Keep, Amount: r.Cost}
	case in.reached() && !r.PaidAt.IsZero():
		in.Record.Cost = max(r.Cost, r.Bill.Price)
		return in.end(Settled, Effect)
	case r.State == Unclear:
		return rest(r, poll)
	case in.Order.Operation.Keyed() && in.Seen.State == regapi.Inactive:
		return rest(r, poll) // The registry works at it: days for a transfer (8.9).
	case in.settlesIn(r.PaidAt) > 0:
		return rest(r, min(in.settlesIn(r.PaidAt), poll))
	default:
		return in.end(Unclear, NoEffect)
	}
}

// directly is what follows the only call of an order that pays with it (24). Its effect proves it, or its bill; an unpaid bill proves nothing, since
// it may be paid yet, and is left to a person.
func (in Input) directly() Step {
	r := in.Record
	switch {
	case in.reached(), in.paidUnderKey(), in.Seen.OwnBill == BillPaid:
		r.State, r.Reason, r.PaidAt, r.Cost = Paid, "", in.Now, cmp.Or(max(r.Price, r.Bill.Price, in.Seen.OwnPrice), in.Seen.ListPrice)
		return Step{Record: r}
	case in.settlesIn(r.PlacingAt) > 0:
		return rest(r, min(in.settlesIn(r.PlacingAt), poll))
	default:
		return in.end(Unclear, StatusUnclear)
	}
}

// underKey says whether the registrar has an order under our key, and paidUnderKey that no bill of it waits.
func (in Input) underKey() bool {
	seen := in.Seen
	return in.Order.Operation.Keyed() && seen.ServiceID != 0 && seen.State != regapi.Deleted && seen.State != regapi.Transferred
}

func (in Input) paidUnderKey() bool {
	return in.underKey() && in.Seen.KeyBill.ID == 0 && in.Seen.OwnBill != BillUnpaid
}

// byKey lets what the registrar knows under our keys decide first (6).
func (in Input) byKey() Step {
	r, seen := in.Record, in.Seen
	switch {
	case seen.State == regapi.Deleted || seen.State == regapi.Transferred:
		if !r.PayingAt.IsZero() {
			return in.end(Unclear, NoEffect)
		}
		return in.end(Withdrawn, AcquiredBefore)
	case seen.ServiceID != 0 && seen.KeyBill.ID != 0 && r.Bill.ID == 0 && r.Calls == 0 && seen.KeyBill.Price != seen.ListPrice && in.Intent.Asked:
		return in.block(ForeignBill) // An order that the cluster has forgotten wrote it, for other years or at another price: nobody asks for that (17).
	case seen.ServiceID != 0 && seen.KeyBill.ID != 0 && r.Bill.ID == 0:
		r.State, r.Reason, r.Bill = Placed, "", seen.KeyBill
		r.Bill.KnownAt = in.Now
		return Step{Record: r}
	case seen.ServiceID != 0 && seen.KeyBill.ID == 0 && !r.Bill.Removing:
		r.State, r.Reason, r.PaidAt, r.Cost = Paid, "", in.Now, cmp.Or(max(r.Bill.Price, r.Price), seen.ListPrice)
		return Step{Record: r}
	case r.Bill.ID != 0:
		return in.withBill()
	case seen.Elsewhere:
		return in.end(Settled, PayerUnknown)
	case r.Calls > 0 && in.settlesIn(r.PlacingAt) > 0:
		return rest(r, min(in.settlesIn(r.PlacingAt), poll))
	case r.Calls > 0 && r.ErrorCode == regapi.CodeDomainAlreadyExists:
		// By now an order of ours would show under its key: the name is somebody else's.
		return in.end(Refused, RefusedByRegistrar)
	default:
		return in.withoutBill()
	}
}
