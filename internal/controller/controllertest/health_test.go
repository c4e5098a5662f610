package controllertest

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// What the controllers write is seen by every WaitFor of their tests; here are states that no test waits for.
func TestArgoCDShowsNoObjectHealthyThatNobodyHasLookedAt(t *testing.T) {
	made := func(observed int64, annotations map[string]string, conditions ...metav1.Condition) *v1alpha1.DNSZone {
		object := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Generation: 2, Annotations: annotations}}
		object.Status.ObservedGeneration, object.Status.Conditions = observed, conditions
		return object
	}
	condition := func(kind string, status metav1.ConditionStatus, reason string) metav1.Condition {
		return metav1.Condition{Type: kind, Status: status, Reason: reason, Message: "why"}
	}
	ready := condition("Ready", "True", v1alpha1.ReasonSucceeded)
	for name, test := range map[string]struct {
		object *v1alpha1.DNSZone
		want   string
	}{
		"fresh":              {made(-1, nil), "Progressing"},
		"changed":            {made(1, nil, ready), "Progressing"},
		"ready":              {made(2, nil, ready), "Healthy"},
		"paused":             {made(2, map[string]string{v1alpha1.AnnotationPaused: ""}, ready), "Suspended"},
		"paused and fresh":   {made(-1, map[string]string{v1alpha1.AnnotationPaused: "yes"}), "Suspended"},
		"no longer paused":   {made(2, map[string]string{v1alpha1.AnnotationPaused: "false"}, ready), "Healthy"},
		"throttled":          {made(2, nil, ready, condition("Reconciling", "True", v1alpha1.ReasonThrottled)), "Progressing"},
		"stalled":            {made(2, nil, condition("Ready", "False", "Conflict"), condition("Stalled", "True", "Conflict")), "Degraded"},
		"waits for approval": {made(2, nil, condition("Ready", "False", v1alpha1.ReasonPlanNeedsApproval), condition("Stalled", "True", v1alpha1.ReasonPlanNeedsApproval)), "Suspended"},
	} {
		if got, message, err := Health(test.object); err != nil || got != test.want || message == "" {
			t.Errorf("%s: Argo CD shows %s (%s), want %s; %v", name, got, message, test.want, err)
		}
	}
}
