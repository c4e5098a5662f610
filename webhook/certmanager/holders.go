package certmanager

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// holder is an object that says which Account holds a domain.
type holder struct {
	metav1.ObjectMeta
	domain string
	ref    v1alpha1.AccountReference
	// rank of the Account's endpoint; see tenancy.Trust.
	rank int
	// login of the Account.
	login string
}

// holders lists the objects for the domains that a name ends with, as far as the namespace of the challenge may use their Accounts: those that are
// known to hold their domain, and the others. The more trusted endpoint comes first, then the longest domain; of one domain the challenge's own
// namespace before others, and older ones before younger ones.
func (s *Solver) holders(ctx context.Context, view *tenancy.View, namespace, fqdn string) (known, others []holder, err error) {
	var zones v1alpha1.DNSZoneList
	var domains v1alpha1.DomainList
	// Nothing here changes an object, and specs may hold thousands of records.
	if err := s.settings.Reader.List(ctx, &zones, client.UnsafeDisableDeepCopy); err != nil {
		return nil, nil, fmt.Errorf("list DNSZones: %w", err)
	}
	if err := s.settings.Reader.List(ctx, &domains, client.UnsafeDisableDeepCopy); err != nil {
		return nil, nil, fmt.Errorf("list Domains: %w", err)
	}
	c := collector{solver: s, view: view, namespace: namespace, fqdn: fqdn}
	for i := range zones.Items {
		object := &zones.Items[i]
		c.collect(ctx, object.ObjectMeta, object.Spec.DomainName, object.Spec.AccountRef, func(domain string, _ holder) (bool, error) {
			_, counts, err := view.Standing(ctx, object, domain)
			return counts, err
		})
	}
	for i := range domains.Items {
		object := &domains.Items[i]
		c.collect(ctx, object.ObjectMeta, object.Spec.DomainName, object.Spec.AccountRef, func(_ string, h holder) (bool, error) {
			return object.Status.HeldBy == h.login, nil
		})
	}
	c.sort(c.known)
	c.sort(c.others)
	return c.known, c.others, c.err
}

// collector sorts objects.
type collector struct {
	solver          *Solver
	view            *tenancy.View
	namespace, fqdn string
	known, others   []holder
	err             error
}

// collect takes an object in for whose domain the name may be, and whose Account the namespaces of both the object and the challenge may use.
func (c *collector) collect(ctx context.Context, meta metav1.ObjectMeta, name v1alpha1.DomainName, ref v1alpha1.AccountReference, isKnown func(string, holder) (bool, error)) {
	domain, err := zone.CanonicalDomain(string(name))
	if err != nil || !endsWith(c.fqdn, domain) || c.err != nil {
		return // What cannot be a domain is for the controllers to complain about.
	}
	found, err := c.permitted(ctx, meta.Namespace, ref, domain)
	if err != nil || found == nil {
		c.err = err
		return
	}
	h := holder{
		ObjectMeta: meta, domain: domain, ref: ref,
		rank: c.solver.settings.Endpoints.Rank(found.Spec.Endpoint), login: tenancy.Login(found),
	}
	counts, err := isKnown(domain, h)
	switch {
	case err != nil:
		c.err = err
	case counts:
		c.known = append(c.known, h)
	default:
		c.others = append(c.others, h)
	}
}

// permitted gives the Account of an object, if both namespaces may use it for a domain; nil if not.
func (c *collector) permitted(ctx context.Context, namespace string, ref v1alpha1.AccountReference, domain string) (*v1alpha1.Account, error) {
	found, err := c.view.Permitted(ctx, namespace, ref, domain)
	if err != nil || found == nil || namespace == c.namespace {
		return found, err
	}
	return c.view.Permitted(ctx, c.namespace, v1alpha1.AccountReference{Name: found.Name, Namespace: found.Namespace}, domain)
}

func (c *collector) sort(holders []holder) {
	foreign := func(h holder) int {
		if h.Namespace == c.namespace {
			return 0
		}
		return 1
	}
	slices.SortFunc(holders, func(a, b holder) int {
		return cmp.Or(
			cmp.Compare(a.rank, b.rank),
			cmp.Compare(len(b.domain), len(a.domain)),
			cmp.Compare(foreign(a), foreign(b)),
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
			cmp.Compare(a.UID, b.UID),
		)
	})
}

// upToRank leaves those out whose endpoint is trusted less.
func upToRank(holders []holder, rank int) []holder {
	return slices.DeleteFunc(holders, func(h holder) bool { return h.rank > rank })
}

// absolute is the reference as it stands for any namespace.
func (h holder) absolute() v1alpha1.AccountReference {
	key := h.ref.KeyFrom(h.Namespace)
	return v1alpha1.AccountReference{Name: key.Name, Namespace: key.Namespace}
}
