package main

import (
	"net"
	"strconv"
	"testing"

	"github.com/spf13/pflag"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/regapi-io/regapi-operator/webhook/certmanager"
)

// withSolver is config/default with the solver.
const withSolver = `
resources: [config/default]
components: [config/cert-manager]
`

func TestTheSolverListensWhereItsAPIServiceLeads(t *testing.T) {
	made := render(t, withSolver)
	container := find[appsv1.Deployment](t, made, "Deployment").Spec.Template.Spec.Containers[0]
	var o options
	flags := pflag.NewFlagSet("operator", pflag.ContinueOnError)
	o.addFlags(flags)
	if err := flags.Parse(container.Args); err != nil {
		t.Fatal(err)
	}
	_, listens, err := net.SplitHostPort(o.certManager.address)
	if err != nil {
		t.Fatal(err)
	}

	registered := find[unstructured.Unstructured](t, made, "APIService")
	if want := o.certManager.apiService(); registered.GetName() != want {
		t.Errorf("the APIService is %s, and the operator asks for %s", registered.GetName(), want)
	}
	service := find[corev1.Service](t, made, "Service")
	spec := registered.Object["spec"].(map[string]any)
	leads := spec["service"].(map[string]any)
	if leads["name"] != service.Name || leads["namespace"] != service.Namespace {
		t.Errorf("the APIService leads to %v, and the Service is %s/%s", leads, service.Namespace, service.Name)
	}
	reached := ""
	for _, port := range service.Spec.Ports {
		for _, opened := range container.Ports {
			if int64(port.Port) == leads["port"] && port.TargetPort.StrVal == opened.Name {
				reached = strconv.Itoa(int(opened.ContainerPort))
			}
		}
	}
	if reached != listens {
		t.Errorf("the APIService leads to port %q of the pod, and the operator listens on %q", reached, listens)
	}
}

func TestCertManagerMayCreateChallengesOfTheSolverAndNothingElse(t *testing.T) {
	role := find[rbacv1.ClusterRole](t, render(t, withSolver), "ClusterRole", "regapi-operator-challenges")
	if len(role.Rules) != 1 {
		t.Fatalf("rules %v", role.Rules)
	}
	rule := role.Rules[0]
	if rule.APIGroups[0] != certmanager.DefaultGroup || rule.Resources[0] != certmanager.Name || rule.Verbs[0] != "create" {
		t.Errorf("rule %v", rule)
	}
	if len(rule.APIGroups)+len(rule.Resources)+len(rule.Verbs) != 3 {
		t.Errorf("the rule allows more than it should: %v", rule)
	}
}
