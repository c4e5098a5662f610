package externaldns

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/external-dns/apis/v1alpha1"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// world is a cluster with an operator, whose accounts reach the simulator through a gate.
type world struct {
	plane    *harness.ControlPlane
	api      *regapitest.Server
	gate     *harness.Gate
	operator *harness.Operator
	// provider is the URL of the webhook provider, endpoint that of REG.API behind the gate.
	provider, endpoint string
	// secure is where the operator serves the sidecar by TLS, if it does.
	secure string
}

// newWorld returns a world in which external-dns reaches the operator by loopback.
func newWorld(t *testing.T, options ...regapitest.Option) *world {
	t.Helper()
	w := newCluster(t, options...)
	address := harness.FreeAddress(t)
	w.provider = "http://" + address
	w.operator = w.plane.StartOperator(t, w.api.DNSAddr(), "--external-dns-bind-address="+address)
	w.operator.Serves(t, w.provider)
	return w
}

// newCluster returns a world without an operator.
func newCluster(t *testing.T, options ...regapitest.Option) *world {
	t.Helper()
	crds := filepath.Join(upstream(t), "config", "crd", "standard", "dnsendpoints.externaldns.k8s.io.yaml")
	w := &world{plane: harness.StartControlPlane(t, crds), api: harness.StartSimulator(t, options...)}
	if err := v1alpha1.AddToScheme(w.plane.Scheme()); err != nil {
		t.Fatal(err)
	}
	metav1.AddToGroupVersion(w.plane.Scheme(), v1alpha1.GroupVersion) // which upstream's function leaves out
	endpoint, err := url.Parse(w.api.URL())
	if err != nil {
		t.Fatal(err)
	}
	w.gate = harness.NewGate(t, endpoint.Host)
	endpoint.Host = w.gate.Address
	w.endpoint = endpoint.String()
	return w
}

// upstream returns the folder of external-dns' module.
func upstream(t *testing.T) string {
	t.Helper()
	return strings.TrimSpace(harness.Run(t, "", "go", "list", "-m", "-f", "{{.Dir}}", "sigs.k8s.io/external-dns"))
}

func TestTheProgramIsOfTheVersionThatTheTestsAreWrittenFor(t *testing.T) {
	module := strings.TrimSpace(harness.Run(t, "", "go", "list", "-m", "-f", "{{.Version}}", "sigs.k8s.io/external-dns"))
	program, err := exec.CommandContext(t.Context(), harness.Binary(t, "external-dns"), "--version").CombinedOutput()
	if err != nil {
		t.Fatal(err)
	}
	if found := strings.TrimSpace(string(program)); found != module {
		t.Errorf("bin/external-dns is %s, and go.mod requires %s", found, module)
	}
}
