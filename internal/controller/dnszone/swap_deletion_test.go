package dnszone_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	eventsv1 "k8s.io/api/events/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// swappedUnder kills an attempt to put an alias in the place of what stands at www.
func swappedUnder(t *testing.T, options controllertest.Options, policy v1alpha1.DeletionPolicy, standing regapitest.Record, declared ...v1alpha1.NameRecords) (*harness, *v1alpha1.DNSZone) {
	t.Helper()
	h := newHarness(t, options)
	h.API.SetRecords("example.ru", []regapitest.Record{standing})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: policy, Records: declared})
	h.WaitReady(object)
	h.killBetween(object, wwwAlias)
	return h, object
}

func TestAnObjectDeletedInTheMiddleOfASwapLeavesNoNameEmpty(t *testing.T) {
	for name, test := range map[string]struct {
		policy   v1alpha1.DeletionPolicy
		declared []v1alpha1.NameRecords
		want     []regapitest.Record
	}{
		"whose records stay":           {v1alpha1.DeletionRetain, []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}, []regapitest.Record{held("www", "A", "192.0.2.1")}},
		"whose records go":             {v1alpha1.DeletionDelete, []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}, nil},
		"where somebody else's stood":  {v1alpha1.DeletionDelete, nil, []regapitest.Record{held("www", "A", "192.0.2.1")}},
		"and somebody else's and stay": {v1alpha1.DeletionRetain, nil, []regapitest.Record{held("www", "A", "192.0.2.1")}},
	} {
		t.Run(name, func(t *testing.T) {
			h, object := swappedUnder(t, controllertest.Options{}, test.policy, held("www", "A", "192.0.2.1"), test.declared...)
			if err := h.Delete(h.Context(), object); err != nil {
				t.Fatal(err)
			}
			h.waitCondition(object, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonRetrying) // The attempt before is over.
			h.API.ClearFaults()
			h.waitGone(object)
			h.holds(test.want...)
		})
	}
}

func TestANameThatADeletedObjectLeavesEmptyIsTold(t *testing.T) {
	h, object := swappedUnder(t, controllertest.Options{ReleaseGrace: 2 * time.Second}, v1alpha1.DeletionRetain, held("www", "A", "192.0.2.1"))
	h.remove(object) // Nothing gets through, and after the grace it goes.
	h.Eventually("an event that says what is lost", func() error {
		tells := func(event eventsv1.Event) bool {
			return event.Regarding.UID == object.UID && event.Reason == v1alpha1.ReasonNameEmpty && strings.Contains(event.Note, "www A 192.0.2.1")
		}
		return unless(slices.ContainsFunc(h.events(metav1.NamespaceDefault), tells), "none")
	})
	if left := h.leftBehind(); left != 0 {
		t.Errorf("%v records count as left behind, and are not there", left)
	}
}

func TestASwapDoesNotHoldAnObjectForLongerThanItTakes(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZoneWith(v1alpha1.DNSZoneSpec{Records: []v1alpha1.NameRecords{wwwAddresses}})
	h.WaitReady(object)
	h.declare(object, wwwAlias)
	h.WaitReady(object)
	h.Eventually("the finalizer to go", func() error {
		h.refresh(object)
		return unless(len(object.Finalizers) == 0, "%v", object.Finalizers)
	})
	h.holds(heldAlias)
}

func TestAnObjectThatOnlyLooksLeavesItsZoneWhenItIsDeleted(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	f := h.applyFile(v1alpha1.DeletionDelete)
	change(h, f.zone, func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyObserve })
	h.deleteAll(f.zone)
	h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	h.checkLeftBehind(f.zone, 1, "Observe")
}
