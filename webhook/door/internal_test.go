package door

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

func TestAnObjectThatNobodyHasAppliedHasTheDefaultsOfItsCRD(t *testing.T) {
	empty := map[string]any{}
	for resource, parts := range map[string]map[string]any{
		"domains":  {"acquisition": empty, "renewal": empty, "dnssec": empty},
		"dnszones": {"deletionGuard": empty, "soa": empty, "forwarding": empty},
		"folders":  {"deletionGuard": empty},
	} {
		for _, kind := range plannables {
			if kind.resource != resource {
				continue
			}
			for _, spec := range []map[string]any{{}, parts} {
				want, got := kind.one(), kind.one()
				object := runtime.DeepCopyJSON(map[string]any{"spec": spec})
				readInto(t, object, got)
				setDefaults(got)
				defaulting.Default(object, structural(t, resource))
				readInto(t, object, want)
				if diff := cmp.Diff(kind.spec(want), kind.spec(got)); diff != "" {
					t.Errorf("%s of %v (-CRD +door):\n%s", resource, spec, diff)
				}
			}
		}
	}
}

func readInto(t *testing.T, object map[string]any, into client.Object) {
	t.Helper()
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, into); err != nil {
		t.Fatal(err)
	}
}

// structural reads the schema of a CRD.
func structural(t *testing.T, resource string) *schema.Structural {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "config", "crd", "bases", v1alpha1.GroupVersion.Group+"_"+resource+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(text, &crd); err != nil {
		t.Fatal(err)
	}
	var props apiextensions.JSONSchemaProps
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(crd.Spec.Versions[0].Schema.OpenAPIV3Schema, &props, nil); err != nil {
		t.Fatal(err)
	}
	made, err := schema.NewStructural(&props)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func TestWhatFailsIsToldByItsReason(t *testing.T) {
	for _, c := range []struct {
		err    error
		code   int32
		reason string
	}{
		{fmt.Errorf("wait for a turn: %w", context.DeadlineExceeded), http.StatusGatewayTimeout, "Timeout"},
		{&traffic.TooLateError{}, http.StatusGatewayTimeout, "Timeout"},
		{&traffic.NotLeadingError{}, http.StatusServiceUnavailable, "ServiceUnavailable"},
		{&traffic.ReadOnlyError{Function: "zone/clear"}, http.StatusFailedDependency, wire.ReasonRegistrar},
		{&regapi.TransportError{}, http.StatusFailedDependency, wire.ReasonRegistrar},
		{&traffic.ThrottledError{}, http.StatusFailedDependency, wire.ReasonRegistrar},
		{&account.Unavailable{Reason: v1alpha1.ReasonSecretNotFound, Message: "no Secret"}, http.StatusConflict, v1alpha1.ReasonSecretNotFound},
		{errors.New("a mistake"), http.StatusInternalServerError, "InternalError"},
	} {
		if got := statusOf(c.err); got.Code != c.code || string(got.Reason) != c.reason {
			t.Errorf("%v: %d %s, not %d %s", c.err, got.Code, got.Reason, c.code, c.reason)
		}
	}
}
