package dnszone

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// claim stops an object that somebody rules before, for which no request is made. The claim of one whose Account is gone, or does not allow
// it, ends here; what is wrong is for connect to say.
func (r *Reconciler) claim(ctx context.Context, s *scope) error {
	view := tenancy.NewView(r.Client)
	own, permitted, err := view.Candidate(ctx, s.zone, s.target.Domain)
	if err != nil {
		return err
	}
	if !permitted {
		r.giveUpClaim(s)
		return nil
	}
	ruler, err := r.rulerBefore(ctx, view, s, own)
	if err != nil || ruler == nil {
		return err
	}
	r.concede(ctx, s, own)
	return conflict(ruler)
}

// loginOf gives the login of the account, if it is proven, or if it is the one that the object claims its zone through: while a new spec
// or Secret of the Account waits to be checked, what has ruled goes on ruling.
func (s *scope) loginOf(connection *account.Connection, of *v1alpha1.Account) string {
	if proven := connection.ProvenLogin(of); proven != "" {
		return proven
	}
	if claimed := s.zone.Status.Claim; claimed != nil && claimed.Login == tenancy.Login(of) {
		return claimed.Login
	}
	return ""
}

// concede remembers of an object that does not rule whether its login holds the domain: the ruler's does, which is the same, if this is
// the Account's login in truth. So the next ruler is known when this one goes.
func (r *Reconciler) concede(ctx context.Context, s *scope, own tenancy.Standing) {
	claimed := &v1alpha1.ZoneClaim{}
	if before := s.zone.Status.Claim; before != nil && before.Login == own.Login {
		claimed.Login = own.Login
	}
	connection, err := r.Directory.ResolveFor(ctx, r.Client, s.zone.Namespace, s.zone.Spec.AccountRef, s.target.Domain)
	if err == nil && connection.ProvenLogin(own.Account) == own.Login {
		claimed.Login = own.Login
	}
	s.zone.Status.Claim = claimed
	r.rulings.forget(client.ObjectKeyFromObject(s.zone))
}

// rule makes the object rule its zone, whose reading has shown that the login holds the domain, unless another one comes before it. It is
// asked under the lock of the zone, so that of two objects that are new at once the second knows of the first.
func (r *Reconciler) rule(ctx context.Context, s *scope) error {
	claimed := &v1alpha1.ZoneClaim{Login: s.login}
	if before := s.zone.Status.Claim; before != nil && before.Login == s.login {
		claimed.Rules = before.Rules
	}
	view := tenancy.NewView(r.Client)
	own, permitted, err := view.Candidate(ctx, s.zone, s.target.Domain)
	if err != nil {
		return err
	}
	if !permitted || own.Login != s.login {
		return &account.Unavailable{
			Reason: v1alpha1.ReasonAccountNotReady, Passing: true,
			Message: fmt.Sprintf("Account %s has changed and has not been checked yet", s.zone.Spec.AccountRef.Name),
		}
	}
	ruler, err := r.rulerBefore(ctx, view, s, own)
	if err != nil {
		return err
	}
	s.zone.Status.Claim = claimed
	if claimed.Rules = ruler == nil; !claimed.Rules {
		r.rulings.forget(client.ObjectKeyFromObject(s.zone))
		return conflict(ruler)
	}
	r.rulings.note(ruled{s.target.Domain, s.login}, client.ObjectKeyFromObject(s.zone))
	return nil
}

// planAsRuler is planBesideExternalDNS, for an object that rules.
func (r *Reconciler) planAsRuler(ctx context.Context, s *scope, current zone.Snapshot) zone.Edits {
	if s.planErr = r.rule(ctx, s); s.planErr != nil {
		return zone.Edits{}
	}
	return r.planBesideExternalDNS(ctx, s, current)
}

// concludeFrom takes note of what a failed reading tells about whose the domain is: a zone that is blocked is the account's. What
// passes tells nothing, and what was known before holds.
func (r *Reconciler) concludeFrom(ctx context.Context, s *scope, failure error) error {
	switch {
	case regapi.IsNotFound(failure):
		r.giveUpClaim(s)
	case regapi.IsBlocked(failure):
		return r.rule(ctx, s)
	}
	return nil
}

// giveUpClaim ends a claim.
func (r *Reconciler) giveUpClaim(s *scope) {
	s.zone.Status.Claim = &v1alpha1.ZoneClaim{}
	r.rulings.forget(client.ObjectKeyFromObject(s.zone))
}

func conflict(ruler *v1alpha1.DNSZone) error {
	return outcome.Stalled(v1alpha1.ReasonConflict,
		fmt.Sprintf("DNSZone %s/%s manages this zone: delete one of the two", ruler.Namespace, ruler.Name)).Err()
}

// rulerBefore gives, of the objects of the same login for the same domain, the one that rules before this one; nil if there is none.
func (r *Reconciler) rulerBefore(ctx context.Context, view *tenancy.View, s *scope, own tenancy.Standing) (*v1alpha1.DNSZone, error) {
	rivals, err := r.claimants(ctx, s, own.Login)
	if err != nil {
		return nil, err
	}
	best := own
	for _, rival := range rivals {
		standing, counts, err := view.Standing(ctx, rival, s.target.Domain)
		if err != nil {
			return nil, err
		}
		if counts && standing.Login == own.Login && standing.Precedes(best) {
			best = standing
		}
	}
	if best.Zone.UID == s.zone.UID {
		return nil, nil
	}
	return best.Zone, nil
}

// claimants lists the other objects that claim the domain, and the one that this process has last had rule it: what that claims may not
// have got around yet.
func (r *Reconciler) claimants(ctx context.Context, s *scope, login string) ([]*v1alpha1.DNSZone, error) {
	claimed, err := tenancy.Zones(ctx, r.Client, tenancy.Claimed(s.target.Domain))
	if err != nil {
		return nil, err
	}
	last, known := r.rulings.last(ruled{s.target.Domain, login})
	var found []*v1alpha1.DNSZone
	for _, rival := range claimed {
		if rival.UID != s.zone.UID {
			found = append(found, rival)
			known = known && client.ObjectKeyFromObject(rival) != last
		}
	}
	if !known || last == client.ObjectKeyFromObject(s.zone) {
		return found, nil
	}
	var rival v1alpha1.DNSZone
	if err := r.Get(ctx, last, &rival); err != nil {
		if apierrors.IsNotFound(err) {
			return found, nil
		}
		return nil, fmt.Errorf("read DNSZone %s: %w", last, err)
	}
	rival.Status.Claim = &v1alpha1.ZoneClaim{Login: login, Rules: true}
	return append(found, &rival), nil
}
