package dnszone_test

import (
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestWhoAsksForPlansAgainAndAgainSpendsOneRequest(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(object)
	preview, err := controller.Previews(h.Manager, controller.Dependencies(h.Parts))
	if err != nil {
		t.Fatal(err)
	}
	before := h.API.Calls("*")
	asked := object.DeepCopy()
	asked.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")}
	for range 5 {
		plan, err := h.Plan(preview, asked)
		if err != nil || plan.Add != 1 || plan.Remove != 1 {
			t.Errorf("%+v, %v", plan, err)
		}
	}
	if spent := h.API.Calls("*") - before; spent > 1 {
		t.Errorf("%d requests", spent)
	}
	if writes := h.Writes(); writes > 1 {
		t.Errorf("%d writes, of which one is the object's own", writes)
	}
}

// Of a zone that cannot be read it would seem that everything is to be added.
func TestThePlanOfAZoneThatCannotBeReadIsAnError(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.WaitReady(h.CreateZone(controllertest.WWW("192.0.2.1")))
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "elsewhere.ru"})
	h.API.SetDelegation("elsewhere.ru", "ns1.example.com")
	preview, err := controller.Previews(h.Manager, controller.Dependencies(h.Parts))
	if err != nil {
		t.Fatal(err)
	}
	asked := &v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{
		AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "elsewhere.ru", Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")},
	}}
	asked.Namespace, asked.Name = h.Namespace, "elsewhere"
	if plan, err := h.Plan(preview, asked); !regapi.IsBlocked(err) {
		t.Errorf("%+v, %v", plan, err)
	}
}
