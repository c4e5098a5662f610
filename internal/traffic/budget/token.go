package budget

// token is what one budget gave for a request.
type token struct {
	budget   *Budget
	at       slot
	sequence int64
	probe    bool
	// held says that it is not known yet whether the request is this budget's.
	held bool
}

// fate is what becomes of a token when its request has ended.
type fate int

const (
	spent fate = iota
	returned
)

// spend takes one request; the offer has said that it can. b.mu is held.
func (b *Budget) spend() token {
	paid := token{budget: b, at: slotOf(b.clock.latest()), probe: b.freeze.admit(), sequence: b.block.sequence}
	if b.limit > 0 {
		b.left--
		b.spent[paid.at]++
	}
	return paid
}

// hold is spend for a request of which it is not known yet whether it will count here. b.mu is held.
func (b *Budget) hold() token {
	paid := token{budget: b, at: slotOf(b.clock.latest()), probe: b.freeze.admit(), sequence: b.block.sequence, held: true}
	b.left--
	b.held++
	return paid
}

// settle ends a request. b.mu is held.
func (t token) settle(f fate, o Outcome) {
	b := t.budget
	// While a replacement of the block is on its way to the ledger, or may have got there, nothing comes back.
	inBlock := b.limit > 0 && t.sequence == b.block.sequence && b.attempt == b.block.sequence
	if t.held {
		t.settleHeld(f, inBlock)
	} else if f == returned && inBlock && b.spent[t.at] > 0 {
		b.spent[t.at]--
		b.left++
	}
	if t.probe {
		b.freeze.endProbe(b.clock.now(), o)
	}
	if t.probe || t.held || f == returned {
		b.notify()
	}
}

func (t token) settleHeld(f fate, inBlock bool) {
	b := t.budget
	b.held--
	switch {
	case f == returned && inBlock:
		b.left++
	case f == returned:
	case inBlock:
		b.spent[t.at]++
	default:
		b.debts[t.at]++
	}
}
