package certmanager

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// patience bounds every wait for the API server.
const patience = time.Minute

const challengePath = "/apis/" + DefaultGroup + "/" + version + "/" + Name

// authority makes certificates.
type authority struct {
	*testing.T
	certificate *x509.Certificate
	key         crypto.Signer
	pem         []byte
}

func newAuthority(t *testing.T) *authority {
	a := &authority{T: t}
	template := &x509.Certificate{Subject: pkix.Name{CommonName: "authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.certificate, a.key, a.pem = a.sign(template, nil)
	return a
}

// issue gives a certificate for the common name, which is also a DNS name, and its key in PEM.
func (a *authority) issue(name string) (chain, key []byte) {
	a.Helper()
	_, made, chain := a.sign(&x509.Certificate{
		Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth},
	}, a)
	encoded, err := x509.MarshalPKCS8PrivateKey(made)
	if err != nil {
		a.Fatal(err)
	}
	return chain, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func (a *authority) sign(template *x509.Certificate, by *authority) (*x509.Certificate, crypto.Signer, []byte) {
	a.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.Fatal(err)
	}
	template.SerialNumber = big.NewInt(time.Now().UnixNano())
	template.NotBefore, template.NotAfter = time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	parent, signer := template, crypto.Signer(key)
	if by != nil {
		parent, signer = by.certificate, by.key
	}
	encoded, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		a.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(encoded)
	if err != nil {
		a.Fatal(err)
	}
	return certificate, key, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: encoded})
}

// servedCertificate is a Certificate that can be renewed.
type servedCertificate struct {
	mu         sync.Mutex
	chain, key []byte
	renewed    []func()
}

func (c *servedCertificate) Wait(context.Context) error { return nil }

func (c *servedCertificate) Pair() (chain, key []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.chain, c.key, nil
}

func (c *servedCertificate) Notify(_ context.Context, renewed func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.renewed = append(c.renewed, renewed)
}

func (c *servedCertificate) renew(chain, key []byte) {
	c.mu.Lock()
	c.chain, c.key = chain, key
	told := c.renewed
	c.mu.Unlock()
	for _, renewed := range told {
		renewed()
	}
}

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
	c.environment = &envtest.Environment{}
	c.environment.ControlPlane.GetAPIServer().Configure().
		Set("proxy-client-cert-file", path("tls.crt", chain)).Set("proxy-client-key-file", path("tls.key", key)).
		Set("requestheader-client-ca-file", path("ca.crt", c.ca.pem)).Set("requestheader-allowed-names", "front-proxy").
		Set("requestheader-username-headers", "X-Remote-User").Set("requestheader-group-headers", "X-Remote-Group").
		Set("requestheader-extra-headers-prefix", "X-Remote-Extra-")
	c.Cleanup(func() {
		if err := c.environment.Stop(); err != nil {
			c.Error(err)
		}
	})
	if _, err := c.environment.Start(); err != nil {
		c.Fatal(err)
	}
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
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := server.serve(ctx, listener); err != nil {
			c.Error(err)
		}
	})
	c.Cleanup(func() {
		stop()
		running.Wait()
	})
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
		if !regapi.Sleep(ctx, 50*time.Millisecond) {
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

// ask does what cert-manager does with a challenge.
func (c *cluster) ask(by rest.Interface, action acme.ChallengeAction, key string) (*acme.ChallengeResponse, error) {
	c.Helper()
	request := c.challenge("_acme-challenge.example.ru.", key)
	request.Action, request.UID = action, "some-uid"
	body, err := json.Marshal(acme.ChallengePayload{
		TypeMeta: metav1.TypeMeta{APIVersion: acme.SchemeGroupVersion.String(), Kind: "ChallengePayload"}, Request: request,
	})
	if err != nil {
		c.Fatal(err)
	}
	answer, err := by.Post().AbsPath(challengePath).SetHeader("Content-Type", "application/json").Body(body).DoRaw(c.Context())
	if err != nil {
		return nil, err
	}
	var payload acme.ChallengePayload
	if err := json.Unmarshal(answer, &payload); err != nil {
		c.Fatal(err)
	}
	return payload.Response, nil
}

func TestTheAggregatedAPI(t *testing.T) {
	c := newCluster(t)
	certManager := c.user("cert-manager", rbacv1.PolicyRule{APIGroups: []string{DefaultGroup}, Resources: []string{Name}, Verbs: []string{"create"}})

	t.Run("presents and cleans up for whom the role allows it", func(t *testing.T) {
		response, err := c.ask(certManager, acme.ChallengeActionPresent, "one")
		if err != nil || !response.Success || response.UID != "some-uid" {
			t.Fatalf("present: %+v, %v", response, err)
		}
		c.wantTexts("_acme-challenge one")
		response, err = c.ask(certManager, acme.ChallengeActionCleanUp, "one")
		if err != nil || !response.Success {
			t.Fatalf("clean up: %+v, %v", response, err)
		}
		c.wantTexts()
	})
	t.Run("tells cert-manager why a challenge failed", func(t *testing.T) {
		response, err := c.ask(certManager, acme.ChallengeActionPresent, "")
		if err != nil || response.Success || response.Result == nil || !strings.Contains(response.Result.Message, "no key") {
			t.Errorf("%+v, %v", response, err)
		}
	})
	t.Run("refuses whom no role allows it", func(t *testing.T) {
		_, err := c.ask(c.user("somebody"), acme.ChallengeActionPresent, "two")
		if !apierrors.IsForbidden(err) {
			t.Errorf("%v, want a refusal", err)
		}
		c.wantTexts()
	})
	t.Run("refuses whoever comes around the API server without saying who they are, or as whom they please", func(t *testing.T) {
		for _, headers := range []http.Header{{}, {"X-Remote-User": {"cert-manager"}, "X-Remote-Group": {"system:masters"}}} {
			if status := c.askDirectly(headers); status != http.StatusUnauthorized {
				t.Errorf("headers %v: status %d, want %d", headers, status, http.StatusUnauthorized)
			}
		}
		c.wantTexts()
	})
	t.Run("serves with the renewed certificate", func(t *testing.T) {
		c.certificate.renew(c.ca.issue("renewed.default.svc"))
		c.eventually("the old certificate is still served", func() bool {
			connection, err := tls.Dial("tcp", c.address, &tls.Config{InsecureSkipVerify: true}) //nolint:gosec // It is looked at.
			if err != nil {
				t.Fatal(err)
			}
			defer connection.Close()
			return connection.ConnectionState().PeerCertificates[0].Subject.CommonName == "renewed.default.svc"
		})
	})
}

func (c *cluster) askDirectly(headers http.Header) int {
	c.Helper()
	pool := x509.NewCertPool()
	pool.AddCert(c.ca.certificate)
	direct := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "solver.default.svc"}}}
	defer direct.CloseIdleConnections()
	request, err := http.NewRequestWithContext(c.Context(), http.MethodPost, "https://"+c.address+challengePath, strings.NewReader("{}"))
	if err != nil {
		c.Fatal(err)
	}
	request.Header = headers
	response, err := direct.Do(request)
	if err != nil {
		c.Fatal(err)
	}
	response.Body.Close()
	return response.StatusCode
}
