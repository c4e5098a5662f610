package externaldns

import (
	"context"
	"errors"

	"github.com/go-logr/logr"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/account"
)

// job is the work for one zone that is going on.
type job struct {
	done chan struct{}
	err  error
}

// await carries out an order, after what is going on in its zone, and waits for the end of it or of the context.
func (p *Provider) await(ctx context.Context, found *served, o *order) error {
	for {
		current, ours := p.begin(log.FromContext(ctx), found, o)
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
func (p *Provider) begin(logger logr.Logger, found *served, o *order) (current *job, ours bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if current := p.jobs[o.domain]; current != nil {
		return current, false
	}
	made := &job{done: make(chan struct{})}
	if p.closed {
		made.err = errClosed
		close(made.done)
		return made, true
	}
	p.jobs[o.domain] = made
	p.running.Go(func() {
		ctx, cancel := context.WithTimeout(log.IntoContext(p.base, logger), p.settings.WorkWithin)
		defer cancel()
		err := p.carryOut(ctx, found, o)
		p.mu.Lock()
		delete(p.jobs, o.domain)
		p.mu.Unlock()
		made.err = err
		close(made.done)
	})
	return made, true
}

// carryOut brings one zone to what an order asks for.
func (p *Provider) carryOut(ctx context.Context, found *served, o *order) error {
	if why, ok := found.writable(); !ok {
		p.tell(ctx, found, o.domain, refusal{Record: o.domain, Reason: reasonHeld, Message: why}, false)
		return nil
	}
	err := p.edit(ctx, found, o)
	if err == nil || !lasting(err) {
		return err
	}
	reason := codeOf(err)
	if unavailable, ok := errors.AsType[*account.Unavailable](err); ok {
		reason = unavailable.Reason
	}
	p.tell(ctx, found, o.domain, refusal{Record: o.domain, Reason: reason, Message: err.Error()}, false)
	return nil
}
