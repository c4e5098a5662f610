package budget

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
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

// syncTask is what the ledger is used for.
type syncTask int

const (
	takeBlock syncTask = iota
	recordFreeze
	giveBack
)

// exchange is one use of the ledger, of which there is one at a time.
type exchange struct {
	task syncTask
	done chan struct{} // closed when err is there
	err  error
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

// sync has the ledger used for a task, and waits for that or for the end of the context. A use goes on without the caller: a
// ledger that is slower than the callers are patient would never be read.
func (b *Budget) sync(ctx context.Context, task syncTask) error {
	for {
		running, mine := b.joinExchange(task)
		select {
		case <-running.done:
		case <-ctx.Done():
			return &LedgerError{Reason: "the budget's ledger is in use for too long", cause: ctx.Err()}
		}
		if mine || (task == takeBlock && running.task == takeBlock) {
			return running.err
		}
	}
}

// joinExchange gives the exchange that is going on, or begins one.
func (b *Budget) joinExchange(task syncTask) (running *exchange, mine bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.exchanging != nil {
		return b.exchanging, false
	}
	b.exchanging = &exchange{task: task, done: make(chan struct{})}
	go b.runExchange(b.exchanging)
	return b.exchanging, true
}

// runExchange ends by itself, for its use of the ledger is bounded.
func (b *Budget) runExchange(running *exchange) {
	ctx, cancel := context.WithTimeout(context.Background(), ledgerTimeout)
	defer cancel()
	failure := b.exchange(ctx, running.task)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.failure = failure; failure != nil {
		running.err = failure
		b.retryAt = b.clock.steady() + ledgerRest
	}
	b.exchanging = nil
	close(running.done)
}

// exchange reads the ledger if it has to and saves what the task demands. Conflicts with others make it read and decide again. It
// returns nil once the task is done, or if there was nothing to do.
func (b *Budget) exchange(ctx context.Context, task syncTask) *LedgerError {
	for range maxConflicts {
		if err := b.load(ctx, task); err != nil {
			return &LedgerError{Reason: "the budget's ledger cannot be read", cause: err}
		}
		next, version, needed := b.prepare(task)
		if !needed {
			return nil
		}
		err := b.save(ctx, next, version)
		if err == nil {
			return nil
		}
		if !errors.Is(err, ErrConflict) {
			return &LedgerError{Reason: "the budget's ledger cannot be saved", cause: err}
		}
	}
	return &LedgerError{Reason: "the budget's ledger cannot be saved", cause: errContended}
}

// save writes a draft, and makes it the present state.
func (b *Budget) save(ctx context.Context, next draft, version string) error {
	data, err := next.data()
	asked := b.clock.read()
	var stamp Stamp
	if err == nil {
		stamp, err = b.ledger.Save(ctx, data, version)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err == nil {
		b.clock.learnSave(stamp.Time, asked)
		b.adopt(next, stamp.Version)
		return nil
	}
	b.stale = true
	if errors.Is(err, ErrConflict) {
		b.attempt = b.block.sequence // It has not been saved for sure.
	}
	return err
}

// draft is a book that is to be saved, and what holds once it is.
type draft struct {
	task  syncTask
	book  book // without the budget's own reservation
	block reservation
	size  int
}

// data is the book with the budget's own reservation.
func (d draft) data() ([]byte, error) {
	whole := d.book.clone()
	if d.block.requests > 0 {
		whole.reserved = append(whole.reserved, d.block)
	}
	return whole.encode()
}

// prepare drafts what is to be saved and tells the version that it builds on; needed is false if
// there is nothing to save.
func (b *Budget) prepare(task syncTask) (next draft, version string, needed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	next = draft{task: task, book: b.book.clone(), block: b.block, size: b.size}
	b.prepareBook(&next.book)
	switch task {
	case takeBlock:
		needed = b.nextBlock(&next) || !b.closed && b.clock.blind()
	case giveBack:
		needed = b.block.sequence > 0 || len(b.debts) > 0
		next.book.spent.add(b.spent)
		if b.held > 0 {
			next.book.spent[slotOf(b.clock.latest())] += b.held
		}
		next.block = reservation{}
	case recordFreeze:
		needed = b.loaded
	}
	if !needed {
		return next, b.version, false
	}
	next.book.normalize(b.clock.certain(), b.clock.latest())
	next.book.fold()
	b.attempt, b.drafted = next.block.sequence, maps.Clone(b.debts)
	return next, b.version, true
}

// prepareBook puts into a book what every save tells.
func (b *Budget) prepareBook(next *book) {
	next.owner, next.revision = b.owner, max(next.revision+1, b.clock.certain().UnixMilli())
	if next.line == "" {
		next.line = rand.Text()
	}
	if next.savedAt = (time.Time{}); b.clock.exact {
		next.savedAt = b.clock.latest()
	}
	if next.former == nil && len(b.formerRead) > 0 {
		next.former = map[string]string{}
	}
	for name, version := range b.formerRead {
		if len(next.former) >= maxFormers {
			clear(next.former) // Rather count some of them twice.
		}
		next.former[name] = version
	}
	next.spent.add(b.debts)
	next.frozenUntil, next.pause = time.Time{}, 0
	if b.freeze.until.After(b.clock.now()) {
		next.frozenUntil, next.pause = b.freeze.until, b.freeze.pause
	}
}

// nextBlock drafts the replacement of a block that is used up or has expired; false if the present
// one will do, or if nothing is free. b.mu is held.
func (b *Budget) nextBlock(next *draft) bool {
	latest := b.clock.latest()
	if b.closed || b.left > 0 && latest.Before(b.block.until) && !b.clock.blind() {
		return false
	}
	if b.left == 0 && b.block.sequence > 0 {
		next.size = min(2*b.size, maxBlock)
	}
	next.book.spent.add(b.spent)
	// What is held is to be covered, too: it may turn out to be spent.
	requests := min(next.size+b.held, b.limit-next.book.counted().total(b.clock.now()))
	next.block = reservation{
		holder: b.holder, sequence: b.block.sequence + 1, requests: max(0, requests),
		until: latest.Add(blockLifetime).Truncate(time.Second),
	}
	return requests > b.held
}

// adopt makes a draft that was saved the present state. b.mu is held.
func (b *Budget) adopt(saved draft, version string) {
	b.version, b.book = version, saved.book
	b.debts.subtract(b.drafted)
	b.drafted = nil
	for name, of := range saved.book.former {
		if b.formerRead[name] == of {
			delete(b.formerRead, name)
		}
	}
	if saved.task == recordFreeze {
		return // What was spent in the meantime is the old block's.
	}
	b.block, b.size = saved.block, saved.size
	b.left = max(0, saved.block.requests-b.held)
	b.spent = slots{}
	if saved.task == giveBack {
		b.left = 0
		b.notify()
	}
}
