package dnszone_test

import (
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// deleteNamespace does what `kubectl delete namespace` does.
func (h *harness) deleteNamespace() {
	h.Helper()
	h.deleteAll(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: h.Namespace}})
}

func TestTheDeletionOfANamespaceRemovesItsRecords(t *testing.T) {
	apiservertest.RunNamespaceController(t)
	h := newHarness(t, controllertest.Options{WithoutAccount: true, Simulator: []regapitest.Option{regapitest.WithLatency(50 * time.Millisecond)}})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "second.ru"})
	h.applyFile(v1alpha1.DeletionDelete)
	second := h.CreateZoneWith(v1alpha1.DNSZoneSpec{
		DomainName: "second.ru", DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")},
	})
	h.WaitReady(second)
	h.deleteNamespace()
	h.checkRecords(foreign)
	if held := h.API.Records("second.ru"); len(held) != 0 {
		t.Errorf("records %v", held)
	}
	if left := h.leftBehind(); left != 0 {
		t.Errorf("%v records are counted as left behind", left)
	}
}

func TestTheDeletionOfANamespaceLeavesWhatItsZonesRetain(t *testing.T) {
	apiservertest.RunNamespaceController(t)
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	h.applyFile(v1alpha1.DeletionRetain)
	h.deleteNamespace()
	h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
}

func TestANamespaceCanAlwaysBeDeleted(t *testing.T) {
	for name, arrange := range map[string]func(h *harness, f file) (why string){
		"while REG.API is unreachable": func(h *harness, _ file) string {
			h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest})
			return "remove them by hand"
		},
		"while its object is paused": func(h *harness, f file) string {
			h.annotate(f.zone, v1alpha1.AnnotationPaused, "true")
			return v1alpha1.AnnotationPaused
		},
		"while the login is denied": func(h *harness, _ file) string {
			h.API.SetPassword(controllertest.Login, "changed at the registrar")
			return "remove them by hand"
		},
	} {
		t.Run(name, func(t *testing.T) {
			apiservertest.RunNamespaceController(t)
			h := newHarness(t, controllertest.Options{WithoutAccount: true, ReleaseGrace: 3 * time.Second})
			f := h.applyFile(v1alpha1.DeletionDelete)
			why := arrange(h, f)
			h.deleteNamespace()
			h.checkRecords(foreign, regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.1"})
			h.checkLeftBehind(f.zone, 1, why)
		})
	}
}
