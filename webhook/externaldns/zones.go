package externaldns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// served is a zone that external-dns may use: that of a DNSZone, or one of an Account that opts in as a whole. One of the
// two is nil.
type served struct {
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
		return p.settings.Directory.Resolve(ctx, p.settings.Reader, s.zone.Namespace, s.zone.Spec.AccountRef)
	}
	return p.settings.Directory.Resolve(ctx, p.settings.Reader, s.account.Namespace, v1alpha1.AccountReference{Name: s.account.Name})
}

// writable says whether the zone may be changed; if not, why.
func (s *served) writable() (why string, ok bool) {
	switch {
	case s.zone == nil:
		return "", true
	case v1alpha1.IsPaused(s.zone):
		return "the annotation " + v1alpha1.AnnotationPaused + " stops all writes", false
	case s.zone.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return "managementPolicy: Observe writes nothing", false
	default:
		return "", true
	}
}

// servedZones are the zones that external-dns may use, by their domain in canonical form.
type servedZones map[string]*served

// zones lists what is served. A domain that has DNSZones is served as the one says that rules it, which may leave that to its
// Account. The domains that an Account holds besides are served as the Account says.
func (p *Provider) zones(ctx context.Context) (servedZones, error) {
	rulers, err := p.rulers(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := p.openAccounts(ctx)
	if err != nil {
		return nil, err
	}
	zones := servedZones{}
	for domain, ruler := range rulers {
		choice := ruler.Spec.ExternalDNS
		if open := accounts[ruler.Spec.AccountRef.KeyFrom(ruler.Namespace)]; choice == "" && open != nil {
			choice = v1alpha1.ExternalDNSEnabled
		}
		if choice == v1alpha1.ExternalDNSEnabled && ruler.DeletionTimestamp.IsZero() {
			zones[domain] = &served{zone: ruler}
		}
	}
	if err := p.addUnclaimed(ctx, zones, accounts, rulers); err != nil {
		return nil, err
	}
	maps.DeleteFunc(zones, func(domain string, _ *served) bool { return !p.offers(domain) })
	return zones, nil
}

// rulers gives, for each domain that has DNSZones, the one that rules it.
func (p *Provider) rulers(ctx context.Context) (map[string]*v1alpha1.DNSZone, error) {
	var list v1alpha1.DNSZoneList
	// Nothing here changes an object, and specs may hold thousands of records.
	if err := p.settings.Reader.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list DNSZones: %w", err)
	}
	rulers := make(map[string]*v1alpha1.DNSZone, len(list.Items))
	for i := range list.Items {
		found := &list.Items[i]
		domain, err := zone.CanonicalDomain(string(found.Spec.DomainName))
		if err != nil {
			continue // The controller tells the object's owner.
		}
		if rival := rulers[domain]; rival == nil || found.Rules(rival) {
			rulers[domain] = found
		}
	}
	return rulers, nil
}

// openAccounts gives the Accounts that opt in as a whole.
func (p *Provider) openAccounts(ctx context.Context) (map[types.NamespacedName]*v1alpha1.Account, error) {
	var list v1alpha1.AccountList
	if err := p.settings.Reader.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list Accounts: %w", err)
	}
	open := map[types.NamespacedName]*v1alpha1.Account{}
	for i := range list.Items {
		found := &list.Items[i]
		if found.Spec.ExternalDNS == v1alpha1.ExternalDNSEnabled && found.DeletionTimestamp.IsZero() {
			open[client.ObjectKeyFromObject(found)] = found
		}
	}
	return open, nil
}

// addUnclaimed adds the domains of Accounts that no DNSZone speaks for, and has the inventories follow them. Of two Accounts
// that hold a domain the one with the lesser name serves it.
func (p *Provider) addUnclaimed(ctx context.Context, zones servedZones, accounts map[types.NamespacedName]*v1alpha1.Account, claimed map[string]*v1alpha1.DNSZone) error {
	unclaimed := map[string]*account.Connection{}
	keys := slices.SortedFunc(maps.Keys(accounts), func(a, b types.NamespacedName) int { return strings.Compare(a.String(), b.String()) })
	for _, key := range keys {
		found := &served{account: accounts[key]}
		connection, domains, err := p.domainsOf(ctx, found)
		if err != nil && !lasting(err) {
			return fmt.Errorf("domains of Account %s: %w", key, err)
		}
		if err != nil {
			log.FromContext(ctx).V(1).Info("Left out an Account that cannot be used", "Account", klog.KObj(accounts[key]), "reason", err.Error())
		}
		for _, name := range domains {
			domain, err := zone.CanonicalDomain(name)
			if err == nil && claimed[domain] == nil && unclaimed[domain] == nil && p.offers(domain) {
				zones[domain], unclaimed[domain] = found, connection
			}
		}
	}
	p.follow(unclaimed)
	return nil
}

func (p *Provider) domainsOf(ctx context.Context, found *served) (*account.Connection, []string, error) {
	connection, err := p.connect(ctx, found)
	if err != nil {
		return nil, nil, err
	}
	domains, err := connection.Inventory.Domains(ctx)
	return connection, domains, err
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

func (z servedZones) filter() domainFilter {
	if len(z) == 0 {
		return domainFilter{Include: []string{nothing}}
	}
	return domainFilter{Include: slices.Sorted(maps.Keys(z))}
}
