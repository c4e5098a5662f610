package plugin

import (
	"archive/zip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/portforward"
	"k8s.io/streaming/pkg/httpstream"
	"k8s.io/streaming/pkg/httpstream/spdy"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
)

// unzip gives the files of a ZIP by name.
func unzip(t *testing.T, name string) map[string]string {
	t.Helper()
	archive, err := zip.OpenReader(name)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	files := map[string]string{}
	for _, file := range archive.File {
		reader, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		files[file.Name] = string(text)
	}
	return files
}

func TestAReportHasWhatHelpsAndNamesNobody(t *testing.T) {
	zone := declared()
	zone.Spec.Records = append(zone.Spec.Records, v1alpha1.NameRecords{Name: "six", AAAA: []v1alpha1.IPv6Address{"2001:db8::1"}, CAA: []v1alpha1.CAA{{Tag: "iodef", Value: "mailto:somebody@example.ru"}}})
	event := &corev1.Event{
		ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "e"}, InvolvedObject: corev1.ObjectReference{APIVersion: "regapi.io/v1alpha1", Kind: "DNSZone", Name: "example-ru"},
		Reason: "RecordsChanged", Message: "+ www.example.ru A 192.0.2.1", LastTimestamp: metav1.NewTime(today),
	}
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "team", Name: "regru"}, StringData: map[string]string{"password": "s3cret-word"}}
	d := newDesk(t, zone, account(), event, secret, operatorPod("one", true, corev1.ConditionTrue))
	file := filepath.Join(t.TempDir(), "report.zip")
	golden(t, "report.txt", strings.ReplaceAll(d.run(exit.Fine, "report", "-f", file), file, "report.zip"))
	files := unzip(t, file)
	for _, private := range []string{"example.ru", "example-ru", "192.0.2.1", "2001:db8::1", "somebody@", "s3cret-word"} {
		for name, text := range files {
			if strings.Contains(text, private) {
				t.Errorf("%s has %s:\n%s", name, private, text)
			}
		}
	}
	if !strings.Contains(files["events.txt"], "2026-05-10T12:00:00Z DNSZone") || !strings.Contains(files["missing.txt"], "log of one") || !strings.Contains(files["objects/dnszones.yaml"], "domain-") {
		t.Errorf("%v", files)
	}
	d.run(exit.Usage, "report", "-f", file) // It is there already.
	plain := filepath.Join(t.TempDir(), "plain.zip")
	d.run(exit.Fine, "report", "--plain", "-f", plain)
	if text := unzip(t, plain)["objects/dnszones.yaml"]; !strings.Contains(text, "example.ru") || !strings.Contains(text, "192.0.2.1") {
		t.Error(text)
	}
}

// proxy is an API server that leads to a pod whose metrics are for who shows a token.
func proxy(t *testing.T) *rest.Config {
	t.Helper()
	pod := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer of-prometheus" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		_, _ = io.WriteString(w, "regapi_build_info 1\n")
	}))
	pod.TLS = &tls.Config{Certificates: []tls.Certificate{certificateFor(t, "acme-regapi-operator.dns.svc")}}
	pod.StartTLS()
	t.Cleanup(pod.Close)
	trusted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pod.Certificate().Raw})
	handler := http.NewServeMux()
	answer := func(path string, object any) {
		handler.HandleFunc(path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(object)
		})
	}
	for name, token := range map[string]string{"prometheus": "of-prometheus", "stranger": "of-somebody"} {
		answer("POST /api/v1/namespaces/monitoring/serviceaccounts/"+name+"/token", &authenticationv1.TokenRequest{Status: authenticationv1.TokenRequestStatus{Token: token}})
	}
	answer("GET /api/v1/namespaces/dns/configmaps/regapi-operator-ca", &corev1.ConfigMap{Data: map[string]string{"ca.crt": string(trusted)}})
	handler.HandleFunc("GET /api/v1/namespaces/dns/pods/https:one:8080/proxy/metrics", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	handler.HandleFunc("POST /api/v1/namespaces/dns/pods/one/portforward", func(w http.ResponseWriter, r *http.Request) { passOn(w, r, pod.Listener.Addr().String()) })
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}
}

// certificateFor makes a certificate that vouches for itself.
func certificateFor(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// passOn is what the API server and a kubelet do together where somebody asks for a port of a pod.
func passOn(w http.ResponseWriter, r *http.Request, address string) {
	if _, err := httpstream.Handshake(r, w, []string{portforward.PortForwardProtocolV1Name}); err != nil {
		return
	}
	connection := spdy.NewResponseUpgrader().UpgradeResponse(w, r, func(stream httpstream.Stream, replied <-chan struct{}) error {
		if stream.Headers().Get(corev1.StreamType) != corev1.StreamTypeData {
			go func() {
				<-replied
				_ = stream.Close() // That of errors, of which there are none.
			}()
			return nil
		}
		to, err := net.Dial("tcp", address)
		if err != nil {
			return err
		}
		go func() {
			defer stream.Close()
			_, _ = io.Copy(stream, to) // It ends with the connection.
		}()
		go func() {
			defer to.Close()
			_, _ = io.Copy(to, stream)
		}()
		return nil
	})
	if connection != nil {
		<-connection.CloseChan()
	}
}

func TestMetricsThatAreForWhoShowsATokenAreReadAsWhoMayReadThem(t *testing.T) {
	config := proxy(t)
	typed, err := kubernetes.NewForConfig(config)
	if err != nil {
		t.Fatal(err)
	}
	pod := operatorPod("one", true, corev1.ConditionTrue)
	pod.Namespace = "dns"
	pod.Spec.Containers = []corev1.Container{{Name: "operator", Env: []corev1.EnvVar{{Name: "SERVICE_NAME", Value: "acme-regapi-operator"}}}}
	for as, want := range map[string]string{"monitoring/prometheus": "regapi_build_info 1\n", "monitoring/stranger": "regapi-metrics-reader", "": "--metrics-as", "monitoring/nobody": "make a token"} {
		text, err := metricsOf(t.Context(), config, typed, *pod, as)
		if said := string(text) + fmt.Sprint(err); !strings.Contains(said, want) {
			t.Errorf("as %q: %q, %v", as, text, err)
		}
	}
}
