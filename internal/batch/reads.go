package batch

import (
	"context"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// readJob is a read that waits.
type readJob struct {
	ticket
	domain string
	// done takes the outcome; it is called once, under the lock.
	done func(regapi.ZoneRecords, error)
	// gone says that nobody waits for it any more.
	gone bool
}

// readQueue holds the reads that wait, by domain: those of one domain share an element.
type readQueue map[string]*zoneReads

type zoneReads struct {
	domain string
	jobs   []*readJob
	repose repose
	best   ticket // of the most urgent job; set when a batch is formed
}

func (r *zoneReads) urgency() ticket { return r.best }

func (q readQueue) tickets(yield func(ticket) bool) {
	for _, zone := range q {
		for _, job := range zone.jobs {
			t := job.ticket
			t.rest = zone.repose.until
			if !yield(t) {
				return
			}
		}
	}
}

func (q readQueue) add(job *readJob) {
	zone := q[job.domain]
	if zone == nil {
		zone = &zoneReads{domain: job.domain}
		q[job.domain] = zone
	}
	zone.jobs = append(zone.jobs, job)
}

// remove withdraws a job, if it still waits.
func (q readQueue) remove(job *readJob) {
	job.gone = true
	zone := q[job.domain]
	if zone == nil {
		return
	}
	zone.jobs = slices.DeleteFunc(zone.jobs, func(other *readJob) bool { return other == job })
	if len(zone.jobs) == 0 {
		delete(q, job.domain)
	}
}

func (q readQueue) fail(err error, match func(ticket) bool) {
	var failed []*readJob
	for _, zone := range q {
		for _, job := range zone.jobs {
			if match(job.ticket) {
				failed = append(failed, job)
			}
		}
	}
	for _, job := range failed {
		q.remove(job)
	}
	for _, job := range failed {
		job.done(regapi.ZoneRecords{}, err)
	}
}

// take gives the domains of the most urgent reads.
func (q readQueue) take(limit int, m moment) []*zoneReads {
	var zones []*zoneReads
	for _, zone := range q {
		if !zone.repose.until.After(m.now) {
			zone.best = slices.MinFunc(zone.jobs, func(a, b *readJob) int { return a.compare(b.ticket, m) }).ticket
			zones = append(zones, zone)
		}
	}
	zones = chooseUrgent(zones, limit, m)
	for _, zone := range zones {
		delete(q, zone.domain)
	}
	return zones
}

// putBack lets the reads of a zone wait again, for as far as somebody waits for them.
func (q readQueue) putBack(zone *zoneReads) {
	zone.jobs = slices.DeleteFunc(zone.jobs, func(job *readJob) bool { return job.gone })
	if joined := q[zone.domain]; joined != nil {
		zone.jobs = append(zone.jobs, joined.jobs...)
	}
	if len(zone.jobs) > 0 {
		q[zone.domain] = zone
	}
}

// submitRead adds a read, unless the zones have been closed.
func (z *Zones) submitRead(job *readJob) {
	if z.closed {
		job.done(regapi.ZoneRecords{}, ErrClosed)
		return
	}
	z.reads.add(job)
	z.notice(job.ticket)
}

const readRecords = "zone/get_resource_records"

// cutReads makes one zone/get_resource_records of as many reads as possible (9.11).
func (z *Zones) cutReads(m moment) request {
	taken := z.reads.take(z.sizes.reads.Next(), m)
	domains := make([]string, len(taken))
	for i, zone := range taken {
		domains[i] = zone.domain
	}
	batch := Batch{Function: readRecords, Zones: len(taken), Priority: taken[0].best.priority}
	for _, zone := range taken {
		batch.Askers |= zone.best.askers
	}
	return request{Batch: batch, send: func(ctx context.Context) {
		answers, err := z.client.Zone.GetResourceRecords(ctx, refs(domains)...)
		z.mu.Lock()
		defer z.mu.Unlock()
		z.learn(err, batch.Priority)
		if err != nil {
			z.settleFailedReads(taken, err)
			return
		}
		z.sizes.reads.Passed(len(taken))
		z.answered++
		for i, zone := range taken {
			zone.settle(answers[i], answers[i].Err)
		}
	}}
}

// fewReads is how many zones are asked for again together when REG.API does not answer: to divide so few costs more than it
// tells, as long as nobody else is answered.
const fewReads = 16

// settleFailedReads deals with a reading that failed as a whole: in parts it may succeed, or later. Only a zone that was alone
// is to blame.
func (z *Zones) settleFailedReads(taken []*zoneReads, err error) {
	outage := regapi.IsTransient(err) && !regapi.Strained(err) && len(taken) <= fewReads
	if outage && !taken[0].repose.others && z.restTogether(taken, err) {
		return
	}
	if regapi.Divisible(err) && (!outage || taken[0].repose.others) {
		switch z.sizes.reads.Failed(len(taken), regapi.Strained(err)) {
		case portion.Halve:
			for _, zone := range taken {
				z.putBackRead(zone, err)
			}
			return
		case portion.GiveUp:
			err = unattributed(err)
			z.reads.fail(err, func(ticket) bool { return true })
			for _, zone := range taken {
				zone.settle(regapi.ZoneRecords{}, err)
			}
			return
		}
	}
	if z.restTogether(taken, err) {
		return
	}
	if len(taken) > 1 {
		err = unattributed(err)
	}
	for _, zone := range taken {
		zone.settle(regapi.ZoneRecords{}, err)
	}
}

// restTogether lets reads go again together, later. It is false when they have been sent often enough; then they know whether
// others were answered meanwhile.
func (z *Zones) restTogether(taken []*zoneReads, err error) bool {
	first := taken[0].repose
	for _, zone := range taken {
		first.tries = max(first.tries, zone.repose.tries) // what REG.API does not answer, it answers for nobody who joins either
	}
	if first.others {
		return false
	}
	again := first.again(readRecords, err)
	if !again {
		first.others, z.answered = z.answered > 0, 0
	}
	for _, zone := range taken {
		zone.repose = first
		if again {
			z.putBackRead(zone, err)
		}
	}
	return again
}

// putBackRead lets the reads of a zone wait again, unless the zones have been closed.
func (z *Zones) putBackRead(zone *zoneReads, err error) {
	if z.closed {
		zone.settle(regapi.ZoneRecords{}, err)
		return
	}
	z.reads.putBack(zone)
}

// settle gives every job a copy of its own.
func (r *zoneReads) settle(answer regapi.ZoneRecords, err error) {
	for _, job := range r.jobs {
		own := answer
		own.Records = slices.Clone(answer.Records)
		job.done(own, err)
	}
}
