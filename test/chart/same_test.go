package chart

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// installations have values that make of the chart what config/default is with components.
var installations = map[string]struct{ values, components string }{
	"default": {"{replicas: 1}", ""},
	"everything": {
		"{certManager: {enabled: true}, pluginDoor: {enabled: true}, externalDNS: {enabled: true}, certificate: {certManager: true}, metrics: {dashboard: {enabled: true}}}",
		"config/cert-manager, config/plugin, config/external-dns, config/components/cert-manager-certificate, config/grafana",
	},
	"Prometheus":   {"{replicas: 1, metrics: {serviceMonitor: always, rules: always}}", "config/prometheus"},
	"read-only":    {"{replicas: 1, readOnly: true}", "config/components/read-only"},
	"every Secret": {"{secrets: {clusterWide: true}, replicas: 1}", "config/components/secrets-cluster-wide"},
}

// Who changes from kustomize to Helm, or back, gets the same objects: their names, what they grant, and what the process is given.
func TestHelmMakesWhatKustomizeMakes(t *testing.T) {
	for name, c := range installations {
		t.Run(name, func(t *testing.T) {
			helm, kustomize := rendered(t, c.values), built(t, c.components)
			for _, theirs := range kustomize {
				if theirs.GetKind() == "Namespace" { // helm install --create-namespace
					continue
				}
				ours := helm.find(theirs.GetKind(), theirs.GetName())
				switch {
				case ours == nil:
					t.Errorf("the chart makes no %s", keyOf(theirs))
				case theirs.GetKind() == "Deployment":
					compareDeployments(t, theirs, ours)
				default:
					if diff := cmp.Diff(comparableOf(theirs), comparableOf(ours)); diff != "" {
						t.Errorf("%s (-kustomize +helm):\n%s", keyOf(theirs), diff)
					}
				}
			}
			for _, ours := range helm {
				if kustomize.find(ours.GetKind(), ours.GetName()) == nil && !isOfTheChartAlone(ours) {
					t.Errorf("only the chart makes %s", keyOf(ours))
				}
			}
		})
	}
}

// isOfTheChartAlone says whether something is what kustomize has nothing of: a test.
func isOfTheChartAlone(object *unstructured.Unstructured) bool {
	return keyOf(object) == "Pod regapi-system/regapi-operator-test"
}

// built is config/default with components, as kustomize makes it.
func built(t *testing.T, components string) objects {
	t.Helper()
	return apiservertest.Kustomize(t, "resources: [config/default]\ncomponents: ["+components+"]\n")
}

// comparableOf is an object without labels and annotations that Helm or kustomize add to say that it is theirs.
func comparableOf(object *unstructured.Unstructured) map[string]any {
	copied := object.DeepCopy()
	added := func(key string) bool {
		return strings.HasPrefix(key, "helm.sh/") || slices.Contains([]string{
			"app.kubernetes.io/name", "app.kubernetes.io/instance", "app.kubernetes.io/version", "app.kubernetes.io/managed-by",
		}, key)
	}
	for _, path := range [][]string{{"metadata", "labels"}, {"metadata", "annotations"}, {"spec", "selector"}, {"spec", "selector", "matchLabels"}} {
		labels, found, err := unstructured.NestedMap(copied.Object, path...)
		if !found || err != nil {
			continue
		}
		for key := range labels {
			if added(key) {
				delete(labels, key)
			}
		}
		if len(labels) == 0 {
			unstructured.RemoveNestedField(copied.Object, path...)
		} else {
			_ = unstructured.SetNestedMap(copied.Object, labels, path...)
		}
	}
	return copied.Object
}

// compareDeployments compares what the process is given: flags that the chart adds have their defaults, or are what the program does by itself.
func compareDeployments(t *testing.T, theirs, ours *unstructured.Unstructured) {
	t.Helper()
	kustomize := get[appsv1.Deployment](t, objects{theirs}, "Deployment", theirs.GetName())
	helm := get[appsv1.Deployment](t, objects{ours}, "Deployment", ours.GetName())
	if *kustomize.Spec.Replicas != *helm.Spec.Replicas {
		t.Errorf("replicas: %d by kustomize, %d by helm", *kustomize.Spec.Replicas, *helm.Spec.Replicas)
	}
	container := func(d *appsv1.Deployment) corev1.Container { return d.Spec.Template.Spec.Containers[0] }
	for _, flag := range container(kustomize).Args {
		if !slices.Contains(container(helm).Args, flag) {
			t.Errorf("helm does not give %s", flag)
		}
	}
	for _, pod := range []*corev1.PodSpec{&kustomize.Spec.Template.Spec, &helm.Spec.Template.Spec} {
		pod.Containers[0].Args, pod.Containers[0].Image, pod.Containers[0].ImagePullPolicy = nil, "", ""
		for n := range pod.Containers[0].Env {
			if variable := &pod.Containers[0].Env[n]; variable.Name == "GOMEMLIMIT" {
				variable.Value = "" // rounded
			}
		}
		pod.Affinity, pod.TopologySpreadConstraints = nil, nil
	}
	if diff := cmp.Diff(kustomize.Spec.Template.Spec, helm.Spec.Template.Spec); diff != "" {
		t.Errorf("the pod (-kustomize +helm):\n%s", diff)
	}
}
