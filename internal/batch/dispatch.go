package batch

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// request is one request that has been cut out of the queues.
type request struct {
	Batch
	// send makes the request and settles the calls in it.
	send func(ctx context.Context)
}

// desk asks for turns on behalf of the calls of one priority. Each asks for itself, so that the lane knows how long calls of
// every priority have waited, and its one rule decides who goes first.
type desk struct {
	priority traffic.Priority
	// wake ends its linger early.
	wake chan struct{}

	running bool
	wakeAt  time.Time // until when it lingers
	asking  *asking   // nil unless it waits for its turn
}

// asking is a wait for a turn.
type asking struct {
	ticket // the newest number, the priority and the deadline on whose behalf it is
	again  context.CancelCauseFunc
}

// errAskAgain ends the wait for a turn when those on whose behalf it was have gone.
var errAskAgain = errors.New("nobody waits for this turn any more")

// newTicket gives the next place in the queue.
func (z *Zones) newTicket(ctx context.Context, linger time.Duration) ticket {
	z.lastTicket++
	deadline, _ := ctx.Deadline()
	now := time.Now()
	return ticket{
		number: z.lastTicket, priority: traffic.PriorityOf(ctx), askers: traffic.AskersOf(ctx), arrived: now, bulk: IsInBulk(ctx), due: now.Add(linger), deadline: deadline,
	}
}

// notice makes the desk of a new call take notice of it.
func (z *Zones) notice(t ticket) {
	d := z.desks[t.priority]
	if !d.running {
		d.running = true
		z.dispatcher.Go(func() { z.dispatch(d) })
		return
	}
	if t.leaves().Before(d.wakeAt) {
		d.nudge()
	}
}

// rouse makes the desks take notice of calls that could not be sent and can be now.
func (z *Zones) rouse() {
	for t := range z.waiting() {
		if !z.desks[t.priority].running {
			z.notice(t)
		}
	}
}

// retract ends the waits, but for an answer, of desks that nobody is left for.
func (z *Zones) retract() {
	for _, d := range z.desks {
		if !d.running {
			continue
		}
		none, gone := true, true
		for t := range z.waiting() {
			if t.priority == d.priority {
				none = false
				gone = gone && (d.asking == nil || t.number > d.asking.number)
			}
		}
		if none {
			d.nudge()
		}
		if gone && d.asking != nil {
			d.asking.again(errAskAgain)
		}
	}
}

func (d *desk) nudge() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// dispatch sends one request after the other until nothing waits.
func (z *Zones) dispatch(d *desk) {
	for z.linger(d) {
		z.sendNext(d)
	}
}

// linger waits until the first call has waited long enough. It returns false, and the desk has closed, when none waits.
func (z *Zones) linger(d *desk) bool {
	for {
		wait, ok := z.lingering(d)
		if !ok || wait <= 0 {
			return ok
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-d.wake:
		}
		timer.Stop()
	}
}

func (z *Zones) lingering(d *desk) (wait time.Duration, ok bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	d.wakeAt = time.Time{}
	for t := range z.waiting() {
		if t.priority == d.priority && (d.wakeAt.IsZero() || t.leaves().Before(d.wakeAt)) {
			d.wakeAt = t.leaves()
		}
	}
	if d.wakeAt.IsZero() {
		d.running = false
		return 0, false
	}
	now := time.Now()
	if until, gathers := z.gather(d, now); gathers && d.wakeAt.Before(until) {
		d.wakeAt = later(d.wakeAt, earlier(now.Add(gatherLook), until))
	}
	return d.wakeAt.Sub(now), true
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
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

// sendNext waits for a turn, and only then decides what to send. It does not wait for the answer: who is left asks for the next
// turn meanwhile, so that the lane knows of everybody when it gives that away.
func (z *Zones) sendNext(d *desk) {
	turn, release, ok := z.takeTurn(d)
	if !ok {
		return
	}
	z.sending <- struct{}{} // the lane is free when the last answer has come, and not when it has been understood
	next, ok := z.cut(moment{now: time.Now(), turn: d.priority})
	if !ok {
		<-z.sending
		release()
		return
	}
	z.options.observe(next.Batch)
	z.dispatcher.Go(func() {
		defer release()
		defer func() { <-z.sending }()
		z.send(turn, next)
	})
}

// send makes a request and settles the calls in it.
func (z *Zones) send(turn context.Context, next request) {
	// The turn's end, as that of its deadline, is no reason to give up a request that others share. A pause before another
	// try would hold up who waits for the next request: what may go again queues again.
	ctx, cancel := context.WithTimeout(traffic.Once(context.WithoutCancel(turn)), z.options.timeout)
	defer cancel()
	defer context.AfterFunc(z.base, cancel)()
	next.send(traffic.WithAskers(traffic.WithPriority(ctx, next.Priority), next.Askers))
	z.mu.Lock()
	defer z.mu.Unlock()
	z.rouse()
	z.retract()
}

// takeTurn asks for a turn on behalf of the calls of a priority. If there is none to be had they fail.
func (z *Zones) takeTurn(d *desk) (context.Context, func(), bool) {
	ctx, asked := z.ask(d)
	turn, release, err := z.options.turn(ctx)
	z.mu.Lock()
	defer z.mu.Unlock()
	d.asking = nil
	if err == nil {
		return turn, func() { release(); asked.again(nil) }, true
	}
	if !errors.Is(context.Cause(ctx), errAskAgain) {
		z.failWaiting(err, func(t ticket) bool { return t.priority == asked.priority && t.number <= asked.number })
		z.rouse()
	}
	asked.again(nil)
	return nil, nil, false
}

func (z *Zones) ask(d *desk) (context.Context, *asking) {
	z.mu.Lock()
	defer z.mu.Unlock()
	ask := &asking{ticket: ticket{number: z.lastTicket, priority: d.priority}}
	unlimited, now := false, time.Now()
	for t := range z.waiting() {
		if t.priority != d.priority || t.resting(now) {
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
	d.asking = ask
	return ctx, ask
}

// cut takes the next request out of the queues: of the kind that the most urgent call whose turn it is asks for, and with
// everything that fits into it.
func (z *Zones) cut(m moment) (request, bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	reads := z.reads
	if z.readsCanWait(m) {
		reads = nil
	}
	kinds := []struct {
		tickets iter.Seq[ticket]
		cut     func(moment) request
	}{
		{z.probes.tickets, z.cutProbe}, {reads.tickets, z.cutReads},
		{z.times.tickets, z.cutTimes}, {z.records.tickets, z.cutRecords},
	}
	var best ticket
	var chosen func(moment) request
	for _, kind := range kinds {
		for t := range kind.tickets {
			if t.priority == m.turn && !t.resting(m.now) && (chosen == nil || t.compare(best, m) < 0) {
				best, chosen = t, kind.cut
			}
		}
	}
	if chosen == nil {
		return request{}, false
	}
	next := chosen(m)
	z.retract()
	return next, true
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
	_, ours := errors.AsType[*traffic.ThrottledError](err)
	z.failWaiting(err, func(t ticket) bool { return !ours || t.priority <= priority })
}
