package budget

import (
	"context"
	"errors"
	"time"
)

const (
	// minBlock and maxBlock are the requests of the first block after a start and of the largest.
	minBlock = 4
	maxBlock = 64
	// ledgerTimeout bounds one use of the ledger, with all its repetitions.
	ledgerTimeout = 10 * time.Second
	// ledgerRest is how long a ledger that has failed is left alone.
	ledgerRest = 5 * time.Second
	// maxConflicts bounds how often a save is tried against others.
	maxConflicts = 8
)

var (
	errClosed    = &LedgerError{Reason: "the budget is closed"}
	errContended = errors.New("others save the ledger all the time")
)

// accounting is what a budget knows of its ledger and of its own requests. The budget's lock guards it.
type accounting struct {
	loaded  bool
	stale   bool // the ledger has changed, or may have
	book    book // of the ledger, without the budget's own reservation
	version string

	// block is the reservation that the ledger holds for this budget, and left what may still be
	// spent of it. spent is what was spent of it, which the ledger does not know yet.
	block reservation
	left  int
	spent slots
	size  int // of the block
	// attempt is the sequence of a reservation that was sent to the ledger.
	attempt int64
}

// used is what counts: the book, and this budget's own requests.
func (a *accounting) used() slots {
	used := a.book.counted()
	used.add(a.spent)
	return used
}

// syncTask is what the ledger is used for.
type syncTask int

const (
	takeBlock syncTask = iota
	recordFreeze
	giveBack
)

// draft is a book that is to be saved, and what holds once it is.
type draft struct {
	book  book // without the budget's own reservation
	block reservation
	size  int
}

// Close gives the unspent rest back to the ledger, for the next process. No request is granted
// afterwards. A budget that has spent nothing saves nothing.
func (b *Budget) Close(ctx context.Context) error {
	b.mu.Lock()
	b.closed = true
	b.left = 0
	b.notify()
	b.mu.Unlock()
	return b.sync(ctx, giveBack)
}

// sync reads the ledger if it has to and saves what the task demands. Conflicts with others make it
// read and decide again.
func (b *Budget) sync(ctx context.Context, task syncTask) error {
	bounded, cancel := context.WithTimeout(ctx, ledgerTimeout)
	defer cancel()
	select {
	case b.syncing <- struct{}{}:
		defer func() { <-b.syncing }()
	case <-bounded.Done():
		return &LedgerError{Reason: "the budget's ledger is in use for too long", cause: bounded.Err()}
	}
	failure := b.exchange(bounded, task)
	b.mu.Lock()
	defer b.mu.Unlock()
	if failure == nil {
		b.failure = nil
		return nil
	}
	if ctx.Err() == nil { // the fault is not the caller's haste
		b.failure, b.retryAt = failure, b.now().Add(ledgerRest)
	}
	return failure
}

// exchange returns nil once the task is done, or if there was nothing to do.
func (b *Budget) exchange(ctx context.Context, task syncTask) *LedgerError {
	for range maxConflicts {
		if err := b.load(ctx, task); err != nil {
			return &LedgerError{Reason: "the budget's ledger cannot be read", cause: err}
		}
		next, version, needed := b.prepare(task)
		if !needed {
			return nil
		}
		data, err := next.data()
		if err == nil {
			version, err = b.ledger.Save(ctx, data, version)
		}
		if err == nil {
			b.adopt(next, version, task)
			return nil
		}
		b.mu.Lock()
		b.stale = true
		b.mu.Unlock()
		if !errors.Is(err, ErrConflict) {
			return &LedgerError{Reason: "the budget's ledger cannot be saved", cause: err}
		}
	}
	return &LedgerError{Reason: "the budget's ledger cannot be saved", cause: errContended}
}

// data is the book with the budget's own reservation.
func (d draft) data() ([]byte, error) {
	whole := d.book.clone()
	if d.block.requests > 0 {
		whole.reserved = append(whole.reserved, d.block)
	}
	return whole.encode()
}

// load reads the ledger unless its content is known.
func (b *Budget) load(ctx context.Context, task syncTask) error {
	b.mu.Lock()
	known := b.loaded && !b.stale || !b.loaded && task != takeBlock
	b.mu.Unlock()
	if known {
		return nil
	}
	data, version, err := b.ledger.Load(ctx)
	if err != nil {
		return err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version = version
	b.read(data)
	b.loaded, b.stale = true, false
	b.notify()
	return nil
}

// read takes over the data of a ledger. Data that are gone or cannot be read change nothing for a
// process that knows what was in them.
func (b *Budget) read(data []byte) {
	now := b.now()
	loaded, err := decodeBook(data)
	switch {
	case b.loaded && (err != nil || len(data) == 0):
		b.recovered = b.recovered || err != nil
		return
	case err != nil:
		b.recovered = true
		loaded = book{spent: slots{slotOf(now): b.limit}}
	}
	loaded.normalize(now)
	own := loaded.withdraw(b.holder)
	switch {
	case own.sequence > 0 && own.sequence == b.attempt && own.sequence != b.block.sequence:
		b.block, b.left, b.spent = own, own.requests, slots{} // a save that seemed to fail did not
	case own.sequence == 0 && b.block.sequence > 0:
		b.spent = slots{} // others have written the whole block off as spent
	}
	b.book = loaded
	b.freeze.adopt(loaded.frozenUntil, loaded.pause, now)
}

// prepare drafts what is to be saved and tells the version that it builds on; needed is false if
// there is nothing to save.
func (b *Budget) prepare(task syncTask) (next draft, version string, needed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	next = draft{book: b.book.clone(), block: b.block, size: b.size}
	next.book.frozenUntil, next.book.pause = time.Time{}, 0
	if b.freeze.until.After(now) {
		next.book.frozenUntil, next.book.pause = b.freeze.until, b.freeze.pause
	}
	switch task {
	case takeBlock:
		needed = b.nextBlock(&next, now)
	case giveBack:
		needed = b.block.sequence > 0
		next.book.spent.add(b.spent)
		next.block = reservation{}
	case recordFreeze:
		needed = b.loaded
	}
	next.book.normalize(now)
	next.book.fold()
	b.attempt = next.block.sequence
	return next, b.version, needed
}

// nextBlock drafts the replacement of a block that is used up or has expired; false if the present
// one will do, or if nothing is free. b.mu is held.
func (b *Budget) nextBlock(next *draft, now time.Time) bool {
	if b.closed || b.left > 0 && now.Before(b.block.until) {
		return false
	}
	if b.left == 0 && b.block.sequence > 0 {
		next.size = min(2*b.size, maxBlock)
	}
	next.book.spent.add(b.spent)
	requests := min(next.size, b.limit-next.book.counted().total(now))
	next.block = reservation{
		holder: b.holder, sequence: b.block.sequence + 1, requests: requests,
		until: now.Add(blockLifetime).Truncate(time.Second),
	}
	return requests > 0
}

// adopt makes a draft that was saved the present state.
func (b *Budget) adopt(saved draft, version string, task syncTask) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.version = version
	if task == recordFreeze {
		return // what was spent in the meantime is the old block's
	}
	b.book = saved.book
	b.block, b.left, b.size = saved.block, saved.block.requests, saved.size
	b.spent = slots{}
	if task == giveBack {
		b.notify()
	}
}
