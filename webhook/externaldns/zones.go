package externaldns

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// servedZones are the DNSZones that opt in, by their domain in canonical form.
type servedZones map[string]*v1alpha1.DNSZone

// zones lists what is served. Of several objects for one zone only the one that rules it counts.
func (p *Provider) zones(ctx context.Context) (servedZones, error) {
	var list v1alpha1.DNSZoneList
	// Nothing here changes an object, and specs may hold thousands of records.
	if err := p.settings.Reader.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list DNSZones: %w", err)
	}
	zones := servedZones{}
	for i := range list.Items {
		found := &list.Items[i]
		domain, err := zone.CanonicalDomain(string(found.Spec.DomainName))
		if err != nil {
			continue // The controller tells the object's owner.
		}
		if rival := zones[domain]; rival == nil || found.Rules(rival) {
			zones[domain] = found
		}
	}
	maps.DeleteFunc(zones, func(_ string, found *v1alpha1.DNSZone) bool {
		return found.Spec.ExternalDNS != v1alpha1.ExternalDNSEnabled || !found.DeletionTimestamp.IsZero()
	})
	return zones, nil
}

// find gives the zone that a complete name belongs to, which is the longest that matches, and the name within it.
func (z servedZones) find(name string) (domain, within string, ok bool) {
	canonical, err := zone.CanonicalDomain(name)
	if err != nil {
		return "", "", false
	}
	for candidate := canonical; candidate != ""; {
		if z[candidate] != nil {
			return candidate, relative(canonical, candidate), true
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

// writable says whether the object lets its zone be changed; if not, why.
func writable(object *v1alpha1.DNSZone) (why string, ok bool) {
	switch {
	case object.Annotations[v1alpha1.AnnotationPaused] == "true":
		return "the annotation " + v1alpha1.AnnotationPaused + " stops all writes", false
	case object.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return "managementPolicy: Observe writes nothing", false
	default:
		return "", true
	}
}
