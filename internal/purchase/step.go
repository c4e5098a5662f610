package purchase

import "time"

// Act is what a step does after its record is written.
type Act string

// The acts. Place and Pay cost money; nothing else does.
const (
	Nothing Act = ""
	// Book puts Step.Amount for the order into the ledger, if the ceiling allows it.
	Book Act = "Book"
	// Release takes the order's entry out of the ledger; Keep makes it final, at Step.Amount.
	Release Act = "Release"
	Keep    Act = "Keep"
	// Place orders: a bill that moves no money, or everything where the order is Direct.
	Place Act = "Place"
	// Pay pays the bill of the record, and nothing else.
	Pay Act = "Pay"
	// Remove deletes the bill of the record.
	Remove Act = "Remove"
)

// Step is what comes next: the record to write, then the act, and when to look again if neither changes anything.
type Step struct {
	Record Record
	Do     Act
	Amount Amount
	After  time.Duration
}

// poll is how soon to look again for what comes by itself.
const poll = 10 * time.Minute

func rest(r Record, after time.Duration) Step { return Step{Record: r, After: max(after, time.Second)} }

func do(act Act, r Record) Step { return Step{Record: r, Do: act} }

// block says why an order does not go on, and gives its booking back: what is blocked promises nothing (19), unless it may be paid yet.
func (in Input) block(why Reason) Step {
	r := in.Record
	r.State, r.Reason = Blocked, why
	return in.releasing(Step{Record: r, After: poll})
}

// end closes an order. The ledger learns of it after that.
func (in Input) end(state State, why Reason) Step {
	r := in.Record
	r.State, r.Reason = state, why
	if r.Price == 0 {
		r.Price = in.Seen.ListPrice // for what was bought by whomever
	}
	if state == Unclear {
		return Step{Record: r, After: poll} // What may have been spent stays booked (21).
	}
	return Step{Record: r}
}

// bury tells the ledger of a closed order: what it has cost, or may have cost, stays (21); what nothing came of is given back. The order is closed
// before (19).
func (in Input) bury() Step {
	r, f := in.Record, in.Funds
	switch {
	case r.State != Settled && (f.Entry || f.Kept):
		return do(Release, r)
	case r.State == Settled && !f.Kept && r.Cost > 0:
		return Step{Record: r, Do: Keep, Amount: r.Cost}
	case r.State == Settled && !f.Kept && (f.Entry || r.Price > 0):
		return Step{Record: r, Do: Keep, Amount: max(f.Booked, r.Price)}
	default:
		return Step{Record: r}
	}
}

// releasing gives the booking of an order back. One that has sent a payment of its bill keeps it while that may arrive yet: what may be spent stays
// booked (21).
func (in Input) releasing(s Step) Step {
	if in.Funds.Entry && !in.mayBePaidYet() {
		s.Do = Release
	}
	return s
}

// mayBePaidYet says whether a payment of the order's bill was sent within the time in which it would arrive, of this bill and none before, which is not
// known to be gone. The registrar's clock may have been put back meanwhile.
func (in Input) mayBePaidYet() bool {
	bill, sent := in.Record.Bill, in.Record.PayingAt
	ofThis := !sent.IsZero() && !sent.Before(bill.KnownAt.Add(-MaxSkew)) && in.Now.Sub(sent) < Settling
	return bill.ID != 0 && ofThis && !bill.Removed && in.Seen.OwnBill != BillNotFound
}
