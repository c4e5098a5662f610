package harness

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/go-logr/logr"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
)

// ControlPlane is etcd, kube-apiserver and kube-controller-manager. The client, and the functions that name nobody, act as
// the administrator.
type ControlPlane struct {
	client.Client
	// Config is how to connect.
	Config *rest.Config
	// Kubeconfig is a file that says the same.
	Kubeconfig string

	kubectl string
	cache   string
	audit   *apiservertest.Audit
}

// controllers that run: what deleting needs, and what ServiceAccounts and Services need.
const controllers = "garbage-collector-controller,namespace-controller,serviceaccount-controller,serviceaccount-token-controller," +
	"root-ca-certificate-publisher-controller,endpointslice-controller,clusterrole-aggregation-controller"

// silence gives envtest a logger, for which it would ask; once, because setting one is not safe for concurrent use.
var silence = sync.OnceFunc(func() { log.SetLogger(logr.Discard()) })

// StartControlPlane starts a control plane with the CRDs of the operator and those of the files or folders given. The API
// server takes aggregated APIs.
func StartControlPlane(t testing.TB, crds ...string) *ControlPlane {
	t.Helper()
	silence()
	environment := &envtest.Environment{
		UseExistingCluster:       ptr.To(false), // whatever USE_EXISTING_CLUSTER says
		BinaryAssetsDirectory:    assets(t),
		CRDDirectoryPaths:        append([]string{filepath.Join(Repository(t), "config", "crd", "bases")}, crds...),
		ErrorIfCRDPathMissing:    true,
		ControlPlaneStartTimeout: startTimeout,
		ControlPlaneStopTimeout:  stopTimeout,
		CRDInstallOptions:        envtest.CRDInstallOptions{MaxTime: startTimeout},
	}
	apiServer := environment.ControlPlane.GetAPIServer()
	apiServer.CertDir = t.TempDir()
	logFile := filepath.Join(t.TempDir(), "kube-apiserver.log")
	log, err := os.Create(logFile)
	if err != nil {
		t.Fatal(err)
	}
	apiServer.Out, apiServer.Err = log, log
	allowAggregation(t, environment)
	audit := apiservertest.NewAudit(t, "system:serviceaccount:"+operatorNamespace+":"+operatorAccount)
	if err := audit.Configure(environment); err != nil {
		t.Fatal(err)
	}

	t.Cleanup(func() {
		if err := environment.Stop(); err != nil { // also after a start that failed half-way
			t.Errorf("stop the control plane: %v", err)
		}
		log.Close()
		if t.Failed() {
			t.Logf("the output of kube-apiserver ends with\n%s", tail(logFile))
		}
	})
	config, err := environment.Start()
	if err != nil {
		t.Fatalf("start the control plane: %v", err)
	}
	c := &ControlPlane{
		Client: newClient(t, config), Config: config,
		Kubeconfig: write(t, filepath.Join(t.TempDir(), "kubeconfig"), environment.KubeConfig),
		kubectl:    Asset(t, "kubectl"), cache: t.TempDir(), audit: audit,
	}
	c.startControllerManager(t, apiServer.CertDir)
	return c
}

// allowAggregation sets the flags that envtest leaves out: with them the API server forwards to the servers of aggregated
// APIs, and tells them by its certificate and by headers who asks.
func allowAggregation(t testing.TB, environment *envtest.Environment) {
	t.Helper()
	frontProxy := NewAuthority(t, "front-proxy-ca")
	certificate, key := frontProxy.WritePair(t, "front-proxy")
	environment.ControlPlane.GetAPIServer().Configure().
		Set("proxy-client-cert-file", certificate).
		Set("proxy-client-key-file", key).
		Set("requestheader-client-ca-file", frontProxy.WriteCertificate(t)).
		Set("requestheader-allowed-names", "front-proxy").
		Set("requestheader-username-headers", "X-Remote-User").
		Set("requestheader-group-headers", "X-Remote-Group").
		Set("requestheader-extra-headers-prefix", "X-Remote-Extra-").
		Set("endpoint-reconciler-type", "none") // a loopback address cannot be an endpoint
}

func (c *ControlPlane) startControllerManager(t testing.TB, certificates string) {
	t.Helper()
	Start(t, "kube-controller-manager", Asset(t, "kube-controller-manager"),
		"--kubeconfig="+c.Kubeconfig,
		"--controllers="+controllers,
		"--use-service-account-credentials",
		"--service-account-private-key-file="+filepath.Join(certificates, "sa-signer.key"),
		"--root-ca-file="+write(t, filepath.Join(t.TempDir(), "ca.crt"), c.Config.CAData),
		"--leader-elect=false",
		"--bind-address=127.0.0.1",
		"--secure-port=0",
	)
}

func newClient(t testing.TB, config *rest.Config) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	config = rest.CopyConfig(config)
	config.QPS, config.Burst = -1, 0 // tests make objects by the thousand
	made, err := client.New(config, client.Options{Scheme: scheme})
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// Kubectl calls kubectl with the input, and returns its output.
func (c *ControlPlane) Kubectl(t testing.TB, input string, args ...string) string {
	t.Helper()
	return Run(t, input, c.kubectl, append([]string{"--kubeconfig=" + c.Kubeconfig, "--cache-dir=" + c.cache}, args...)...)
}

// Apply applies the objects of a YAML text by server-side apply.
func (c *ControlPlane) Apply(t testing.TB, manifest string) {
	t.Helper()
	c.Kubectl(t, manifest, "apply", "--server-side", "--filename=-")
}

// Make creates objects.
func (c *ControlPlane) Make(t testing.TB, objects ...client.Object) {
	t.Helper()
	for _, object := range objects {
		if err := c.Create(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
}

// NewNamespace creates a namespace and returns its name, which begins with the prefix.
func (c *ControlPlane) NewNamespace(t testing.TB, prefix string) string {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: prefix + "-"}}
	c.Make(t, namespace)
	return namespace.Name
}
