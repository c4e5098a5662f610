package dnszone_test

import (
	"fmt"
	"slices"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// withHosts gives a zone that an object keeps, with so many names.
func withHosts(t *testing.T, count int) (*harness, *v1alpha1.DNSZone, []v1alpha1.NameRecords, []regapitest.Record) {
	t.Helper()
	h := newHarness(t, controllertest.Options{})
	entries, records := hosts(count)
	object := h.CreateZone(entries...)
	h.WaitReady(object)
	return h, object, entries, records
}

func TestAnEmptySpecOnSevenRecordsWaits(t *testing.T) {
	h, object, entries, records := withHosts(t, 7)
	h.costs(0, func() {
		h.declare(object)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	})
	h.holds(records...)
	h.declare(object, entries[:3]...)
	h.WaitReady(object)
	h.holds(records[:3]...)
}

func TestAnEmptySpecThatPrunesAllWaitsInASmallZone(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	live := slices.Concat(strangers, liveRecords)
	h.API.SetRecords("example.ru", live)
	h.costs(0, func() {
		object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Prune: v1alpha1.PruneAll})
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	})
	h.holds(live...)
}

func TestThePlanOfFiftyNineRemovalsIsShownWhole(t *testing.T) {
	h, object, entries, _ := withHosts(t, 60)
	h.declare(object, entries[:1]...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	if plan := object.Status.Plan; len(plan.Changes) != 59 || plan.Remove != 59 {
		t.Errorf("%d lines of %d removals", len(plan.Changes), plan.Remove)
	}
}

func TestAnApprovalOutlivesALostRequestAndServesOnce(t *testing.T) {
	for name, fault := range map[string]regapitest.Fault{
		"lost requests":  {Kind: regapitest.FaultDropRequest, Function: "zone/remove_record", Skip: 3, Count: 4},
		"a lost answer":  {Kind: regapitest.FaultDropAnswer, Function: "zone/remove_record", Skip: 3, Count: 1},
		"a few failures": {Kind: regapitest.FaultElementError, Function: "zone/remove_record", Skip: 3, Count: 3},
	} {
		t.Run(name, func(t *testing.T) {
			h, object, entries, records := withHosts(t, 12)
			h.declare(object, entries[:4]...)
			h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
			approved := object.Status.Plan.Hash
			h.API.Inject(fault)
			h.annotate(object, v1alpha1.AnnotationApprovePlan, approved)
			h.WaitReady(object)
			h.holds(records[:4]...)

			// The same records come and go again, with the annotation in place.
			h.declare(object, entries...)
			h.WaitReady(object)
			h.costs(0, func() {
				h.declare(object, entries[:4]...)
				h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
			})
			if object.Status.Plan.Hash == approved {
				t.Error("the same approval serves twice")
			}
			h.holds(records...)
		})
	}
}

func TestAnApprovalIsForItsPlanAlone(t *testing.T) {
	h, object, entries, records := withHosts(t, 12)
	h.declare(object, entries[:6]...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/remove_record", Skip: 1})
	h.annotate(object, v1alpha1.AnnotationApprovePlan, object.Status.Plan.Hash)
	h.waitHolds(slices.Concat(records[:6], records[7:])...)

	// A part of it is made when the spec removes one more. The rest of it may be on its way: it fails until the spec is seen.
	h.declare(object, entries[:5]...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	h.API.ClearFaults()
	h.holds(slices.Concat(records[:6], records[7:])...)
}

func TestAnApprovalThatIsTakenBackBeforeItServedIsGone(t *testing.T) {
	h, object, entries, records := withHosts(t, 12)
	h.declare(object, entries[:6]...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "zone/remove_record"})
	h.annotate(object, v1alpha1.AnnotationApprovePlan, object.Status.Plan.Hash)
	h.Eventually("a removal to be tried", func() error { return unless(h.API.Calls("zone/remove_record") > 0, "none") })
	h.declare(object, entries...)
	h.WaitReady(object)
	h.API.ClearFaults()
	h.declare(object, entries[:6]...)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	h.holds(records...)
}

func TestManyForeignValuesInALargeZoneWait(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	var declared []v1alpha1.NameRecords
	var theirs []regapitest.Record
	for n := range 12 {
		name := fmt.Sprintf("host-%d", n)
		declared = append(declared, addresses(name, "192.0.2.1"))
		theirs = append(theirs, held(name, "A", "192.0.2.66"))
	}
	h.API.SetRecords("example.ru", theirs)
	var object *v1alpha1.DNSZone
	h.costs(0, func() {
		object = h.CreateZone(declared...)
		h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/*", Probability: 0.2})
	h.annotate(object, v1alpha1.AnnotationApprovePlan, object.Status.Plan.Hash)
	h.WaitReady(object)
	for n := range theirs {
		theirs[n].Content = "192.0.2.1"
	}
	h.holds(theirs...)
}

func TestTheRegistrarsNameServersAreInNobodysPlan(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	servers := slices.Clip(strangers[:2])
	h.API.SetRecords("example.ru", slices.Concat(strangers, liveRecords))
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{
		Prune: v1alpha1.PruneAll, DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{addresses("www", "192.0.2.1")},
	})
	h.WaitReady(object)
	h.holds(append(servers, held("www", "A", "192.0.2.1"))...)
	h.declare(object) // Empties all that counts, so that it waits; the name servers stay also with approval.
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	h.annotate(object, v1alpha1.AnnotationApprovePlan, object.Status.Plan.Hash)
	h.WaitReady(object)
	h.holds(servers...)
	if object.Status.Unmanaged != nil {
		t.Errorf("unmanaged %+v", object.Status.Unmanaged)
	}
	h.remove(object)
	h.holds(servers...)
}
