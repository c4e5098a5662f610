package harness_test

import (
	"errors"
	"net"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

func TestTheOperatorKeepsAZoneAlsoAfterItWasKilled(t *testing.T) {
	plane := harness.StartControlPlane(t)
	api := harness.StartSimulator(t)
	operator := plane.StartOperator(t, api.DNSAddr())
	namespace := plane.NewNamespace(t, "kept")
	plane.AddAccount(t, api, api.URL(), namespace)
	zone := plane.AddZone(t, api, namespace, "kept.ru", func(zone *v1alpha1.DNSZone) {
		zone.Spec.Records = []v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.1"}}}
	}, regapitest.Record{Name: "old", Type: "A", Content: "192.0.2.9"})
	harness.Resolves(t, api.DNSAddr(), "www.kept.ru", "A", "192.0.2.1")

	pid := operator.PID()
	operator.Kill(t)
	operator.Run(t)
	if operator.PID() == pid {
		t.Errorf("the operator still has the process id %d", pid)
	}
	zone.Spec.Records[0].A = append(zone.Spec.Records[0].A, "192.0.2.2")
	if err := plane.Update(t.Context(), zone); err != nil {
		t.Fatal(err)
	}
	harness.Resolves(t, api.DNSAddr(), "www.kept.ru", "A", "192.0.2.1", "192.0.2.2")
	harness.Resolves(t, api.DNSAddr(), "old.kept.ru", "A", "192.0.2.9")
	harness.Resolves(t, api.DNSAddr(), "none.kept.ru", "A")
	harness.Eventually(t, time.Minute, "the operator's metrics tell of a reconcile that succeeded", func() error {
		if operator.Metric(t, "controller_runtime_reconcile_total", "controller", "dnszone", "result", "success") == 0 {
			return errors.New("they tell of none")
		}
		return nil
	})
}

func TestAGateRefusesAndCutsWhileItIsShut(t *testing.T) {
	api := harness.StartSimulator(t)
	gate := harness.NewGate(t, api.DNSAddr())
	held, err := net.Dial("tcp", gate.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()

	gate.Shut()
	if _, err := held.Read(make([]byte, 1)); err == nil {
		t.Error("the open connection is not cut")
	}
	if _, err := net.Dial("tcp", gate.Address); err == nil {
		t.Error("a new connection is not refused")
	}
	gate.Open(t)
	api.AddAccount(regapitest.Account{Login: "customer", Password: "secret"})
	api.AddDomain("customer", regapitest.Domain{Name: "example.ru", Records: []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}})
	harness.Resolves(t, gate.Address, "www.example.ru", "A", "192.0.2.1")
}
