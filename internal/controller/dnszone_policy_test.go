package controller

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// waitCondition waits until a condition has a status and a reason.
func (h *harness) waitCondition(obj status.Object, kind string, status metav1.ConditionStatus, reason string) *metav1.Condition {
	h.Helper()
	var found *metav1.Condition
	h.eventually(fmt.Sprintf("%s=%s (%s)", kind, status, reason), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
			return err
		}
		found = meta.FindStatusCondition(*obj.GetConditions(), kind)
		if found == nil || found.Status != status || found.Reason != reason {
			return fmt.Errorf("conditions %+v", *obj.GetConditions())
		}
		return nil
	})
	return found
}

func (h *harness) annotate(object *v1alpha1.DNSZone, key, value string) {
	h.Helper()
	change(h, object, func(z *v1alpha1.DNSZone) {
		if z.Annotations == nil {
			z.Annotations = map[string]string{}
		}
		z.Annotations[key] = value
	})
}

// hosts are so many addresses at names of their own, as a spec and as the zone holds them.
func hosts(count int) (entries []v1alpha1.NameRecords, records []regapitest.Record) {
	for n := range count {
		name, address := fmt.Sprintf("host-%03d", n), fmt.Sprintf("192.0.2.%d", n%250)
		entries = append(entries, v1alpha1.NameRecords{Name: name, A: []v1alpha1.IPv4Address{v1alpha1.IPv4Address(address)}})
		records = append(records, regapitest.Record{Name: name, Type: "A", Content: address})
	}
	return entries, records
}

func TestALiveZoneIsObservedAndThenAdoptedWithoutAWrite(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	entries, records := hosts(200)
	h.api.SetRecords("example.ru", records)
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{ManagementPolicy: v1alpha1.PolicyObserve, Records: append(entries, www("192.0.2.1"))})
	h.waitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	want := &v1alpha1.ZonePlan{Hash: object.Status.Plan.Hash, Add: 1, Changes: []string{"+ www A 192.0.2.1"}}
	if diff := cmp.Diff(want, object.Status.Plan); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionSynced) {
		t.Error("Synced although a record is missing")
	}
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = entries })
	h.waitReady(object)
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	h.waitReady(object)
	if object.Status.Plan != nil || object.Status.Records != 200 || !meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionSynced) {
		t.Errorf("status %+v", object.Status)
	}
	if writes := h.writes(); writes != 0 {
		t.Errorf("%d write requests, want none", writes)
	}
}

func TestAPlanThatRemovesTooMuchWaitsForItsApproval(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	entries, _ := hosts(12)
	object := h.createZone(entries...)
	h.waitReady(object)
	before := h.writes()
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = entries[:6] })
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	hash := object.Status.Plan.Hash
	if !strings.Contains(ready.Message, "removes 6 of 12 records") || !strings.Contains(ready.Message, v1alpha1.AnnotationApprovePlan+"="+hash) {
		t.Errorf("message %q", ready.Message)
	}
	h.annotate(object, v1alpha1.AnnotationApprovePlan, "another")
	h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)

	// An approval is for one plan: the spec changes, and so does the plan.
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Annotations[v1alpha1.AnnotationApprovePlan] = hash
		z.Spec.Records = entries[:5]
	})
	h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	if writes := h.writes(); writes != before {
		t.Errorf("%d writes without approval", writes-before)
	}
	h.annotate(object, v1alpha1.AnnotationApprovePlan, object.Status.Plan.Hash)
	h.waitReady(object)
	if held := len(h.api.Records("example.ru")); held != 5 {
		t.Errorf("the zone holds %d records, want 5", held)
	}
}

func TestNothingIsWrittenWhilePaused(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{www("192.0.2.1")}})
	h.waitReady(object)
	before := h.writes()
	change(h, object, func(z *v1alpha1.DNSZone) {
		z.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		z.Spec.Records = []v1alpha1.NameRecords{www("192.0.2.2")}
	})
	h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPaused)
	if diff := cmp.Diff([]string{"+ www A 192.0.2.2", "- www A 192.0.2.1"}, object.Status.Plan.Changes); diff != "" {
		t.Errorf("plan (-want +got):\n%s", diff)
	}
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	h.eventually("the deletion to be paused", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady); ready.Reason != v1alpha1.ReasonPaused || !strings.Contains(ready.Message, "not removed yet") {
			return fmt.Errorf("%+v", ready)
		}
		return nil
	})
	if writes := h.writes(); writes != before {
		t.Errorf("%d writes while paused", writes-before)
	}
	h.annotate(object, v1alpha1.AnnotationPaused, "false")
	h.eventually("the records to go", func() error {
		if held := h.api.Records("example.ru"); len(held) != 0 {
			return fmt.Errorf("records %v", held)
		}
		return nil
	})
}

func TestPruningAllSparesExternalDNSChallengesAndProtectedNames(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	spared := []regapitest.Record{
		{Name: "_acme-challenge", Type: "TXT", Content: "token"},
		{Name: "a-shop", Type: "TXT", Content: "heritage=external-dns,external-dns/owner=default"},
		{Name: "db.internal", Type: "A", Content: "192.0.2.7"},
		{Name: "shop", Type: "A", Content: "192.0.2.8"},
	}
	for _, record := range spared {
		h.api.AddRecord("example.ru", record)
	}
	h.api.AddRecord("example.ru", regapitest.Record{Name: "legacy", Type: "A", Content: "192.0.2.9"})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{Prune: v1alpha1.PruneAll, Protected: []string{"*.internal"}, Records: []v1alpha1.NameRecords{www("192.0.2.1")}})
	h.waitReady(object)
	want := slices.Concat(spared, []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}})
	if diff := cmp.Diff(want, h.api.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestAWebServiceIsSetUpKeptAndClearedAway(t *testing.T) {
	h := newHarness(t, harnessOptions{sweeps: soon})
	object := h.createZoneWith(v1alpha1.DNSZoneSpec{Prune: v1alpha1.PruneAll, WebService: v1alpha1.WebServiceParking, Records: []v1alpha1.NameRecords{{Name: "ftp", A: []v1alpha1.IPv4Address{"192.0.2.1"}}}})
	h.waitReady(object)
	parked := h.api.Records("example.ru")
	if len(parked) < 2 || object.Status.WebService != v1alpha1.WebServiceParking {
		t.Fatalf("records %v, web service %q", parked, object.Status.WebService)
	}
	writes := h.writes()
	h.resyncs(3)
	if h.writes() != writes {
		t.Error("the web service is set up again without need")
	}
	for _, record := range parked {
		if record.Name != "ftp" {
			h.api.RemoveRecord("example.ru", record)
			break
		}
	}
	h.eventually("the web service to be set up again", func() error {
		if diff := cmp.Diff(parked, h.api.Records("example.ru")); diff != "" {
			return fmt.Errorf("records (-want +got):\n%s", diff)
		}
		return nil
	})
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.WebService = v1alpha1.WebServiceNone })
	h.waitReady(object)
	if diff := cmp.Diff([]regapitest.Record{{Name: "ftp", Type: "A", Content: "192.0.2.1"}}, h.api.Records("example.ru")); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
}

func TestAZoneIsWrittenByItselfOnceItIsDelegated(t *testing.T) {
	h := newHarness(t, harnessOptions{sweeps: soon})
	h.api.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	object := h.createZone(www("192.0.2.1"))
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if !strings.Contains(ready.Message, "the domain uses ns1.example.com, ns2.example.com") || !strings.Contains(ready.Message, "ns1.reg.ru") {
		t.Errorf("message %q", ready.Message)
	}
	h.waitCondition(object, v1alpha1.ConditionDelegated, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if writes := h.writes(); writes != 0 {
		t.Errorf("%d write requests, want none", writes)
	}
	h.api.SetDelegation("example.ru", "ns1.reg.ru", "ns2.reg.ru")
	h.waitReady(object)
	h.waitCondition(object, v1alpha1.ConditionDelegated, metav1.ConditionTrue, v1alpha1.ReasonDelegated)
}

func TestPublicationIsFollowedWithoutRequests(t *testing.T) {
	h := newHarness(t, harnessOptions{publication: true, simulator: []regapitest.Option{regapitest.WithPublishDelay(2 * time.Second)}})
	entries, _ := fiftyRecords()
	object := h.createZone(entries...)
	h.waitReady(object)
	publishing := h.waitCondition(object, v1alpha1.ConditionPropagated, metav1.ConditionFalse, v1alpha1.ReasonPublishing)
	if !strings.Contains(publishing.Message, "not answered yet") {
		t.Errorf("message %q", publishing.Message)
	}
	calls := h.api.Calls("zone/*")
	h.waitCondition(object, v1alpha1.ConditionPropagated, metav1.ConditionTrue, v1alpha1.ReasonPublished)
	if now := h.api.Calls("zone/*"); now != calls {
		t.Errorf("%d requests to REG.API for following the publication", now-calls)
	}
}

func TestOnlyOneNamespaceRulesAZone(t *testing.T) {
	h := newHarness(t, harnessOptions{neighbour: map[string]string{}})
	change(h, &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: "main"}}, func(a *v1alpha1.Account) {
		a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
	})
	first := h.createZone(www("192.0.2.1"))
	h.waitReady(first)
	time.Sleep(time.Until(first.CreationTimestamp.Add(time.Second))) // The API server counts creation in seconds.
	second := first.DeepCopy()
	second.ObjectMeta = metav1.ObjectMeta{Namespace: h.neighbour, Name: "second"}
	second.Spec.AccountRef.Namespace = h.namespace
	second.Spec.Records = []v1alpha1.NameRecords{www("192.0.2.2")}
	h.create(second)
	ready := h.waitFor(second, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if !strings.Contains(ready.Message, h.namespace+"/"+first.Name) {
		t.Errorf("message %q does not name the other object", ready.Message)
	}
	if held := h.api.Records("example.ru"); len(held) != 1 || held[0].Content != "192.0.2.1" {
		t.Errorf("records %v", held)
	}
}

func TestAnAccountOfAnotherNamespaceHasToAllowIt(t *testing.T) {
	for name, test := range map[string]struct {
		allowed *v1alpha1.AllowedNamespaces
		ready   bool
	}{
		"nobody is allowed by default": {nil, false},
		"only the same namespace":      {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSame}, false},
		"every namespace":              {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}, true},
		"those that a selector matches": {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
			MatchLabels: map[string]string{"team": "web"},
		}}, true},
		"others than a selector matches": {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
			MatchLabels: map[string]string{"team": "mail"},
		}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHarness(t, harnessOptions{neighbour: map[string]string{"team": "web"}})
			change(h, &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.namespace, Name: "main"}}, func(a *v1alpha1.Account) { a.Spec.AllowedNamespaces = test.allowed })
			object := &v1alpha1.DNSZone{
				ObjectMeta: metav1.ObjectMeta{Namespace: h.neighbour, Name: "zone"},
				Spec: v1alpha1.DNSZoneSpec{
					AccountRef: v1alpha1.AccountReference{Namespace: h.namespace, Name: "main"}, DomainName: "example.ru", Records: []v1alpha1.NameRecords{www("192.0.2.1")},
				},
			}
			h.create(object)
			if test.ready {
				h.waitReady(object)
				return
			}
			ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
			if !strings.Contains(ready.Message, "spec.allowedNamespaces") {
				t.Errorf("message %q", ready.Message)
			}
		})
	}
}
