package budget

import (
	"cmp"
	"context"
	"slices"
	"time"
)

// Purse is what a request pays from: a token of each of its budgets, or none of any. Several purses may share a budget;
// a purse is safe for concurrent use.
type Purse struct {
	account, egress *Budget
	budgets         []*Budget // both, without repetition, in the order in which they are locked
}

// NewPurse makes the purse of an account's budget and of that of the address that the requests come from. Either may be
// nil: then nothing is counted there.
func NewPurse(account, egress *Budget) *Purse {
	if account == nil {
		account = unlimited()
	}
	if egress == nil {
		egress = account
	}
	p := &Purse{account: account, egress: egress, budgets: slices.Compact([]*Budget{account, egress})}
	slices.SortFunc(p.budgets, func(a, b *Budget) int { return cmp.Compare(a.id, b.id) })
	return p
}

// Offer says when a request could be paid.
type Offer struct {
	// Wait is how long it takes at least; 0 is now.
	Wait time.Duration
	// Frozen says that the wait, or a part of it, is for the end of a freeze.
	Frozen bool
	// Hold says that the answer to a probe decides.
	Hold bool
	// Err says that nothing can be paid for the time being.
	Err *LedgerError
	// Changed are signals that a wait may have changed, one of each budget; nil where there is none.
	Changed [2]<-chan struct{}

	sync *Budget // the budget that has to use its ledger first; nil if none has
}

// Due reports whether the request is paid, or can be after use of the ledger.
func (o Offer) Due() bool { return o.Wait <= 0 && !o.Hold }

// NeedsLedger reports whether a ledger has to be used before the offer can be taken.
func (o Offer) NeedsLedger() bool { return o.sync != nil }

// UseLedger does what NeedsLedger asks for. A failure shows in the next offer, to everybody who needs this ledger.
func (o Offer) UseLedger(ctx context.Context) { _ = o.sync.sync(ctx, takeBlock) }

// Offer tells when the last of so many requests of a priority could be paid by all budgets.
func (p *Purse) Offer(priority Priority, requests int) Offer {
	var joint Offer
	for i, b := range p.budgets {
		b.mu.Lock()
		o, changed := b.offer(priority, requests), b.changed
		b.mu.Unlock()
		joint.Changed[i] = changed
		if o.Wait > joint.Wait {
			joint.Wait, joint.Frozen = o.Wait, o.Frozen
		}
		joint.Frozen = joint.Frozen || o.Hold
		joint.Hold = joint.Hold || o.Hold
		if joint.sync == nil {
			joint.sync = o.sync
		}
		if joint.Err == nil {
			joint.Err = o.Err
		}
	}
	return joint
}

// Receipt is what was paid for a request, until its end is settled.
type Receipt []token

// Pay takes the tokens for a request. It takes none, and returns nil, if somebody else has emptied a budget since the offer.
func (p *Purse) Pay(priority Priority) Receipt {
	for _, b := range p.budgets {
		b.mu.Lock()
		defer b.mu.Unlock()
	}
	for _, b := range p.budgets {
		if o := b.offer(priority, 1); o.Err != nil || o.NeedsLedger() || !o.Due() {
			return nil
		}
	}
	paid := make(Receipt, len(p.budgets))
	for i, b := range p.budgets {
		paid[i] = b.spend()
	}
	return paid
}

// Outcome is what the end of a request means for the budgets.
type Outcome struct {
	// Unsent says that the request provably never left; its tokens are given back.
	Unsent bool
	// Answered says that the server dealt with the request, so that a probe has succeeded.
	Answered bool
	// AccountRate and EgressRate say that the server refused it for the rate of the account or of the address (1.2).
	AccountRate, EgressRate bool
}

// Settle ends a request. What its outcome says about the rate holds when Settle returns.
func (p *Purse) Settle(ctx context.Context, paid Receipt, o Outcome) {
	for _, t := range paid {
		t.settle(o)
	}
	switch {
	case o.AccountRate:
		p.account.freezeNow(ctx)
	case o.EgressRate:
		p.egress.freezeNow(ctx)
	}
}
