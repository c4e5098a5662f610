package chart

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// effect is what a value does: text that stands in an object if it is set, and does not by default. With gone it is the other way round.
type effect struct {
	values     string
	kind, name string
	text       string
	gone       bool
}

const deployment = "Deployment"

// effects are those of every value, by its path.
var effects = map[string]effect{
	"image.repository":                   {"image: {repository: example.com/op}", deployment, release, "image: example.com/op:", false},
	"image.tag":                          {"image: {tag: v9}", deployment, release, "regapi-operator:v9", false},
	"image.digest":                       {"image: {digest: 'sha256:" + strings.Repeat("ab", 32) + "'}", deployment, release, "regapi-operator@sha256:abab", false},
	"image.pullPolicy":                   {"image: {pullPolicy: Always}", deployment, release, "imagePullPolicy: Always", false},
	"imagePullSecrets":                   {"imagePullSecrets: [{name: pull}]", deployment, release, "name: pull", false},
	"fullnameOverride":                   {"fullnameOverride: dns", deployment, "dns", "name: dns", false},
	"replicas":                           {"replicas: 1", deployment, release, "replicas: 2", true},
	"crds.enabled":                       {"crds: {enabled: false}", "CustomResourceDefinition", "accounts.regapi.io", "kind: Account", true},
	"crds.keep":                          {"crds: {keep: false}", "CustomResourceDefinition", "accounts.regapi.io", "helm.sh/resource-policy: keep", true},
	"secrets.clusterWide":                {"secrets: {clusterWide: true}", "ClusterRoleBinding", "regapi-operator-secrets", "name: regapi-operator-secrets", false},
	"secrets.namespaces":                 {"secrets: {namespaces: [a-mail]}", "RoleBinding", "regapi-operator-secrets", "namespace: a-mail", false},
	"aggregatedRoles":                    {"aggregatedRoles: false", "ClusterRole", "regapi-editor", "aggregate-to-edit", true},
	"readOnly":                           {"readOnly: true", deployment, release, "- --read-only", false},
	"regapi.endpoints":                   {"regapi: {endpoints: ['https://a.example/']}", deployment, release, "--endpoints=https://a.example/", false},
	"regapi.requestsPerHour":             {"regapi: {requestsPerHour: 1000000}", deployment, release, "--egress-requests-per-hour=1000000", false},
	"regapi.resyncInterval":              {"regapi: {resyncInterval: 1h}", deployment, release, "--resync-interval=1h", false},
	"regapi.authoritativeServers":        {"regapi: {authoritativeServers: ['192.0.2.1:53']}", deployment, release, "--authoritative-servers=192.0.2.1:53", false},
	"ordersNamespace":                    {"ordersNamespace: purchases", "Role", "regapi-operator-orders", "namespace: purchases", false},
	"certManager.enabled":                {"certManager: {enabled: true}", "APIService", "v1alpha1.acme.regapi.io", "group: acme.regapi.io", false},
	"certManager.serviceAccount.name":    {"certManager: {enabled: true, serviceAccount: {name: cm}}", "ClusterRoleBinding", "regapi-operator-challenges", "name: cm", false},
	"pluginDoor.enabled":                 {"pluginDoor: {enabled: true}", "APIService", "v1alpha1.door.regapi.io", "group: door.regapi.io", false},
	"externalDNS.enabled":                {"externalDNS: {enabled: true}", deployment, release, "--external-dns-tls-bind-address=:8443", false},
	"externalDNS.allowedServiceAccounts": {"externalDNS: {enabled: true, allowedServiceAccounts: [a/b]}", deployment, release, "--external-dns-allowed-service-accounts=a/b", false},
	"externalDNS.domainFilter":           {"externalDNS: {enabled: true, domainFilter: [example.ru]}", deployment, release, "--external-dns-domain-filter=example.ru", false},
	"externalDNS.readOnly":               {"externalDNS: {enabled: true, readOnly: true}", deployment, release, "--external-dns-read-only=true", false},
	"externalDNS.maxChanges":             {"externalDNS: {enabled: true, maxChanges: 7}", deployment, release, "--external-dns-max-changes=7", false},
	"certificate.certManager":            {"certificate: {certManager: true}", deployment, release, "--tls-cert-dir=/etc/regapi-operator/tls", false},
	"metrics.enabled":                    {"metrics: {enabled: false}", "Service", "regapi-operator-metrics", "name: metrics", true},
	"metrics.secure":                     {"metrics: {secure: false}", deployment, release, "--metrics-secure=false", false},
	"metrics.readers":                    {"metrics: {readers: [monitoring/prometheus]}", "ClusterRoleBinding", "regapi-metrics-reader", "namespace: monitoring", false},
	"metrics.tokenSecret.name":           {"metrics: {serviceMonitor: always, tokenSecret: {name: prom}}", "ServiceMonitor", release, "name: prom", false},
	"metrics.tokenSecret.key":            {"metrics: {serviceMonitor: always, tokenSecret: {name: prom, key: other}}", "ServiceMonitor", release, "key: other", false},
	"metrics.serviceMonitor":             {"metrics: {serviceMonitor: always}", "ServiceMonitor", release, "scheme: https", false},
	"metrics.podMonitor":                 {"metrics: {podMonitor: always, tokenSecret: {name: prom}}", "PodMonitor", release, "podMetricsEndpoints", false},
	"metrics.rules":                      {"metrics: {rules: always}", "PrometheusRule", release, "alert: RegapiWaitsForApproval", false},
	"metrics.dashboard.enabled":          {"metrics: {dashboard: {enabled: true}}", "ConfigMap", "regapi-operator-dashboard", "regapi-operator.json", false},
	"metrics.dashboard.labels":           {"metrics: {dashboard: {enabled: true, labels: {look: here}}}", "ConfigMap", "regapi-operator-dashboard", "look: here", false},
	"metrics.labels":                     {"metrics: {rules: always, labels: {team: dns}}", "PrometheusRule", release, "team: dns", false},
	"metrics.interval":                   {"metrics: {serviceMonitor: always, interval: 7s}", "ServiceMonitor", release, "interval: 7s", false},
	"networkPolicy.enabled":              {"networkPolicy: {enabled: true}", "NetworkPolicy", release, "port: 6443", false},
	"networkPolicy.externalDNSNamespace": {"{networkPolicy: {enabled: true, externalDNSNamespace: {team: dns}}, externalDNS: {enabled: true}}", "NetworkPolicy", release, "team: dns", false},
	"networkPolicy.prometheusNamespace":  {"networkPolicy: {enabled: true, prometheusNamespace: {team: eyes}}", "NetworkPolicy", release, "team: eyes", false},
	"networkPolicy.egressPorts":          {"networkPolicy: {enabled: true, egressPorts: [3128]}", "NetworkPolicy", release, "port: 3128", false},
	"serviceAccount.create":              {"serviceAccount: {create: false, name: mine}", "ServiceAccount", release, "kind: ServiceAccount", true},
	"serviceAccount.name":                {"serviceAccount: {name: mine}", deployment, release, "serviceAccountName: mine", false},
	"serviceAccount.annotations":         {"serviceAccount: {annotations: {role: arn}}", "ServiceAccount", release, "role: arn", false},
	"podDisruptionBudget.enabled":        {"podDisruptionBudget: {enabled: false}", "PodDisruptionBudget", release, "maxUnavailable: 1", true},
	"log.level":                          {"log: {level: debug}", deployment, release, "--log-level=debug", false},
	"log.format":                         {"log: {format: text}", deployment, release, "--log-format=text", false},
	"extraArgs":                          {"extraArgs: [--pprof-bind-address=:6060]", deployment, release, "--pprof-bind-address=:6060", false},
	"extraEnv":                           {"extraEnv: [{name: HTTPS_PROXY, value: 'http://proxy'}]", deployment, release, "value: http://proxy", false},
	"extraVolumes":                       {"extraVolumes: [{name: more, emptyDir: {}}]", deployment, release, "emptyDir: {}", false},
	"extraVolumeMounts":                  {"extraVolumeMounts: [{name: more, mountPath: /more}]", deployment, release, "mountPath: /more", false},
	"extraObjects":                       {"extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: '{{ .Release.Name }}-mine'}}]", "ConfigMap", "regapi-operator-mine", "kind: ConfigMap", false},
	"podLabels":                          {"podLabels: {team: dns}", deployment, release, "team: dns", false},
	"podAnnotations":                     {"podAnnotations: {note: here}", deployment, release, "note: here", false},
	"commonLabels":                       {"commonLabels: {part: dns}", "Service", release, "part: dns", false},
	"priorityClassName":                  {"priorityClassName: system-cluster-critical", deployment, release, "priorityClassName: system-cluster-critical", false},
	"nodeSelector":                       {"nodeSelector: {disk: ssd}", deployment, release, "disk: ssd", false},
	"tolerations":                        {"tolerations: [{key: dns, operator: Exists}]", deployment, release, "key: dns", false},
	"affinity":                           {"affinity: {nodeAffinity: {}}", deployment, release, "nodeAffinity: {}", false},
	"topologySpreadConstraints":          {"topologySpreadConstraints: [{maxSkew: 1, topologyKey: rack, whenUnsatisfiable: DoNotSchedule}]", deployment, release, "topologyKey: rack", false},

	"certManager.serviceAccount.namespace": {
		"certManager: {enabled: true, serviceAccount: {namespace: certs}}", "ClusterRoleBinding", "regapi-operator-challenges", "namespace: certs", false,
	},
	"resources": {"resources: {limits: {memory: 1Gi}}", deployment, release, "memory: 1Gi", false},
}

func TestEveryValueDoesWhatItIsFor(t *testing.T) {
	byDefault := rendered(t, "{}")
	for path, e := range effects {
		t.Run(path, func(t *testing.T) {
			with, without := textOf(t, rendered(t, e.values), e), textOf(t, byDefault, e)
			if strings.Contains(with, e.text) == e.gone || strings.Contains(without, e.text) != e.gone {
				t.Errorf("%q in %s %s:\n%s\nby default:\n%s", e.text, e.kind, e.name, with, without)
			}
		})
	}
}

// textOf gives the object of an effect as text; empty where there is none.
func textOf(t *testing.T, made objects, e effect) string {
	t.Helper()
	found := made.find(e.kind, e.name)
	if found == nil {
		return ""
	}
	text, err := yaml.Marshal(found.Object)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestEveryValueHasItsTest(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(chart, "values.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	var schema property
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	known := schema.leaves("")
	delete(known, "global") // Helm's own
	for path := range known {
		if _, tested := effects[path]; !tested {
			t.Errorf("%s: nothing says what it does", path)
		}
	}
	for path := range effects {
		if !known[path] {
			t.Errorf("%s: there is no such value", path)
		}
	}
}

// property is what a JSON schema says of a value.
type property struct {
	Properties map[string]property
}

// leaves gives the paths of the values that hold no others.
func (p property) leaves(path string) map[string]bool {
	if len(p.Properties) == 0 {
		return map[string]bool{path: true}
	}
	found := map[string]bool{}
	for key, below := range p.Properties {
		for leaf := range below.leaves(strings.TrimPrefix(path+"."+key, ".")) {
			found[leaf] = true
		}
	}
	return found
}

// What no value decides is there in any case, and every template makes something with everything switched on.
func TestEveryTemplateMakesSomething(t *testing.T) {
	everything := fileOf(t, `{certManager: {enabled: true}, pluginDoor: {enabled: true}, externalDNS: {enabled: true}, certificate: {certManager: true}, networkPolicy: {enabled: true},
		metrics: {serviceMonitor: always}, ordersNamespace: purchases, extraObjects: [{apiVersion: v1, kind: ConfigMap, metadata: {name: mine}}]}`)
	templates, err := filepath.Glob(filepath.Join(chart, "templates", "*.yaml"))
	if err != nil || len(templates) == 0 {
		t.Fatalf("%d templates: %v", len(templates), err)
	}
	for _, template := range append(templates, filepath.Join(chart, "templates/tests/well.yaml")) {
		shown, err := filepath.Rel(chart, template)
		if err != nil {
			t.Fatal(err)
		}
		text, err := run(t.Context(), homeOf(t), "helm", "template", release, chart, "--namespace="+namespace, "--values="+everything, "--show-only="+shown)
		if err != nil || len(decode(t, text)) == 0 {
			t.Errorf("%s makes nothing: %v", shown, err)
		}
	}
}
