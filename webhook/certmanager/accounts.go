package certmanager

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// connect gives the way to the account that a challenge of a namespace is solved with.
func (s *Solver) connect(ctx context.Context, namespace string, named *v1alpha1.AccountReference, fqdn string) (*account.Connection, error) {
	if named != nil {
		connection, err := s.settings.Directory.Resolve(ctx, s.settings.Reader, namespace, *named)
		if err != nil {
			return nil, fmt.Errorf("accountRef in the webhook config of the issuer, for namespace %s: %w", namespace, err)
		}
		return connection, nil
	}
	holders, err := s.holders(ctx, namespace, fqdn)
	if err != nil {
		return nil, err
	}
	for _, h := range holders {
		connection, err := s.connectBy(ctx, namespace, h)
		if err == nil {
			return connection, nil
		}
		if !notAllowed(err) {
			return nil, fmt.Errorf("the Account of %s/%s: %w", h.Namespace, h.Name, err)
		}
	}
	return nil, fmt.Errorf("no DNSZone or Domain that namespace %s may use has a domain that %s ends with: create one there, "+
		"set accountRef in the webhook config of the issuer, or let the Account allow the namespace in spec.allowedNamespaces", namespace, fqdn)
}

// holder is an object that says which Account holds a domain.
type holder struct {
	metav1.ObjectMeta
	domain string
	ref    v1alpha1.AccountReference
}

// holders lists the objects for the domains that a name ends with: the longest domain first, of one domain those of the
// challenge's own namespace before others, and older ones before younger ones.
func (s *Solver) holders(ctx context.Context, namespace, fqdn string) ([]holder, error) {
	var zones v1alpha1.DNSZoneList
	var domains v1alpha1.DomainList
	// Nothing here changes an object, and specs may hold thousands of records.
	if err := s.settings.Reader.List(ctx, &zones, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list DNSZones: %w", err)
	}
	if err := s.settings.Reader.List(ctx, &domains, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list Domains: %w", err)
	}
	var found []holder
	collect := func(meta metav1.ObjectMeta, name v1alpha1.DomainName, ref v1alpha1.AccountReference) {
		// What cannot be a domain is for the controllers to complain about.
		if domain, err := zone.CanonicalDomain(string(name)); err == nil && endsWith(fqdn, domain) {
			found = append(found, holder{meta, domain, ref})
		}
	}
	for i := range zones.Items {
		collect(zones.Items[i].ObjectMeta, zones.Items[i].Spec.DomainName, zones.Items[i].Spec.AccountRef)
	}
	for i := range domains.Items {
		collect(domains.Items[i].ObjectMeta, domains.Items[i].Spec.DomainName, domains.Items[i].Spec.AccountRef)
	}
	foreign := func(h holder) int {
		if h.Namespace == namespace {
			return 0
		}
		return 1
	}
	slices.SortFunc(found, func(a, b holder) int {
		return cmp.Or(
			cmp.Compare(len(b.domain), len(a.domain)),
			cmp.Compare(foreign(a), foreign(b)),
			a.CreationTimestamp.Compare(b.CreationTimestamp.Time),
			cmp.Compare(a.UID, b.UID),
		)
	})
	return found, nil
}

// connectBy gives the connection of the Account that an object refers to, if a namespace may use it.
func (s *Solver) connectBy(ctx context.Context, namespace string, h holder) (*account.Connection, error) {
	key := h.ref.KeyFrom(h.Namespace)
	if h.Namespace != namespace {
		absolute := v1alpha1.AccountReference{Name: key.Name, Namespace: key.Namespace}
		if _, err := s.settings.Directory.Resolve(ctx, s.settings.Reader, namespace, absolute); err != nil {
			return nil, err
		}
	}
	return s.settings.Directory.Resolve(ctx, s.settings.Reader, h.Namespace, h.ref)
}

func notAllowed(err error) bool {
	unavailable, ok := errors.AsType[*account.Unavailable](err)
	return ok && unavailable.Reason == v1alpha1.ReasonAccountNotAllowed
}

// consent asks the DNSZone that rules a zone, and gives it; nil if there is none. An object counts if it manages the zone through the same
// login, so that nobody stops the challenges of others by creating one.
func (s *Solver) consent(ctx context.Context, connection *account.Connection, domain string, wanted zone.Change) (*v1alpha1.DNSZone, error) {
	var list v1alpha1.DNSZoneList
	if err := s.settings.Reader.List(ctx, &list, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list DNSZones: %w", err)
	}
	var ruling *v1alpha1.DNSZone
	for i := range list.Items {
		object := &list.Items[i]
		if name, err := zone.CanonicalDomain(string(object.Spec.DomainName)); err != nil || name != domain {
			continue
		}
		through, err := s.settings.Directory.Resolve(ctx, s.settings.Reader, object.Namespace, object.Spec.AccountRef)
		if err != nil || through.Login != connection.Login {
			continue
		}
		if ruling == nil || object.Rules(ruling) {
			ruling = object
		}
	}
	if ruling == nil {
		return nil, nil
	}
	return ruling, objection(ruling, domain, wanted)
}

// objection is what a DNSZone has against a change.
func objection(object *v1alpha1.DNSZone, domain string, wanted zone.Change) error {
	name := object.Namespace + "/" + object.Name
	switch {
	case object.Annotations[v1alpha1.AnnotationPaused] == "true":
		return fmt.Errorf("DNSZone %s is paused: take its annotation %s off", name, v1alpha1.AnnotationPaused)
	case object.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return fmt.Errorf("DNSZone %s has managementPolicy: %s, which writes nothing: set it to %s", name, v1alpha1.PolicyObserve, v1alpha1.PolicyManage)
	case wanted.Operation == zone.Add && prunes(object, domain, wanted.Record):
		return fmt.Errorf("DNSZone %s has prune: %s, which would remove the TXT record again: add %s to its spec.protected", name, v1alpha1.PruneAll, wanted.Record.Name)
	default:
		return nil
	}
}

// challengeLabel begins the names of ACME challenges (RFC 8555, 8.4), which no DNSZone prunes.
const challengeLabel = "_acme-challenge"

// prunes says whether a DNSZone would take a record out that it does not know: one to which a challenge has been
// delegated, under a name that does not tell.
func prunes(object *v1alpha1.DNSZone, domain string, record zone.Record) bool {
	if object.Spec.Prune != v1alpha1.PruneAll || strings.HasPrefix(record.Name+".", challengeLabel+".") {
		return false
	}
	var policy zone.Policy
	policy.Protected, _ = zone.ReadPatterns(object.Spec.Protected, domain)
	return !policy.Protects(record)
}
