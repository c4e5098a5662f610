package domain

import (
	"fmt"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// expiringDays is how many days before its last one a domain expires soon, where its renewal says nothing else.
	expiringDays = 30
	// expiryDay bounds the wait for such a day: clocks and dates move.
	expiryDay = 24 * time.Hour
)

// now is what time it is by the registrar's clock.
func (r *Reconciler) now(s *scope) (time.Time, bool) {
	if r.Desk != nil {
		return r.Desk.Clock.Registrar(s.connection)
	}
	return s.connection.RegistrarTime()
}

// watchExpiry says whether the last paid day is near, whatever else went wrong. Without the domain or the registrar's time it says what it said.
func (r *Reconciler) watchExpiry(s *scope) {
	if s.service == nil {
		return
	}
	now, known := r.now(s)
	switch {
	case s.service.state != regapi.Active && s.service.state != regapi.Suspended, s.service.expires.IsZero():
		s.while(v1alpha1.ConditionExpiring, false, "", "")
		return
	case !known:
		return
	}
	days, over := expiringDays, s.service.expires.Time().AddDate(0, 0, 1)
	if renewal := s.domain.Spec.Renewal; renewal != nil && renewal.Mode == v1alpha1.RenewalOperator {
		days = int(renewal.BeforeDays)
	}
	soon := s.service.expires.Time().AddDate(0, 0, -days)
	reason, next := v1alpha1.ReasonExpiresSoon, soon
	switch {
	case !now.Before(over):
		reason, next = v1alpha1.ReasonExpired, time.Time{}
	case !now.Before(soon):
		next = over
	}
	s.while(v1alpha1.ConditionExpiring, !now.Before(soon), reason, s.renewer())
	if !next.IsZero() {
		s.wakeIn(pause.Jittered(min(next.Sub(now), expiryDay)))
	}
}

// renewer says who renews the domain, as far as that is known.
func (s *scope) renewer() string {
	day := fmt.Sprintf("the last paid day is %s; ", s.service.expires)
	renewal, shown := s.domain.Spec.Renewal, s.domain.Status.Renewal
	switch {
	case renewal == nil || renewal.Mode == v1alpha1.RenewalIgnore:
		return day + "nobody is known to renew it: set spec.renewal, or renew it in the registrar's panel"
	case shown != nil && shown.Message != "":
		return day + "nobody renews it: " + shown.Message
	case renewal.Mode == v1alpha1.RenewalNone:
		return day + "spec.renewal asks for nobody to renew it"
	case renewal.Mode == v1alpha1.RenewalRegistrar:
		return day + "the registrar was told to renew it from the balance of the account, if that suffices"
	default:
		return day + "the operator renews it: status.renewal and status.orders say how far that is"
	}
}

// wakeIn has the domain looked at again; the sooner wins.
func (s *scope) wakeIn(after time.Duration) {
	if after = max(after, time.Second); s.wake == 0 || after < s.wake {
		s.wake = after
	}
}
