package v1alpha1_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// kinds are those that have a status of ours.
func kinds(t *testing.T) []string {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	var found []string
	for kind, goType := range scheme.KnownTypes(v1alpha1.GroupVersion) {
		if reflect.PointerTo(goType).Implements(reflect.TypeFor[interface{ GetConditions() *[]metav1.Condition }]()) {
			found = append(found, kind)
		}
	}
	return found
}

// TestEveryKindIsInstalledShownAndDescribed looks for what is written by hand; `make verify` sees to what is generated. The demo
// makes the samples with the operator's role and no other, so that a kind with a sample has its rules too.
func TestEveryKindIsInstalledShownAndDescribed(t *testing.T) {
	for _, kind := range kinds(t) {
		name := strings.ToLower(kind)
		made := kind == "Order" // The operator makes them, and nobody else: there is no sample to apply.
		for file, line := range map[string]string{
			"config/crd/kustomization.yaml":     "- bases/regapi.io_" + name + "s.yaml",
			"config/samples/kustomization.yaml": "- " + name + ".yaml",
			"config/samples/" + name + ".yaml":  "kind: " + kind,
			"docs/" + name + ".md":              "# " + kind,
			"PROJECT":                           "  kind: " + kind,
		} {
			if made && strings.HasPrefix(file, "config/samples/") {
				continue
			}
			text, err := os.ReadFile("../../" + file)
			if err != nil || !regexp.MustCompile("(?m)^"+regexp.QuoteMeta(line)+"$").Match(text) {
				t.Errorf("%s needs the line %q (%v)", file, line, err)
			}
		}
	}
}
