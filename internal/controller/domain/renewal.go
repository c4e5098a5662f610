package domain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

const (
	// renewalPoll is how often a domain with an open order, or one that waits for a person, is looked at.
	renewalPoll = 15 * time.Minute
	// renewalDay bounds the wait for the day on which a renewal is due: clocks and dates move.
	renewalDay = 24 * time.Hour
)

// renew has the domain renewed when it is due, if the spec asks for that. It changes nothing where the spec does not.
func (r *Reconciler) renew(ctx context.Context, s *scope) error {
	renewal := s.domain.Spec.Renewal
	if renewal == nil || renewal.Mode != v1alpha1.RenewalOperator {
		s.domain.Status.Renewal = nil
		return nil
	}
	shown := &v1alpha1.RenewalStatus{}
	if before := s.domain.Status.Renewal; before != nil {
		shown.RegistrarOffSince = before.RegistrarOffSince
	}
	s.domain.Status.Renewal = shown
	why, err := r.mayRenew(ctx, s)
	if err != nil {
		return err
	}
	if why != "" {
		shown.Message = why
		s.wakeIn(pause.Jittered(renewalPoll))
		return nil
	}
	return r.keepRenewed(ctx, s, renewal, shown)
}

// mayRenew says why nothing can be ordered for the domain.
func (r *Reconciler) mayRenew(ctx context.Context, s *scope) (why string, err error) {
	switch {
	case r.Desk == nil:
		return "this operator makes no Orders: it does not know its namespace", nil
	case s.login == "" || s.userID == "":
		return "the login of the Account is not proven yet", nil
	case v1alpha1.IsPaused(s.domain):
		return "the annotation regapi.io/paused keeps the domain from being renewed", nil
	case s.service.state != regapi.Active && s.service.state != regapi.Suspended:
		return "the domain is neither active nor suspended, so that it cannot be renewed", nil
	}
	ruling, err := r.Desk.Ruler(ctx, r.Client, s.login, s.name)
	switch {
	case err != nil:
		return "", err
	case ruling == nil:
		return "the Account does not allow this Domain", nil
	case ruling.Domain.UID != s.domain.UID:
		return "another Domain rules this name: " + ruling.Domain.Namespace + "/" + ruling.Domain.Name, nil
	case ruling.Account.Spec.Spending == nil:
		return "the Account allows no spending: its owner can say in spec.spending what may be bought", nil
	default:
		return "", nil
	}
}

// keepRenewed makes the operator the only renewer, shows the last order, and makes the next one when it is due.
func (r *Reconciler) keepRenewed(ctx context.Context, s *scope, renewal *v1alpha1.Renewal, shown *v1alpha1.RenewalStatus) error {
	zone, err := s.connection.TLD(ctx, s.name)
	if err != nil {
		return fmt.Errorf("read when the zone lets domains be renewed: %w", err)
	}
	due := s.due(s.service.expires, zone)
	shown.Next, shown.Until = due.Format(time.DateOnly), ordering.LastDay(s.service.expires.Time(), zone).Format(time.DateOnly)
	if !offers(zone.RenewPeriods, int(renewal.Years)) {
		shown.Message = fmt.Sprintf("the zone %s renews for %s years alone: spec.renewal.years cannot be %d", zone.TLD, zone.RenewPeriods, renewal.Years)
		return nil
	}
	now, known := r.Desk.Clock.Registrar(s.connection)
	if !known {
		s.wakeIn(time.Minute)
		return nil
	}
	if shown.RegistrarOffSince == nil {
		// Nobody can read the flag back (7.16), so that what was set is remembered.
		if err := s.connection.Client.Service.SetAutorenewFlag(ctx, regapi.ByServiceID(s.service.id), false); err != nil {
			return fmt.Errorf("switch the registrar's own renewal off: %w", err)
		}
		shown.RegistrarOffSince = &metav1.Time{Time: now}
		s.wakeIn(time.Second) // The order follows once this is written.
		return nil
	}
	orders, err := r.Desk.Orders(ctx, s.login)
	if err != nil {
		return err
	}
	last, open := ordering.Last(orders, s.name)
	if open != nil {
		last = open
	}
	if err := r.noteRenewed(ctx, s, now, orders); err != nil {
		return err
	}
	if last != nil {
		shown.Order, shown.State = last.Name, last.Status.State
	}
	switch {
	case open != nil:
		s.wakeIn(pause.Jittered(renewalPoll))
	case now.Before(due):
		s.wakeIn(min(due.Sub(now), renewalDay))
	default:
		return r.order(ctx, s, now, zone, orders, last)
	}
	return nil
}

// renewedDays is by how many days the last paid day moves forward at least when somebody renews.
const renewedDays = 180

// noteRenewed books what was renewed without an order that says so: the cluster may have been put back to before the order was made (22). What it
// cost nobody knows; an order of ours cost no more than it may.
func (r *Reconciler) noteRenewed(ctx context.Context, s *scope, now time.Time, orders []v1alpha1.Order) error {
	if s.before.Status.ExpirationDate == "" {
		return nil
	}
	before, err := time.Parse(time.DateOnly, s.before.Status.ExpirationDate)
	if err != nil {
		return fmt.Errorf("status.expirationDate: %w", err)
	}
	if s.service.expires.Time().Before(before.AddDate(0, 0, renewedDays)) {
		return nil
	}
	for i := range orders {
		base := purchase.Order{Base: orders[i].Spec.BaseExpiry}
		if orders[i].Spec.DomainName == s.name && !base.Moved(s.before.Status.ExpirationDate) {
			return nil // It is booked as what has become of it says.
		}
	}
	most, err := purchase.ParseAmount(string(s.domain.Spec.Renewal.MaxPrice))
	if err != nil {
		return fmt.Errorf("spec.renewal.maxPrice: %w", err)
	}
	name := fmt.Sprintf("%s renewed until %s", s.name, s.service.expires)
	_, err = r.Desk.Change(ctx, s.login, now, func(l *purchase.Ledger) bool { return l.Note(name, most) })
	return err
}

// order makes the next order. The last paid day is read after the list of orders (1): what an order that is closed by now has brought shows in it.
func (r *Reconciler) order(ctx context.Context, s *scope, now time.Time, zone regapi.TLDInfo, orders []v1alpha1.Order, last *v1alpha1.Order) error {
	shown := s.domain.Status.Renewal
	s.wakeIn(pause.Jittered(renewalPoll))
	infos, err := s.connection.Client.Service.GetInfo(ctx, regapi.ByServiceID(s.service.id))
	if err == nil {
		err = infos[0].Err
	}
	if err != nil {
		return fmt.Errorf("read the last paid day: %w", err)
	}
	// The list and the details may differ by a day (7.7, 7.8). What is bought stands on the details.
	expiry := infos[0].ExpirationDate
	if expiry.IsZero() || now.Before(s.due(expiry, zone)) {
		return nil
	}
	if last != nil && !mayFollow(last, s.domain, expiry) {
		shown.Message = fmt.Sprintf("Order %s for the same last day is closed as %s (%s): change spec.renewal to have it ordered again", last.Name, last.Status.State, last.Status.Reason)
		return nil
	}
	next := purchase.Order{
		Domain: s.name, Ordinal: ordinalAfter(last), UserID: s.userID, Operation: purchase.Renew, ServiceID: s.service.id, Base: expiry.String(),
		Years: int(s.domain.Spec.Renewal.Years),
	}
	if _, err := r.Desk.Watch(ctx, s.login, now, orders, nil); err != nil {
		return err
	}
	err = r.Desk.Make(ctx, now, s.login, s.endpoint, ordering.AskedBy(s.domain), next)
	if err != nil && !errors.Is(err, ordering.ErrFaster) {
		return err
	}
	if err == nil {
		shown.Order = next.Name()
	}
	return nil
}

// due is when a renewal is due: as early as the spec asks for it, and not before the zone takes it (8.27).
func (s *scope) due(expiry regapi.Date, zone regapi.TLDInfo) time.Time {
	due := expiry.Time().AddDate(0, 0, -int(s.domain.Spec.Renewal.BeforeDays))
	if zone.RenewGracePeriodBeforeExpdate > 0 {
		due = latest(due, expiry.Time().AddDate(0, 0, -zone.RenewGracePeriodBeforeExpdate))
	}
	if zone.RejectDaysOfRenewAfterCreate > 0 {
		due = latest(due, s.service.created.Time().AddDate(0, 0, zone.RejectDaysOfRenewAfterCreate))
	}
	return due
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// offers says whether a zone lets so many years be ordered at once, such as "1,2,5" (8.27). What nobody can read forbids nothing: REG.API will.
func offers(periods string, years int) bool {
	listed := strings.FieldsFunc(periods, func(letter rune) bool { return letter < '0' || letter > '9' })
	return len(listed) == 0 || slices.Contains(listed, strconv.Itoa(years))
}

// mayFollow says whether another order may follow a closed one (5): what was refused needs another cause, and what was settled for this very day
// is not bought again by itself.
func mayFollow(last *v1alpha1.Order, domain *v1alpha1.Domain, expiry regapi.Date) bool {
	same := last.Spec.BaseExpiry == expiry.String() && last.Spec.ServiceID == domain.Status.ServiceID
	switch purchase.State(last.Status.State) {
	case purchase.Withdrawn:
		return true
	case purchase.Settled:
		return !same
	default:
		return !same || last.Annotations[v1alpha1.AnnotationAskedBy] != ordering.AskedBy(domain)
	}
}

// payer notes which login pays for orders; one whose number is not known pays for none.
func (s *scope) payer(of *v1alpha1.Account) {
	userID, endpoint := of.Status.UserID, of.Spec.Endpoint
	if tenancy.LoginAt(endpoint, "user "+userID) == s.login {
		s.userID, s.endpoint = userID, endpoint
	}
}
