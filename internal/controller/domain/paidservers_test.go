package domain_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAChangeOfServersThatCostsMoneyIsAnOrder(t *testing.T) {
	s := newShop(t, &v1alpha1.Spending{Operations: []v1alpha1.OrderOperation{v1alpha1.OperationChangeNameServers}, PerOrder: "5000", PerMonth: "5000"})
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "dear.md", ServiceID: 558, Created: "2020-01-02", Expires: "2030-01-02"})
	object := s.delegated("dear.md", servers("ns1.example.net", "ns2.example.net"))
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRequestRefused)
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Spec.PaidNameServerChange, d.Spec.PaidNameServerChangeMaxPrice = v1alpha1.PaidChangeAllow, "4800"
	})
	s.orderComesTo("dear.md.1", "Reserved")
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegating)
	s.pass(25 * time.Hour)
	s.orderComesTo("dear.md.1", "Settled")
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	s.WaitReady(object)
	if s.out() != 4800_00 {
		t.Errorf("%d hundredths were spent", s.out())
	}
	s.clock.Advance(3 * time.Hour)
	s.API.SetDelegation("dear.md", "ns1.other.net", "ns2.other.net")
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContested)
	if _, err := s.order("dear.md.2"); err == nil || s.out() != 4800_00 {
		t.Errorf("it is paid again for what somebody changed back: %v, %d hundredths", err, s.out())
	}
}
