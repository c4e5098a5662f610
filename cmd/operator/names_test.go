package main

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// elsewhere is everything that the docs offer, in a namespace of one's own, with a prefix and an image of one's own.
func elsewhere(components string) string {
	return `
namespace: dns
namePrefix: acme-
resources: [config/default]
components: [` + components + `]
transformers: [config/names]
images: [{name: regapi-operator, newName: registry.example.com/regapi-operator, newTag: v1}]
`
}

func TestAKustomizationOfOnesOwnMayHaveItsNamespacePrefixAndImage(t *testing.T) {
	const solver, certificate, externalDNS = "config/cert-manager", "config/components/cert-manager-certificate", "config/external-dns"
	for _, components := range []string{
		solver + "," + certificate + "," + externalDNS, certificate + "," + solver, solver, certificate, externalDNS + ",config/external-dns/insecure-service",
		externalDNS + ",config/external-dns/network-policy", "config/prometheus", "config/components/secrets-cluster-wide", solver + ",config/plugin",
		"config/grafana,config/components/read-only",
	} {
		t.Run(components, func(t *testing.T) {
			made := render(t, elsewhere(components))
			text, err := yaml.Marshal(made)
			if err != nil {
				t.Fatal(err)
			}
			for _, left := range []string{"regapi-system", "namespace: system", "namespace: kube-system", "regapi-operator:dev"} {
				if strings.Contains(string(text), left) {
					t.Errorf("%q is left", left)
				}
			}
			checkSubjects(t, made)
			checkRoles(t, made)
			checkNames(t, made)
		})
	}
}

// checkSubjects makes sure that whatever is granted is granted to the operator, or to cert-manager.
func checkSubjects(t *testing.T, made manifests) {
	t.Helper()
	account := find[corev1.ServiceAccount](t, made, "ServiceAccount")
	for _, object := range made {
		subjects, _, err := unstructured.NestedSlice(object.Object, "subjects")
		if err != nil {
			t.Fatal(err)
		}
		for _, each := range subjects {
			subject := each.(map[string]any)
			if subject["name"] == "cert-manager" && subject["namespace"] == "cert-manager" {
				continue
			}
			if subject["name"] != account.Name || subject["namespace"] != account.Namespace {
				t.Errorf("%s %s grants to %v, and the operator is %s/%s", object.GetKind(), object.GetName(), subject, account.Namespace, account.Name)
			}
		}
	}
}

// checkRoles makes sure that each binding grants a role that is there.
func checkRoles(t *testing.T, made manifests) {
	t.Helper()
	for _, object := range made {
		role, found, err := unstructured.NestedStringMap(object.Object, "roleRef")
		if err != nil {
			t.Fatal(err)
		}
		if found && !strings.HasPrefix(role["name"], "system:") {
			find[unstructured.Unstructured](t, made, role["kind"], role["name"])
		}
	}
}

// checkNames makes sure that whatever names the Service names the one that is there.
func checkNames(t *testing.T, made manifests) {
	t.Helper()
	service := find[corev1.Service](t, made, "Service", "acme-regapi-operator")
	for _, variable := range find[appsv1.Deployment](t, made, "Deployment").Spec.Template.Spec.Containers[0].Env {
		if variable.Name == "SERVICE_NAME" && variable.Value != service.Name {
			t.Errorf("SERVICE_NAME is %s, and the Service %s", variable.Value, service.Name)
		}
	}
	for _, object := range made {
		switch object.GetKind() + " " + object.GetName() {
		case "APIService v1alpha1.acme.regapi.io", "APIService v1alpha1.door.regapi.io":
			leads, _, err := unstructured.NestedMap(object.Object, "spec", "service")
			if err != nil || leads["name"] != service.Name || leads["namespace"] != service.Namespace {
				t.Errorf("the APIService leads to %v, and the Service is %s/%s", leads, service.Namespace, service.Name)
			}
			if object.GetAnnotations()["regapi.io/inject-ca"] != "true" {
				t.Error("nobody tells the APIService whom to trust")
			}
		case "ServiceMonitor acme-regapi-operator":
			endpoints, _, err := unstructured.NestedSlice(object.Object, "spec", "endpoints")
			if err != nil || len(endpoints) != 1 {
				t.Fatal(endpoints, err)
			}
			if name, _, _ := unstructured.NestedString(endpoints[0].(map[string]any), "tlsConfig", "serverName"); name != service.Name+"."+service.Namespace+".svc" {
				t.Errorf("Prometheus asks for the certificate of %s", name)
			}
		case "Certificate acme-regapi-operator-serving":
			names, _, err := unstructured.NestedStringSlice(object.Object, "spec", "dnsNames")
			if err != nil || len(names) == 0 || names[0] != service.Name+"."+service.Namespace+".svc" {
				t.Errorf("the certificate is for %v", names)
			}
			issuer, _, _ := unstructured.NestedString(object.Object, "spec", "issuerRef", "name")
			find[unstructured.Unstructured](t, made, "Issuer", issuer)
		}
	}
}

func TestTheServiceIsNamedByTheFlagOrElseByTheManifests(t *testing.T) {
	for _, c := range []struct{ flag, environment, host, objects string }{
		{"", "", "regapi-operator", "regapi-operator"},
		{"", "acme-regapi-operator", "acme-regapi-operator", "regapi-operator"},
		{"mine", "regapi-operator", "mine", "mine"},
	} {
		t.Setenv("SERVICE_NAME", c.environment)
		o := servingOptions{service: defaultService}
		if c.flag != "" {
			o.service = c.flag
		}
		if o.complete(); o.host != c.host || o.service != c.objects {
			t.Errorf("%+v: %s, %s", c, o.host, o.service)
		}
	}
}
