package controllertest

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
)

// patience bounds every wait for the controllers, generously: with the race detector, on a machine that is busy with other tests, all takes long.
const patience = 3 * time.Minute

// WaitFor waits until Ready has a status and a reason for the present generation.
func (h *Harness) WaitFor(obj status.Object, status metav1.ConditionStatus, reason string) *metav1.Condition {
	h.Helper()
	var ready *metav1.Condition
	h.Eventually(fmt.Sprintf("%s to be Ready=%s (%s)", obj.GetName(), status, reason), func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(obj), obj); err != nil {
			return err
		}
		ready = meta.FindStatusCondition(*obj.GetConditions(), v1alpha1.ConditionReady)
		if ready == nil || ready.Status != status || ready.Reason != reason || ready.ObservedGeneration != obj.GetGeneration() {
			return fmt.Errorf("conditions %+v", *obj.GetConditions())
		}
		return nil
	})
	h.CheckInvariants(obj)
	return ready
}

// WaitReady waits until an object is as its spec asks.
func (h *Harness) WaitReady(obj status.Object) {
	h.Helper()
	h.WaitFor(obj, metav1.ConditionTrue, v1alpha1.ReasonSucceeded)
}

// CheckInvariants holds the conditions against what kstatus expects of them, and Argo CD's health check against kstatus.
func (h *Harness) CheckInvariants(obj status.Object) {
	h.Helper()
	conditions := *obj.GetConditions()
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	stalled := meta.FindStatusCondition(conditions, v1alpha1.ConditionStalled)
	reconciling := meta.FindStatusCondition(conditions, v1alpha1.ConditionReconciling)
	switch {
	case ready == nil:
		h.Error("Ready is missing")
	case stalled != nil && reconciling != nil:
		h.Error("Stalled and Reconciling hold at once")
	case stalled != nil && ready.Status == metav1.ConditionTrue:
		h.Error("Stalled and Ready hold at once")
	case ready.Status == metav1.ConditionFalse && stalled == nil && reconciling == nil:
		h.Error("neither Ready, Reconciling nor Stalled holds")
	}
	h.checkHealth(obj)
}

// Eventually waits until a check passes.
func (h *Harness) Eventually(what string, check func() error) {
	h.Helper()
	deadline := time.Now().Add(patience)
	var first error
	for {
		err := check()
		if err == nil {
			return
		}
		if first == nil {
			first = err
		}
		if time.Now().After(deadline) {
			h.Fatalf("waited in vain for %s: %v; at first: %v", what, err, first)
		}
		time.Sleep(20 * time.Millisecond) // A poll of a real API server; no clock to turn.
	}
}
