package main

import (
	"slices"
	"testing"

	rbacv1 "k8s.io/api/rbac/v1"
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

func TestSecretsAreReadByNameAndNeverListed(t *testing.T) {
	if verbs := secretVerbs(t, render(t, "resources: [config/default]")); !slices.Equal(verbs, []string{"get", "watch"}) {
		t.Errorf("the operator may %v Secrets of every namespace", verbs)
	}
}

func TestAnInstallationCanDoWithoutTheRightToReadEverySecret(t *testing.T) {
	made := render(t, "resources: [config/default]\ncomponents: [config/components/secrets-by-role]")
	if verbs := secretVerbs(t, made); len(verbs) != 0 {
		t.Errorf("the operator may %v Secrets of every namespace", verbs)
	}
	for _, object := range made {
		if object.GetName() == "regapi-operator-secrets" {
			t.Errorf("%s %s is left", object.GetKind(), object.GetName())
		}
	}
}
