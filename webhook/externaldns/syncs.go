package externaldns

import (
	"context"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// A sync of external-dns lists the records, has its endpoints adjusted, and orders what differs; nothing if nothing does. So
// its silence after a listing says something too: it wants nothing of what it ordered before.

// negotiation is what an external-dns was given when it started.
type negotiation struct {
	// filter are the domains that it was given, or else those that were served when it was first seen; it asks once.
	filter map[string]bool
	// told are the domains of which somebody was told that it does not know them.
	told map[string]bool
}

// syncState is what is known of the syncs of one external-dns.
type syncState struct {
	// seen is when it last asked for anything.
	seen time.Time
	// ordered is when it last ordered something, by domain.
	ordered map[string]time.Time
	// quiet says that somebody waits to see whether it orders anything.
	quiet bool
}

const (
	// forgetAfter is how long a caller is remembered who does not call.
	forgetAfter = time.Hour
	// maxNegotiations bounds what is remembered of callers' starts; beyond it everything is forgotten.
	maxNegotiations = 1000
)

type callerKey struct{}

// withCaller says on whose behalf something is done: for a service account, or where nobody is asked who they are for a connection,
// which external-dns keeps from one sync to the next.
func withCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

func callerFrom(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey{}).(string)
	return caller
}

// syncOf gives what is known of a caller's syncs; the lock is held.
func (p *Provider) syncOf(caller string) *syncState {
	now := time.Now()
	maps.DeleteFunc(p.syncs, func(_ string, s *syncState) bool { return !s.quiet && now.Sub(s.seen) > forgetAfter })
	if p.syncs[caller] == nil {
		p.syncs[caller] = &syncState{ordered: map[string]time.Time{}}
	}
	p.syncs[caller].seen = now
	return p.syncs[caller]
}

// negotiationOf gives what a caller was given when it started; the lock is held. Where nobody is asked who they are, one address
// is one caller.
func (p *Provider) negotiationOf(caller string, domains []string, anew bool) *negotiation {
	if host, _, err := net.SplitHostPort(caller); err == nil {
		caller = host
	}
	if p.negotiations[caller] == nil || anew { // One that started before this process knows what was served then.
		if len(p.negotiations) >= maxNegotiations {
			clear(p.negotiations)
		}
		p.negotiations[caller] = &negotiation{filter: map[string]bool{}, told: map[string]bool{}}
		for _, domain := range domains {
			p.negotiations[caller].filter[domain] = true
		}
	}
	return p.negotiations[caller]
}

// negotiated takes note of the domains that a caller was given.
func (p *Provider) negotiated(ctx context.Context, domains []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.negotiationOf(callerFrom(ctx), domains, true)
}

// listed takes note that a caller was given the records: it tells of zones that the caller does not know of, and waits for what
// it orders.
func (p *Provider) listed(ctx context.Context, zones servedZones) {
	caller := callerFrom(ctx)
	p.mu.Lock()
	s, known := p.syncOf(caller), p.negotiationOf(caller, slices.Collect(maps.Keys(zones)), false)
	var unknown []string
	for _, domain := range slices.Sorted(maps.Keys(zones)) {
		if !known.covers(domain) && !known.told[domain] {
			known.told[domain] = true
			unknown = append(unknown, domain)
		}
	}
	if !s.quiet && !p.closed {
		s.quiet = true
		now := time.Now()
		p.running.Go(func() { p.awaitOrders(log.IntoContext(p.base, log.FromContext(ctx)), caller, now) })
	}
	p.mu.Unlock()
	for _, domain := range unknown {
		p.event(zones[domain], corev1.EventTypeWarning, "ExternalDNSRestartNeeded", []string{
			"external-dns asks once, when it starts, which domains it may use, and " + domain + " was not among them: restart it",
		})
	}
}

// covers says whether a domain was given, or one above it.
func (n *negotiation) covers(domain string) bool {
	for name := domain; name != ""; {
		if n.filter[name] {
			return true
		}
		_, name, _ = strings.Cut(name, ".")
	}
	return false
}

// ordering takes note of what a caller orders.
func (p *Provider) ordering(ctx context.Context, orders []*order) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.syncOf(callerFrom(ctx))
	for _, o := range orders {
		s.ordered[o.domain] = time.Now()
	}
}

// awaitOrders waits for what a caller orders after a listing. Where that is nothing, what it ordered before is cancelled as far
// as it has not been sent, and nothing is refused any longer.
func (p *Provider) awaitOrders(ctx context.Context, caller string, since time.Time) {
	timer := time.NewTimer(p.settings.QuietAfter)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
		return
	}
	p.mu.Lock()
	s := p.syncOf(caller)
	s.quiet = false
	var over []string
	for domain, at := range s.ordered {
		if at.Before(since) {
			over = append(over, domain)
			delete(s.ordered, domain)
		}
	}
	for domain, current := range p.jobs {
		if current.caller == caller && slices.Contains(over, domain) {
			current.cancel(errReplaced)
		}
	}
	p.mu.Unlock()
	p.clear(ctx, over)
}

// clear takes back what was refused in zones of which a caller wants nothing any longer, and what a process before this one has
// left in the status of zones of which nobody has wanted anything since.
func (p *Provider) clear(ctx context.Context, domains []string) {
	zones, err := p.zones(ctx)
	if err != nil {
		return
	}
	for domain, found := range zones {
		left := found.zone != nil && found.zone.Status.ExternalDNS.Refused > 0 && !p.isOrdered(domain)
		if left || slices.Contains(domains, domain) {
			p.show(ctx, found, domain, nil)
		}
	}
}

// isOrdered says whether anybody orders something of a zone.
func (p *Provider) isOrdered(domain string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range p.syncs {
		if _, ordered := s.ordered[domain]; ordered {
			return true
		}
	}
	return false
}

// learnWanted remembers of zones in which what nobody declares is removed what external-dns wants there: with that, and what the
// provider made, all that is external-dns's is known, marked or not.
func (p *Provider) learnWanted(ctx context.Context, zones servedZones, wanted map[string][]zone.Record) {
	for domain, found := range zones {
		if found.zone == nil || found.zone.Spec.Prune != v1alpha1.PruneAll {
			continue
		}
		known := p.known(ctx, found, domain)
		if known == nil {
			continue
		}
		bounds := newRules(found.zone, domain)
		err := p.settings.Memory.Change(ctx, domain, func(e *provenance.Entry) {
			e.Complete = true
			for _, record := range wanted[domain] {
				if known.Has(record) && !bounds.declares(record) {
					e.Made.Add(record)
				}
			}
		})
		if err != nil {
			log.FromContext(ctx).Info("Could not remember what external-dns wants", "domain", domain, "reason", err.Error())
		}
	}
}

// accountKey names the account that a zone is served through.
func (s *served) accountKey() string {
	if s.zone != nil {
		return s.zone.Spec.AccountRef.KeyFrom(s.zone.Namespace).String()
	}
	return types.NamespacedName{Namespace: s.account.Namespace, Name: s.account.Name}.String()
}
