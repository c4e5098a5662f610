package certmanager

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// overlays are the kustomizations that the docs offer.
var overlays = map[string]string{
	"external-dns": "resources: [config/default]\ncomponents: [config/external-dns, config/external-dns/network-policy]",
	"cert-manager": "resources: [config/default]\ncomponents: [config/cert-manager]",
	"everything": "resources: [config/default]\n" +
		"components: [config/cert-manager, config/components/cert-manager-certificate, config/components/secrets-cluster-wide, config/external-dns, config/external-dns/insecure-service]",
	"elsewhere": "namespace: dns\nnamePrefix: acme-\nresources: [config/default]\ncomponents: [config/cert-manager]\ntransformers: [config/names]",
}

// ways of removal, of the kustomization in a folder.
var ways = map[string]func(w *world, t *testing.T, folder string){
	"make undeploy": func(w *world, t *testing.T, folder string) { w.undeploy(t, "KUSTOMIZATION="+folder) },
	"kubectl delete -k": func(w *world, t *testing.T, folder string) {
		w.plane.Kubectl(t, "", "delete", "--kustomize="+folder)
	},
	"by hand, in order": func(w *world, t *testing.T, folder string) {
		w.plane.Kubectl(t, "", "delete", "apiservice", "v1alpha1.acme.regapi.io")
		w.plane.Kubectl(t, "", "delete", "dnszones,domains,accounts", "--all", "--all-namespaces")
		w.plane.Kubectl(t, "", "delete", "--kustomize="+filepath.Join(harness.Repository(t), "config", "crd"))
		w.plane.Kubectl(t, "", "delete", "--ignore-not-found", "--kustomize="+folder)
		w.plane.Kubectl(t, "", "delete", "clusterroles,clusterrolebindings", "--selector=app.kubernetes.io/name=regapi-operator")
	},
}

// TestAnUnrelatedNamespaceCanBeDeletedAfterEveryWayOfRemoval has nobody serve what is installed, as where the operator was removed, or never ran.
func TestAnUnrelatedNamespaceCanBeDeletedAfterEveryWayOfRemoval(t *testing.T) {
	t.Parallel()
	w := &world{plane: harness.StartControlPlane(t, certManagerCRDs(t))}
	for _, c := range []struct{ overlay, way string }{
		{"external-dns", "kubectl delete -k"},
		{"cert-manager", "kubectl delete -k"},
		{"cert-manager", "by hand, in order"},
		{"cert-manager", "make undeploy"},
		{"everything", "kubectl delete -k"},
		{"everything", "make undeploy"},
		{"elsewhere", "kubectl delete -k"},
		{"elsewhere", "make undeploy"},
	} {
		t.Run(c.overlay+", "+c.way, func(t *testing.T) {
			folder := overlay(t, overlays[c.overlay])
			w.plane.Kubectl(t, "", "apply", "--server-side", "--force-conflicts", "--kustomize="+folder)
			if strings.Contains(overlays[c.overlay], "config/cert-manager") {
				w.plane.Kubectl(t, "", "wait", "--for=condition=Available=False", "--timeout="+programTimeout.String(), "apiservice/v1alpha1."+group)
			}
			ways[c.way](w, t, folder)
			w.awaitGone(t, w.deleteNamespace(t), "after "+c.way)
			if left := w.plane.Kubectl(t, "", "get", "apiservices", "--output=name"); strings.Contains(left, "regapi") {
				t.Errorf("left behind:\n%s", left)
			}
		})
	}
}

// overlay gives the folder of a kustomization in whose text config is this repository's.
func overlay(t *testing.T, text string) string {
	t.Helper()
	folder := t.TempDir()
	// Kustomize refuses absolute paths, and follows links.
	if err := os.Symlink(filepath.Join(harness.Repository(t), "config"), filepath.Join(folder, "config")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return folder
}
