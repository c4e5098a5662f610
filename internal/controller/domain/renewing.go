package domain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// renewalPoll is how often a domain with an open order, or one that waits for a person, is looked at.
	renewalPoll = 15 * time.Minute
	// sweptPoll is how often somebody looks whether the list of domains was read again, which costs no request.
	sweptPoll = time.Minute
	// renewalDay bounds the wait for the day on which a renewal is due: clocks and dates move.
	renewalDay = 24 * time.Hour
)

// keepRenewed shows the last order, and makes the next one when it is due. The operator is the only renewer by then.
func (r *Reconciler) keepRenewed(ctx context.Context, s *scope, zone regapi.TLDInfo, shown *v1alpha1.RenewalStatus) error {
	spread, err := r.Desk.Spread(ctx, s.name)
	if err != nil {
		return err
	}
	s.spread = spread
	due := s.due(s.service.expires, zone)
	shown.Next = due.Format(time.DateOnly)
	now, known := r.Desk.Clock.Registrar(s.connection)
	if !known {
		s.wakeIn(time.Minute)
		return nil
	}
	if err := r.noteRenewed(ctx, s); err != nil {
		return err
	}
	last, open := ordering.Last(s.orders, s.name)
	s.showRenewing(last, open)
	switch {
	case open != nil:
		s.wakeIn(pause.Jittered(renewalPoll))
		return nil
	case now.Before(due):
		s.wakeIn(min(due.Sub(now), renewalDay))
		return nil
	case s.isRenewedSince():
		s.wakeIn(pause.Jittered(sweptPoll))
		return nil
	}
	orders, err := r.Desk.Orders(ctx, s.login, s.name) // What the cache does not know yet counts, too (1).
	if err != nil {
		return err
	}
	if last, open = ordering.Last(orders, s.name); open != nil {
		s.showRenewing(last, open)
		s.wakeIn(pause.Jittered(renewalPoll))
		return nil
	}
	return r.order(ctx, s, now, zone, orders, last)
}

// showRenewing shows the order that is open, or else the last one.
func (s *scope) showRenewing(last, open *v1alpha1.Order) {
	if open != nil {
		last = open
	}
	if shown := s.domain.Status.Renewal; last != nil {
		shown.Order, shown.State = last.Name, last.Status.State
	}
}

// isRenewedSince says whether an order has brought a later last day since the list of domains was read, which tells of it after the next sweep.
func (s *scope) isRenewedSince() bool {
	last := ordering.LastOf(s.orders, s.name, purchase.Renew, purchase.Restore)
	if last == nil || last.Status.State != "Settled" || (purchase.Order{Base: last.Spec.BaseExpiry}).Moved(s.service.expires.String()) {
		return false
	}
	settled := meta.FindStatusCondition(last.Status.Conditions, v1alpha1.ConditionReady)
	return settled != nil && settled.LastTransitionTime.After(s.connection.Inventory.ListBegan())
}

// renewedDays is by how many days the last paid day moves forward at least when somebody renews.
const renewedDays = 180

// noteRenewed books what was renewed without an order that says so: the cluster may have been put back to before the order was made (22). What it
// cost nobody knows; an order of ours cost no more than it may.
func (r *Reconciler) noteRenewed(ctx context.Context, s *scope) error {
	if s.before.Status.ExpirationDate == "" || s.preview != nil {
		return nil
	}
	before, err := time.Parse(time.DateOnly, s.before.Status.ExpirationDate)
	if err != nil {
		return fmt.Errorf("status.expirationDate: %w", err)
	}
	if s.service.expires.Time().Before(before.AddDate(0, 0, renewedDays)) {
		return nil
	}
	orders, err := r.Desk.Orders(ctx, s.login, s.name)
	if err != nil {
		return err
	}
	for i := range orders {
		base := purchase.Order{Base: orders[i].Spec.BaseExpiry}
		if !base.Moved(s.before.Status.ExpirationDate) {
			return nil // It is booked as what has become of it says.
		}
	}
	most, err := purchase.ParseAmount(string(s.domain.Spec.Renewal.MaxPrice))
	if err != nil {
		return fmt.Errorf("spec.renewal.maxPrice: %w", err)
	}
	name := fmt.Sprintf("%s renewed until %s", s.name, s.service.expires)
	_, err = r.Desk.Change(ctx, s.login, r.Desk.TimeOf(s.connection), func(l *purchase.Ledger, _ time.Time) bool { return l.Note(name, most) })
	return err
}

// noteRegistered books what was registered without an order that says so, as noteRenewed does for renewals (22): a domain of this month that this
// Domain asks for and has not seen before.
func (r *Reconciler) noteRegistered(ctx context.Context, s *scope) error {
	acquisition := s.domain.Spec.Acquisition
	if acquisition == nil || acquisition.Mode == v1alpha1.AcquisitionAdopt || s.before.Status.ServiceID != "" || r.Desk == nil || s.userID == "" {
		return nil
	}
	now, known := r.Desk.Clock.Registrar(s.connection)
	if !known || purchase.MonthOf(s.service.created.Time()) != purchase.MonthOf(now) {
		return nil
	}
	orders, err := r.Desk.Orders(ctx, s.login, s.name)
	if err != nil {
		return err
	}
	if last, _ := ordering.Last(orders, s.name); last != nil {
		return nil // It is booked as what has become of it says.
	}
	most, err := purchase.ParseAmount(string(acquisition.MaxPrice))
	if err != nil {
		return fmt.Errorf("spec.acquisition.maxPrice: %w", err)
	}
	name := fmt.Sprintf("%s registered on %s", s.name, s.service.created)
	_, err = r.Desk.Change(ctx, s.login, r.Desk.TimeOf(s.connection), func(l *purchase.Ledger, _ time.Time) bool { return !l.Began.IsZero() && l.Note(name, most) })
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
	operation, why := s.operationFor(now, expiry, zone)
	if why != "" {
		shown.Message = why
		return nil
	}
	if before := ordering.LastOf(orders, s.name, purchase.Renew, purchase.Restore); before != nil && !mayFollow(before, s.domain, expiry) {
		shown.Message = fmt.Sprintf("Order %s for the same last day is closed as %s (%s): %s", before.Name, before.Status.State, before.Status.Reason, againBy(before))
		return nil
	}
	next := purchase.Order{
		Domain: s.name, Ordinal: ordinalAfter(last), UserID: s.userID, Operation: operation, ServiceID: s.service.id, Base: expiry.String(),
		Years: int(s.domain.Spec.Renewal.Years), Direct: s.direct,
	}
	if s.preview != nil {
		return s.previewOrder(ctx, next)
	}
	if _, err := r.Desk.Watch(ctx, s.login, r.Desk.TimeOf(s.connection), nil, nil); err != nil {
		return err
	}
	err = r.Desk.Make(ctx, r.Desk.TimeOf(s.connection), s.login, s.endpoint, ordering.AskedBy(s.domain), next)
	if err != nil && !errors.Is(err, ordering.ErrFaster) {
		return err
	}
	if err == nil {
		shown.Order = next.Name()
	}
	return nil
}

// operationFor says what prolongs the domain at this time, or why nothing does. A restoration has a price of its own, and a consent.
func (s *scope) operationFor(now time.Time, expiry regapi.Date, zone regapi.TLDInfo) (operation purchase.Operation, why string) {
	window := ordering.WindowOf(expiry.Time(), zone)
	switch {
	case window.Renews(now):
		return purchase.Renew, ""
	case !window.Restores(now):
		return "", "the zone takes neither a renewal nor a restoration of the domain any more"
	case s.domain.Spec.Renewal.Restore != v1alpha1.RestoreAllow:
		return "", "the domain can only be restored any more: say in spec.renewal.restore and restoreMaxPrice whether to, and for how much"
	default:
		return purchase.Restore, ""
	}
}

// due is when a renewal is due: as early as the spec asks for it, not before the zone takes it (8.27), and at its own moment of that day.
func (s *scope) due(expiry regapi.Date, zone regapi.TLDInfo) time.Time {
	due := expiry.Time().AddDate(0, 0, -int(s.domain.Spec.Renewal.BeforeDays))
	if zone.RenewGracePeriodBeforeExpdate > 0 {
		due = latest(due, expiry.Time().AddDate(0, 0, -zone.RenewGracePeriodBeforeExpdate))
	}
	if zone.RejectDaysOfRenewAfterCreate > 0 {
		due = latest(due, s.service.created.Time().AddDate(0, 0, zone.RejectDaysOfRenewAfterCreate))
	}
	return due.Add(s.spread)
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

// againBy says what a person can do where no other order follows a closed one.
func againBy(last *v1alpha1.Order) string {
	if purchase.State(last.Status.State) == purchase.Settled {
		return "its effect is gone again, and it is not bought twice by itself; look at its bill in the registrar's panel, and renew the domain there"
	}
	return "change spec.renewal to have it ordered again"
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
		broke := last.Status.ErrorCode == string(regapi.CodeNotEnoughMoney) // The next order waits for the balance.
		return !same || broke || last.Annotations[v1alpha1.AnnotationAskedBy] != ordering.AskedBy(domain)
	}
}
