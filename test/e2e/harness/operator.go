package harness

import (
	"context"
	"path/filepath"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// What config/rbac calls the operator's own namespace, its ServiceAccount, and the role that each namespace with an Account binds.
const (
	operatorNamespace = "system"
	operatorAccount   = "operator"
	secretsRole       = "operator-secrets"
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
// rule shows here, and not in a cluster. The test fails if the API server refuses the operator anything.
func (c *ControlPlane) GrantOperator(t testing.TB) string {
	t.Helper()
	c.Kubectl(t, "", "create", "namespace", operatorNamespace)
	c.Kubectl(t, "", "apply", "--server-side", "--kustomize="+filepath.Join(Repository(t), "config", "rbac"))
	t.Cleanup(func() { c.checkRefused(t) })
	return c.KubeconfigOf(t, operatorNamespace, operatorAccount)
}

// checkRefused makes sure that the operator was refused nothing but Secrets of namespaces that end: the RoleBinding goes with them, in any order.
func (c *ControlPlane) checkRefused(t testing.TB) {
	t.Helper()
	for _, asked := range c.audit.Refused() {
		if asked.Resource == "secrets" {
			var namespace corev1.Namespace
			err := c.Get(context.Background(), client.ObjectKey{Name: asked.Namespace}, &namespace) // The context of the test has ended.
			if apierrors.IsNotFound(err) || err == nil && !namespace.DeletionTimestamp.IsZero() {
				continue
			}
		}
		t.Errorf("config/rbac lacks a right that the operator needs: %s", asked)
	}
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
