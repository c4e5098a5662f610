package harness

import (
	"path/filepath"
	"testing"
)

// operatorNamespace is what config/rbac calls the operator's own namespace, and operatorAccount its ServiceAccount.
const (
	operatorNamespace = "system"
	operatorAccount   = "operator"
)

// Operator is the operator's program, which may be stopped and started again.
type Operator struct {
	*Process
	// Metrics is the URL of its metrics.
	Metrics string

	binary string
	flags  []string
}

// GrantOperator applies config/rbac, and returns the path of a kubeconfig that may do what it says and no more: a missing
// rule shows here, and not in a cluster.
func (c *ControlPlane) GrantOperator(t testing.TB) string {
	t.Helper()
	c.Kubectl(t, "", "create", "namespace", operatorNamespace)
	c.Kubectl(t, "", "apply", "--server-side", "--kustomize="+filepath.Join(Repository(t), "config", "rbac"))
	return c.KubeconfigOf(t, operatorNamespace, operatorAccount)
}

// StartOperator starts the operator with nothing but the rights of config/rbac, asking the given name server (host:port)
// whether changes are published. Further flags come after the harness's own, which they override.
func (c *ControlPlane) StartOperator(t testing.TB, nameServer string, flags ...string) *Operator {
	t.Helper()
	address := FreeAddress(t)
	o := &Operator{Metrics: "http://" + address + "/metrics", binary: Binary(t, "operator")}
	o.flags = append([]string{
		"--kubeconfig=" + c.GrantOperator(t),
		"--namespace=" + operatorNamespace,
		"--metrics-bind-address=" + address, "--metrics-secure=false",
		"--health-probe-bind-address=0",
		"--allow-loopback-endpoints",
		"--authoritative-servers=" + nameServer,
		"--egress-requests-per-hour=1000000", // tests have no hour
	}, flags...)
	o.Run(t)
	return o
}

// Run starts the operator again, after it was stopped or killed. Further flags override those before.
func (o *Operator) Run(t testing.TB, flags ...string) {
	t.Helper()
	o.flags = append(o.flags, flags...)
	o.Process = Start(t, "operator", o.binary, o.flags...)
	o.Serves(t, o.Metrics)
}

// Metric returns the sum of a metric over all its series that have the labels, given as name and value in turn.
func (o *Operator) Metric(t testing.TB, name string, labels ...string) float64 {
	t.Helper()
	return Metric(t, o.Metrics, name, labels...)
}
