package certmanager

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// patience bounds every wait for the API server.
const patience = time.Minute

// cluster is an API server with a front proxy, and the solver's API behind it.
type cluster struct {
	*harness
	environment *envtest.Environment
	ca          *authority
	certificate *servedCertificate
	address     string
}

func newCluster(t *testing.T) *cluster {
	c := &cluster{harness: newHarness(t), ca: newAuthority(t)}
	c.startAPIServer()
	c.serveBeforeItMay()
	c.register()
	return c
}

func (c *cluster) startAPIServer() {
	c.Helper()
	folder := c.TempDir()
	chain, key := c.ca.issue("front-proxy")
	path := func(name string, content []byte) string {
		file := filepath.Join(folder, name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			c.Fatal(err)
		}
		return file
	}
	c.environment = apiservertest.Start(c, func(environment *envtest.Environment) error {
		environment.ControlPlane.GetAPIServer().Configure().
			Set("proxy-client-cert-file", path("tls.crt", chain)).Set("proxy-client-key-file", path("tls.key", key)).
			Set("requestheader-client-ca-file", path("ca.crt", c.ca.pem)).Set("requestheader-allowed-names", "front-proxy").
			Set("requestheader-username-headers", "X-Remote-User").Set("requestheader-group-headers", "X-Remote-Group").
			Set("requestheader-extra-headers-prefix", "X-Remote-Extra-")
		return nil
	})
}

// serveBeforeItMay runs the server as somebody who is given the roles that config/cert-manager has for the operator only
// after the first attempt to do without them.
func (c *cluster) serveBeforeItMay() {
	c.Helper()
	operator, err := c.environment.AddUser(envtest.User{Name: "operator"}, nil)
	if err != nil {
		c.Fatal(err)
	}
	var refused atomic.Bool
	config := operator.Config()
	config.Wrap(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(request *http.Request) (*http.Response, error) {
			response, err := next.RoundTrip(request)
			if err == nil && response.StatusCode == http.StatusForbidden {
				refused.Store(true)
			}
			return response, err
		})
	})
	c.serve(config)
	c.eventually("the server needs no roles", refused.Load)
	admin, err := kubernetes.NewForConfig(c.environment.Config)
	if err != nil {
		c.Fatal(err)
	}
	subjects := []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: "operator"}}
	_, err = admin.RbacV1().ClusterRoleBindings().Create(c.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "operator"}, Subjects: subjects,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "system:auth-delegator"},
	}, metav1.CreateOptions{})
	if err != nil {
		c.Fatal(err)
	}
	_, err = admin.RbacV1().RoleBindings(metav1.NamespaceSystem).Create(c.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "operator"}, Subjects: subjects,
		RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: "extension-apiserver-authentication-reader"},
	}, metav1.CreateOptions{})
	if err != nil {
		c.Fatal(err)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (r roundTripper) RoundTrip(request *http.Request) (*http.Response, error) { return r(request) }

// serve runs the server that is tested, beside the API server as the operator does.
func (c *cluster) serve(config *rest.Config) {
	c.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		c.Fatal(err)
	}
	c.address = listener.Addr().String()
	c.certificate = &servedCertificate{}
	c.certificate.renew(c.ca.issue("solver.default.svc"))
	server := &Server{Solver: c.solver, Certificate: c.certificate, Config: config}
	webhooktest.Run(c, func(ctx context.Context) error { return server.serve(ctx, listener) })
}

// register tells the API server where the solver's API is, and waits until it finds it.
func (c *cluster) register() {
	c.Helper()
	_, port, err := net.SplitHostPort(c.address)
	if err != nil {
		c.Fatal(err)
	}
	number, err := strconv.ParseInt(port, 10, 32)
	if err != nil {
		c.Fatal(err)
	}
	kube, err := client.New(c.environment.Config, client.Options{Scheme: webhooktest.Scheme()})
	if err != nil {
		c.Fatal(err)
	}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "solver"},
		Spec:       corev1.ServiceSpec{Type: corev1.ServiceTypeExternalName, ExternalName: "localhost"},
	}
	registration := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": map[string]any{"name": APIServiceName(DefaultGroup)},
		"spec": map[string]any{
			"group": DefaultGroup, "version": version, "groupPriorityMinimum": int64(1000), "versionPriority": int64(15),
			"service":  map[string]any{"namespace": "default", "name": "solver", "port": number},
			"caBundle": c.ca.pem,
		},
	}}
	for _, object := range []client.Object{service, registration} {
		if err := kube.Create(c.Context(), object); err != nil {
			c.Fatal(err)
		}
	}
	admin, err := kubernetes.NewForConfig(c.environment.Config)
	if err != nil {
		c.Fatal(err)
	}
	c.eventually("the API is not available", func() bool {
		_, err := admin.Discovery().ServerResourcesForGroupVersion(DefaultGroup + "/" + version)
		return err == nil
	})
}

func (c *cluster) eventually(complaint string, done func() bool) {
	c.Helper()
	ctx, cancel := context.WithTimeout(c.Context(), patience)
	defer cancel()
	for !done() {
		if !pause.For(ctx, 50*time.Millisecond) {
			c.Fatal(complaint)
		}
	}
}

// user gives a client of the API server for a user, who may do what the rules say.
func (c *cluster) user(name string, rules ...rbacv1.PolicyRule) rest.Interface {
	c.Helper()
	added, err := c.environment.AddUser(envtest.User{Name: name}, nil)
	if err != nil {
		c.Fatal(err)
	}
	admin, err := kubernetes.NewForConfig(c.environment.Config)
	if err != nil {
		c.Fatal(err)
	}
	_, err = admin.RbacV1().ClusterRoles().Create(c.Context(), &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}, metav1.CreateOptions{})
	if err != nil {
		c.Fatal(err)
	}
	_, err = admin.RbacV1().ClusterRoleBindings().Create(c.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: "User", Name: name}},
	}, metav1.CreateOptions{})
	if err != nil {
		c.Fatal(err)
	}
	kube, err := kubernetes.NewForConfig(added.Config())
	if err != nil {
		c.Fatal(err)
	}
	return kube.Discovery().RESTClient()
}
