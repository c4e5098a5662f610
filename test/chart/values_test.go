package chart

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

func TestAWrongValueIsRefusedWithItsName(t *testing.T) {
	for values, says := range map[string]string{
		"replica: 2":                                "replica",
		"replicas: two":                             "replicas",
		"externalDNS: {enable: true}":               "enable",
		"crds: {keep: yes please}":                  "crds",
		"image: {digest: latest}":                   "digest",
		"metrics: {serviceMonitor: true}":           "serviceMonitor",
		"resources: {limits: {memory: half a gig}}": "resources.limits.memory",
		"serviceAccount: {create: false}":           "serviceAccount.name",
		"regapi: {requestsPerHour: 0}":              "requestsPerHour",
		"secrets: {namespaces: mail}":               "namespaces",
		"metrics: {podMonitor: always}":             "metrics.tokenSecret.name",
		"metrics: {readers: [prometheus]}":          "readers",
	} {
		if _, err := template(t, values); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v", values, err)
		}
	}
}

// containerOf is the operator's container in what values make of the chart.
func containerOf(t *testing.T, values string) corev1.Container {
	t.Helper()
	return get[appsv1.Deployment](t, rendered(t, values), "Deployment", "regapi-operator").Spec.Template.Spec.Containers[0]
}

func TestTheMemoryThatGoMayUseFollowsTheLimit(t *testing.T) {
	for limit, want := range map[string]string{"512Mi": "471859KiB", "1Gi": "943718KiB", "1000000000": "878906KiB", "2G": "1757812KiB"} {
		for _, variable := range containerOf(t, "resources: {limits: {memory: "+limit+"}}").Env {
			if variable.Name == "GOMEMLIMIT" && variable.Value != want {
				t.Errorf("%s: GOMEMLIMIT is %s, want %s", limit, variable.Value, want)
			}
		}
	}
	for _, variable := range containerOf(t, "resources: {limits: null}").Env {
		if variable.Name == "GOMEMLIMIT" {
			t.Errorf("without a limit GOMEMLIMIT is %s", variable.Value)
		}
	}
}

func TestTheImageIsThatOfItsDigest(t *testing.T) {
	digest := "sha256:" + strings.Repeat("0a", 32)
	for values, want := range map[string]string{
		"{}": "regapi-operator:0.1.0",
		"image: {repository: example.com/op, tag: v1}":                           "example.com/op:v1",
		"image: {repository: example.com/op, tag: v1, digest: '" + digest + "'}": "example.com/op@" + digest,
	} {
		if image := containerOf(t, values).Image; image != want {
			t.Errorf("%s: %s", values, image)
		}
	}
}

// Each switch is seen both off and on, by what it makes or takes away.
func TestEachSwitchMakesWhatItSays(t *testing.T) {
	const monitors = "monitoring.coreos.com/v1/"
	for name, c := range map[string]struct {
		values     string
		kinds      []string
		kind, name string
		is         bool
	}{
		"CRDs":                       {"{}", nil, "CustomResourceDefinition", "dnszones.regapi.io", true},
		"no CRDs":                    {"crds: {enabled: false}", nil, "CustomResourceDefinition", "dnszones.regapi.io", false},
		"roles of people":            {"{}", nil, "ClusterRole", "regapi-viewer", true},
		"no roles of people":         {"aggregatedRoles: false", nil, "ClusterRole", "regapi-viewer", false},
		"solver":                     {"certManager: {enabled: true}", nil, "APIService", "v1alpha1.acme.regapi.io", true},
		"no solver":                  {"{}", nil, "APIService", "v1alpha1.acme.regapi.io", false},
		"no rights for no solver":    {"{}", nil, "ClusterRoleBinding", "regapi-operator-auth-delegator", false},
		"door":                       {"pluginDoor: {enabled: true}", nil, "APIService", "v1alpha1.door.regapi.io", true},
		"no door":                    {"certManager: {enabled: true}", nil, "APIService", "v1alpha1.door.regapi.io", false},
		"no solver for a door":       {"pluginDoor: {enabled: true}", nil, "APIService", "v1alpha1.acme.regapi.io", false},
		"rights for a door":          {"pluginDoor: {enabled: true}", nil, "ClusterRoleBinding", "regapi-operator-auth-delegator", true},
		"roles of who asks":          {"pluginDoor: {enabled: true}", nil, "ClusterRole", "regapi-operator-plugin-viewer", true},
		"no roles of who cannot ask": {"{}", nil, "ClusterRole", "regapi-operator-plugin-viewer", false},
		"certificate":                {"certificate: {certManager: true}", nil, "Certificate", "regapi-operator-serving", true},
		"no certificate":             {"{}", nil, "Certificate", "regapi-operator-serving", false},
		"disruption budget":          {"{}", nil, "PodDisruptionBudget", "regapi-operator", true},
		"no disruption budget":       {"podDisruptionBudget: {enabled: false}", nil, "PodDisruptionBudget", "regapi-operator", false},
		"network policy":             {"networkPolicy: {enabled: true}", nil, "NetworkPolicy", "regapi-operator", true},
		"no network policy":          {"{}", nil, "NetworkPolicy", "regapi-operator", false},
		"account":                    {"{}", nil, "ServiceAccount", "regapi-operator", true},
		"account of one's own":       {"serviceAccount: {create: false, name: mine}", nil, "ServiceAccount", "mine", false},
		"monitor where it is known":  {"{}", []string{monitors + "ServiceMonitor"}, "ServiceMonitor", "regapi-operator", true},
		"monitor where it is not":    {"{}", nil, "ServiceMonitor", "regapi-operator", false},
		"monitor anyway":             {"metrics: {serviceMonitor: always}", nil, "ServiceMonitor", "regapi-operator", true},
		"monitor never":              {"metrics: {serviceMonitor: never}", []string{monitors + "ServiceMonitor"}, "ServiceMonitor", "regapi-operator", false},
		"pods":                       {"metrics: {podMonitor: auto, tokenSecret: {name: prometheus}}", []string{monitors + "PodMonitor"}, "PodMonitor", "regapi-operator", true},
		"no monitor without metrics": {"metrics: {enabled: false, serviceMonitor: always}", nil, "ServiceMonitor", "regapi-operator", false},
		"dashboard":                  {"metrics: {dashboard: {enabled: true}}", nil, "ConfigMap", "regapi-operator-dashboard", true},
		"no dashboard":               {"{}", nil, "ConfigMap", "regapi-operator-dashboard", false},
		"no dashboard of no metrics": {"metrics: {enabled: false, dashboard: {enabled: true}}", nil, "ConfigMap", "regapi-operator-dashboard", false},
		"role of who reads metrics":  {"{}", nil, "ClusterRole", "regapi-metrics-reader", true},
		"no role for plain metrics":  {"metrics: {secure: false}", nil, "ClusterRole", "regapi-metrics-reader", false},
		"Prometheus reads metrics":   {"metrics: {readers: [monitoring/prometheus]}", nil, "ClusterRoleBinding", "regapi-metrics-reader", true},
		"nobody reads metrics":       {"{}", nil, "ClusterRoleBinding", "regapi-metrics-reader", false},
		"Secrets of the cluster":     {"secrets: {clusterWide: true}", nil, "ClusterRoleBinding", "regapi-operator-secrets", true},
		"Secrets of namespaces":      {"{}", nil, "ClusterRoleBinding", "regapi-operator-secrets", false},
		"extra object": {
			"extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-mine'}}]", nil, "ConfigMap", "regapi-operator-mine", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			if is := rendered(t, c.values, c.kinds...).find(c.kind, c.name) != nil; is != c.is {
				t.Errorf("%s %s is there: %v", c.kind, c.name, is)
			}
		})
	}
}

// Without it the namespace of an object would be overwritten by that of the pod, and alerts would name the wrong one.
func TestAMonitorLeavesTheLabelsOfMetricsAsTheyAre(t *testing.T) {
	made := rendered(t, "metrics: {serviceMonitor: always, podMonitor: always, tokenSecret: {name: prometheus}}")
	for kind, field := range map[string]string{"ServiceMonitor": "endpoints", "PodMonitor": "podMetricsEndpoints"} {
		ends, found, err := unstructured.NestedSlice(made.find(kind, release).Object, "spec", field)
		if err != nil || !found || len(ends) == 0 {
			t.Fatalf("%s: %v, %v", kind, ends, err)
		}
		for _, end := range ends {
			if honoured, _, _ := unstructured.NestedBool(end.(map[string]any), "honorLabels"); !honoured {
				t.Errorf("%s: %v", kind, end)
			}
		}
	}
}

func TestSecretsAreReadInTheNamespacesThatAreNamed(t *testing.T) {
	var in []string
	for _, object := range rendered(t, "secrets: {namespaces: [mail, regapi-system, shop]}") {
		if object.GetKind() == "RoleBinding" && object.GetName() == "regapi-operator-secrets" {
			in = append(in, object.GetNamespace())
		}
	}
	if strings.Join(in, " ") != "mail regapi-system shop" {
		t.Errorf("the operator reads Secrets in %v", in)
	}
}

// How Prometheus asks follows from how metrics are served, and with what it shows.
func TestMonitorsAskAsMetricsAreServed(t *testing.T) {
	const token, own = "credentials", "bearerTokenFile"
	for values, c := range map[string]struct{ kind, has, hasNot, flag string }{
		"metrics: {serviceMonitor: always}":                                                {"ServiceMonitor", own, token, ""},
		"metrics: {serviceMonitor: always, tokenSecret: {name: prometheus}}":               {"ServiceMonitor", token, own, ""},
		"metrics: {podMonitor: always, tokenSecret: {name: prometheus}}":                   {"PodMonitor", token, own, ""},
		"metrics: {podMonitor: always, secure: false}":                                     {"PodMonitor", "interval", "https", "--metrics-secure=false"},
		"metrics: {serviceMonitor: always, secure: false, tokenSecret: {name: forgotten}}": {"ServiceMonitor", "interval", token, "--metrics-secure=false"},
	} {
		made := rendered(t, values)
		text, err := yaml.Marshal(made.find(c.kind, release).Object)
		if err != nil || !strings.Contains(string(text), c.has) || strings.Contains(string(text), c.hasNot) {
			t.Errorf("%s: %v\n%s", values, err, text)
		}
		args := get[appsv1.Deployment](t, made, "Deployment", release).Spec.Template.Spec.Containers[0].Args
		if c.flag != "" && !slices.Contains(args, c.flag) || c.flag == "" && slices.Contains(args, "--metrics-secure=false") {
			t.Errorf("%s: %v", values, args)
		}
	}
}

func TestDeploymentsOfAClusterShareTheNamespaceOfOrders(t *testing.T) {
	const values = "ordersNamespace: purchases"
	role := get[rbacv1.Role](t, rendered(t, values), "Role", "regapi-operator-orders")
	if role.Namespace != "purchases" || !slices.Contains(containerOf(t, values).Args, "--orders-namespace=purchases") {
		t.Errorf("%s, %q", role.Namespace, containerOf(t, values).Args)
	}
}
