package domain

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// renew sees to it that the domain has the one renewer that the spec asks for. It changes nothing where the spec names none.
func (r *Reconciler) renew(ctx context.Context, s *scope) error {
	renewal, before := s.domain.Spec.Renewal, s.domain.Status.Renewal
	if renewal == nil || renewal.Mode == v1alpha1.RenewalIgnore {
		s.domain.Status.Renewal = nil
		return nil
	}
	shown := &v1alpha1.RenewalStatus{}
	s.domain.Status.Renewal = shown
	why, rules, err := r.mayRenew(ctx, s, renewal.Mode)
	if service := s.before.Status.ServiceID; before != nil && (rules || err != nil) && (service == "" || service == s.service.id.String()) {
		// Who does not rule cannot know what was set since. Nor was anything set for another service of the same name.
		shown.RegistrarOffSince, shown.RegistrarOnSince = before.RegistrarOffSince, before.RegistrarOnSince
	}
	if err != nil {
		return err
	}
	zone, err := s.connection.TLD(ctx, s.name)
	if err != nil {
		return fmt.Errorf("read when the zone lets domains be renewed: %w", err)
	}
	window := ordering.WindowOf(s.service.expires.Time(), zone)
	shown.Until = window.Renewal.Format(time.DateOnly)
	if window.Restoration.After(window.Renewal) {
		shown.RestorableUntil = window.Restoration.Format(time.DateOnly)
	}
	if why == "" && renewal.Mode == v1alpha1.RenewalOperator && !offers(zone.RenewPeriods, int(renewal.Years)) {
		why = fmt.Sprintf("the zone %s renews for %s years alone: spec.renewal.years cannot be %d", zone.TLD, zone.RenewPeriods, renewal.Years)
	}
	if why != "" {
		shown.Message = why
		s.wakeIn(pause.Jittered(renewalPoll))
		return nil
	}
	set, err := r.tellRegistrar(ctx, s, renewal.Mode, shown)
	if err != nil || !set || renewal.Mode != v1alpha1.RenewalOperator {
		return err
	}
	return r.keepRenewed(ctx, s, zone, shown)
}

// mayRenew says why nothing can be done about the renewal of the domain, and whether this Domain rules its name.
func (r *Reconciler) mayRenew(ctx context.Context, s *scope, mode v1alpha1.RenewalMode) (why string, rules bool, err error) {
	switch {
	case r.Desk == nil:
		return "this operator makes no Orders: it does not know its namespace", true, nil
	case s.login == "" || s.userID == "":
		return "the login of the Account is not proven yet", true, nil
	}
	ruling, err := r.ruling(ctx, s)
	switch {
	case err != nil:
		return "", false, err
	case ruling == nil:
		return "the Account does not allow this Domain", false, nil
	case ruling.Domain.UID != s.domain.UID:
		return "another Domain rules this name: " + ruling.Domain.Namespace + "/" + ruling.Domain.Name, false, nil
	}
	s.direct = ruling.PaysDirectly(purchase.Renew)
	switch {
	case s.preview == nil && r.Directory.Halt(s.domain) != nil:
		return r.Directory.Halt(s.domain).Cause + " keeps the domain from being renewed", true, nil
	case s.preview == nil && s.domain.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		would := renewals[mode]
		s.would = append(s.would, would)
		return observed(would), true, nil
	case s.service.state != regapi.Active && s.service.state != regapi.Suspended:
		return "the domain is neither active nor suspended, so that it cannot be renewed", true, nil
	case mode == v1alpha1.RenewalNone:
		return "", true, nil
	case ruling.Account.Spec.Spending == nil:
		return "the Account allows no spending: its owner can say in spec.spending what may be bought", true, nil
	case mode == v1alpha1.RenewalRegistrar && !ruling.Consents(v1alpha1.OperationRenew): // The registrar asks for no limit.
		return "the Account does not allow renewals for this namespace: its owner can say so in spec.spending.operations and spec.spending.namespaces", true, nil
	default:
		return "", true, nil
	}
}

// registrarRenews says what the registrar is told, for people.
var registrarRenews = map[bool]string{true: "have the registrar's own renewal switched on", false: "have the registrar's own renewal switched off"}

// renewals are what each mode does, for people.
var renewals = map[v1alpha1.RenewalMode]string{
	v1alpha1.RenewalNone:      registrarRenews[false],
	v1alpha1.RenewalRegistrar: registrarRenews[true],
	v1alpha1.RenewalOperator:  registrarRenews[false] + ", and order a renewal when it is due",
}

// tellRegistrar switches the registrar's own renewal on or off, where that is not known to be done. Nobody can read the flag back (7.16), so that
// what was set is remembered. Set is false until that is written down.
func (r *Reconciler) tellRegistrar(ctx context.Context, s *scope, mode v1alpha1.RenewalMode, shown *v1alpha1.RenewalStatus) (set bool, err error) {
	on := mode == v1alpha1.RenewalRegistrar
	switch {
	case on && shown.RegistrarOnSince != nil, !on && shown.RegistrarOffSince != nil:
		return true, nil
	case s.preview != nil:
		s.preview.note(registrarRenews[on], 1)
		return true, nil
	case on && shown.RegistrarOffSince != nil:
		shown.RegistrarOffSince = nil // Before the call: whoever orders a renewal trusts it.
		s.wakeIn(time.Second)
		return false, nil
	}
	if on {
		if other, err := r.trustingOff(ctx, s); err != nil || other != "" {
			shown.Message = "Domain " + other + " for this name still counts on the registrar's own renewal being off; it is being told"
			s.wakeIn(time.Minute)
			return false, err
		}
	}
	now, known := r.Desk.Clock.Registrar(s.connection)
	if !known {
		shown.Message = "REG.API has not said yet what time it is"
		s.wakeIn(time.Minute)
		return false, nil
	}
	if !r.flags.turn(s.login, s.domain, s.service.expires.String()) {
		shown.Message = "the registrar has to be told who renews, and takes one domain at a time: this one has its turn yet to come"
		s.wakeIn(pause.Scattered(flagsWait))
		return false, nil
	}
	ctx = traffic.WithPriority(ctx, traffic.Background)
	if err := s.connection.Client.Service.SetAutorenewFlag(ctx, regapi.ByServiceID(s.service.id), on); err != nil {
		return false, fmt.Errorf("tell the registrar whether it renews the domain: %w", err)
	}
	shown.RegistrarOffSince, shown.RegistrarOnSince = nil, nil
	if on {
		shown.RegistrarOnSince = &metav1.Time{Time: now}
	} else {
		shown.RegistrarOffSince = &metav1.Time{Time: now}
	}
	s.wakeIn(time.Second) // An order follows once this is written.
	return false, nil
}

// trustingOff names another Domain for the name whose status says that the registrar's own renewal is off: it may rule again and order.
func (r *Reconciler) trustingOff(ctx context.Context, s *scope) (string, error) {
	var list v1alpha1.DomainList
	if err := r.List(ctx, &list, tenancy.OfDomain(s.name)); err != nil {
		return "", fmt.Errorf("list the Domains for the name: %w", err)
	}
	for i := range list.Items {
		other := &list.Items[i]
		if renewal := other.Status.Renewal; other.UID != s.domain.UID && renewal != nil && renewal.RegistrarOffSince != nil {
			return other.Namespace + "/" + other.Name, nil
		}
	}
	return "", nil
}

// payer notes which login pays for orders; one whose number is not known pays for none.
func (s *scope) payer(of *v1alpha1.Account) {
	userID, endpoint := of.Status.UserID, of.Spec.Endpoint
	if tenancy.LoginAt(endpoint, "user "+userID) == s.login {
		s.userID, s.endpoint = userID, endpoint
	}
}
