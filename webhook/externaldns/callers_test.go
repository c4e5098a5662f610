package externaldns

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/webhook/externaldns/proxy"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// cluster is a real API server that makes and reviews tokens.
type cluster struct {
	*testing.T
	environment *envtest.Environment
	kube        *kubernetes.Clientset
}

func newCluster(t *testing.T) *cluster {
	t.Helper()
	environment := apiservertest.Start(t)
	kube, err := kubernetes.NewForConfig(environment.Config)
	if err != nil {
		t.Fatal(err)
	}
	return &cluster{t, environment, kube}
}

func (c *cluster) makeAccount(name string) *corev1.ServiceAccount {
	c.Helper()
	made, err := c.kube.CoreV1().ServiceAccounts("default").Create(c.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	if err != nil {
		c.Fatal(err)
	}
	return made
}

// token makes a token as the kubelet does for a projected volume.
func (c *cluster) token(account, audience string) string {
	c.Helper()
	request := &authenticationv1.TokenRequest{}
	if audience != "" {
		request.Spec.Audiences = []string{audience}
	}
	made, err := c.kube.CoreV1().ServiceAccounts("default").CreateToken(c.Context(), account, request, metav1.CreateOptions{})
	if err != nil {
		c.Fatal(err)
	}
	return made.Status.Token
}

// awaitRefused waits until the API server knows that a token is no longer good: it finds accounts in a cache of its own.
func (c *cluster) awaitRefused(token string) {
	c.Helper()
	review := &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token, Audiences: []string{DefaultAudience}}}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) { // A poll of a real API server; no clock to turn.
		done, err := c.kube.AuthenticationV1().TokenReviews().Create(c.Context(), review, metav1.CreateOptions{})
		switch {
		case err != nil:
			c.Fatal(err)
		case !done.Status.Authenticated:
			return
		case time.Now().After(deadline):
			c.Fatal("the token of an account that is gone is good")
		}
	}
}

// shifted signs a token as the API server does, for an hour that began so long ago; the API server itself makes none that
// expires soon enough for a test.
func (c *cluster) shifted(token string, ago time.Duration) string {
	c.Helper()
	parts := strings.Split(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		c.Fatal(err)
	}
	var claims map[string]any
	if err := json.Unmarshal(text, &claims); err != nil {
		c.Fatal(err)
	}
	for claim, since := range map[string]time.Duration{"iat": ago, "nbf": ago, "exp": ago - time.Hour} {
		claims[claim] = time.Now().Add(-since).Unix()
	}
	if text, err = json.Marshal(claims); err != nil {
		c.Fatal(err)
	}
	signed := parts[0] + "." + base64.RawURLEncoding.EncodeToString(text)
	digest := sha256.Sum256([]byte(signed))
	first, second, err := ecdsa.Sign(rand.Reader, c.signingKey(), digest[:])
	if err != nil {
		c.Fatal(err)
	}
	signature := append(first.FillBytes(make([]byte, 32)), second.FillBytes(make([]byte, 32))...) // ES256 (RFC 7518, 3.4)
	return signed + "." + base64.RawURLEncoding.EncodeToString(signature)
}

func (c *cluster) signingKey() *ecdsa.PrivateKey {
	c.Helper()
	text, err := os.ReadFile(filepath.Join(c.environment.ControlPlane.APIServer.CertDir, "sa-signer.key"))
	if err != nil {
		c.Fatal(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		c.Fatal("the signing key is not PEM")
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		c.Fatal(err)
	}
	return key.(*ecdsa.PrivateKey)
}

func (c *cluster) callers(audience string) *Callers {
	return NewCallers(c.kube.AuthenticationV1().TokenReviews(), audience, []types.NamespacedName{{Namespace: "default", Name: "external-dns"}})
}

// statusFor asks for the records with an Authorization header.
func statusFor(t *testing.T, handler http.Handler, authorization string) int {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/records", nil)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	answered := httptest.NewRecorder()
	handler.ServeHTTP(answered, request)
	return answered.Code
}

func TestOnlyAllowedServiceAccountsWithATokenForTheAudienceAreLetIn(t *testing.T) {
	c := newCluster(t)
	c.makeAccount("external-dns")
	c.makeAccount("stranger")
	good := c.token("external-dns", DefaultAudience)
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	handler := (&Server{Provider: h.provider, Secure: &SecureListener{Callers: c.callers(DefaultAudience)}}).SecureHandler()
	for name, call := range map[string]struct {
		authorization string
		want          int
	}{
		"allowed":            {"Bearer " + good, http.StatusOK},
		"allowed, again":     {"Bearer " + good, http.StatusOK},
		"another account":    {"Bearer " + c.token("stranger", DefaultAudience), http.StatusForbidden},
		"another audience":   {"Bearer " + c.token("external-dns", "somebody-else"), http.StatusUnauthorized},
		"the API's audience": {"Bearer " + c.token("external-dns", ""), http.StatusUnauthorized},
		"expires soon":       {"Bearer " + c.shifted(good, 50*time.Minute), http.StatusOK},
		"expired":            {"Bearer " + c.shifted(good, 70*time.Minute), http.StatusUnauthorized},
		"garbage":            {"Bearer garbage", http.StatusUnauthorized},
		"changed":            {"Bearer " + good[:len(good)-4] + "AAAA", http.StatusUnauthorized},
		"empty":              {"Bearer ", http.StatusUnauthorized},
		"basic":              {"Basic " + good, http.StatusUnauthorized},
		"nothing":            {"", http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			if got := statusFor(t, handler, call.authorization); got != call.want {
				t.Errorf("status %d, want %d", got, call.want)
			}
		})
	}
	t.Run("through the proxy", func(t *testing.T) {
		operator := httptest.NewTLSServer(handler)
		defer operator.Close()
		ask := proxyTo(t, operator, good)
		if got := statusFor(t, ask, ""); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	})
	t.Run("through the proxy of a stranger", func(t *testing.T) {
		operator := httptest.NewTLSServer(handler)
		defer operator.Close()
		ask := proxyTo(t, operator, c.token("stranger", DefaultAudience))
		if got := statusFor(t, ask, ""); got != http.StatusServiceUnavailable {
			t.Errorf("status %d", got)
		}
	})
	t.Run("withdrawn", func(t *testing.T) {
		c.makeAccount("gone")
		token := c.token("gone", DefaultAudience)
		if err := c.kube.CoreV1().ServiceAccounts("default").Delete(t.Context(), "gone", metav1.DeleteOptions{}); err != nil {
			t.Fatal(err)
		}
		c.awaitRefused(token)
		if got := statusFor(t, handler, "Bearer "+token); got != http.StatusUnauthorized {
			t.Errorf("status %d", got)
		}
	})
}

// proxyTo gives the sidecar that shows an operator a token.
func proxyTo(t *testing.T, operator *httptest.Server, token string) *proxy.Proxy {
	t.Helper()
	folder := t.TempDir()
	files := map[string][]byte{
		"token":  []byte(token),
		"ca.crt": pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: operator.Certificate().Raw}),
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	address, err := url.Parse(operator.URL)
	if err != nil {
		t.Fatal(err)
	}
	return proxy.New(proxy.Settings{OperatorURL: address, CAFile: filepath.Join(folder, "ca.crt"), TokenFile: filepath.Join(folder, "token")})
}

func TestWithoutTheAPIServerNobodyIsLetInAndNobodyIsBlamed(t *testing.T) {
	away := httptest.NewServer(http.NotFoundHandler())
	config := &rest.Config{Host: away.URL}
	away.Close()
	kube, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	h := newHarness(t, Settings{})
	callers := NewCallers(kube.AuthenticationV1().TokenReviews(), DefaultAudience, nil)
	handler := (&Server{Provider: h.provider, Secure: &SecureListener{Callers: callers}}).SecureHandler()
	if got := statusFor(t, handler, "Bearer token"); got != http.StatusServiceUnavailable {
		t.Errorf("status %d, want 503", got)
	}
}

func TestATokenIsReviewedOnceForAWhile(t *testing.T) {
	reviews := 0
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reviews++
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(authenticationv1.TokenReview{
			TypeMeta: metav1.TypeMeta{APIVersion: "authentication.k8s.io/v1", Kind: "TokenReview"},
			Status: authenticationv1.TokenReviewStatus{
				Authenticated: true, Audiences: []string{DefaultAudience},
				User: authenticationv1.UserInfo{Username: "system:serviceaccount:default:external-dns"},
			},
		})
	}))
	defer api.Close()
	kube, err := kubernetes.NewForConfig(&rest.Config{Host: api.URL})
	if err != nil {
		t.Fatal(err)
	}
	callers := (&cluster{T: t, kube: kube}).callers(DefaultAudience)
	h := newHarness(t, Settings{})
	handler := (&Server{Provider: h.provider, Secure: &SecureListener{Callers: callers}}).SecureHandler()
	for range 5 {
		if got := statusFor(t, handler, "Bearer token"); got != http.StatusOK {
			t.Errorf("status %d", got)
		}
	}
	if reviews != 1 {
		t.Errorf("%d reviews, want one", reviews)
	}
}

func TestTheSecureListenerServesByTLSWithWhateverCertificateThereIs(t *testing.T) {
	h := newHarness(t, Settings{})
	borrowed := httptest.NewUnstartedServer(nil)
	borrowed.StartTLS()
	defer borrowed.Close()
	secure := &SecureListener{Address: "127.0.0.1:0", Callers: NewCallers(nil, DefaultAudience, nil), GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return &borrowed.TLS.Certificates[0], nil
	}}
	listener, err := secure.listen()
	if err != nil {
		t.Fatal(err)
	}
	server := &Server{Provider: h.provider, Secure: secure}
	webhooktest.Run(h, func(ctx context.Context) error { return server.serve(ctx, listener, server.SecureHandler()) })
	response, err := borrowed.Client().Get("https://" + listener.Addr().String() + "/records")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusUnauthorized || response.Header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("status %d, %v", response.StatusCode, response.Header)
	}
}
