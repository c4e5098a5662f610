package batch

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// ticket is the place of a call in the queue.
type ticket struct {
	number   uint64 // in order of arrival
	priority traffic.Priority
	due      time.Time // the end of its linger
	deadline time.Time // of its context; zero for none
}

func (t ticket) urgency() ticket { return t }

// compare puts the more urgent one first: by priority, then what has lingered long enough, then by age.
func (t ticket) compare(other ticket, now time.Time) int {
	return cmp.Or(
		cmp.Compare(other.priority, t.priority),
		cmp.Compare(t.rank(now), other.rank(now)),
		cmp.Compare(t.number, other.number),
	)
}

func (t ticket) rank(now time.Time) int {
	if t.due.After(now) {
		return 1
	}
	return 0
}

// request is one request that has been cut out of the queues.
type request struct {
	Batch
	// send makes the request and settles the calls in it.
	send func(ctx context.Context)
}

// asking is a wait for a turn.
type asking struct {
	ticket // the newest number, the priority and the deadline on whose behalf it is
	again  context.CancelCauseFunc
}

// errAskAgain ends the wait for a turn when it is no longer the right one to wait for.
var errAskAgain = errors.New("a more urgent call has come, or none is left")

// newTicket gives the next place in the queue.
func (z *Zones) newTicket(ctx context.Context, linger time.Duration) ticket {
	z.lastTicket++
	deadline, _ := ctx.Deadline()
	return ticket{number: z.lastTicket, priority: traffic.PriorityOf(ctx), due: time.Now().Add(linger), deadline: deadline}
}

// notice makes the dispatcher take notice of a new call.
func (z *Zones) notice(t ticket) {
	if !z.running {
		z.running = true
		z.dispatcher.Go(z.dispatch)
		return
	}
	if t.due.Before(z.wakeAt) {
		z.nudge()
	}
	if z.asking != nil && t.priority > z.asking.priority {
		z.asking.again(errAskAgain)
	}
}

// interrupt ends whatever the dispatcher waits for, except for an answer.
func (z *Zones) interrupt() {
	z.nudge()
	if z.asking != nil {
		z.asking.again(errAskAgain)
	}
}

func (z *Zones) nudge() {
	select {
	case z.wake <- struct{}{}:
	default:
	}
}

// dispatch sends one request after the other until nothing waits.
func (z *Zones) dispatch() {
	for z.linger() {
		z.sendNext()
	}
}

// linger waits until the first call has waited long enough. It returns false, and the dispatcher has ended, when none waits.
func (z *Zones) linger() bool {
	for {
		wait, ok := z.lingering()
		if !ok || wait <= 0 {
			return ok
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-z.wake:
		}
		timer.Stop()
	}
}

func (z *Zones) lingering() (wait time.Duration, ok bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.nothingWaits() {
		z.running = false
		return 0, false
	}
	z.wakeAt = time.Time{}
	for t := range z.waiting() {
		if z.wakeAt.IsZero() || t.due.Before(z.wakeAt) {
			z.wakeAt = t.due
		}
	}
	return time.Until(z.wakeAt), true
}

// waiting goes through the calls that wait to be sent.
func (z *Zones) waiting() iter.Seq[ticket] {
	return func(yield func(ticket) bool) {
		for _, queue := range []iter.Seq[ticket]{z.probes.tickets, z.reads.tickets, z.times.tickets, z.records.tickets} {
			for t := range queue {
				if !yield(t) {
					return
				}
			}
		}
	}
}

func (z *Zones) nothingWaits() bool {
	for range z.waiting() {
		return false
	}
	return true
}

// sendNext waits for a turn, and only then decides what to send.
func (z *Zones) sendNext() {
	turn, release, ok := z.takeTurn()
	if !ok {
		return
	}
	defer release()
	next, ok := z.cut(time.Now())
	if !ok {
		return
	}
	// The turn's end, as that of its deadline, is no reason to give up a request that others share.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(turn), z.options.timeout)
	defer cancel()
	defer context.AfterFunc(z.base, cancel)()
	z.options.observe(next.Batch)
	next.send(traffic.WithPriority(ctx, next.Priority))
}

// takeTurn asks for a turn on behalf of the calls of the highest priority. If there is none to be had they fail.
func (z *Zones) takeTurn() (context.Context, func(), bool) {
	ctx, asked := z.ask()
	turn, release, err := z.options.turn(ctx)
	z.mu.Lock()
	defer z.mu.Unlock()
	z.asking = nil
	if err == nil {
		return turn, func() { release(); asked.again(nil) }, true
	}
	if !errors.Is(context.Cause(ctx), errAskAgain) {
		z.failWaiting(err, func(t ticket) bool { return t.priority >= asked.priority && t.number <= asked.number })
	}
	asked.again(nil)
	return nil, nil, false
}

func (z *Zones) ask() (context.Context, *asking) {
	z.mu.Lock()
	defer z.mu.Unlock()
	ask := &asking{ticket: ticket{number: z.lastTicket}}
	for t := range z.waiting() {
		ask.priority = max(ask.priority, t.priority)
	}
	unlimited := false
	for t := range z.waiting() {
		if t.priority < ask.priority {
			continue
		}
		unlimited = unlimited || t.deadline.IsZero()
		if t.deadline.After(ask.deadline) {
			ask.deadline = t.deadline
		}
	}
	ctx, again := context.WithCancelCause(traffic.WithPriority(z.base, ask.priority))
	ask.again = again
	if !unlimited && !ask.deadline.IsZero() {
		bounded, cancel := context.WithDeadline(ctx, ask.deadline)
		ctx, ask.again = bounded, func(cause error) { again(cause); cancel() }
	}
	z.asking = ask
	return ctx, ask
}

// cut takes the next request out of the queues: of the kind that the most urgent call asks for, and with everything that
// fits into it.
func (z *Zones) cut(now time.Time) (request, bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	kinds := []struct {
		tickets iter.Seq[ticket]
		cut     func(time.Time) request
	}{
		{z.probes.tickets, z.cutProbe}, {z.reads.tickets, z.cutReads},
		{z.times.tickets, z.cutTimes}, {z.records.tickets, z.cutRecords},
	}
	var best ticket
	var chosen func(time.Time) request
	for _, kind := range kinds {
		for t := range kind.tickets {
			if chosen == nil || t.compare(best, now) < 0 {
				best, chosen = t, kind.cut
			}
		}
	}
	if chosen == nil {
		return request{}, false
	}
	return chosen(now), true
}

// failWaiting fails the calls of the matching tickets, as far as they wait to be sent.
func (z *Zones) failWaiting(err error, match func(ticket) bool) {
	z.probes.fail(err, match)
	z.records.fail(err, match)
	z.times.fail(err, match)
	z.reads.fail(err, match) // last: it may settle edits in doubt, whose jobs must have ended by then
}

// learn looks at the outcome of a whole request for what it says about the account: after a denial, or when the requests of
// the hour are used up, what waits would only repeat that. A refusal by our own budget speaks of its priority and those below.
func (z *Zones) learn(err error, priority traffic.Priority) {
	if !regapi.IsDenied(err) && !regapi.IsThrottled(err) {
		return
	}
	_, ours := traffic.RetryAfter(err)
	z.failWaiting(err, func(t ticket) bool { return !ours || t.priority <= priority })
}
