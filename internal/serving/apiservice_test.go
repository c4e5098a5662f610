package serving

import (
	"context"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func TestAnAPIServiceThatAsksForTheAuthorityHasItAlways(t *testing.T) {
	h := newHarness(t)
	source := h.source()
	run(t, source)
	if err := source.Wait(h.soon()); err != nil {
		t.Fatal(err)
	}
	h.createAPIService(map[string]any{InjectAnnotation: "true"}) // It comes after the certificate.
	h.awaitBundle(h.published())
	h.patchAPIService(`{"spec": {"caBundle": null}}`)
	h.awaitBundle(h.published())
	if err := h.dynamic.Resource(apiServices).Delete(t.Context(), h.apiService, metav1.DeleteOptions{}); err != nil {
		t.Fatal(err)
	}
	h.createAPIService(map[string]any{InjectAnnotation: "true"})
	h.awaitBundle(h.published())
}

func TestAnAPIServiceThatDoesNotAskIsLeftAlone(t *testing.T) {
	for name, annotations := range map[string]map[string]any{
		"no annotation": {},
		"another value": {InjectAnnotation: "false"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t)
			h.createAPIService(annotations)
			h.keep(h.source())
			if bundle := h.bundleOfAPIService(); bundle != "" {
				t.Errorf("it was given %q", bundle)
			}
		})
	}
}

func (h *harness) createAPIService(annotations map[string]any) {
	h.Helper()
	object := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService",
		"metadata": map[string]any{"name": h.apiService, "annotations": annotations},
		"spec": map[string]any{
			"group": strings.TrimPrefix(h.apiService, "v1alpha1."), "version": "v1alpha1",
			"groupPriorityMinimum": int64(1000), "versionPriority": int64(15),
			"service": map[string]any{"namespace": h.namespace, "name": "regapi-operator", "port": int64(443)},
		},
	}}
	if _, err := h.dynamic.Resource(apiServices).Create(h.Context(), object, metav1.CreateOptions{}); err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() {
		err := h.dynamic.Resource(apiServices).Delete(context.Background(), h.apiService, metav1.DeleteOptions{})
		if err != nil && !apierrors.IsNotFound(err) {
			h.Error(err)
		}
	})
}

func (h *harness) patchAPIService(patch string) {
	h.Helper()
	_, err := h.dynamic.Resource(apiServices).Patch(h.Context(), h.apiService, "application/merge-patch+json", []byte(patch), metav1.PatchOptions{})
	if err != nil {
		h.Fatal(err)
	}
}

func (h *harness) bundleOfAPIService() string {
	h.Helper()
	object, err := h.dynamic.Resource(apiServices).Get(h.Context(), h.apiService, metav1.GetOptions{})
	if err != nil {
		h.Fatal(err)
	}
	encoded, _, err := unstructured.NestedString(object.Object, "spec", "caBundle")
	if err != nil {
		h.Fatal(err)
	}
	bundle, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		h.Fatal(err)
	}
	return string(bundle)
}

// awaitBundle lets less time pass than until the check that comes once a minute: it is the change that has to be noticed.
func (h *harness) awaitBundle(want string) {
	h.Helper()
	const tick = 20 * time.Millisecond
	for range checkInterval / 2 / tick {
		if h.bundleOfAPIService() == want {
			return
		}
		h.clock.Step(tick)
		time.Sleep(tick) // A poll of a real API server.
	}
	h.Fatal("the APIService has not been given the authority")
}
