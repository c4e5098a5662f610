package budget

import "context"

// accounting is what a budget knows of its ledger and of its own requests. The budget's lock guards it.
type accounting struct {
	loaded  bool
	stale   bool // the ledger has changed, or may have
	lost    bool // there was none, though there should be one, and nothing of it was found yet
	book    book // of the ledger, without the budget's own reservation
	version string
	// formers are ledgers whose requests are still to be counted here, and formerRead those of which they are, each with its
	// version, until a save has told.
	formers    []Former
	formerRead map[string]string

	// block is the reservation that the ledger holds for this budget, and left what may still be
	// spent of it. spent is what was spent of it, which the ledger does not know yet; held is what may turn out to be.
	block reservation
	left  int
	held  int
	spent slots
	size  int // of the block
	// debts are requests that the ledger does not know yet and no block covers, and drafted those of them that are being saved.
	debts, drafted slots
	// attempt is the sequence of a reservation that was sent to the ledger.
	attempt int64
}

// Former is a ledger whose requests count in a budget of another name from now on.
type Former struct {
	// Name tells it from others.
	Name string
	Ledger
}

// AddFormer makes the budget count, once, what a ledger of another name holds. Nothing is granted before that has been read.
func (b *Budget) AddFormer(former Former) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.formers = append(b.formers, former)
}

// Absorb makes the budget count, once, what another one of this process has spent until now, whose ledger has that name.
func (b *Budget) Absorb(other *Budget, name string) {
	other.mu.Lock()
	spent, version := other.used(), other.version
	other.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.debts.add(spent)
	b.noteFormer(name, version)
	b.notify()
}

// noteFormer remembers that a ledger is counted. b.mu is held.
func (b *Budget) noteFormer(name, version string) {
	if b.formerRead == nil {
		b.formerRead = map[string]string{}
	}
	b.formerRead[name] = version
}

// used is what counts: the book, and this budget's own requests.
func (a *accounting) used() slots {
	used := a.book.counted()
	used.add(a.spent)
	used.add(a.debts)
	return used
}

// load reads the ledger, and those of older names, unless their content is known.
func (b *Budget) load(ctx context.Context, task syncTask) error {
	b.mu.Lock()
	known := b.loaded && !b.stale
	if !b.loaded && task != takeBlock {
		known = task == recordFreeze || len(b.debts) == 0
	}
	b.mu.Unlock()
	if !known {
		data, stamp, err := b.ledger.Load(ctx)
		if err != nil {
			return err
		}
		b.takeOver(data, stamp)
	}
	if task != takeBlock {
		return nil
	}
	return b.loadFormers(ctx)
}

// loadFormers reads the ledgers of older names, and only then judges whether nothing is known of the past.
func (b *Budget) loadFormers(ctx context.Context) error {
	for {
		b.mu.Lock()
		if len(b.formers) == 0 {
			b.judgeLoss()
			b.mu.Unlock()
			return nil
		}
		next := b.formers[0]
		b.mu.Unlock()
		data, stamp, err := next.Load(ctx)
		if err != nil {
			return err
		}
		b.mu.Lock()
		b.countFormer(next.Name, data, stamp)
		b.formers = b.formers[1:]
		b.mu.Unlock()
	}
}

// countFormer adds what a ledger of an older name holds, unless this version of it is counted already. b.mu is held.
func (b *Budget) countFormer(name string, data []byte, stamp Stamp) {
	if stamp.Version == "" {
		return
	}
	b.lost = false
	if b.book.former[name] == stamp.Version || b.formerRead[name] == stamp.Version {
		return
	}
	old, err := decodeBook(data)
	if err != nil {
		b.recovered = true
		old = b.fullHour()
	}
	old.normalize(b.clock.certain(), b.clock.latest())
	b.debts.add(old.counted())
	b.freeze.adopt(old.frozenUntil, old.pause, b.clock.now())
	b.noteFormer(name, stamp.Version)
	b.notify()
}

// fullHour is a book of which nothing is known but that no more can be spent than the limit. b.mu is held.
func (b *Budget) fullHour() book {
	return book{spent: slots{slotOf(b.clock.latest()): b.limit}}
}

// takeOver merges the data of a ledger with what this process knows. Data that are gone, that cannot be read or that are another
// budget's change nothing for a process that knows what was in them.
func (b *Budget) takeOver(data []byte, stamp Stamp) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock.learnLoad(stamp.Time)
	first := !b.loaded
	b.version, b.loaded, b.stale = stamp.Version, true, false
	defer b.notify()
	loaded, err := decodeBook(data)
	broken := err != nil || (loaded.owner != "" && b.owner != "" && loaded.owner != b.owner)
	b.recovered = b.recovered || broken
	switch {
	case !first && (broken || len(data) == 0):
		return
	case broken:
		loaded = b.fullHour()
	case first && len(data) == 0:
		b.lost = b.expected
	case first && !loaded.savedAt.IsZero() && stamp.Time.Sub(loaded.savedAt) > restoredAfter:
		loaded.quietUntil = b.clock.latest().Add(quietAfterLoss)
	}
	loaded.normalize(b.clock.certain(), b.clock.latest())
	own := loaded.withdraw(b.holder)
	if own.sequence > 0 && own.sequence == b.attempt && own.sequence != b.block.sequence {
		b.confirm(own) // A save that seemed to fail did not.
	}
	loaded.merge(b.book)
	b.book = loaded
	b.freeze.adopt(loaded.frozenUntil, loaded.pause, b.clock.now())
}

// confirm makes a block the present one that was saved with an answer that got lost. b.mu is held.
func (b *Budget) confirm(saved reservation) {
	b.block, b.left, b.spent = saved, max(0, saved.requests-b.held), slots{}
	b.debts.subtract(b.drafted)
	b.drafted = nil
}

// judgeLoss makes it quiet where there should be a ledger and is none, neither of this name nor of an older one. b.mu is held.
func (b *Budget) judgeLoss() {
	if b.lost {
		b.book.quietUntil = b.clock.latest().Add(quietAfterLoss)
	}
	b.lost = false
}
