package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/pflag"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/metrics"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/webhook/externaldns/proxy"
)

var update = flag.Bool("update", false, "write docs/metrics.md")

const (
	metricsPage  = "../../docs/metrics.md"
	metricsIntro = `<!-- Made by go test ./cmd/operator -run Metrics -update. -->
# Metrics

Every metric of the operator, with everything switched on. What to make of them is said in [performance.md](performance.md#what-to-watch), [money.md](money.md), [folder.md](folder.md),
[external-dns.md](external-dns.md) and [cert-manager.md](cert-manager.md); what is worth an alert in [alerts.md](alerts.md). [The dashboard](gitops.md#the-dashboard) shows them all. Those with proxy in their names are the sidecar's.

| metric | kind | labels | |
|---|---|---|---|
`
)

// TestTheMetricsPageHasWhatTheProgramRegisters has the program set itself up with every part, and holds what it registers against the page,
// by which the tests of alerts and dashboard go. Nothing is started, and of the API server there is but the list of its kinds.
func TestTheMetricsPageHasWhatTheProgramRegisters(t *testing.T) {
	registered := &register{Registerer: metrics.Registry, rows: map[string]string{}}
	before := metrics.Registry
	metrics.Registry = struct {
		prometheus.Registerer
		prometheus.Gatherer
	}{registered, before}
	t.Cleanup(func() { metrics.Registry = before })
	setUpEverything(t)
	proxy.New(proxy.Settings{OperatorURL: &url.URL{Scheme: "https", Host: "operator"}, Metrics: &register{Registerer: prometheus.NewRegistry(), rows: registered.rows}})

	page := bytes.NewBufferString(metricsIntro)
	for _, name := range slices.Sorted(maps.Keys(registered.rows)) {
		page.WriteString(registered.rows[name])
	}
	if *update {
		if err := os.WriteFile(metricsPage, page.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(metricsPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(written), page.String()); diff != "" {
		t.Errorf("docs/metrics.md is stale; run this test with -update (-page +program):\n%s", diff)
	}
}

// setUpEverything runs the program with every part until it would begin to work.
func setUpEverything(t *testing.T) {
	t.Helper()
	config := clientcmdapi.NewConfig()
	kinds := httptest.NewServer(http.HandlerFunc(discovery))
	defer kinds.Close()
	config.Clusters["none"] = &clientcmdapi.Cluster{Server: kinds.URL}
	config.Contexts["none"] = &clientcmdapi.Context{Cluster: "none"}
	config.CurrentContext = "none"
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := clientcmd.WriteToFile(*config, kubeconfig); err != nil {
		t.Fatal(err)
	}
	var o options
	flags := pflag.NewFlagSet("operator", pflag.ContinueOnError)
	o.addFlags(flags)
	err := flags.Parse([]string{
		"--kubeconfig=" + kubeconfig, "--namespace=system", "--metrics-bind-address=0", "--health-probe-bind-address=0",
		"--external-dns-bind-address=127.0.0.1:0", "--cert-manager-bind-address=127.0.0.1:0",
	})
	begun := false
	o.start = func(context.Context, ctrl.Manager) error { begun = true; return nil }
	if err := errors.Join(err, run(t.Context(), o)); err != nil || !begun {
		t.Fatalf("the program is set up: %t; it ended with %v", begun, err)
	}
}

// discovery is all that a program is told that sets itself up: which kinds there are.
func discovery(w http.ResponseWriter, r *http.Request) {
	list := func(group string, kinds ...string) metav1.APIResourceList {
		made := metav1.APIResourceList{TypeMeta: metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"}, GroupVersion: group}
		for _, kind := range kinds {
			made.APIResources = append(made.APIResources, metav1.APIResource{Name: strings.ToLower(kind) + "s", Kind: kind, Namespaced: kind != "Namespace"})
		}
		return made
	}
	version := metav1.GroupVersionForDiscovery{GroupVersion: v1alpha1.GroupVersion.String(), Version: v1alpha1.GroupVersion.Version}
	answer, known := map[string]any{
		"/api": metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}},
		"/apis": metav1.APIGroupList{TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"}, Groups: []metav1.APIGroup{{
			Name: v1alpha1.GroupVersion.Group, Versions: []metav1.GroupVersionForDiscovery{version}, PreferredVersion: version,
		}}},
		"/api/v1": list("v1", "ConfigMap", "Namespace", "Pod", "Secret"),
		"/apis/" + v1alpha1.GroupVersion.String(): list(v1alpha1.GroupVersion.String(), "Account", "DNSZone", "Domain", "Folder", "Order"),
	}[r.URL.Path]
	if !known {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer) // Who does not hear it says so.
}

// register notes what is registered.
type register struct {
	prometheus.Registerer
	rows map[string]string
}

func (r *register) MustRegister(collectors ...prometheus.Collector) {
	for _, collector := range collectors {
		if err := r.Register(collector); err != nil {
			panic(err)
		}
	}
}

// described finds the parts of a description, which it tells in no other way.
var described = regexp.MustCompile(`fqName: "([^"]+)", help: "((?:[^"\\]|\\.)*)", (?:unit: "[^"]*", )?constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}`)

// constant finds the names of labels whose value never changes.
var constant = regexp.MustCompile(`(\w+)="`)

func (r *register) Register(collector prometheus.Collector) error {
	descriptions := make(chan *prometheus.Desc, 100)
	collector.Describe(descriptions)
	close(descriptions)
	for description := range descriptions {
		parts := described.FindStringSubmatch(description.String())
		if parts == nil {
			return fmt.Errorf("%s is described in an unknown way", description)
		}
		var labels []string
		for _, match := range constant.FindAllStringSubmatch(parts[3], -1) {
			labels = append(labels, match[1])
		}
		if parts[4] != "" {
			labels = append(labels, strings.Split(parts[4], ",")...)
		}
		r.rows[parts[1]] = fmt.Sprintf("| `%s` | %s | %s | %s |\n", parts[1], kindOf(collector), strings.Join(labels, ","), parts[2])
	}
	return r.Registerer.Register(collector)
}

func kindOf(collector prometheus.Collector) string {
	switch collector.(type) {
	case *prometheus.HistogramVec:
		return "histogram"
	case *prometheus.CounterVec, prometheus.Counter:
		if _, gauge := collector.(prometheus.Gauge); !gauge {
			return "counter"
		}
	}
	return "gauge"
}
