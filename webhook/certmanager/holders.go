package certmanager

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
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
// namespace before others, and older ones before younger ones. Only what is selected for each domain is looked at.
func (s *Solver) holders(ctx context.Context, view *tenancy.View, namespace, fqdn string, of func(domain string) client.ListOption) (known, others []holder, err error) {
	c := collector{solver: s, view: view, namespace: namespace}
	for domain := fqdn; domain != ""; _, domain, _ = strings.Cut(domain, ".") {
		if err := c.collectFor(ctx, domain, of(domain)); err != nil {
			return nil, nil, err
		}
	}
	c.sort(c.known)
	c.sort(c.others)
	return c.known, c.others, nil
}

// collector sorts objects.
type collector struct {
	solver        *Solver
	view          *tenancy.View
	namespace     string
	known, others []holder
}

// collectFor takes in the objects that are selected for a domain.
func (c *collector) collectFor(ctx context.Context, domain string, which client.ListOption) error {
	zones, err := tenancy.Zones(ctx, c.solver.settings.Reader, which)
	if err != nil {
		return err
	}
	for _, object := range zones {
		err := c.collect(ctx, object.ObjectMeta, domain, object.Spec.AccountRef, func(holder) (bool, error) {
			_, counts, err := c.view.Standing(ctx, object, domain)
			return counts, err
		})
		if err != nil {
			return err
		}
	}
	var domains v1alpha1.DomainList
	if err := c.solver.settings.Reader.List(ctx, &domains, which, client.UnsafeDisableDeepCopy); err != nil { // Nothing here changes an object.
		return fmt.Errorf("list Domains: %w", err)
	}
	for i := range domains.Items {
		object := &domains.Items[i]
		err := c.collect(ctx, object.ObjectMeta, domain, object.Spec.AccountRef, func(h holder) (bool, error) {
			return object.Status.HeldBy == h.login, nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// collect takes an object in whose Account the namespaces of both the object and the challenge may use.
func (c *collector) collect(ctx context.Context, meta metav1.ObjectMeta, domain string, ref v1alpha1.AccountReference, isKnown func(holder) (bool, error)) error {
	found, err := c.permitted(ctx, meta.Namespace, ref, domain)
	if err != nil || found == nil {
		return err
	}
	h := holder{
		ObjectMeta: meta, domain: domain, ref: ref,
		rank: c.solver.settings.Endpoints.Rank(found.Spec.Endpoint), login: tenancy.Login(found),
	}
	counts, err := isKnown(h)
	switch {
	case err != nil:
		return err
	case counts:
		c.known = append(c.known, h)
	default:
		c.others = append(c.others, h)
	}
	return nil
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
