package budget

import (
	"crypto/rand"
	"sync"
	"sync/atomic"
	"time"
)

// DefaultRequestsPerHour is the vendor's limit of 1200 (1.2) less a margin of a tenth. The margin is
// for what a budget cannot see: requests of other programs, clocks that differ between nodes, and
// requests on the way, which the server counts when they arrive (one per login).
const DefaultRequestsPerHour = 1080

// Shares of the limit that a priority may use up, in percent; [Interactive] may use all of it.
const (
	DefaultBackgroundShare = 75
	DefaultChangeShare     = 90
)

// Budget grants requests so that in no hour, wherever it begins, more go than the limit. That holds
// across restarts, crashes and processes that share a [Ledger], clocks that differ or jump, and ledgers that are put back,
// deleted or broken while a process lives.
//
// A process takes requests from the ledger in blocks, written ahead: what it saves is a reservation,
// and everybody else counts the whole of it until the process has told what it really spent. It
// tells with its next block, so a crash wastes at most one block, and full speed costs about one
// save per 64 requests. Blocks begin with 4 requests and double, so that a crash loop wastes little;
// an idle process saves nothing.
//
// What a process reads is merged with what it knows, and never put in its place. A
// ledger whose data cannot be read counts as an hour that has been used up, unless this process
// knows better; [State] tells. Where a ledger should be and nobody knows what was in it, only [Interactive] goes for an hour:
// see [WithExpectedLedger]. Time is that of the ledger's keeper, where he tells it ([Stamp]), and times ahead of it count as the
// present.
type Budget struct {
	id       int64 // the order in which several are locked
	ledger   Ledger
	owner    string
	expected bool
	holder   string
	clock    clock

	mu     sync.Mutex
	limit  int // 0: no limit at all
	share  [Priorities]int
	freeze freeze
	accounting
	fair shares

	exchanging *exchange     // nil if nobody uses the ledger
	failure    *LedgerError  // of the last use of the ledger; nil if it went well
	retryAt    time.Duration // by the steady clock
	closed     bool
	recovered  bool
	changed    chan struct{} // closed and replaced when waits may have changed
}

var budgetIDs atomic.Int64

// Option sets one property of a [Budget].
type Option func(*Budget)

// WithLedger sets where the budget remembers; the default is a [MemoryLedger] of its own.
func WithLedger(ledger Ledger) Option { return func(b *Budget) { b.ledger = ledger } }

// WithOwner names the budget in full, where the name of the ledger is short: a ledger that says to be another's is taken for one
// that cannot be read.
func WithOwner(owner string) Option { return func(b *Budget) { b.owner = owner } }

// WithExpectedLedger says that there was a ledger before. If it is gone, so that nobody knows what was spent, only [Interactive]
// goes for an hour.
func WithExpectedLedger() Option { return func(b *Budget) { b.expected = true } }

// WithShares sets how much of the limit requests of the two lower Priorities may use up, in percent.
// They leave the rest to higher ones. Background gets at most what Change gets.
func WithShares(background, change int) Option {
	return func(b *Budget) {
		change = min(max(change, 0), 100)
		b.share = [Priorities]int{Background: min(max(background, 0), change), Change: change, Interactive: 100}
	}
}

// WithClock sets the clocks: one that follows corrections, and one that tells how long the process has run.
func WithClock(wall func() time.Time, steady func() time.Duration) Option {
	return func(b *Budget) { b.clock = newClock(wall, steady) }
}

// New makes a budget; a limit below 1 counts as 1. It reads its ledger before the first grant.
func New(requestsPerHour int, opts ...Option) *Budget {
	b := unlimited()
	b.limit = soundLimit(requestsPerHour)
	for _, apply := range opts {
		apply(b)
	}
	if b.ledger == nil {
		b.ledger = &MemoryLedger{}
	}
	return b
}

// unlimited makes a budget that never refuses but while it is frozen, and needs no ledger.
func unlimited() *Budget {
	return &Budget{
		id:         budgetIDs.Add(1),
		holder:     rand.Text(),
		clock:      systemClock(),
		share:      [Priorities]int{DefaultBackgroundShare, DefaultChangeShare, 100},
		accounting: accounting{spent: slots{}, debts: slots{}, size: minBlock, book: book{spent: slots{}}},
		changed:    make(chan struct{}),
	}
}

func soundLimit(requestsPerHour int) int { return min(max(requestsPerHour, 1), maxRequests) }

// SetLimit changes the limit. A lower one holds from the next request on, for requests of the past
// as well.
func (b *Budget) SetLimit(requestsPerHour int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if limit := soundLimit(requestsPerHour); limit != b.limit {
		b.limit = limit
		b.left = 0 // the block was taken under the old limit
		b.notify()
	}
}

// State is what a budget knows at some moment.
type State struct {
	// Limit is the requests per hour.
	Limit int
	// Used is how many of them count at present, with those that other processes may still spend.
	Used int
	// Left is how many requests of each priority could go now, if no others went.
	Left [Priorities]int
	// NextToken is when the next of the used requests is forgotten; zero if none is used.
	NextToken time.Time
	// FrozenUntil is the end of the pause after a refusal by the server; zero if there is none.
	FrozenUntil time.Time
	// QuietUntil is how long only Interactive goes, because the ledger was lost; zero if it was not.
	QuietUntil time.Time
	// Loaded says that the ledger has been read; before that, nothing is known about other processes.
	Loaded bool
	// Recovered says that the data of the ledger could not be read and count as a used-up hour.
	Recovered bool
	// LedgerErr is why the ledger could not be used the last time; nil if it could.
	LedgerErr error
}

// State tells what the budget knows, without asking the ledger.
func (b *Budget) State() State {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.clock.now()
	used := b.used()
	state := State{
		Limit: b.limit, Used: used.total(now) + b.held,
		Loaded: b.loaded, Recovered: b.recovered,
	}
	if b.failure != nil {
		state.LedgerErr = b.failure
	}
	for p := range Priority(Priorities) {
		state.Left[p] = max(0, b.cap(p)-state.Used)
	}
	if state.Used > 0 {
		state.NextToken = used.whenFreed(1, now)
	}
	if b.freeze.until.After(now) {
		state.FrozenUntil = b.freeze.until
	}
	if b.book.quietUntil.After(now) {
		state.QuietUntil = b.book.quietUntil
	}
	return state
}

// cap is how many requests may count when one of this priority goes, itself included. One of each
// priority can always go, however low the limit.
func (b *Budget) cap(p Priority) int { return max(1, b.limit*b.share[p]/100) }

// offer tells when the last of so many requests of a priority could go. b.mu is held.
func (b *Budget) offer(p Priority, requests int) Offer {
	now := b.clock.now()
	rest, hold := b.freeze.wait(now)
	o := Offer{Wait: rest, Frozen: rest > 0 || hold, Hold: hold}
	switch {
	case b.closed:
		o.Err = errClosed
	case b.limit == 0:
	case !b.loaded || len(b.formers) > 0:
		o.sync = b
	default:
		if wait := b.whenFree(p, requests, now).Sub(now); wait > o.Wait {
			o.Wait, o.Frozen = wait, false
		}
		if quiet := b.book.quietUntil.Sub(now); p < Interactive && quiet > o.Wait {
			o.Wait, o.Frozen, o.Lost = quiet, false, true
		}
		if b.left == 0 || !b.clock.latest().Before(b.block.until) || b.clock.blind() {
			o.sync = b
		}
	}
	if o.sync != nil && b.clock.steady() < b.retryAt {
		o.Err = b.failure
	}
	return o
}

// whenFree returns when the last of so many requests could go at the earliest. The ones before it
// fill the hour up as soon as they can, and each time it is full another one has to pass.
func (b *Budget) whenFree(p Priority, requests int, now time.Time) time.Time {
	hours := (requests - 1) / b.cap(p)
	requests -= hours * b.cap(p)
	used := b.used()
	free := used.whenFreed(used.total(now)+b.held+requests-b.cap(p), now)
	return free.Add(time.Duration(hours) * budgetWindow)
}

// Add counts requests that were paid elsewhere, and turned out to be this budget's.
func (b *Budget) Add(requests int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.debts[slotOf(b.clock.latest())] += requests
	b.notify()
}

// CertainTime is a time that has come for sure by the clock that the ledger goes by, once that is known.
func (b *Budget) CertainTime() (at time.Time, known bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock.certain(), b.loaded
}

// notify wakes those who wait for the budget. b.mu is held.
func (b *Budget) notify() {
	close(b.changed)
	b.changed = make(chan struct{})
}
