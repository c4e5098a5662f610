package domain_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

func TestARenewalThatIsRefundedIsNotBoughtAgainByItself(t *testing.T) {
	s := newShop(t, allowed)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.comesTo("Reserved")
	s.pass(25 * time.Hour)
	s.comesTo("Placed")
	s.pass(31 * time.Minute)
	s.comesTo("Settled")
	s.API.SetExpiry("due.ru", s.expiry)
	s.Eventually("the Domain to say that it does not order again", func() error { return s.says(object, "and renew the domain there") })
	if _, err := s.order("due.ru.2"); err == nil || s.API.Calls("service/renew") != 1 {
		t.Errorf("it was ordered again: %d orders", s.API.Calls("service/renew"))
	}
}

func TestARenewalThatWasRefusedIsOrderedAgainWhenTheSpecChanges(t *testing.T) {
	s := newShop(t, allowed)
	s.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/renew", Code: "PROLONG_ERROR", Count: 1})
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.comesTo("Reserved")
	s.pass(25 * time.Hour)
	s.comesTo("Refused")
	s.Eventually("the Domain to say so", func() error { return s.says(object, "change spec.renewal") })
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Renewal.MaxPrice = "999" })
	s.orderComesTo("due.ru.2", "Reserved")
	if s.out() != 0 {
		t.Errorf("%d were spent", s.out())
	}
}

func TestARenewalFollowsAWithdrawnOrderAlsoWhereSomebodyHasTakenItsLabelsOff(t *testing.T) {
	s := newShop(t, allowed)
	object := s.dueForYears()
	s.orderComesTo("years.com.1", "Reserved")
	first, err := s.order("years.com.1")
	if err != nil {
		t.Fatal(err)
	}
	controllertest.Change(s.Harness, first, func(o *v1alpha1.Order) { o.Labels = nil })
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Renewal.Years = 2 })
	s.orderComesTo("years.com.1", "Withdrawn")
	s.orderComesTo("years.com.2", "Reserved")
	if next, err := s.order("years.com.2"); err != nil || next.Spec.Years != 2 || s.out() != 0 {
		t.Errorf("%+v, %v; %d are spent", next.Spec, err, s.out())
	}
}

func TestADomainThatWasRegisteredWithoutAnOrderCountsInTheMonth(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	s.wanted("fresh.ru", nil)
	s.orderComesTo("fresh.ru.1", "Settled")    // So that there is a ledger.
	today := s.clock.Now().In(purchase.Moscow) // Whose month counts.
	s.API.AddDomain(controllertest.Login, regapitest.Domain{
		Name: "found.ru", ServiceID: 560, Created: today.Format(time.DateOnly), Expires: today.AddDate(1, 0, 0).Format(time.DateOnly),
	})
	s.WaitReady(s.wanted("found.ru", nil))
	s.Eventually("the ledger to have both", func() error {
		var object corev1.ConfigMap
		key := types.NamespacedName{Namespace: s.Namespace, Name: "regapi-spending-" + tenancy.LoginAt(s.API.URL(), "user 4711")}
		if err := s.Get(t.Context(), key, &object); err != nil {
			return err
		}
		var ledger purchase.Ledger
		if err := json.Unmarshal([]byte(object.Data["ledger"]), &ledger); err != nil {
			return err
		}
		if sum := ledger.Sum(""); sum != 1590_00 {
			return fmt.Errorf("%s are booked", sum)
		}
		return nil
	})
	if s.API.Calls("domain/create") != 1 {
		t.Errorf("%d orders", s.API.Calls("domain/create"))
	}
}
