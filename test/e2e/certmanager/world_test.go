package certmanager

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	acmev1 "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmv1 "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

const (
	// group is the API group of the solver.
	group = "acme.regapi.io"
	// operatorNamespace is where the harness runs the operator, and operatorService the Service that leads to it.
	operatorNamespace = "system"
	operatorService   = "regapi-operator"
)

// world is what all scenes share: every program, as a user would have them running.
type world struct {
	plane    *harness.ControlPlane
	api      *regapitest.Server
	operator *harness.Operator
	acme     pebble
	// nameServer answers for the zones of the simulator.
	nameServer string
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := newWorldWithoutCertManager(t)
	w.startCertManager(t)
	return w
}

// newWorldWithoutCertManager is for who gives cert-manager objects to find when it starts.
func newWorldWithoutCertManager(t *testing.T, options ...regapitest.Option) *world {
	t.Helper()
	plane := harness.StartControlPlane(t, certManagerCRDs(t))
	plane.Client = newClient(t, plane.Config)
	api := harness.StartSimulator(t, options...)
	nameServer := startResolver(t, api)
	w := &world{plane: plane, api: api, acme: startPebble(t, nameServer), nameServer: nameServer}
	w.startSolver(t)
	return w
}

func newClient(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		clientgoscheme.AddToScheme, v1alpha1.AddToScheme, cmv1.AddToScheme, acmev1.AddToScheme,
	} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	config = rest.CopyConfig(config)
	config.QPS = -1
	made, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// startSolver starts the operator with the solver, and applies config/cert-manager as it is, but for the places: there is no pod that
// a Service could select. The operator makes its own serving certificate, and puts the authority into the APIService.
func (w *world) startSolver(t *testing.T) {
	t.Helper()
	address := harness.FreeAddress(t)
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	w.applyManifest(t, "challenges_role.yaml")
	w.applyManifest(t, "auth_delegator.yaml", "namespace: system", "namespace: "+operatorNamespace)
	w.operator = w.plane.StartOperator(t, w.api.DNSAddr(), "--cert-manager-bind-address="+address, "--service-name="+operatorService)
	w.plane.Make(t, &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: operatorNamespace, Name: operatorService},
		// The API server looks the name up, and so finds the program on this machine.
		Spec: corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"},
	})
	w.applyManifest(t, "apiservice.yaml", "namespace: regapi-system", "namespace: "+operatorNamespace, "port: 443", "port: "+port)
	w.plane.Kubectl(t, "", "wait", "--for=condition=Available", "--timeout="+programTimeout.String(), "apiservice/v1alpha1."+group)
}

// applyManifest applies a file of config/cert-manager/access after replacing texts, given as old and new in turn.
func (w *world) applyManifest(t *testing.T, name string, replacements ...string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Repository(t), "config", "cert-manager", "access", name))
	if err != nil {
		t.Fatal(err)
	}
	w.plane.Apply(t, strings.NewReplacer(replacements...).Replace(string(text)))
}
