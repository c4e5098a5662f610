package traffic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

const (
	// DefaultMaxWait is how long a caller without a deadline waits for its turn at most.
	DefaultMaxWait = 30 * time.Second
	// DefaultAgeing is how long a background request waits before it counts as a change.
	DefaultAgeing = 5 * time.Minute

	// maxOvertaking is how many interactive requests in a row may overtake an older one of another
	// priority.
	maxOvertaking = 20
)

// Lane lets one request at a time through. Share one lane among all clients of an account: REG.API
// refuses parallel operations on the balance with BILLING_LOCK, and the vendor asks for a single
// queue (1.2).
//
// The highest priority that its budgets can pay goes first, see [WithPriority]; equals go in the
// order of arrival. A background request that has waited for long counts as a change that arrived
// when it did, and after 20 interactive requests in a row somebody older gets a turn.
//
// A caller whose turn would come after its deadline gets a [*ThrottledError] at once. So does one
// without a deadline if its turn would take longer than the longest wait.
//
// After ACCOUNT_EXCEEDED_ALLOWED_CONNECTION_RATE nothing goes for 5 minutes, then one probe; each
// further refusal doubles the pause up to an hour. IP_EXCEEDED_ALLOWED_CONNECTION_RATE does the same
// to every lane that pays the same egress budget.
type Lane struct {
	purse           *budget.Purse
	maxWait, ageing time.Duration
	observer        Observer

	mu     sync.Mutex
	busy   bool
	queues [budget.Priorities]queue
	// arrivals counts the waiters there have been.
	arrivals int64
	// overtaken counts the interactive requests in a row that went before an older one.
	overtaken int
}

// LaneOption sets one property of a [Lane].
type LaneOption func(*Lane)

// WithBudgets makes every request pay one token of each budget, or none of any: that of the account
// and that of the address that the requests come from. Either may be nil.
func WithBudgets(account, egress *budget.Budget) LaneOption {
	return func(l *Lane) { l.purse = budget.NewPurse(account, egress) }
}

// WithProbePurse makes the lane one for checks of credentials: see [budget.NewProbePurse].
func WithProbePurse(claimed, unproven, egress *budget.Budget) LaneOption {
	return func(l *Lane) { l.purse = budget.NewProbePurse(claimed, unproven, egress) }
}

// WithMaxWait sets how long a caller without a deadline waits; the default is [DefaultMaxWait].
func WithMaxWait(wait time.Duration) LaneOption { return func(l *Lane) { l.maxWait = wait } }

// WithAgeing sets how long a background request waits before it counts as a change; the default is
// [DefaultAgeing].
func WithAgeing(wait time.Duration) LaneOption { return func(l *Lane) { l.ageing = wait } }

// WithObserver tells the observer how long requests wait; nil tells nobody.
func WithObserver(observer Observer) LaneOption { return func(l *Lane) { l.observer = observer } }

// NewLane makes an empty lane; without budgets, its requests are not counted.
func NewLane(opts ...LaneOption) *Lane {
	l := &Lane{maxWait: DefaultMaxWait, ageing: DefaultAgeing}
	for _, apply := range opts {
		apply(l)
	}
	if l.purse == nil {
		l.purse = budget.NewPurse(nil, nil)
	}
	return l
}

// Middleware makes every request wait for its turn. The end of a caller's context ends its wait.
func (l *Lane) Middleware() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (answer *regapi.Answer, err error) {
			paid := l.turnIn(ctx)
			if paid == nil {
				if paid, err = l.enter(ctx, request.Function); err != nil {
					return nil, err
				}
			}
			err = errPanicked // unless the next line ends
			defer func() { l.leave(paid, outcomeOf(err)) }()
			answer, err = next.Do(ctx, request)
			return answer, err
		})
	}
}

// errPanicked is the outcome of a request whose handler has not returned.
var errPanicked = errors.New("the handler panicked")

// enter waits for the caller's turn and pays for it.
func (l *Lane) enter(ctx context.Context, function string) (budget.Receipt, error) {
	w := newWaiter(ctx, function, l.maxWait)
	if err := l.join(ctx, w); err != nil {
		return nil, err
	}
	for {
		next := l.advance(ctx, w)
		switch {
		case next.err != nil:
			return nil, next.err
		case next.paid != nil:
			if l.observer != nil {
				l.observer.LaneWait(w.priority, time.Since(w.arrived))
			}
			return next.paid, nil
		case next.ledger:
			next.offer.UseLedger(ctx)
		default:
			w.sleep(ctx, next.watch)
		}
	}
}

// join puts a waiter into its queue, unless its turn would come too late anyway.
func (l *Lane) join(ctx context.Context, w *waiter) error {
	if err := ctx.Err(); err != nil {
		return endOfWait(w.function, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	ahead := 0
	for p := w.priority; p < budget.Priorities; p++ {
		ahead += l.queues[p].len()
	}
	if o := l.purse.Offer(w.priority, ahead+1); w.arrived.Add(o.Wait).After(w.giveUp) {
		l.purse.Want(w.priority, true)
		return throttled(w.function, o)
	}
	l.arrivals++
	w.number = l.arrivals
	l.queues[w.priority].push(w)
	return nil
}

// endOfWait is the error of a caller whose context ended.
func endOfWait(function string, err error) error {
	return fmt.Errorf("%s: wait for a turn: %w", function, err)
}

// throttled is the error of a caller whose turn would come too late.
func throttled(function string, o budget.Offer) *ThrottledError {
	reason := reasonUsedUp
	switch {
	case o.Lost:
		reason = reasonLost
	case o.Frozen:
		reason = reasonFrozen
	case o.Wait <= 0:
		reason = reasonQueue
	}
	return &ThrottledError{Function: function, Reason: reason, RetryAfter: max(o.Wait, minRetryAfter)}
}

// step is what a waiter does next: go, with what it has paid, or leave with an error; or use the
// ledger that the offer asks for, or sleep, and then look again.
type step struct {
	paid   budget.Receipt
	err    error
	ledger bool
	offer  budget.Offer
	watch  watch
}

// advance decides what a waiter does next. Everybody acts for himself: the one whose turn it is
// goes, and the others sleep until they are woken.
func (l *Lane) advance(ctx context.Context, w *waiter) step {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w.err != nil {
		return step{err: w.err}
	}
	if err := ctx.Err(); err != nil {
		l.dismiss(w, endOfWait(w.function, err))
		return step{err: w.err}
	}
	if !w.patient && !time.Now().Before(w.giveUp) {
		l.dismiss(w, throttled(w.function, l.purse.Offer(w.priority, 1)))
		return step{err: w.err}
	}
	if l.busy || l.queues[w.priority].head() != w {
		return step{}
	}
	first, o := l.first()
	switch {
	case w.err != nil: // its turn would come too late
		return step{err: w.err}
	case first == nil:
		l.purse.Want(w.priority, false)
		own := l.purse.Offer(w.priority, 1)
		return step{watch: watch{time: !own.Hold, wait: own.Wait, changed: own.Changed}}
	case first != w:
		first.look()
		return step{}
	case o.Err != nil:
		l.dismiss(w, fmt.Errorf("%s: %w", w.function, o.Err))
		return step{err: w.err}
	case o.NeedsLedger():
		return step{ledger: true, offer: o}
	}
	return l.pay(w)
}

// first returns the waiter whose turn it is, and what its turn costs; nil if nobody's can be paid.
// Those whose turn is now known to come too late leave. l.mu is held.
func (l *Lane) first() (*waiter, budget.Offer) {
	for _, candidate := range l.candidates() {
		o := l.purse.Offer(candidate.priority, 1)
		if o.Err != nil || o.Due() {
			return candidate, o
		}
		l.dismissLate(candidate.priority, o)
	}
	return nil, budget.Offer{}
}

// dismissLate sends away those of a priority who would give up before the first of them can be paid.
func (l *Lane) dismissLate(p Priority, o budget.Offer) {
	moment := time.Now().Add(o.Wait)
	for {
		late := l.queues[p].impatient(moment)
		if late == nil {
			return
		}
		l.dismiss(late, throttled(late.function, o))
		l.purse.Want(p, true)
	}
}

// candidates are the heads of the queues, in the order in which they should go. l.mu is held.
func (l *Lane) candidates() []*waiter {
	interactive, change, background := l.queues[Interactive].head(), l.queues[Change].head(), l.queues[Background].head()
	order := []*waiter{interactive, change, background}
	if change != nil && background != nil && background.number < change.number && time.Since(background.arrived) >= l.ageing {
		order = []*waiter{interactive, background, change}
	}
	order = slices.DeleteFunc(order, func(w *waiter) bool { return w == nil })
	if l.overtaken >= maxOvertaking {
		slices.SortFunc(order, func(a, b *waiter) int { return cmp.Compare(a.number, b.number) })
	}
	return order
}

// pay takes the tokens for a waiter's turn and lets it go. If somebody else has emptied a budget in
// the meantime, the waiter looks again. l.mu is held.
func (l *Lane) pay(w *waiter) step {
	paid := l.purse.Pay(w.priority)
	if paid == nil {
		w.look()
		return step{}
	}
	l.countOvertaking(w)
	l.busy = true
	l.queues[w.priority].remove(w)
	return step{paid: paid}
}

// countOvertaking notes whether somebody older is left waiting by an interactive request.
func (l *Lane) countOvertaking(w *waiter) {
	overtakes := func(p Priority) bool {
		head := l.queues[p].head()
		return head != nil && head.number < w.number
	}
	if w.priority == Interactive && (overtakes(Change) || overtakes(Background)) {
		l.overtaken++
		return
	}
	l.overtaken = 0
}

// dismiss takes a waiter out of its queue for good. l.mu is held.
func (l *Lane) dismiss(w *waiter, err error) {
	w.err = err
	l.queues[w.priority].remove(w)
	if l.queues[w.priority].len() == 0 {
		l.purse.Quit(w.priority)
	}
	w.look()
	l.wake() // it may have been the one whose turn it was
}

// wake makes the heads of the queues look whose turn it is. l.mu is held.
func (l *Lane) wake() {
	for p := range l.queues {
		if head := l.queues[p].head(); head != nil {
			head.look()
		}
	}
}

// leave ends a turn. What its outcome says about the rate is settled before anybody else goes.
func (l *Lane) leave(paid budget.Receipt, o budget.Outcome) {
	l.purse.Settle(paid, o)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy = false
	l.wake()
}

// outcomeOf is what the end of a request means for the budgets.
func outcomeOf(err error) budget.Outcome {
	return budget.Outcome{
		Unsent:      regapi.NeverSent(err),
		Answered:    err == nil || answered(err),
		Accepted:    err == nil,
		Denied:      regapi.IsDenied(err),
		AccountRate: regapi.HasCode(err, regapi.CodeAccountExceededAllowedConnectionRate),
		EgressRate:  regapi.HasCode(err, regapi.CodeIPExceededAllowedConnectionRate),
	}
}
