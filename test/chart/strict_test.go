package chart

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// Every way to set the chart gives what an API server takes without a complaint about any field. Kinds of cert-manager and of the Prometheus
// operator, which this one does not know, are left out: those of cert-manager are compared with what the end-to-end tests install.
func TestAnAPIServerTakesEveryFieldOfEveryInstallation(t *testing.T) {
	environment := append(os.Environ(), "KUBECONFIG="+apiservertest.Kubeconfig(t))
	for name, values := range map[string]string{
		"defaults": "{}",
		"minimal": `{replicas: 1, crds: {enabled: false}, aggregatedRoles: false, metrics: {enabled: false}, podDisruptionBudget: {enabled: false},
			serviceAccount: {create: false, name: default}, resources: {limits: null, requests: null}}`,
		"everything": `{certManager: {enabled: true}, pluginDoor: {enabled: true}, externalDNS: {enabled: true, domainFilter: [example.ru]}, certificate: {certManager: true},
			metrics: {dashboard: {enabled: true}}, networkPolicy: {enabled: true, prometheusNamespace: {team: monitoring}}, secrets: {clusterWide: true}, extraArgs: [--log-level=debug],
			extraEnv: [{name: HTTPS_PROXY, value: "http://proxy:3128"}], extraVolumes: [{name: more, emptyDir: {}}], extraVolumeMounts: [{name: more, mountPath: /more}],
			podLabels: {team: dns}, podAnnotations: {a: b}, commonLabels: {part: dns}, priorityClassName: system-cluster-critical, nodeSelector: {disk: ssd},
			tolerations: [{key: a, operator: Exists}], affinity: {nodeAffinity: {}}, imagePullSecrets: [{name: pull}],
			topologySpreadConstraints: [{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			var text strings.Builder
			for _, object := range rendered(t, values) {
				if strings.HasPrefix(object.GetAPIVersion(), "cert-manager.io/") {
					continue
				}
				if object.GetNamespace() != "" {
					object.SetNamespace("default") // one that is there
				}
				part, err := yaml.Marshal(object.Object)
				if err != nil {
					t.Fatal(err)
				}
				text.WriteString("---\n" + string(part))
			}
			kubectl := exec.CommandContext(t.Context(), filepath.Join(os.Getenv("KUBEBUILDER_ASSETS"), "kubectl"),
				"apply", "--server-side", "--force-conflicts", "--dry-run=server", "--validate=strict", "--filename=-")
			kubectl.Env, kubectl.Stdin = environment, strings.NewReader(text.String())
			said, err := kubectl.CombinedOutput()
			warned := slices.ContainsFunc(strings.Split(string(said), "\n"), func(line string) bool { return strings.HasPrefix(line, "Warning: ") })
			if err != nil || warned {
				t.Errorf("%v\n%s", err, said)
			}
		})
	}
}
