package externaldns

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/klog/v2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// choice says how a domain is served: by the DNSZone that rules it, or as an Account says that holds it and that no DNSZone speaks for.
type choice struct {
	// served is nil where nobody has opted in.
	served *served
	// rank of the endpoint; see tenancy.Trust.
	rank int
	// connection of the Account, where there is no DNSZone.
	connection *account.Connection
}

// choices is what chooses: the objects as they are now, and what came of them.
type choices struct {
	view  *tenancy.View
	trust tenancy.Trust
	// claimed are the DNSZones that may count, by their domain.
	claimed map[string][]*v1alpha1.DNSZone
	// open are the Accounts that opt in as a whole.
	open map[types.NamespacedName]*v1alpha1.Account
	of   map[string]choice
}

// choose decides for every domain. A DNSZone decides only for a domain that its login is known to hold (see tenancy.View), and an Account
// for those of its list; of several endpoints the one that is trusted more decides for a domain and everything below.
//
// While the process settles, the lists of Accounts are waited for.
func (p *Provider) choose(ctx context.Context) (*choices, error) {
	c := &choices{view: tenancy.NewView(p.settings.Reader), trust: p.settings.Endpoints, of: map[string]choice{}}
	if err := p.list(ctx, c); err != nil {
		return nil, err
	}
	settling := p.settling()
	for domain, objects := range c.claimed {
		if err := c.byClaim(ctx, domain, objects); err != nil {
			return nil, err
		}
	}
	if err := p.chooseByLists(ctx, c, settling); err != nil {
		return nil, err
	}
	c.keepBelow()
	return c, nil
}

// list finds the objects that may decide by themselves, of which there are few beside all that somebody may make, and the Accounts that opt in.
func (p *Provider) list(ctx context.Context, c *choices) error {
	claimed, err := tenancy.Zones(ctx, p.settings.Reader, tenancy.ClaimedAny())
	if err != nil {
		return err
	}
	c.claimed = byDomain(claimed)
	var accounts v1alpha1.AccountList
	if err := p.settings.Reader.List(ctx, &accounts, client.UnsafeDisableDeepCopy); err != nil {
		return fmt.Errorf("list Accounts: %w", err)
	}
	c.open = map[types.NamespacedName]*v1alpha1.Account{}
	for i := range accounts.Items {
		found := &accounts.Items[i]
		if found.Spec.ExternalDNS == v1alpha1.ExternalDNSEnabled && found.DeletionTimestamp.IsZero() {
			c.open[client.ObjectKeyFromObject(found)] = found
		}
	}
	return nil
}

// byDomain sorts objects. The controller tells the owner of one for what is no domain.
func byDomain(objects []*v1alpha1.DNSZone) map[string][]*v1alpha1.DNSZone {
	sorted := make(map[string][]*v1alpha1.DNSZone, len(objects))
	for _, found := range objects {
		if domain, err := zone.CanonicalDomain(string(found.Spec.DomainName)); err == nil {
			sorted[domain] = append(sorted[domain], found)
		}
	}
	return sorted
}

// byClaim has the DNSZone decide that rules a domain: within a login as its controller has it, and of several logins the one that outweighs.
func (c *choices) byClaim(ctx context.Context, domain string, objects []*v1alpha1.DNSZone) error {
	rulers := map[string]tenancy.Standing{}
	for _, object := range objects {
		standing, counts, err := c.view.Standing(ctx, object, domain)
		if err != nil {
			return err
		}
		if ruler, ruled := rulers[standing.Login]; counts && (!ruled || standing.Precedes(ruler)) {
			rulers[standing.Login] = standing
		}
	}
	var best *tenancy.Standing
	for _, ruler := range rulers {
		if best == nil || ruler.Outweighs(*best, c.trust) {
			best = &ruler
		}
	}
	if best != nil {
		c.of[domain] = choice{served: c.servedBy(best.Zone, domain), rank: c.trust.Rank(best.Account.Spec.Endpoint)}
	}
	return nil
}

// servedBy is how a DNSZone has its domain served; nil for not at all.
func (c *choices) servedBy(ruler *v1alpha1.DNSZone, domain string) *served {
	if !c.optsIn(ruler) || !ruler.DeletionTimestamp.IsZero() {
		return nil
	}
	return &served{domain: domain, zone: ruler}
}

// optsIn says whether a DNSZone has external-dns served, which it may leave to its Account.
func (c *choices) optsIn(object *v1alpha1.DNSZone) bool {
	if chosen := object.Spec.ExternalDNS; chosen != "" {
		return chosen == v1alpha1.ExternalDNSEnabled
	}
	return c.open[object.Spec.AccountRef.KeyFrom(object.Namespace)] != nil
}

// chooseByLists adds the domains that open Accounts hold, where nothing at an endpoint of the same trust decides already. Of two Accounts that hold a
// domain the one at the more trusted endpoint serves it, then the one with the lesser name.
func (p *Provider) chooseByLists(ctx context.Context, c *choices, settling bool) error {
	keys := slices.SortedFunc(maps.Keys(c.open), func(a, b types.NamespacedName) int {
		return cmp.Or(
			cmp.Compare(c.trust.Rank(c.open[a].Spec.Endpoint), c.trust.Rank(c.open[b].Spec.Endpoint)),
			strings.Compare(a.String(), b.String()),
		)
	})
	for _, key := range keys {
		opened := c.open[key]
		connection, domains, err := p.domainsOf(ctx, opened, settling)
		if err != nil && settling && !isLasting(err) {
			return fmt.Errorf("domains of Account %s: %w", key, err)
		}
		if err != nil {
			log.FromContext(ctx).V(1).Info("Left out an Account that cannot be used", "Account", klog.KObj(opened), "reason", err.Error())
		}
		for _, name := range domains {
			domain, err := zone.CanonicalDomain(name)
			if err != nil || !p.offers(domain) {
				continue
			}
			if err := p.byList(ctx, c, opened, connection, domain); err != nil {
				return err
			}
		}
	}
	return nil
}

// byList decides for a domain that is in the list of an Account: as a DNSZone of that login says, with a claim or without one yet, or
// else as the Account does.
func (p *Provider) byList(ctx context.Context, c *choices, opened *v1alpha1.Account, connection *account.Connection, domain string) error {
	rank := c.trust.Rank(opened.Spec.Endpoint)
	if decided, ok := c.of[domain]; ok && decided.rank <= rank {
		return nil
	}
	objects, err := tenancy.Zones(ctx, p.settings.Reader, tenancy.OfDomain(domain))
	if err != nil {
		return err
	}
	ruler, err := c.view.Ruler(ctx, objects, tenancy.Login(opened), domain)
	switch {
	case err != nil:
		return err
	case ruler != nil:
		c.of[domain] = choice{served: c.servedBy(ruler, domain), rank: rank}
	default:
		c.of[domain] = choice{served: &served{domain: domain, account: opened}, rank: rank, connection: connection}
	}
	return nil
}

// domainsOf gives the domains of an Account: those that are known, or else, where it is waited, those of the next list.
func (p *Provider) domainsOf(ctx context.Context, opened *v1alpha1.Account, wait bool) (*account.Connection, []string, error) {
	connection, err := p.connect(ctx, &served{account: opened})
	if err != nil {
		return nil, nil, err
	}
	if !wait {
		var cancel context.CancelFunc
		ctx, cancel = context.WithCancel(ctx)
		cancel() // What is known is given all the same.
	}
	domains, err := connection.Inventory.Domains(ctx)
	return connection, domains, err
}

// keepBelow takes out what lies below a domain of a more trusted endpoint, lest names of that one go somewhere else.
func (c *choices) keepBelow() {
	maps.DeleteFunc(c.of, func(domain string, chosen choice) bool {
		for _, above, _ := strings.Cut(domain, "."); above != ""; _, above, _ = strings.Cut(above, ".") {
			if higher, ok := c.of[above]; ok && higher.rank < chosen.rank {
				return true
			}
		}
		return false
	})
}

// hoped are the domains that DNSZones have external-dns served for which nothing decides, since none of them counts, or not yet. They are told
// to external-dns, which asks once, and serve nothing. What lies below a domain that is decided is told with that.
func (p *Provider) hoped(ctx context.Context, c *choices) ([]string, error) {
	all, err := tenancy.Zones(ctx, p.settings.Reader)
	if err != nil {
		return nil, err
	}
	var found []string
	for domain, objects := range byDomain(all) {
		if c.decides(domain) {
			continue
		}
		if slices.ContainsFunc(objects, func(object *v1alpha1.DNSZone) bool { return c.servedBy(object, domain) != nil }) {
			found = append(found, domain)
		}
	}
	return found, nil
}

// decides says whether it is decided how a domain is served, or one above it.
func (c *choices) decides(domain string) bool {
	for name := domain; name != ""; _, name, _ = strings.Cut(name, ".") {
		if _, decided := c.of[name]; decided {
			return true
		}
	}
	return false
}

// unclaimed gives the domains that are served as an Account says.
func (c *choices) unclaimed() map[string]*account.Connection {
	found := map[string]*account.Connection{}
	for domain, chosen := range c.of {
		if chosen.connection != nil {
			found[domain] = chosen.connection
		}
	}
	return found
}

// settling says whether the process has begun so short a time ago that a list that is not known may be about to be. external-dns asks for its
// domains once and keeps the answer, so that it is better told to come again; but nobody's Account may stop it for ever.
func (p *Provider) settling() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.began.IsZero() {
		p.began = time.Now()
	}
	return time.Since(p.began) < p.settings.SettleWithin
}
