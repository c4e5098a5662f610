package traffic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

const (
	// DefaultMaxWait is how long a caller waits for its turn at most, as far as that can be known: as long as a person would
	// look. A caller with a deadline of its own waits for those before it until then.
	DefaultMaxWait = 30 * time.Second
	// DefaultAgeing is how long a background request waits before it takes turns with changes. It has to outlast nobody's
	// patience.
	DefaultAgeing = DefaultMaxWait / 2

	// maxOvertaking is how many requests in a row may overtake an older one of a lower priority.
	maxOvertaking = 20
)

// Lane lets one request at a time through. Share one lane among all clients of an account: REG.API
// refuses parallel operations on the balance with BILLING_LOCK, and the vendor asks for a single
// queue (1.2).
//
// The highest priority that its budgets can pay goes first, see [WithPriority]; equals go in the
// order of arrival. Who has been overtaken 20 times in a row gets a turn, and background requests that
// have waited for long take turns with younger changes.
//
// A caller whose turn would come after its deadline, or later than the longest wait, gets a
// [*ThrottledError] at once. One without a deadline also gives up when it has waited for that long.
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
	// overtaken counts the requests in a row that went before an older one of this priority.
	overtaken [budget.Priorities]int
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

// WithMaxWait sets how long a caller waits; the default is [DefaultMaxWait].
func WithMaxWait(wait time.Duration) LaneOption { return func(l *Lane) { l.maxWait = wait } }

// WithAgeing sets how long a background request waits before it takes turns with changes; the default is
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
	l.ageing = min(l.ageing, l.maxWait/2)
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
	return fmt.Errorf("%s: %w", about(function, "wait for a turn"), err)
}

// unpayable is the error of a caller whose turn cannot be paid for.
func unpayable(function string, cause error) error {
	if function == "" {
		return cause
	}
	return fmt.Errorf("%s: %w", function, cause)
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
		l.dismiss(w, unpayable(w.function, o.Err))
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
	var order []*waiter
	for p := Priority(budget.Priorities - 1); p >= 0; p-- {
		if head := l.queues[p].head(); head != nil {
			order = append(order, head)
		}
	}
	slices.SortFunc(order, func(a, b *waiter) int {
		return cmp.Or(cmp.Compare(l.rank(a), l.rank(b)), cmp.Compare(a.number, b.number))
	})
	return order
}

// rank is where the head of a queue stands among the heads, the first of all being 0. l.mu is held.
func (l *Lane) rank(w *waiter) int {
	overtaken := l.overtaken[w.priority]
	switch {
	case overtaken >= maxOvertaking:
		return 0
	case w.priority == Interactive:
		return 1
	case w.priority == Background && overtaken > 0 && time.Since(w.arrived) >= l.ageing:
		return 2
	case w.priority == Change:
		return 3
	default:
		return 4
	}
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

// countOvertaking notes who is older and left waiting by a request of a higher priority.
func (l *Lane) countOvertaking(w *waiter) {
	for p := range w.priority {
		if head := l.queues[p].head(); head != nil && head.number < w.number {
			l.overtaken[p]++
		} else {
			l.overtaken[p] = 0
		}
	}
	l.overtaken[w.priority] = 0
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
	asked, _ := RetryAfter(err)
	return budget.Outcome{
		Unsent:      regapi.NeverSent(err),
		Answered:    err == nil || answered(err),
		Accepted:    err == nil,
		Denied:      regapi.IsDenied(err),
		AccountRate: regapi.HasCode(err, regapi.CodeAccountExceededAllowedConnectionRate),
		EgressRate:  regapi.HasCode(err, regapi.CodeIPExceededAllowedConnectionRate) || tooManyRequests(err),
		RetryAfter:  asked,
	}
}

// tooManyRequests says whether what stands before REG.API found that too many came: it knows addresses, and no logins.
func tooManyRequests(err error) bool {
	failure, ok := errors.AsType[*regapi.TransportError](err)
	return ok && failure.Status == http.StatusTooManyRequests
}
