package batch

import (
	"context"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Capability is the kind of an account, as far as it decides which functions it may call.
type Capability string

// The capabilities.
const (
	// Unknown: nobody has asked yet.
	Unknown Capability = "Unknown"
	// Partner accounts may call zone/update_records (9.12).
	Partner Capability = "Partner"
	// Ordinary accounts change one record, in up to 1000 zones, with one request.
	Ordinary Capability = "Ordinary"
)

// Capability tells what is known of the account's kind.
func (z *Zones) Capability() Capability {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.capability
}

// SetCapability puts in what an earlier process found out. Anything but [Partner] and [Ordinary] is [Unknown].
func (z *Zones) SetCapability(capability Capability) {
	if capability != Partner && capability != Ordinary {
		capability = Unknown
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	z.capability = capability
}

// Probe asks REG.API for the account's kind, by reseller_nop (4.2). Probes at the same time share a request. After an error
// the kind is what it was before.
func (z *Zones) Probe(ctx context.Context) (Capability, error) {
	if err := ctx.Err(); err != nil {
		return z.Capability(), err
	}
	job := &probeJob{done: make(chan struct{})}
	z.mu.Lock()
	job.ticket = z.newTicket(ctx, 0)
	z.submitProbe(job)
	z.mu.Unlock()
	if !z.await(ctx, job.done, func() { z.probes.remove(job) }) {
		return z.Capability(), ctx.Err()
	}
	return z.Capability(), job.err
}

type probeJob struct {
	ticket
	err  error
	done chan struct{}
}

// probeQueue holds the probes that wait.
type probeQueue struct {
	jobs   []*probeJob
	repose repose
}

func (q *probeQueue) tickets(yield func(ticket) bool) {
	for _, job := range q.jobs {
		t := job.ticket
		t.rest = q.repose.until
		if !yield(t) {
			return
		}
	}
}

func (q *probeQueue) remove(job *probeJob) {
	q.jobs = slices.DeleteFunc(q.jobs, func(other *probeJob) bool { return other == job })
}

func (q *probeQueue) fail(err error, match func(ticket) bool) {
	q.jobs = slices.DeleteFunc(q.jobs, func(job *probeJob) bool {
		if !match(job.ticket) {
			return false
		}
		job.settle(err)
		return true
	})
}

func (j *probeJob) settle(err error) {
	j.err = err
	close(j.done)
}

func (z *Zones) submitProbe(job *probeJob) {
	if z.closed {
		job.settle(ErrClosed)
		return
	}
	z.probes.jobs = append(z.probes.jobs, job)
	z.notice(job.ticket)
}

// cutProbe makes one reseller_nop for every probe that waits, and for edits that need to know the account's kind.
func (z *Zones) cutProbe(moment) request {
	jobs := z.probes.jobs
	z.probes.jobs = nil
	batch := Batch{Function: "reseller_nop"}
	for t := range z.records.tickets {
		batch.Priority = max(batch.Priority, t.priority)
		batch.Askers |= t.askers
	}
	for _, job := range jobs {
		batch.Priority = max(batch.Priority, job.priority)
		batch.Askers |= job.askers
	}
	return request{Batch: batch, send: func(ctx context.Context) {
		_, err := z.client.Common.ResellerNop(ctx)
		z.mu.Lock()
		defer z.mu.Unlock()
		z.learn(err, batch.Priority)
		capability, known := capabilityOf(err)
		switch {
		case known:
			z.capability, err = capability, nil
			z.probes.repose = repose{}
		case !z.closed && z.probes.repose.again(batch.Function, err):
			z.probes.jobs = append(jobs, z.probes.jobs...)
			return
		default:
			z.probes.repose = repose{until: time.Now().Add(probeRest)}
		}
		for _, job := range jobs {
			job.settle(err)
		}
	}}
}

// probeRest is how long edits go the way of ordinary accounts, which every account may take, after the kind could not be found
// out.
const probeRest = time.Minute

// capabilityOf reads the answer to a probe. Any refusal that trying again would not change means that what is for Partners
// is not for this account.
func capabilityOf(err error) (Capability, bool) {
	switch regapi.ClassOf(err) {
	case regapi.ClassNone:
		return Partner, true
	case regapi.ClassBlocked, regapi.ClassInvalid, regapi.ClassNotFound:
		return Ordinary, true
	default:
		return Unknown, false
	}
}
