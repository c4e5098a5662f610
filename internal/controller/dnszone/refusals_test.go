package dnszone_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAFailedElementUnderASuccessIsReportedAndRetried(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/add_alias", Count: 2, Code: "INTERNAL_ERROR"})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"), v1alpha1.NameRecords{Name: "ftp", CNAME: "example.com"})
	h.Eventually("the failure to show", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		reconciling := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReconciling)
		if reconciling == nil || !strings.Contains(reconciling.Message, "add www A 192.0.2.1") || !strings.Contains(reconciling.Message, "INTERNAL_ERROR") {
			return fmt.Errorf("conditions %+v", object.Status.Conditions)
		}
		return nil
	})
	h.CheckInvariants(object)
	if meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReady) {
		t.Error("Ready although a record is missing")
	}
	if object.Status.Records != 1 {
		t.Errorf("%d records in the zone, want 1: a failed record does not stop the others", object.Status.Records)
	}
	h.WaitReady(object)
	if got := h.resolve("www.example.ru", dns.TypeA); len(got) != 1 {
		t.Errorf("www resolves to %v", got)
	}
}

func TestASuccessThatTheZoneDoesNotShowIsNotTakenForDone(t *testing.T) {
	h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{IgnoreUpdateSOA: true})}})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{SOA: &v1alpha1.SOA{TTL: &metav1.Duration{Duration: time.Hour}}, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	ready := h.WaitFor(object, metav1.ConditionUnknown, v1alpha1.ReasonRetrying)
	if !strings.Contains(ready.Message, "set the SOA") {
		t.Errorf("message %q", ready.Message)
	}
}

func TestARefusedRecordIsNamedAndTheOthersAreInPlace(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon, Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{TXTLimit: 10})}})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"),
		v1alpha1.NameRecords{Name: "long", TXT: []v1alpha1.Text{"twelve bytes"}},
		v1alpha1.NameRecords{Name: strings.Repeat("x", 64), TXT: []v1alpha1.Text{"x"}})
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	for _, want := range []string{`long TXT "twelve bytes"`, "TEXT_TOOLONG", "Shorten the text", "more than 63 characters"} {
		if !strings.Contains(ready.Message, want) {
			t.Errorf("message %q lacks %q", ready.Message, want)
		}
	}
	if got := h.resolve("www.example.ru", dns.TypeA); len(got) != 1 {
		t.Errorf("www resolves to %v", got)
	}
	if len(object.Status.Refused) != 2 {
		t.Errorf("refused: %+v", object.Status.Refused)
	}
	writes := h.Writes()
	h.resyncs(3)
	if h.Writes() != writes {
		t.Error("a refused record is tried again although nothing has changed")
	}
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1"), {Name: "long", TXT: []v1alpha1.Text{"short"}}}
	})
	h.WaitReady(object)
	if len(object.Status.Refused) != 0 {
		t.Errorf("refused: %+v", object.Status.Refused)
	}
}

func TestACNAMEBesideAForeignRecordIsBlockedWithoutARequest(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	foreign := regapitest.Record{Name: "www", Type: "TXT", Content: "somebody's"}
	h.API.AddRecord("example.ru", foreign)
	object := h.CreateZone(v1alpha1.NameRecords{Name: "www", CNAME: "example.com"}, v1alpha1.NameRecords{Name: "ftp", CNAME: "example.com"})
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRecordsRefused)
	if !strings.Contains(ready.Message, "www TXT") {
		t.Errorf("message %q does not name what is in the way", ready.Message)
	}
	if writes := h.Writes(); writes != 1 {
		t.Errorf("%d write requests, want 1", writes)
	}
	h.API.RemoveRecord("example.ru", foreign)
	h.WaitReady(object)
}
