package certmanager

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// place is where the record of a challenge belongs.
type place struct {
	connection *account.Connection
	account    types.NamespacedName
	// login of the Account, and the domain that it holds.
	login, domain string
}

// locate finds the place for a challenge of a namespace: through the Account that the Issuer names, or else as the objects say.
func (s *Solver) locate(ctx context.Context, namespace string, named *v1alpha1.AccountReference, fqdn string) (place, error) {
	view := tenancy.NewView(s.settings.Reader)
	if named == nil {
		return s.locateByObjects(ctx, view, namespace, fqdn)
	}
	found, err := s.placeOf(ctx, namespace, *named, fqdn, "")
	if err != nil {
		return place{}, fmt.Errorf("accountRef in the webhook config of the issuer, for namespace %s: %w", namespace, err)
	}
	of, err := view.Account(ctx, named.KeyFrom(namespace))
	if err != nil || of == nil {
		return place{}, errors.Join(err, fmt.Errorf("the Account %s has just gone", named.KeyFrom(namespace)))
	}
	found.login = tenancy.Login(of)
	return found, nil
}

// placeOf finds the zone of a name in an Account that objects of a namespace refer to. What the Account allows a namespace may depend on
// the domain, so that it is asked again once that is known.
func (s *Solver) placeOf(ctx context.Context, namespace string, ref v1alpha1.AccountReference, fqdn, domain string) (place, error) {
	connection, err := s.settings.Directory.ResolveFor(ctx, s.settings.Reader, namespace, ref, domain)
	if err != nil {
		return place{}, err
	}
	held, err := s.findZone(ctx, connection, fqdn)
	if err != nil {
		return place{}, err
	}
	_, err = s.settings.Directory.ResolveFor(ctx, s.settings.Reader, namespace, ref, held)
	return place{connection: connection, account: ref.KeyFrom(namespace), domain: held}, err
}

// placeBy is placeOf for an object, whose Account the namespace of the challenge has to be allowed to use as well.
func (s *Solver) placeBy(ctx context.Context, namespace string, h holder, fqdn string) (place, error) {
	found, err := s.placeOf(ctx, h.Namespace, h.ref, fqdn, h.domain)
	if err == nil && h.Namespace != namespace {
		_, err = s.settings.Directory.ResolveFor(ctx, s.settings.Reader, namespace, h.absolute(), found.domain)
	}
	if err != nil {
		return place{}, fmt.Errorf("the Account of %s/%s: %w", h.Namespace, h.Name, err)
	}
	found.login = h.login
	return found, nil
}

// locateByObjects finds the place by the objects for the domains that a name ends with. Those that are known to hold their domain are asked
// first, and nothing at an endpoint of lesser trust takes their place. What is broken, foreign or untrue is passed over, so that nobody
// stops a challenge by creating an object; what was wrong with the first is told if none is of use.
func (s *Solver) locateByObjects(ctx context.Context, view *tenancy.View, namespace, fqdn string) (place, error) {
	known, _, err := s.holders(ctx, view, namespace, fqdn, tenancy.Claimed)
	if err != nil {
		return place{}, err
	}
	var failure error
	for _, h := range known {
		if h.rank > known[0].rank {
			break
		}
		found, err := s.placeBy(ctx, namespace, h, fqdn)
		if err == nil {
			return found, nil
		}
		failure = cmp.Or(failure, err)
		if !mayTryOthers(err) {
			return place{}, failure
		}
	}
	_, others, err := s.holders(ctx, view, namespace, fqdn, tenancy.OfDomain)
	if err != nil {
		return place{}, err
	}
	if len(known) > 0 {
		others = upToRank(others, known[0].rank)
	}
	found, err := s.locateByOthers(ctx, namespace, others, fqdn)
	if err == nil {
		return found, nil
	}
	return place{}, cmp.Or(failure, err)
}

// mayTryOthers says whether a failure lasts, so that it is of no use to wait for its end.
func mayTryOthers(err error) bool {
	_, unavailable := errors.AsType[*account.Unavailable](err)
	_, elsewhere := errors.AsType[*notHeld](err)
	return unavailable || elsewhere || regapi.IsDenied(err) || regapi.IsNotFound(err) || regapi.IsInvalid(err)
}

// errReadOnly is the answer to every challenge of an operator that writes nothing.
var errReadOnly = errors.New("no challenge is answered: the operator runs with --read-only, and writes nothing until it is started without")

// consent asks the DNSZone that rules a zone, and gives it; nil if there is none. An object counts if it is of the login that was just seen
// to hold the zone, so that nobody stops the challenges of others by creating one.
func (s *Solver) consent(ctx context.Context, found place, wanted zone.Change) (*v1alpha1.DNSZone, error) {
	if s.settings.Directory.ReadOnly() {
		return nil, errReadOnly
	}
	objects, err := tenancy.Zones(ctx, s.settings.Reader, tenancy.OfDomain(found.domain))
	if err != nil {
		return nil, err
	}
	ruling, err := tenancy.NewView(s.settings.Reader).Ruler(ctx, objects, found.login, found.domain)
	if err != nil || ruling == nil {
		return nil, err
	}
	return ruling, objection(ruling, found.domain, wanted)
}

// objection is what a DNSZone has against a change.
func objection(object *v1alpha1.DNSZone, domain string, wanted zone.Change) error {
	name := object.Namespace + "/" + object.Name
	switch {
	case v1alpha1.IsPaused(object):
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
