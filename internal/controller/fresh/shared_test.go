package fresh_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/fresh"
)

// A cache hands out its own objects where nobody copies them, and a reading that goes past it fills what shares memory with one. The client of
// controller-runtime empties an object before it reads into it; this is what rests on that.
func TestWhatIsReadPastTheCacheDoesNotWriteIntoTheCache(t *testing.T) {
	zone := func(version, owner string, records ...string) *v1alpha1.DNSZone {
		z := &v1alpha1.DNSZone{
			TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion.String(), Kind: "DNSZone"},
			ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name, ResourceVersion: version, Annotations: map[string]string{"owner": owner}},
		}
		for _, name := range records {
			z.Spec.Records = append(z.Spec.Records, v1alpha1.NameRecords{Name: name})
		}
		return z
	}
	inCache, atServer := zone("1", "before", "old", "older", "oldest"), zone("2", "after", "new")
	want := inCache.DeepCopy()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(atServer); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(v1alpha1.GroupVersion.WithKind("DNSZone"), meta.RESTScopeNamespace)
	live, err := client.NewWithWatch(&rest.Config{Host: server.URL}, client.Options{Scheme: scheme, Mapper: mapper})
	if err != nil {
		t.Fatal(err)
	}
	cached := interceptor.NewClient(live, interceptor.Funcs{
		Get: func(_ context.Context, _ client.WithWatch, _ client.ObjectKey, into client.Object, _ ...client.GetOption) error {
			*into.(*v1alpha1.DNSZone) = *inCache // As with client.UnsafeDisableDeepCopy.
			return nil
		},
	})
	c := fresh.New(cached, live)
	if err := c.Update(t.Context(), zone("1", "", "")); err != nil { // The answer has the later version, so that the cache is behind.
		t.Fatal(err)
	}
	var found v1alpha1.DNSZone
	if err := c.Get(t.Context(), key, &found, client.UnsafeDisableDeepCopy); err != nil {
		t.Fatal(err)
	}
	if found.ResourceVersion != "2" || len(found.Spec.Records) != 1 || found.Annotations["owner"] != "after" {
		t.Errorf("read was %+v", found)
	}
	if !reflect.DeepEqual(inCache, want) {
		t.Errorf("in the cache is %+v", inCache)
	}
}
