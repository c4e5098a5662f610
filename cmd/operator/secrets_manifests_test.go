package main

import (
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

// secretVerbs are what the cluster roles of a kustomization may do with Secrets.
func secretVerbs(t *testing.T, made manifests) []string {
	t.Helper()
	var verbs []string
	for _, object := range made {
		if object.GetKind() != "ClusterRole" {
			continue
		}
		var role rbacv1.ClusterRole
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object.Object, &role); err != nil {
			t.Fatal(err)
		}
		for _, rule := range role.Rules {
			if slices.Contains(rule.Resources, "secrets") || slices.Contains(rule.Resources, "*") {
				verbs = append(verbs, rule.Verbs...)
			}
		}
	}
	slices.Sort(verbs)
	return verbs
}

// bindings are where a kustomization grants the right to read Secrets, as kind and namespace.
func bindings(made manifests) []string {
	var found []string
	for _, object := range made {
		if name, _, _ := unstructured.NestedString(object.Object, "roleRef", "name"); name == "regapi-operator-secrets" {
			found = append(found, object.GetKind()+" "+object.GetNamespace())
		}
	}
	return found
}

func TestSecretsAreReadByNameAndNeverListed(t *testing.T) {
	if verbs := secretVerbs(t, render(t, "resources: [config/default]")); !slices.Equal(verbs, []string{"get", "watch"}) {
		t.Errorf("the operator may %v Secrets where it is let", verbs)
	}
}

func TestSecretsAreReadInTheOwnNamespaceUnlessAllAreAskedFor(t *testing.T) {
	if found := bindings(render(t, "resources: [config/default]")); !slices.Equal(found, []string{"RoleBinding regapi-system"}) {
		t.Errorf("by default Secrets are read by %q", found)
	}
	if found := bindings(render(t, "resources: [config/default]\ncomponents: [config/components/secrets-cluster-wide]")); !slices.Equal(found, []string{"ClusterRoleBinding "}) {
		t.Errorf("with the component Secrets are read by %q", found)
	}
}

func TestTheSamplesLetTheOperatorReadTheSecretOfTheirNamespace(t *testing.T) {
	made := render(t, "resources: [config/default, config/samples]")
	samples := render(t, "namespace: web\nresources: [config/samples]")
	binding, account := find[rbacv1.RoleBinding](t, samples, "RoleBinding"), find[corev1.ServiceAccount](t, made, "ServiceAccount")
	find[rbacv1.ClusterRole](t, made, "ClusterRole", binding.RoleRef.Name)
	want := rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: account.Namespace, Name: account.Name}
	if !slices.Equal(binding.Subjects, []rbacv1.Subject{want}) {
		t.Errorf("the samples grant to %v", binding.Subjects)
	}
}
