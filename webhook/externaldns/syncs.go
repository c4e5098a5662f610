package externaldns

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/zone"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// A sync of external-dns lists the records, has its endpoints adjusted, and orders what differs; nothing if nothing does. So
// its silence after a listing says something too: it wants nothing of what it ordered before.

// syncState is what is known of one external-dns.
type syncState struct {
	// filter are the domains that it was given, or else those that were served when it was first seen; it asks once.
	filter map[string]bool
	// told are the domains of which somebody was told that it does not know them.
	told map[string]bool
	// ordered is when it last ordered something, by domain.
	ordered map[string]time.Time
	// quiet says that somebody waits to see whether it orders anything.
	quiet bool
}

type callerKey struct{}

// withCaller says on whose behalf something is done.
func withCaller(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

func callerFrom(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey{}).(string)
	return caller
}

// syncOf gives what is known of a caller; the lock is held.
func (p *Provider) syncOf(caller string) *syncState {
	if p.syncs[caller] == nil {
		p.syncs[caller] = &syncState{told: map[string]bool{}, ordered: map[string]time.Time{}}
	}
	return p.syncs[caller]
}

// negotiated takes note of the domains that a caller was given.
func (p *Provider) negotiated(ctx context.Context, zones servedZones) {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.syncOf(callerFrom(ctx))
	s.filter, s.told = map[string]bool{}, map[string]bool{}
	for domain := range zones {
		s.filter[domain] = true
	}
}

// listed takes note that a caller was given the records: it tells of zones that the caller does not know of, and waits for what
// it orders.
func (p *Provider) listed(ctx context.Context, zones servedZones) {
	caller := callerFrom(ctx)
	p.mu.Lock()
	s := p.syncOf(caller)
	if s.filter == nil { // It started before this process, and knows what was served then.
		s.filter = map[string]bool{}
		for domain := range zones {
			s.filter[domain] = true
		}
	}
	var unknown []string
	for _, domain := range slices.Sorted(maps.Keys(zones)) {
		if !s.knows(domain) && !s.told[domain] {
			s.told[domain] = true
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

// knows says whether the caller was given a domain, or one above it.
func (s *syncState) knows(domain string) bool {
	for name := domain; name != ""; {
		if s.filter[name] {
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
	p.clear(ctx, caller, over)
}

// clear takes back what was refused in zones of which a caller wants nothing any longer, and what a process before this one has
// left in the status of zones of which nobody has wanted anything since.
func (p *Provider) clear(ctx context.Context, caller string, domains []string) {
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
		err := p.settings.Memory.Change(ctx, domain, func(e *provenance.Entry) {
			e.Complete = true
			for _, record := range wanted[domain] {
				if known.Has(record) {
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
