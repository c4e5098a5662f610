package main

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// freeAddress is one of this machine that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// madeUp is a token that the API server does not know; controller-runtime takes that for a failure of its own.
const madeUp = "made-up"

// checkMetrics asks replicas for their metrics as Prometheus would: by the certificate that is published, without a token, with one that
// gives no right, and with one that has the role of the manifests.
func (i *installation) checkMetrics(t *testing.T, replicas ...*replica) {
	prometheus := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: i.authority(replicas[0]), ServerName: "regapi-operator." + i.namespace + ".svc",
	}}}
	defer prometheus.CloseIdleConnections()
	stranger, reader := i.token(t, "stranger"), i.token(t, "prometheus")
	binding := &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "prometheus"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "regapi-metrics-reader"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Namespace: i.namespace, Name: "prometheus"}},
	}
	if err := i.Create(t.Context(), binding); err != nil {
		t.Fatal(err)
	}
	for _, each := range replicas {
		i.await(each, "its certificate", func() bool {
			_, err := i.scrape(t, prometheus, each.metrics, "")
			return err == nil
		})
		for token, want := range map[string]int{"": http.StatusUnauthorized, stranger: http.StatusForbidden, madeUp: http.StatusInternalServerError} {
			if got, err := i.scrape(t, prometheus, each.metrics, token); err != nil || got.code != want || strings.Contains(got.body, "regapi_") {
				t.Errorf("%v, %v, want %d", got, err, want)
			}
		}
		var got scraped
		i.await(each, "the right of who reads metrics to be known", func() bool {
			var err error
			got, err = i.scrape(t, prometheus, each.metrics, reader)
			return err == nil && got.code == http.StatusOK
		})
		if !strings.Contains(got.body, `regapi_build_info{commit=`) {
			t.Errorf("the metrics do not tell of the build:\n%s", got.body)
		}
	}
}

// scraped is what somebody who asks for metrics gets.
type scraped struct {
	code int
	body string
}

func (i *installation) scrape(t *testing.T, prometheus *http.Client, address, token string) (scraped, error) {
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := prometheus.Do(request)
	if err != nil {
		return scraped{}, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return scraped{answer.StatusCode, string(body)}, err
}

// authority is what the ConfigMap says whom to trust.
func (i *installation) authority(leads *replica) *x509.CertPool {
	i.Helper()
	var published corev1.ConfigMap
	i.await(leads, "the authority to be published", func() bool {
		return i.Get(i.Context(), client.ObjectKey{Namespace: i.namespace, Name: "regapi-operator-ca"}, &published) == nil
	})
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM([]byte(published.Data["ca.crt"])) {
		i.Fatal("no authority is published")
	}
	return pool
}

// token makes a ServiceAccount and gives a token of it.
func (i *installation) token(t *testing.T, name string) string {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: i.namespace, Name: name}}
	if err := i.Create(t.Context(), account); err != nil {
		t.Fatal(err)
	}
	request := &authenticationv1.TokenRequest{}
	if err := i.SubResource("token").Create(t.Context(), account, request); err != nil {
		t.Fatal(err)
	}
	return request.Status.Token
}
