package apiservertest

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// Kustomize builds a kustomization in whose text config is that of this module.
func Kustomize(t testing.TB, kustomization string) []*unstructured.Unstructured {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	// Kustomize refuses absolute paths, and follows links.
	if err := os.Symlink(filepath.Join(root, "config"), filepath.Join(folder, "config")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "kustomization.yaml"), []byte(kustomization), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"), "kustomize", folder)
	var mistakes bytes.Buffer
	command.Stderr = &mistakes
	made, err := command.Output()
	if err != nil {
		t.Fatalf("kubectl kustomize: %v\n%s", err, mistakes.String())
	}
	return Decode(t, made)
}

// Decode reads the objects of a text of several documents.
func Decode(t testing.TB, text []byte) []*unstructured.Unstructured {
	t.Helper()
	var made []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(bytes.NewReader(text), 4096)
	for {
		object := &unstructured.Unstructured{}
		err := decoder.Decode(object)
		if errors.Is(err, io.EOF) {
			return made
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(object.Object) > 0 {
			made = append(made, object)
		}
	}
}
