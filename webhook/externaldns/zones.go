package externaldns

import (
	"context"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// served is a zone that external-dns may use: that of a DNSZone, or one of an Account that opts in as a whole. One of the
// two is nil.
type served struct {
	domain  string
	zone    *v1alpha1.DNSZone
	account *v1alpha1.Account
}

// object is where events go.
func (s *served) object() client.Object {
	if s.zone != nil {
		return s.zone
	}
	return s.account
}

// connect gives the connection of the zone's account.
func (p *Provider) connect(ctx context.Context, s *served) (*account.Connection, error) {
	if s.zone != nil {
		return p.settings.Directory.ResolveFor(ctx, p.settings.Reader, s.zone.Namespace, s.zone.Spec.AccountRef, s.domain)
	}
	return p.settings.Directory.Resolve(ctx, p.settings.Reader, s.account.Namespace, v1alpha1.AccountReference{Name: s.account.Name})
}

// writable says whether the zone may be changed; if not, why.
func (p *Provider) writable(s *served) (why string, ok bool) {
	halt := p.settings.Directory.Halt(s.object())
	switch {
	case halt != nil && (s.zone != nil || p.settings.Directory.ReadOnly()): // An Account is not paused.
		return halt.Cause + " stops all writes: " + halt.Remedy, false
	case s.zone == nil:
		return "", true
	case s.zone.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return "managementPolicy: Observe writes nothing", false
	default:
		return "", true
	}
}

// servedZones are the zones that external-dns may use, by their domain in canonical form.
type servedZones map[string]*served

// zones lists what is served, less what the own filter keeps out.
func (p *Provider) zones(ctx context.Context) (servedZones, error) {
	chosen, err := p.choose(ctx)
	if err != nil {
		return nil, err
	}
	return p.zonesOf(chosen), nil
}

func (p *Provider) zonesOf(chosen *choices) servedZones {
	zones := servedZones{}
	for domain, c := range chosen.of {
		if c.served != nil && p.offers(domain) {
			zones[domain] = c.served
		}
	}
	p.follow(chosen.unclaimed())
	return zones
}

// follow has the inventories read the records of these domains with every sweep, and no longer of those that it was given
// before. The domains of DNSZones are followed by their controller.
func (p *Provider) follow(unclaimed map[string]*account.Connection) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for domain, connection := range unclaimed {
		if p.followed[domain] != connection {
			p.settings.Directory.Follow(connection, followerName(domain), domain, inventory.Records)
		}
	}
	for domain := range p.followed {
		if unclaimed[domain] == nil {
			p.settings.Directory.Unfollow(followerName(domain))
		}
	}
	p.followed = unclaimed
}

func followerName(domain string) string { return "external-dns " + domain }

// offers says whether the own filter lets a domain be served: it lets its domains and all below them.
func (p *Provider) offers(domain string) bool {
	return len(p.settings.Domains) == 0 || slices.ContainsFunc(p.settings.Domains, func(allowed string) bool {
		return domain == allowed || strings.HasSuffix(domain, "."+allowed)
	})
}

// find gives the zone that a complete name belongs to, which is the longest that matches, and the name within it.
func (z servedZones) find(name string) (domain, within string, ok bool) {
	canonical, err := zone.CanonicalDomain(name)
	if err != nil {
		return "", "", false
	}
	for candidate := canonical; candidate != ""; {
		if z[candidate] != nil {
			return candidate, zone.Relative(canonical, candidate), true
		}
		_, candidate, _ = strings.Cut(candidate, ".")
	}
	return "", "", false
}

// nothing is a filter that no name passes; external-dns takes an empty filter for one that every name passes.
const nothing = "no-zone.invalid"

func filterOf(domains []string) domainFilter {
	if len(domains) == 0 {
		return domainFilter{Include: []string{nothing}}
	}
	return domainFilter{Include: slices.Sorted(slices.Values(domains))}
}
