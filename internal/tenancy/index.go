package tenancy

import (
	"context"
	"errors"
	"fmt"

	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Fields by which the caches find DNSZones and Domains: by the domain, in canonical form, that any of them names, and that those name
// which may be known to hold it. However many objects somebody makes, for domains of his own or for those of others, the latter stay few.
const (
	indexDomain  = "canonical(spec.domainName)"
	indexClaimed = "canonical(spec.domainName), claimed"
)

// anyDomain is what all objects that may be known to hold a domain are indexed by as well. It is no domain.
const anyDomain = "*"

// IndexDomains makes the caches find DNSZones and Domains by OfDomain and Claimed. It is called once for a cache, before it starts.
func IndexDomains(ctx context.Context, indexer client.FieldIndexer) error {
	var failures []error
	for _, kind := range []client.Object{&v1alpha1.DNSZone{}, &v1alpha1.Domain{}} {
		failures = append(failures,
			indexer.IndexField(ctx, kind, indexDomain, func(object client.Object) []string { return []string{DomainOf(object)} }),
			indexer.IndexField(ctx, kind, indexClaimed, claimedBy),
		)
	}
	return errors.Join(failures...)
}

// OfDomain selects the DNSZones or Domains for a domain, in canonical form.
func OfDomain(domain string) client.ListOption { return client.MatchingFields{indexDomain: domain} }

// Claimed selects those of them that may be known to hold it: whether they do says View.Standing, or Login for a Domain.
func Claimed(domain string) client.ListOption { return client.MatchingFields{indexClaimed: domain} }

// ClaimedAny selects the DNSZones or Domains that may be known to hold their domain, whichever it is.
func ClaimedAny() client.ListOption { return Claimed(anyDomain) }

// Zones lists DNSZones as they are in a cache: nobody may change them, and specs with thousands of records are not copied.
func Zones(ctx context.Context, reader client.Reader, which ...client.ListOption) ([]*v1alpha1.DNSZone, error) {
	var list v1alpha1.DNSZoneList
	if err := reader.List(ctx, &list, append(which, client.UnsafeDisableDeepCopy)...); err != nil {
		return nil, fmt.Errorf("list DNSZones: %w", err)
	}
	found := make([]*v1alpha1.DNSZone, len(list.Items))
	for i := range list.Items {
		found[i] = &list.Items[i]
	}
	return found, nil
}

// DomainOf gives the domain of a DNSZone or a Domain in canonical form, so that its spellings meet; a name that is no domain stays as it is.
func DomainOf(object client.Object) string {
	var name v1alpha1.DomainName
	switch of := object.(type) {
	case *v1alpha1.DNSZone:
		name = of.Spec.DomainName
	case *v1alpha1.Domain:
		name = of.Spec.DomainName
	}
	if canonical, err := zone.CanonicalDomain(string(name)); err == nil {
		return canonical
	}
	return string(name)
}

// AccountOf gives the Account that a DNSZone or a Domain names.
func AccountOf(object client.Object) types.NamespacedName {
	switch of := object.(type) {
	case *v1alpha1.DNSZone:
		return of.Spec.AccountRef.KeyFrom(of.Namespace)
	case *v1alpha1.Domain:
		return of.Spec.AccountRef.KeyFrom(of.Namespace)
	}
	return types.NamespacedName{}
}

func claimedBy(object client.Object) []string {
	claimed := false
	switch of := object.(type) {
	case *v1alpha1.DNSZone:
		claimed = MayCount(of)
	case *v1alpha1.Domain:
		claimed = of.Status.HeldBy != ""
	}
	if !claimed {
		return nil
	}
	return []string{DomainOf(object), anyDomain}
}

// MayCount says whether a DNSZone has a claim, or a status of a version that knew of none.
func MayCount(z *v1alpha1.DNSZone) bool {
	return (z.Status.Claim != nil && z.Status.Claim.Login != "") || (z.Status.Claim == nil && z.Status.Owned.Of != "")
}
