package account

import (
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
	directory := NewDirectory(Settings{Secrets: fake.NewFakeClient(secret), Observer: metrics.Observer})
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
				if label.GetName() == "account" && label.GetValue() != connection.ID && label.GetValue() != "egress" {
					t.Errorf("%s is labelled with account %q", family.GetName(), label.GetValue())
				}
			}
		}
	}
	for _, want := range []string{
		"regapi_requests_total", "regapi_request_duration_seconds", "regapi_lane_wait_seconds", "regapi_batch_zones",
		"regapi_budget_limit", "regapi_budget_left", "regapi_budget_frozen", "regapi_denied",
	} {
		if !found[want] {
			t.Errorf("%s is missing", want)
		}
	}
}
