package externaldns

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// job is the work for one zone that is going on.
type job struct {
	order  *order
	caller string
	// cancel ends what has not been sent.
	cancel context.CancelCauseFunc
	done   chan struct{}
	err    error
}

var (
	errClosed   = errors.New("the provider is shutting down")
	errReplaced = errors.New("external-dns wants something else now")
)

// await carries out an order, after what is going on in its zone, and waits for the end of it or of the context. What the same
// caller has ordered before and wants no longer ends, as far as it has not been sent.
func (p *Provider) await(ctx context.Context, found *served, o *order) error {
	caller := callerFrom(ctx)
	for {
		current, ours := p.begin(log.FromContext(ctx), found, o, caller)
		if !ours && current.caller == caller && !p.continues(ctx, found, current.order, o) {
			current.cancel(errReplaced)
		}
		select {
		case <-current.done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if ours {
			return current.err
		}
	}
}

// begin gives the job of a zone that is going on, or begins one for the order.
func (p *Provider) begin(logger logr.Logger, found *served, o *order, caller string) (current *job, ours bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if current := p.jobs[o.domain]; current != nil {
		return current, false
	}
	made := &job{order: o, caller: caller, done: make(chan struct{}), cancel: func(error) {}}
	if p.closed {
		made.err = errClosed
		close(made.done)
		return made, true
	}
	ctx, cancel := context.WithCancelCause(log.IntoContext(p.base, logger))
	made.cancel = cancel
	p.jobs[o.domain] = made
	p.running.Go(func() {
		defer cancel(nil)
		ctx, stop := context.WithTimeout(ctx, p.settings.WorkWithin)
		defer stop()
		err := p.carryOut(ctx, found, o)
		p.mu.Lock()
		delete(p.jobs, o.domain)
		p.mu.Unlock()
		made.err = err
		close(made.done)
	})
	return made, true
}

// continues says whether an order is what is left of an earlier one: whatever it lacks of that is done.
func (p *Provider) continues(ctx context.Context, found *served, earlier, later *order) bool {
	has := func(wishes []wish) map[zone.Record]bool {
		records := map[zone.Record]bool{}
		for _, w := range wishes {
			records[w.record] = true
		}
		return records
	}
	add, remove := has(later.add), has(later.remove)
	before, gone := has(earlier.add), has(earlier.remove)
	known := p.known(ctx, found, earlier.domain)
	outstanding := func(wishes []wish, asked map[zone.Record]bool, stands bool) bool {
		return slices.ContainsFunc(wishes, func(w wish) bool { return !asked[w.record] && (known == nil || known.Has(w.record) != stands) })
	}
	news := func(wishes []wish, asked map[zone.Record]bool) bool {
		return slices.ContainsFunc(wishes, func(w wish) bool { return !asked[w.record] })
	}
	return !news(later.add, before) && !news(later.remove, gone) && !outstanding(earlier.add, add, true) && !outstanding(earlier.remove, remove, false)
}

// known gives a zone as it is known without a request; nil if it is not.
func (p *Provider) known(ctx context.Context, found *served, domain string) *zone.Snapshot {
	connection, err := p.connect(ctx, found)
	if err != nil {
		return nil
	}
	listed, ok := connection.KnownZone(domain)
	if !ok || listed.Err != nil {
		return nil
	}
	snapshot := zone.NewSnapshot(listed)
	return &snapshot
}

// carryOut brings one zone to what an order asks for.
func (p *Provider) carryOut(ctx context.Context, found *served, o *order) error {
	if why, ok := p.writable(found); !ok {
		p.tell(ctx, found, o.domain, []refusal{{Record: o.domain, Reason: reasonHeld, Message: why}})
		return nil
	}
	p.refusals.retry(o.domain, found.attempt())
	refusals, err := p.edit(ctx, found, o)
	if err != nil && context.Cause(ctx) != nil && p.base.Err() == nil {
		_, failure := p.restore(log.IntoContext(p.base, log.FromContext(ctx)), found, o.domain)
		err = errors.Join(err, failure)
	}
	if err != nil && !lasting(err) {
		return err
	}
	if err != nil {
		reason := codeOf(err)
		if unavailable, ok := errors.AsType[*account.Unavailable](err); ok {
			reason = unavailable.Reason
		}
		refusals = append(refusals, refusal{Record: o.domain, Reason: reason, Message: err.Error()})
	}
	p.tell(ctx, found, o.domain, refusals)
	return nil
}

func (p *Provider) edit(ctx context.Context, found *served, o *order) ([]refusal, error) {
	w, err := p.newWork(ctx, found, o)
	if err != nil {
		return nil, err
	}
	err = w.run(ctx)
	p.report(ctx, found, o.domain, w.made)
	return w.refusals, err
}

// attempt names what people change to have what was refused tried again.
func (s *served) attempt() string {
	if s.zone == nil {
		return s.account.Annotations[v1alpha1.AnnotationRetryExternalDNS] + "/" + strconv.FormatInt(s.account.Generation, 10)
	}
	return s.zone.Annotations[v1alpha1.AnnotationRetryExternalDNS] + "/" + strconv.FormatInt(s.zone.Generation, 10)
}

// Recover puts back, in the background, what a process before this one has taken away and not replaced. What cannot be put back
// now is with the next order of its zone.
func (p *Provider) Recover() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	p.running.Go(func() {
		ctx, cancel := context.WithTimeout(p.base, p.settings.WorkWithin)
		defer cancel()
		if err := p.recoverAll(ctx); err != nil {
			log.FromContext(ctx).Info("Could not put back everything that was taken", "reason", err.Error())
		}
	})
}

func (p *Provider) recoverAll(ctx context.Context) error {
	domains, err := p.settings.Memory.Unsettled(ctx)
	if err != nil || len(domains) == 0 {
		return err
	}
	zones, err := p.zones(ctx)
	if err != nil {
		return err
	}
	var failures []error
	for _, domain := range domains {
		if found := zones[domain]; found != nil {
			_, err := p.restore(ctx, found, domain)
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
