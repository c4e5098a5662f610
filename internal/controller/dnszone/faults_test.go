package dnszone_test

import (
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAZoneThatIsDelegatedElsewhereIsNotWritten(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if !strings.Contains(ready.Message, "ns1.reg.ru") {
		t.Errorf("message %q lacks the remedy", ready.Message)
	}
	if writes := h.Writes(); writes != 0 {
		t.Errorf("%d write requests, want none", writes)
	}
}

func TestAThrottledZoneWaitsForItsTurn(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(object)
	// A write, since reads may as well be those of a sweep.
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultRateLimit, Function: "zone/add_*", Count: 1})
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")} })
	ready := h.WaitFor(object, metav1.ConditionUnknown, v1alpha1.ReasonThrottled)
	if !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReconciling) {
		t.Errorf("conditions %+v", object.Status.Conditions)
	}
	if ready.Message == "" || h.API.Refusals() != 0 {
		t.Errorf("message %q, %d real refusals", ready.Message, h.API.Refusals())
	}
}

func TestEveryFaultOfTheServiceIsOvercome(t *testing.T) {
	for _, fault := range []regapitest.Fault{
		{Kind: regapitest.FaultDropRequest}, {Kind: regapitest.FaultDropAnswer}, {Kind: regapitest.FaultStatus}, {Kind: regapitest.FaultGarbage},
		{Kind: regapitest.FaultTruncated}, {Kind: regapitest.FaultHTML}, {Kind: regapitest.FaultError, Code: "SERVICE_UNAVAILABLE"},
	} {
		t.Run(string(fault.Kind), func(t *testing.T) {
			h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{DuplicateAdd: regapitest.DuplicateKeep})}})
			fault.Function, fault.Count, fault.Skip = "zone/add_*", 2, 1
			h.API.Inject(fault)
			object := h.CreateZone(controllertest.WWW("192.0.2.1", "192.0.2.2", "192.0.2.3"))
			h.WaitReady(object)
			if held := h.API.Records("example.ru"); len(held) != 3 {
				t.Errorf("records %v, want three", held)
			}
			if strings.Contains(h.Logs.String(), controllertest.Password) {
				t.Error("the password is in the logs")
			}
		})
	}
}
