package harness

import (
	"os"
	"path/filepath"
	"testing"
)

// Repository returns the folder of the operator's go.mod.
func Repository(t testing.TB) string {
	t.Helper()
	folder, err := os.Getwd() // that of the test's package
	if err != nil {
		t.Fatal(err)
	}
	for parent := filepath.Dir(folder); parent != folder; folder, parent = parent, filepath.Dir(parent) {
		if _, err := os.Stat(filepath.Join(folder, "config", "crd", "bases")); err == nil {
			return folder
		}
	}
	t.Fatal("the tests do not lie in the operator's repository")
	return ""
}

// Binary returns the path of a program in bin/.
func Binary(t testing.TB, name string) string {
	t.Helper()
	return existing(t, filepath.Join(Repository(t), "bin", name), "run `make test-e2e`, which builds it")
}

// Asset returns the path of etcd, kube-apiserver, kube-controller-manager or kubectl.
func Asset(t testing.TB, name string) string {
	t.Helper()
	return existing(t, filepath.Join(assets(t), name), "KUBEBUILDER_ASSETS has to hold it; leave it unset to have it built by make")
}

func assets(t testing.TB) string {
	t.Helper()
	folder := os.Getenv("KUBEBUILDER_ASSETS")
	if folder == "" {
		t.Fatal("KUBEBUILDER_ASSETS is not set: run `make test-e2e`, which builds what is needed")
	}
	return folder
}

func existing(t testing.TB, path, remedy string) string {
	t.Helper()
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: %s", err, remedy)
	}
	return path
}
