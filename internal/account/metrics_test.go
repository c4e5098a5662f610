package account

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestMetricsTellOfRequestsByIDAndNeverByLogin(t *testing.T) {
	simulator := newSimulator(t)
	simulator.AddDomain(testLogin, regapitest.Domain{Name: "example.ru"})
	registry := prometheus.NewRegistry()
	metrics := NewMetrics(registry)
	secret := newSecret("s", map[string]string{"username": testLogin, "password": testPassword})
	directory := NewDirectory(Settings{Secrets: fake.NewFakeClient(secret), Endpoints: anyEndpoint, Observer: metrics.Observer})
	registry.MustRegister(directory)
	connection := mustGet(t, directory, newAccount("a", "s", simulator.URL()))
	if _, err := connection.Identify(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := connection.Zones.Read(t.Context(), "example.ru"); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, family := range families {
		found[family.GetName()] = true
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if strings.Contains(label.GetValue(), testLogin) {
					t.Errorf("%s shows the login", family.GetName())
				}
				if label.GetName() == "account" && label.GetValue() != connection.ID && label.GetValue() != unprovenID && !strings.HasPrefix(label.GetValue(), egressID) {
					t.Errorf("%s is labelled with account %q", family.GetName(), label.GetValue())
				}
			}
		}
	}
	absent := []string{"regapi_batch_actions"} // Nothing was changed.
	for _, want := range describedMetrics(t) {
		if found[want] == slices.Contains(absent, want) {
			t.Errorf("%s: found is %t", want, found[want])
		}
	}
}

// describedMetrics are those of requests that docs/performance.md lists.
func describedMetrics(t *testing.T) []string {
	t.Helper()
	page, err := os.ReadFile("../../docs/performance.md")
	if err != nil {
		t.Fatal(err)
	}
	ofRequests, _, found := strings.Cut(string(page), "\nOnly the process that leads")
	if !found {
		t.Fatal("docs/performance.md lists no metrics of objects after those of requests")
	}
	var names []string
	for line := range strings.Lines(ofRequests) {
		if strings.HasPrefix(line, "| `regapi_") {
			names = append(names, regexp.MustCompile("regapi_[a-z_]+").FindAllString(line, -1)...)
		}
	}
	if len(names) == 0 {
		t.Fatal("docs/performance.md lists no metrics")
	}
	return names
}
