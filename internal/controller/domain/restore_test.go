package domain_test

import (
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestADomainThatCanOnlyBeRestoredIsSoWhereTheSpecAsksForIt(t *testing.T) {
	s := newShop(t, &v1alpha1.Spending{
		Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRenew, v1alpha1.OperationRestore}, PerOrder: "9000", PerMonth: "9000",
	})
	s.API.AddDomain(controllertest.Login, regapitest.Domain{
		Name: "late.com", ServiceID: 559, Created: "2020-01-02", Expires: s.clock.Now().AddDate(0, 0, -40).Format(time.DateOnly),
	})
	object := s.CreateDomain("late.com")
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "9000"}
	})
	s.told(object, false)
	s.Eventually("the Domain to say that it can only be restored", func() error {
		return s.says(object, "can only be restored")
	})
	if _, err := s.order("late.com.1"); err == nil {
		t.Fatal("it is ordered without anybody's consent")
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Spec.Renewal.Restore, d.Spec.Renewal.RestoreMaxPrice = v1alpha1.RestoreAllow, "6000"
	})
	s.orderComesTo("late.com.1", "Reserved")
	if o, err := s.order("late.com.1"); err != nil || o.Spec.Operation != v1alpha1.OperationRestore {
		t.Errorf("%+v, %v", o.Spec, err)
	}
}
