package domain_test

import (
	"fmt"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// shows waits until a Domain has a condition, or has it no more, and gives it.
func (s *shop) shows(object *v1alpha1.Domain, kind, reason string) *metav1.Condition {
	s.Helper()
	var found *metav1.Condition
	s.Eventually(fmt.Sprintf("%s to be %q", kind, reason), func() error {
		if err := s.Get(s.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		found = meta.FindStatusCondition(object.Status.Conditions, kind)
		if (found == nil) != (reason == "") || (found != nil && found.Reason != reason) {
			return fmt.Errorf("%+v", object.Status.Conditions)
		}
		return nil
	})
	return found
}

func TestADomainNearItsLastDaySaysSoAndStaysReady(t *testing.T) {
	s := newShop(t, nil)
	object := s.due("due", nil)
	s.WaitReady(object)
	s.shows(object, v1alpha1.ConditionExpiring, v1alpha1.ReasonExpiresSoon)
	far := s.CreateDomain("example.ru")
	s.WaitReady(far)
	if meta.FindStatusCondition(far.Status.Conditions, v1alpha1.ConditionExpiring) != nil {
		t.Errorf("a domain that is paid for years says %+v", far.Status.Conditions)
	}
	s.API.SetExpiry("example.ru", s.clock.Now().AddDate(0, 0, -2).Format(time.DateOnly))
	s.shows(far, v1alpha1.ConditionExpiring, v1alpha1.ReasonExpired)
	s.API.SetExpiry("example.ru", s.clock.Now().AddDate(1, 0, 0).Format(time.DateOnly))
	s.shows(far, v1alpha1.ConditionExpiring, "")
	s.WaitReady(far)
}

func TestAnOrderThatWaitsForAPersonShowsInItsDomain(t *testing.T) {
	manual := *allowed
	manual.Approval = v1alpha1.ApprovalManual
	s := newShop(t, &manual)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.comesTo("AwaitingApproval")
	s.shows(object, v1alpha1.ConditionActionRequired, "AwaitingApproval")
	if orders := object.Status.Orders; len(orders) != 1 || orders[0].Name != "due.ru.1" || orders[0].Digest == "" || orders[0].Price != "590.00" {
		t.Errorf("%+v", orders)
	}
	s.WaitReady(object)
	order, err := s.order("due.ru.1")
	if err != nil {
		t.Fatal(err)
	}
	order.Status.State, order.Status.Reason = "Unclear", "StatusUnclear"
	if err := s.Status().Update(t.Context(), order); err != nil {
		t.Fatal(err)
	}
	s.shows(object, v1alpha1.ConditionOrderUnclear, "StatusUnclear")
	s.shows(object, v1alpha1.ConditionActionRequired, "StatusUnclear")
}

func TestAPeriodThatTheZoneDoesNotOfferIsNotOrdered(t *testing.T) {
	s := newShop(t, allowed)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "2000", Years: 2})
	s.WaitReady(object)
	until := s.clock.Now().AddDate(0, 0, 20+31).Format(time.DateOnly)
	if r := object.Status.Renewal; r == nil || r.Message == "" || r.Until != until || s.Writes() != 0 {
		t.Errorf("%+v, %d writes", r, s.Writes())
	}
}

func TestDatesThatDifferByADayMakeOneOrder(t *testing.T) {
	s := newShop(t, allowed)
	behaviour := s.API.Behaviour()
	behaviour.ListDates = 1
	s.API.SetBehaviour(behaviour)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.comesTo("Reserved")
	s.pass(25 * time.Hour)
	s.comesTo("Placed")
	s.pass(31 * time.Minute)
	s.comesTo("Settled")
	s.WaitReady(object)
	if paid := s.API.Calls("bill/change_pay_type"); paid != 1 {
		t.Errorf("%d payments", paid)
	}
	if _, err := s.order("due.ru.2"); err == nil {
		t.Error("there is a second order")
	}
	if made, err := s.order("due.ru.1"); err != nil || made.Spec.BaseExpiry != s.expiry {
		t.Errorf("the order stands on %s, not on %s, %v", made.Spec.BaseExpiry, s.expiry, err)
	}
}
