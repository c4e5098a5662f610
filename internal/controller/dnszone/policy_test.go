package dnszone_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestALiveZoneIsObservedAndThenAdoptedWithoutAWrite(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	entries, records := hosts(200)
	h.API.SetRecords("example.ru", records)
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{ManagementPolicy: v1alpha1.PolicyObserve, Records: append(entries, controllertest.WWW("192.0.2.1"))})
	h.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	want := &v1alpha1.ZonePlan{Hash: object.Status.Plan.Hash, Add: 1, Changes: []string{"+ www A 192.0.2.1"}}
	if diff := cmp.Diff(want, object.Status.Plan); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionSynced) {
		t.Error("Synced although a record is missing")
	}
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = entries })
	h.WaitReady(object)
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	h.WaitReady(object)
	if object.Status.Plan != nil || object.Status.Records != 200 || !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionSynced) {
		t.Errorf("status %+v", object.Status)
	}
	if writes := h.Writes(); writes != 0 {
		t.Errorf("%d write requests, want none", writes)
	}
}

func TestAPlanThatRemovesTooMuchWaitsForItsApproval(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	entries, _ := hosts(12)
	object := h.CreateZone(entries...)
	h.WaitReady(object)
	before := h.Writes()
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = entries[:6] })
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	hash := object.Status.Plan.Hash
	if !strings.Contains(ready.Message, "removes 6 of 12 records") || !strings.Contains(ready.Message, v1alpha1.AnnotationApprovePlan+"="+hash) {
		t.Errorf("message %q", ready.Message)
	}
	h.annotate(object, v1alpha1.AnnotationApprovePlan, "another")
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)

	// An approval is for one plan: the spec changes, and so does the plan.
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Annotations[v1alpha1.AnnotationApprovePlan] = hash
		z.Spec.Records = entries[:5]
	})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	if writes := h.Writes(); writes != before {
		t.Errorf("%d writes without approval", writes-before)
	}
	h.annotate(object, v1alpha1.AnnotationApprovePlan, object.Status.Plan.Hash)
	h.WaitReady(object)
	if held := len(h.API.Records("example.ru")); held != 5 {
		t.Errorf("the zone holds %d records, want 5", held)
	}
}

func TestNothingIsWrittenWhilePaused(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(object)
	before := h.Writes()
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		z.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")}
	})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPaused)
	if diff := cmp.Diff([]string{"+ www A 192.0.2.2", "- www A 192.0.2.1"}, object.Status.Plan.Changes); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.Eventually("the deletion to be paused", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady); ready.Reason != v1alpha1.ReasonPaused || !strings.Contains(ready.Message, "not removed yet") {
			return fmt.Errorf("%+v", ready)
		}
		return nil
	})
	if writes := h.Writes(); writes != before {
		t.Errorf("%d writes while paused", writes-before)
	}
	h.annotate(object, v1alpha1.AnnotationPaused, "false")
	h.Eventually("the records to go", func() error {
		if held := h.API.Records("example.ru"); len(held) != 0 {
			return fmt.Errorf("records %v", held)
		}
		return nil
	})
}

func TestPruningAllSparesExternalDNSChallengesAndProtectedNames(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	spared := []regapitest.Record{
		{Name: "_acme-challenge", Type: "TXT", Content: "token"},
		{Name: "a-shop", Type: "TXT", Content: "heritage=external-dns,external-dns/owner=default"},
		{Name: "db.internal", Type: "A", Content: "192.0.2.7"},
		{Name: "shop", Type: "A", Content: "192.0.2.8"},
	}
	for _, record := range spared {
		h.API.AddRecord("example.ru", record)
	}
	h.API.AddRecord("example.ru", regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.9"})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Prune: v1alpha1.PruneAll, Protected: []string{"*.internal"}, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(object)
	want := slices.Concat(spared, []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}})
	if diff := cmp.Diff(want, h.API.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestAWebServiceIsSetUpKeptAndClearedAway(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Prune: v1alpha1.PruneAll, WebService: v1alpha1.WebServiceParking, Records: []v1alpha1.NameRecords{{Name: "ftp", A: []v1alpha1.IPv4Address{"192.0.2.1"}}}})
	h.WaitReady(object)
	parked := h.API.Records("example.ru")
	if len(parked) < 2 || object.Status.WebService != v1alpha1.WebServiceParking {
		t.Fatalf("records %v, web service %q", parked, object.Status.WebService)
	}
	writes := h.Writes()
	h.resyncs(3)
	if h.Writes() != writes {
		t.Error("the web service is set up again without need")
	}
	for _, record := range parked {
		if record.Name != "ftp" {
			h.API.RemoveRecord("example.ru", record)
			break
		}
	}
	h.Eventually("the web service to be set up again", func() error {
		if diff := cmp.Diff(parked, h.API.Records("example.ru")); diff != "" {
			return fmt.Errorf("records (-want +got):\n%s", diff)
		}
		return nil
	})
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.WebService = v1alpha1.WebServiceNone })
	h.WaitReady(object)
	if diff := cmp.Diff([]regapitest.Record{{Name: "ftp", Type: "A", Content: "192.0.2.1"}}, h.API.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestAZoneIsWrittenByItselfOnceItIsDelegated(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	h.API.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if !strings.Contains(ready.Message, "the domain uses ns1.example.com, ns2.example.com") || !strings.Contains(ready.Message, "ns1.reg.ru") {
		t.Errorf("message %q", ready.Message)
	}
	h.waitCondition(object, v1alpha1.ConditionDelegated, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if writes := h.Writes(); writes != 0 {
		t.Errorf("%d write requests, want none", writes)
	}
	h.API.SetDelegation("example.ru", "ns1.reg.ru", "ns2.reg.ru")
	h.WaitReady(object)
	h.waitCondition(object, v1alpha1.ConditionDelegated, metav1.ConditionTrue, v1alpha1.ReasonDelegated)
}

func TestPublicationIsFollowedWithoutRequests(t *testing.T) {
	clock := regapitest.NewManualClock(time.Now())
	h := newHarness(t, controllertest.Options{Publication: true, Simulator: []regapitest.Option{regapitest.WithClock(clock), regapitest.WithPublishDelay(time.Hour)}})
	entries, _ := fiftyRecords()
	object := h.CreateZone(entries...)
	h.WaitReady(object)
	publishing := h.waitCondition(object, v1alpha1.ConditionPropagated, metav1.ConditionFalse, v1alpha1.ReasonPublishing)
	if !strings.Contains(publishing.Message, "not answered yet") {
		t.Errorf("message %q", publishing.Message)
	}
	calls := h.API.Calls("zone/*")
	clock.Advance(2 * time.Hour)
	h.waitCondition(object, v1alpha1.ConditionPropagated, metav1.ConditionTrue, v1alpha1.ReasonPublished)
	if now := h.API.Calls("zone/*"); now != calls {
		t.Errorf("%d requests to REG.API for following the publication", now-calls)
	}
}

func TestNameServersThatCannotBeAskedStopNothing(t *testing.T) {
	h := newHarness(t, controllertest.Options{Publication: true, NameServer: "127.0.0.1:1"}) // Nobody listens there.
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(object)
	unreachable := h.waitCondition(object, v1alpha1.ConditionPropagated, metav1.ConditionUnknown, v1alpha1.ReasonUnreachable)
	if !strings.Contains(unreachable.Message, "--authoritative-servers") || h.Kstatus(object) != kstatus.CurrentStatus {
		t.Errorf("message %q, kstatus says %s", unreachable.Message, h.Kstatus(object))
	}
}

func TestANameThatNoDomainCanHaveIsRefusedWithoutARequest(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	// The schema counts letters; in punycode the label is longer than DNS allows.
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: v1alpha1.DomainName(strings.Repeat("ж", 60) + ".рф")})
	invalid := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonInvalidSpec)
	if !strings.Contains(invalid.Message, "spec.domainName") || h.Kstatus(object) != kstatus.FailedStatus {
		t.Errorf("message %q, kstatus says %s", invalid.Message, h.Kstatus(object))
	}
	// The Account's own requests come when they come.
	if sent := append(h.API.Journal(regapitest.OfFunction("zone/*")), h.API.Journal(regapitest.OfFunction("service/get_info"))...); len(sent) != 0 {
		t.Errorf("%+v", sent)
	}
}
