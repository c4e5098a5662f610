package main

import (
	"net"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/internal/serving"
)

// values are those of the chart of external-dns that concern the operator.
type values struct {
	Provider struct {
		Name    string `json:"name"`
		Webhook struct {
			Args              []string             `json:"args"`
			ExtraVolumeMounts []corev1.VolumeMount `json:"extraVolumeMounts"`
		} `json:"webhook"`
	} `json:"provider"`
	ServiceAccount struct {
		Name string `json:"name"`
	} `json:"serviceAccount"`
	ExtraVolumes []corev1.Volume   `json:"extraVolumes"`
	TXTPrefix    string            `json:"txtPrefix"`
	ExtraArgs    map[string]string `json:"extraArgs"`
}

func readValues(t *testing.T, name string) values {
	t.Helper()
	text, err := os.ReadFile("../../config/external-dns/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var read values
	if err := yaml.Unmarshal(text, &read); err != nil {
		t.Fatal(err)
	}
	return read
}

// served gives the operator's flags with components, and the manifests.
func served(t *testing.T, components ...string) (externalDNSOptions, manifests) {
	t.Helper()
	made := render(t, "resources: [config/default]\ncomponents: [config/"+strings.Join(components, ", config/")+"]\n")
	deployment := find[appsv1.Deployment](t, made, "Deployment")
	command := newCommand()
	if err := command.ParseFlags(deployment.Spec.Template.Spec.Containers[0].Args); err != nil {
		t.Fatal(err)
	}
	var o externalDNSOptions
	get := func(name string) string { return command.Flags().Lookup(name).Value.String() }
	o.address, o.tlsAddress, o.audience = get("external-dns-bind-address"), get("external-dns-tls-bind-address"), get("external-dns-token-audience")
	o.insecure = get("external-dns-insecure-service") == "true"
	allowed, err := command.Flags().GetStringSlice("external-dns-allowed-service-accounts")
	if err != nil {
		t.Fatal(err)
	}
	o.allowed = allowed
	return o, made
}

func TestTheSidecarOfTheValuesFileIsLetInByTheComponent(t *testing.T) {
	chart := readValues(t, "values-sidecar.yaml")
	operator, made := served(t, "external-dns")
	command, arguments, err := newCommand().Find(chart.Provider.Webhook.Args)
	if err != nil || command.Name() != "external-dns-proxy" {
		t.Fatalf("the arguments start %s: %v", command.Name(), err)
	}
	if err := command.ParseFlags(arguments); err != nil {
		t.Fatal(err)
	}
	flag := func(name string) string { return command.Flags().Lookup(name).Value.String() }
	if !slices.Contains(operator.allowed, "external-dns/"+chart.ServiceAccount.Name) {
		t.Errorf("%s may not call, but %v", chart.ServiceAccount.Name, operator.allowed)
	}
	service := find[corev1.Service](t, made, "Service")
	if want := "https://" + service.Name + "." + service.Namespace + ".svc" + operator.tlsAddress; flag("operator-url") != want {
		t.Errorf("--operator-url %s, want %s", flag("operator-url"), want)
	}
	// What the chart probes.
	if flag("health-bind-address") != ":8080" || flag("listen-address") != "127.0.0.1:8888" {
		t.Errorf("listens on %s and %s", flag("health-bind-address"), flag("listen-address"))
	}

	mounted := map[string]string{}
	for _, volume := range chart.ExtraVolumes {
		for _, mount := range chart.Provider.Webhook.ExtraVolumeMounts {
			switch {
			case mount.Name != volume.Name:
			case volume.ConfigMap != nil:
				mounted[volume.ConfigMap.Name] = path.Join(mount.MountPath, "ca.crt")
			case volume.Projected != nil:
				token := volume.Projected.Sources[0].ServiceAccountToken
				mounted[token.Audience] = path.Join(mount.MountPath, token.Path)
			}
		}
	}
	want := map[string]string{serving.ConfigMapName(service.Name): flag("operator-ca-file"), operator.audience: flag("token-file")}
	if diff := cmp.Diff(want, mounted); diff != "" {
		t.Errorf("files (-flags +mounts):\n%s", diff)
	}
}

func TestBothValuesFilesNameOwnershipTextsAlike(t *testing.T) {
	sidecar, service := readValues(t, "values-sidecar.yaml"), readValues(t, "values-service.yaml")
	const replacement = "txt-wildcard-replacement"
	if sidecar.TXTPrefix != service.TXTPrefix || sidecar.ExtraArgs[replacement] != service.ExtraArgs[replacement] {
		t.Errorf("%s and %s, %s and %s", sidecar.TXTPrefix, service.TXTPrefix, sidecar.ExtraArgs[replacement], service.ExtraArgs[replacement])
	}
}

func TestTheInsecureServiceIsClosedToEverybodyButExternalDNS(t *testing.T) {
	operator, made := served(t, "external-dns/insecure-service")
	if !operator.insecure || operator.tlsAddress != "" {
		t.Errorf("it is not asked for in so many words: %+v", operator)
	}
	service := find[corev1.Service](t, made, "Service", "regapi-external-dns")
	chart := readValues(t, "values-service.yaml")
	if want := "http://" + service.Name + "." + service.Namespace + ".svc" + operator.address; chart.ExtraArgs["webhook-provider-url"] != want {
		t.Errorf("URL %s, want %s", chart.ExtraArgs["webhook-provider-url"], want)
	}
	checkClosed(t, made, service.Spec.Ports[0].TargetPort.StrVal)
	if diff := cmp.Diff(find[corev1.Service](t, made, "Service", "regapi-operator").Spec.Selector, service.Spec.Selector); diff != "" {
		t.Errorf("the selector (-regapi-operator +this):\n%s", diff)
	}
}

// checkClosed makes sure that the policy lets nobody but external-dns reach a port of the pods, and closes no other.
func checkClosed(t *testing.T, made manifests, closed string) {
	t.Helper()
	policy, deployment := find[networkingv1.NetworkPolicy](t, made, "NetworkPolicy"), find[appsv1.Deployment](t, made, "Deployment")
	if diff := cmp.Diff(*deployment.Spec.Selector, policy.Spec.PodSelector); diff != "" || policy.Namespace != deployment.Namespace {
		t.Errorf("the policy is for pods of %s (-deployment +policy):\n%s", policy.Namespace, diff)
	}
	from := map[string][]networkingv1.NetworkPolicyPeer{} // by the name of a port
	for _, rule := range policy.Spec.Ingress {
		for _, port := range rule.Ports {
			from[port.Port.StrVal] = rule.From
		}
	}
	for _, port := range deployment.Spec.Template.Spec.Containers[0].Ports {
		peers, named := from[port.Name]
		if !named || (len(peers) == 0) == (port.Name == closed) {
			t.Errorf("port %s: named by the policy %t, open to %v", port.Name, named, peers)
		}
	}
	for _, peer := range from[closed] {
		// The two selectors stand in one peer: in two they would let in every pod of the namespace, and every namespace.
		if peer.NamespaceSelector.MatchLabels["kubernetes.io/metadata.name"] != "external-dns" || peer.PodSelector.MatchLabels["app.kubernetes.io/name"] != "external-dns" {
			t.Errorf("port %s is open to %v", closed, peer)
		}
	}
}

func TestWithItsNetworkPolicyTheListenerIsClosedToEverybodyButExternalDNS(t *testing.T) {
	operator, made := served(t, "external-dns", "external-dns/network-policy")
	_, number, err := net.SplitHostPort(operator.tlsAddress)
	if err != nil {
		t.Fatal(err)
	}
	for _, port := range find[appsv1.Deployment](t, made, "Deployment").Spec.Template.Spec.Containers[0].Ports {
		if strconv.Itoa(int(port.ContainerPort)) == number {
			checkClosed(t, made, port.Name)
			return
		}
	}
	t.Errorf("the pod names no port %s", number)
}
