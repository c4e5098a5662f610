// Package chart tests the Helm chart with the real Helm and a real API server. It needs bin/helm, which make test builds.
package chart

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

const (
	root      = "../../"
	chart     = root + "charts/regapi-operator"
	release   = "regapi-operator"
	namespace = "regapi-system"
)

func TestMain(m *testing.M) { apiservertest.Main(m) }

// run runs a program of bin, and gives what it writes and its failure with what it says.
func run(ctx context.Context, environment []string, program string, arguments ...string) (string, error) {
	path, err := filepath.Abs(filepath.Join(root, "bin", program))
	if err != nil {
		return "", err
	}
	command := exec.CommandContext(ctx, path, arguments...)
	command.Env = append(os.Environ(), environment...)
	var output, mistakes bytes.Buffer
	command.Stdout, command.Stderr = &output, &mistakes
	if err := command.Run(); err != nil {
		return output.String(), errors.Join(err, errors.New(mistakes.String()))
	}
	return output.String(), nil
}

// template renders the chart with values, as of a cluster that has the kinds that are given as group/version/Kind.
func template(t *testing.T, values string, kinds ...string) (objects, error) {
	t.Helper()
	arguments := []string{"template", release, chart, "--namespace=" + namespace, "--values=" + fileOf(t, values)}
	for _, kind := range kinds {
		arguments = append(arguments, "--api-versions="+kind)
	}
	text, err := run(t.Context(), homeOf(t), "helm", arguments...)
	if err != nil {
		return nil, err
	}
	return decode(t, text), nil
}

// rendered is template where nothing may fail.
func rendered(t *testing.T, values string, kinds ...string) objects {
	t.Helper()
	made, err := template(t, values, kinds...)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func fileOf(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "values.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// homeOf keeps what Helm remembers in a folder of the test.
func homeOf(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	return []string{"HELM_CACHE_HOME=" + home, "HELM_CONFIG_HOME=" + home, "HELM_DATA_HOME=" + home}
}

// objects are what Helm or kustomize make.
type objects []*unstructured.Unstructured

func decode(t *testing.T, text string) objects {
	t.Helper()
	return apiservertest.Decode(t, []byte(text))
}

// keyOf tells objects apart.
func keyOf(object *unstructured.Unstructured) string {
	return strings.Trim(object.GetKind()+" "+object.GetNamespace()+"/"+object.GetName(), "/")
}

// find gives the object of a kind and a name; nil if there is none.
func (o objects) find(kind, name string) *unstructured.Unstructured {
	for _, object := range o {
		if object.GetKind() == kind && object.GetName() == name {
			return object
		}
	}
	return nil
}

// get is find into a typed object that has to be there.
func get[T any](t *testing.T, o objects, kind, name string) *T {
	t.Helper()
	found := o.find(kind, name)
	if found == nil {
		t.Fatalf("there is no %s %s", kind, name)
	}
	typed := new(T)
	if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(found.Object, typed, true); err != nil {
		t.Fatalf("%s %s: %v", kind, name, err)
	}
	return typed
}

// listed gives the names in a list.
func listed(list runtime.Object) (names []string, err error) {
	err = meta.EachListItem(list, func(item runtime.Object) error {
		object, err := meta.Accessor(item)
		names = append(names, object.GetName())
		return err
	})
	return names, err
}
