package dnszone_test

import (
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// kstatus is what `kubectl wait`, Flux and Argo CD see of an object.
func (h *harness) kstatus(object client.Object) kstatus.Status {
	h.Helper()
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		h.Fatal(err)
	}
	result, err := kstatus.Compute(&unstructured.Unstructured{Object: fields})
	if err != nil {
		h.Fatal(err)
	}
	return result.Status
}

func TestEveryOutcomeOfAZoneIsReachedAndKstatusAgrees(t *testing.T) {
	read := func(code string) regapitest.Fault {
		return regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/get_resource_records", Code: code}
	}
	refuse := func(code string) regapitest.Fault {
		return regapitest.Fault{Kind: regapitest.FaultError, Function: "zone/get_resource_records", Code: code}
	}
	for name, test := range map[string]struct {
		fault  regapitest.Fault
		ready  metav1.ConditionStatus
		reason string
		want   kstatus.Status
		// again says whether the zone is read again within some seconds without anything having changed.
		again bool
	}{
		"invalid":          {read("SUBD_INVALID"), "False", v1alpha1.ReasonRequestRefused, kstatus.FailedStatus, false},
		"denied":           {refuse("ACCESS_DENIED_FROM_IP"), "False", v1alpha1.ReasonAccessDenied, kstatus.FailedStatus, false},
		"not found":        {read("DOMAIN_NOT_FOUND"), "False", v1alpha1.ReasonNotFound, kstatus.FailedStatus, false},
		"not delegated":    {read("DOMAIN_IS_NOT_USE_REGRU_NSS"), "False", v1alpha1.ReasonNotDelegated, kstatus.FailedStatus, false},
		"blocked":          {read("DOMAIN_PROTECTION"), "False", v1alpha1.ReasonBlocked, kstatus.FailedStatus, false},
		"throttled":        {regapitest.Fault{Kind: regapitest.FaultRateLimit, Function: "zone/get_resource_records"}, "Unknown", v1alpha1.ReasonThrottled, kstatus.InProgressStatus, false},
		"busy":             {read("DNSSEC_UPDATING_IN_PROGRESS"), "Unknown", v1alpha1.ReasonBusy, kstatus.InProgressStatus, false},
		"unavailable":      {refuse("SERVICE_UNAVAILABLE"), "Unknown", v1alpha1.ReasonRetrying, kstatus.InProgressStatus, true},
		"an unknown code":  {read("SOMETHING_NEW"), "Unknown", v1alpha1.ReasonRetrying, kstatus.InProgressStatus, true},
		"a lost answer":    {regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/get_resource_records"}, "Unknown", v1alpha1.ReasonRetrying, kstatus.InProgressStatus, true},
		"nothing is wrong": {regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/get_resource_records", Latency: time.Millisecond}, "True", v1alpha1.ReasonSucceeded, kstatus.CurrentStatus, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, controllertest.Options{})
			h.WaitReady(&v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}})
			h.API.Inject(test.fault)
			object := h.CreateZone(controllertest.WWW("192.0.2.1"))
			ready := h.WaitFor(object, test.ready, test.reason)
			if ready.Message == "" {
				t.Error("no message")
			}
			if got := h.kstatus(object); got != test.want {
				t.Errorf("kstatus says %s, want %s; conditions %+v", got, test.want, object.Status.Conditions)
			}
			if test.again {
				h.resyncs(1)
			}
			if test.reason != v1alpha1.ReasonSucceeded && h.Writes() != 0 {
				t.Errorf("%d write requests although the zone could not be read", h.Writes())
			}
		})
	}
}

func TestADependencyThatIsMissingIsSeenByKstatus(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if got := h.kstatus(object); got != kstatus.FailedStatus {
		t.Errorf("kstatus says %s", got)
	}
	h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
	if got := h.kstatus(object); got != kstatus.CurrentStatus {
		t.Errorf("kstatus says %s", got)
	}
}
