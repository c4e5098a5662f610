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
	// unproven is what checks of credentials pay from as well; nil for a purse of requests that are known to be the account's.
	unproven *Budget
	budgets  []*Budget // all of them, without repetition, in the order in which they are locked
}

// NewPurse makes the purse of an account's budget and of that of the address that the requests come from. Either may be
// nil: then nothing is counted there. While the address has not enough for all of its purses, each gets an equal share.
func NewPurse(account, egress *Budget) *Purse {
	if account == nil {
		account = unlimited()
	}
	if egress == nil {
		egress = account
	}
	return newPurse(&Purse{account: account, egress: egress, budgets: slices.Compact([]*Budget{account, egress})})
}

// NewProbePurse makes the purse of checks of credentials, which belong to nobody until they are accepted. They pay the budget of
// what they claim to be and that of all such checks; the address must have room for them, and pays only for those that are
// accepted, in the place of the latter. Then the account pays where it is known.
func NewProbePurse(claimed, unproven, egress *Budget) *Purse {
	return newPurse(&Purse{account: claimed, egress: egress, unproven: unproven, budgets: []*Budget{claimed, unproven, egress}})
}

func newPurse(p *Purse) *Purse {
	slices.SortFunc(p.budgets, func(a, b *Budget) int { return cmp.Compare(a.id, b.id) })
	return p
}

// Offer says when a request could be paid.
type Offer struct {
	// Wait is how long it takes at least; 0 is now.
	Wait time.Duration
	// Frozen says that the wait, or a part of it, is for the end of a freeze.
	Frozen bool
	// Lost says that the wait is because nobody knows what was spent before.
	Lost bool
	// Hold says that the answer to a probe decides, or that it is somebody else's turn.
	Hold bool
	// Err says that nothing can be paid for the time being.
	Err *LedgerError
	// Changed are signals that a wait may have changed, one of each budget; nil where there is none.
	Changed [3]<-chan struct{}

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
		o, changed := p.offerOf(b, priority, requests), b.changed
		b.mu.Unlock()
		joint.Changed[i] = changed
		if o.Wait > joint.Wait {
			joint.Wait, joint.Frozen, joint.Lost = o.Wait, o.Frozen, o.Lost
		}
		joint.Frozen = joint.Frozen || o.Frozen && o.Hold
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

// offerOf is what a budget offers to this purse: nothing yet of what is another's share. b.mu is held.
func (p *Purse) offerOf(b *Budget, priority Priority, requests int) Offer {
	o := b.offer(priority, requests)
	if b != p.egress || b == p.account || p.unproven != nil {
		return o
	}
	wait, hold := b.fair.holdsBack(p, priority, b.limit, b.clock.steady())
	o.Wait, o.Hold = max(o.Wait, wait), o.Hold || hold
	return o
}

// Receipt is what was paid for a request, until its end is settled.
type Receipt []token

// Pay takes the tokens for a request. It takes none, and returns nil, if somebody else has emptied a budget since the offer.
func (p *Purse) Pay(priority Priority) Receipt {
	defer p.lock()()
	for _, b := range p.budgets {
		if o := p.offerOf(b, priority, 1); o.Err != nil || o.NeedsLedger() || !o.Due() {
			return nil
		}
	}
	paid := make(Receipt, len(p.budgets))
	for i, b := range p.budgets {
		if b == p.egress && p.unproven != nil {
			paid[i] = b.hold()
			continue
		}
		paid[i] = b.spend()
	}
	if p.egress.fair.serve(p, p.egress.clock.steady()) {
		p.egress.notify()
	}
	return paid
}

// lock locks every budget, and gives what unlocks them.
func (p *Purse) lock() (unlock func()) {
	for _, b := range p.budgets {
		b.mu.Lock()
	}
	return func() {
		for _, b := range p.budgets {
			b.mu.Unlock()
		}
	}
}

// Want says that a request of this priority waits for the address's budget to have something, or with goneAway that it will come
// again then. It says nothing where the account could not pay anyhow.
func (p *Purse) Want(priority Priority, goneAway bool) {
	if p.egress == p.account || p.unproven != nil {
		return
	}
	defer p.lock()()
	own, common := p.account.offer(priority, 1), p.egress.offer(priority, 1)
	if own.Err != nil || !own.Due() || common.Err != nil || common.Frozen || common.Wait <= 0 {
		p.egress.fair.quit(p, priority, p.egress.clock.steady())
		return
	}
	now := p.egress.clock.steady()
	if goneAway {
		p.egress.fair.claim(p, priority, now, now+common.Wait+common.Wait/claimScatter+claimGrace)
		return
	}
	p.egress.fair.claim(p, priority, now, whileItWaits)
}

// Quit says that no request of this priority waits any more.
func (p *Purse) Quit(priority Priority) {
	if p.egress == p.account || p.unproven != nil {
		return
	}
	p.egress.mu.Lock()
	defer p.egress.mu.Unlock()
	if p.egress.fair.quit(p, priority, p.egress.clock.steady()) {
		p.egress.notify()
	}
}

// Outcome is what the end of a request means for the budgets.
type Outcome struct {
	// Unsent says that the request provably never left; its tokens are given back.
	Unsent bool
	// Answered says that the server dealt with the request, so that a probe has succeeded.
	Answered bool
	// Accepted says that the server did what it was asked, and Denied that it does not take the credentials.
	Accepted, Denied bool
	// AccountRate and EgressRate say that the server refused it for the rate of the account or of the address (1.2).
	AccountRate, EgressRate bool
	// RetryAfter is how long the server asked not to be asked again; 0 if it did not say.
	RetryAfter time.Duration
}

// Settle ends a request. What its outcome says about the rate holds when Settle returns, and before anybody else goes.
func (p *Purse) Settle(paid Receipt, o Outcome) {
	frozen := p.settle(paid, o)
	if frozen != nil && frozen.ledger != nil {
		// The next process should know it, too, even if the caller is gone. The use of a ledger is bounded.
		_ = frozen.sync(context.Background(), recordFreeze)
	}
}

// settle gives the budget that was frozen, nil if none was.
func (p *Purse) settle(paid Receipt, o Outcome) (frozen *Budget) {
	defer p.lock()()
	switch {
	case o.AccountRate:
		frozen = p.account
	case o.EgressRate:
		frozen = p.egress
	}
	if frozen != nil {
		frozen.freeze.begin(frozen.clock.now(), o.RetryAfter)
		frozen.notify()
	}
	for _, t := range paid {
		t.settle(p.fateOf(t, o), o)
	}
	return frozen
}

// fateOf is what becomes of a token: of those for a check of credentials see NewProbePurse.
func (p *Purse) fateOf(t token, o Outcome) fate {
	back := o.Unsent
	switch {
	case p.unproven == nil:
	case t.budget == p.unproven:
		back = back || o.Accepted
	case t.budget == p.egress:
		back = !o.Accepted
	default:
		back = back || o.Accepted || o.Denied
	}
	if back {
		return returned
	}
	return spent
}
