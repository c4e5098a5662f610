package dnszone_test

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

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
		"invalid": {read("SUBD_INVALID"), "False", v1alpha1.ReasonRequestRefused, kstatus.FailedStatus, false},
		// Of the zone alone: where all of a request is denied, the sweep may be told first, and the zone says AccountNotReady.
		"denied":           {read("ACCESS_DENIED_FROM_IP"), "False", v1alpha1.ReasonAccessDenied, kstatus.FailedStatus, false},
		"not found":        {read("DOMAIN_NOT_FOUND"), "False", v1alpha1.ReasonNotFound, kstatus.InProgressStatus, false},
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
			h := newHarness(t, controllertest.Options{})
			h.WaitReady(&v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}})
			h.API.Inject(test.fault)
			object := h.CreateZone(controllertest.WWW("192.0.2.1"))
			ready := h.WaitFor(object, test.ready, test.reason)
			if ready.Message == "" {
				t.Error("no message")
			}
			if got := h.Kstatus(object); got != test.want {
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

// endMinute makes an object one that has been waiting for more than a minute, and has it looked at.
func (h *harness) endMinute(object *v1alpha1.DNSZone) {
	h.Helper()
	h.Eventually("the condition to be older", func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		for i := range object.Status.Conditions {
			object.Status.Conditions[i].LastTransitionTime = metav1.NewTime(time.Now().Add(-2 * time.Minute))
		}
		return h.Status().Update(h.Context(), object)
	})
	h.annotate(object, "example.ru/touched", "yes")
}

func TestADependencyThatIsMissingIsAwaitedForAMinute(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	if got := h.Kstatus(object); got != kstatus.InProgressStatus {
		t.Errorf("kstatus says %s in the first minute", got)
	}
	h.endMinute(object)
	h.waitCondition(object, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonAccountNotFound)
	if got := h.Kstatus(object); got != kstatus.FailedStatus {
		t.Errorf("kstatus says %s after it", got)
	}
	h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
	if got := h.Kstatus(object); got != kstatus.CurrentStatus {
		t.Errorf("kstatus says %s", got)
	}
}

// TestWhatIsAppliedTogetherIsInProgressUntilItIsReady looks at every state that both objects go through, as Flux does.
func TestWhatIsAppliedTogetherIsInProgressUntilItIsReady(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true, Simulator: []regapitest.Option{regapitest.WithLatency(200 * time.Millisecond)}})
	zone := h.CreateZone(controllertest.WWW("192.0.2.1")) // kubectl applies a folder by the names of its files.
	account := &v1alpha1.Account{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"},
		Spec:       v1alpha1.AccountSpec{SecretRef: v1alpha1.SecretReference{Name: "main"}, Endpoint: h.API.URL()},
	}
	h.MustCreate(account)
	h.CreateSecret("main", controllertest.Login, controllertest.Password)
	seen := map[kstatus.Status]int{}
	h.Eventually("both to be current", func() error {
		for _, object := range []client.Object{zone, account} {
			if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
				return err
			}
			seen[h.Kstatus(object)]++
		}
		if h.Kstatus(zone) != kstatus.CurrentStatus || h.Kstatus(account) != kstatus.CurrentStatus {
			return fmt.Errorf("conditions %+v and %+v", zone.Status.Conditions, account.Status.Conditions)
		}
		return nil
	})
	if seen[kstatus.InProgressStatus] == 0 || len(seen) != 2 {
		t.Errorf("kstatus said %v", seen)
	}
	h.WaitReady(zone)
	for _, event := range h.events(h.Namespace) {
		if event.Type == corev1.EventTypeWarning {
			t.Errorf("a warning: %s: %s", event.Reason, event.Note)
		}
	}
}

// events are those of a namespace.
func (h *harness) events(namespace string) []eventsv1.Event {
	h.Helper()
	var recorded eventsv1.EventList
	if err := h.List(h.Context(), &recorded, client.InNamespace(namespace)); err != nil {
		h.Fatal(err)
	}
	return recorded.Items
}
