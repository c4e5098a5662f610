package v1alpha1_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// TestEveryExampleIsTakenWithEveryField applies the examples as a strict dry run. Kinds of cert-manager, which this API server does not know, are
// left to the end-to-end tests.
func TestEveryExampleIsTakenWithEveryField(t *testing.T) {
	files, err := filepath.Glob("../../docs/examples/*.yaml")
	if err != nil || len(files) < 7 {
		t.Fatalf("%d examples, %v", len(files), err)
	}
	kubectl, kubeconfig := filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"), apiservertest.Kubeconfig(t)
	page, err := os.ReadFile("../../docs/examples/README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if !bytes.Contains(page, []byte("]("+filepath.Base(file)+")")) {
			t.Errorf("docs/examples/README.md does not show %s", filepath.Base(file))
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		var together bytes.Buffer
		for _, object := range apiservertest.Decode(t, text) {
			if strings.HasPrefix(object.GetAPIVersion(), "cert-manager.io/") {
				continue
			}
			if object.GetNamespace() != "" {
				object.SetNamespace("default") // One that is there.
			}
			if key := object.GetKind() + object.GetName(); seen[key] {
				t.Errorf("%s has two of %s", file, key)
			} else {
				seen[key] = true
			}
			part, err := yaml.Marshal(object.Object)
			if err != nil {
				t.Fatal(err)
			}
			together.WriteString("---\n" + string(part))
		}
		command := exec.CommandContext(t.Context(), kubectl, "--kubeconfig="+kubeconfig,
			"apply", "--server-side", "--dry-run=server", "--validate=strict", "--filename=-")
		command.Stdin = &together
		if said, err := command.CombinedOutput(); err != nil || bytes.Contains(said, []byte("Warning: ")) {
			t.Errorf("%s: %v\n%s", file, err, said)
		}
	}
}
