package batch

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// readJob is a read that waits.
type readJob struct {
	ticket
	domain string
	// done takes the outcome; it is called once, under the lock.
	done func(regapi.ZoneRecords, error)
}

// readQueue holds the reads that wait, by domain: those of one domain share an element.
type readQueue map[string]*zoneReads

type zoneReads struct {
	domain string
	jobs   []*readJob
	best   ticket // of the most urgent job; set when a batch is formed
}

func (r *zoneReads) urgency() ticket { return r.best }

func (q readQueue) tickets(yield func(ticket) bool) {
	for _, zone := range q {
		for _, job := range zone.jobs {
			if !yield(job.ticket) {
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
func (q readQueue) take(limit int, now time.Time) []*zoneReads {
	zones := slices.Collect(maps.Values(q))
	for _, zone := range zones {
		zone.best = slices.MinFunc(zone.jobs, func(a, b *readJob) int { return a.compare(b.ticket, now) }).ticket
	}
	zones = chooseUrgent(zones, limit, now)
	for _, zone := range zones {
		delete(q, zone.domain)
	}
	return zones
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

// cutReads makes one zone/get_resource_records of as many reads as possible (9.11).
func (z *Zones) cutReads(now time.Time) request {
	taken := z.reads.take(z.options.limits.Zones, now)
	domains := make([]string, len(taken))
	for i, zone := range taken {
		domains[i] = zone.domain
	}
	batch := Batch{Function: "zone/get_resource_records", Zones: len(taken), Priority: taken[0].best.priority}
	return request{Batch: batch, send: func(ctx context.Context) {
		answers, err := z.client.Zone.GetResourceRecords(ctx, refs(domains)...)
		z.mu.Lock()
		defer z.mu.Unlock()
		z.learn(err, batch.Priority)
		for i, zone := range taken {
			if err != nil {
				zone.settle(regapi.ZoneRecords{}, err)
			} else {
				zone.settle(answers[i], answers[i].Err)
			}
		}
	}}
}

// settle gives every job a copy of its own.
func (r *zoneReads) settle(answer regapi.ZoneRecords, err error) {
	for _, job := range r.jobs {
		own := answer
		own.Records = slices.Clone(answer.Records)
		job.done(own, err)
	}
}
