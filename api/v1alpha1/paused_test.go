package v1alpha1_test

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func TestAnythingButFalsePauses(t *testing.T) {
	for value, want := range map[string]bool{"true": true, "True": true, "yes": true, "": true, "False": true, "0": true, "false": false} {
		object := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Annotations: map[string]string{v1alpha1.AnnotationPaused: value}}}
		if got := v1alpha1.IsPaused(object); got != want {
			t.Errorf("paused: %q pauses: %t, want %t", value, got, want)
		}
	}
	if v1alpha1.IsPaused(&v1alpha1.DNSZone{}) {
		t.Error("an object without the annotation is paused")
	}
}
