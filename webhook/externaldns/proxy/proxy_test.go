package proxy

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/prometheus/client_golang/prometheus"
)

const serverName = "regapi-operator.regapi-system.svc"

// world is an operator that answers as a test says, and a proxy before it.
type world struct {
	*testing.T
	proxy    *Proxy
	registry *prometheus.Registry
	// address of the operator, which stays when it is replaced.
	address, caFile, tokenFile string
	operator                   *httptest.Server

	mu  sync.Mutex
	log strings.Builder
}

func newWorld(t *testing.T, within time.Duration, operator http.HandlerFunc) *world {
	t.Helper()
	folder := t.TempDir()
	w := &world{T: t, registry: prometheus.NewRegistry(), address: "127.0.0.1:0", caFile: filepath.Join(folder, "ca.crt"), tokenFile: filepath.Join(folder, "token")}
	w.write(w.tokenFile, "first\n")
	w.start(operator)
	w.Cleanup(func() { w.operator.Close() })
	w.proxy = New(Settings{
		OperatorURL: &url.URL{Scheme: "https", Host: w.address}, ServerName: serverName, CAFile: w.caFile, TokenFile: w.tokenFile,
		MaxBody: 1 << 20, AnswerWithin: within, Metrics: w.registry,
		Logger: funcr.New(func(_, line string) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.log.WriteString(line + "\n")
		}, funcr.Options{}),
	})
	return w
}

func (w *world) write(file, text string) {
	w.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		w.Fatal(err)
	}
}

// start starts an operator with a certificate of a new authority, at the address of the one before.
func (w *world) start(operator http.HandlerFunc) {
	w.Helper()
	listener, err := net.Listen("tcp", w.address)
	if err != nil {
		w.Fatal(err)
	}
	certificate, authority := newCertificate(w.T)
	w.write(w.caFile, authority)
	w.operator = &httptest.Server{Listener: listener, TLS: &tls.Config{Certificates: []tls.Certificate{certificate}}, Config: &http.Server{Handler: operator}}
	w.operator.StartTLS()
	w.address = listener.Addr().String()
}

func newCertificate(t *testing.T) (certificate tls.Certificate, authority string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{serverName}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func (w *world) ask(method, path string, body io.Reader) *httptest.ResponseRecorder {
	w.Helper()
	request := httptest.NewRequestWithContext(w.Context(), method, path, body)
	request.Header.Set("Content-Type", "application/external.dns.webhook+json;version=1")
	answered := httptest.NewRecorder()
	w.proxy.ServeHTTP(answered, request)
	return answered
}

func (w *world) wantStatus(want int, method, path string, body io.Reader) {
	w.Helper()
	if got := w.ask(method, path, body).Code; got != want {
		w.Errorf("%s %s: %d, want %d", method, path, got, want)
	}
}

func (w *world) logged() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

const patience = time.Minute

func TestTheFourRequestsGoThroughAsTheyAre(t *testing.T) {
	w := newWorld(t, patience, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		fmt.Fprintf(w, "%s %s %s %s", r.Method, r.URL.Path, r.Header.Get("Authorization"), body)
	})
	for _, c := range []struct{ method, path, body string }{
		{"GET", "/", ""}, {"GET", "/records", ""}, {"POST", "/adjustendpoints", `[{"dnsName":"example.ru"}]`},
	} {
		got := w.ask(c.method, c.path, strings.NewReader(c.body))
		if want := fmt.Sprintf("%s %s Bearer first %s", c.method, c.path, c.body); got.Body.String() != want {
			t.Errorf("answer %q, want %q", got.Body, want)
		}
		if got.Header().Get("Content-Type") != "application/external.dns.webhook+json;version=1" {
			t.Errorf("headers %v", got.Header())
		}
	}
	w.wantStatus(http.StatusNotFound, "GET", "/healthz", nil)
	w.wantStatus(http.StatusMethodNotAllowed, "DELETE", "/records", nil)
}

func TestWhatTheOperatorAnswersIsTheAnswerOrElse503WithARemedy(t *testing.T) {
	for status, c := range map[int]struct {
		want   int
		remedy string
	}{
		http.StatusNoContent:             {want: http.StatusNoContent},
		http.StatusBadRequest:            {want: http.StatusBadRequest},
		http.StatusRequestEntityTooLarge: {want: http.StatusRequestEntityTooLarge},
		http.StatusServiceUnavailable:    {want: http.StatusServiceUnavailable},
		http.StatusUnauthorized:          {want: http.StatusServiceUnavailable, remedy: "--external-dns-token-audience"},
		http.StatusForbidden:             {want: http.StatusServiceUnavailable, remedy: "--external-dns-allowed-service-accounts"},
		http.StatusNotFound:              {want: http.StatusServiceUnavailable, remedy: "--operator-url"},
		http.StatusFound:                 {want: http.StatusServiceUnavailable, remedy: "--operator-url"},
	} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			w := newWorld(t, patience, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(status)
			})
			w.wantStatus(c.want, "POST", "/records", strings.NewReader("{}"))
			if told := w.logged(); !strings.Contains(told, c.remedy) || (c.remedy == "" && told != "") {
				t.Errorf("logged %q, want the remedy %q", told, c.remedy)
			}
		})
	}
}

func TestWhileTheOperatorIsAwayTheAnswerIs503InTime(t *testing.T) {
	for _, method := range []string{"GET", "POST"} {
		w := newWorld(t, 700*time.Millisecond, nil)
		w.operator.Close()
		began := time.Now()
		w.wantStatus(http.StatusServiceUnavailable, method, "/records", nil)
		if took := time.Since(began); method == "GET" && took < retryEvery {
			t.Errorf("gave up after %v without another try", took)
		}
	}
}

func TestASlowOperatorIsNotWaitedFor(t *testing.T) {
	release := make(chan struct{})
	w := newWorld(t, 200*time.Millisecond, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/records" {
			w.WriteHeader(http.StatusOK) // Half an answer is none.
			fmt.Fprint(w, "[")
			_ = http.NewResponseController(w).Flush()
		}
		<-release
	})
	defer close(release)
	for _, path := range []string{"/", "/records"} {
		w.wantStatus(http.StatusServiceUnavailable, "GET", path, nil)
	}
	if told := w.logged(); !strings.Contains(told, string(Slow)) {
		t.Errorf("logged %q", told)
	}
}

// The old leader ends, and its successor serves at the same address with a certificate of another authority.
func TestARequestOutlivesAChangeOfTheLeaderAndOfTheAuthority(t *testing.T) {
	answer := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, text) }
	}
	w := newWorld(t, patience, answer("first"))
	if got := w.ask("GET", "/records", nil); got.Body.String() != "first" {
		t.Fatalf("answer %q", got.Body)
	}
	w.operator.Close()
	between, err := net.Listen("tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan string)
	go func() { answered <- w.ask("GET", "/records", nil).Body.String() }()
	tried, err := between.Accept()
	if err != nil {
		t.Fatal(err)
	}
	tried.Close()
	between.Close()
	w.start(answer("second"))
	if got := <-answered; got != "second" {
		t.Errorf("answer %q", got)
	}
}

func TestANewTokenIsUsedAtOnce(t *testing.T) {
	w := newWorld(t, patience, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.Header.Get("Authorization")) })
	w.ask("GET", "/", nil)
	w.write(w.tokenFile, "second")
	if got := w.ask("GET", "/", nil).Body.String(); got != "Bearer second" {
		t.Errorf("showed %q", got)
	}
}

func TestMissingFilesAre503WithARemedy(t *testing.T) {
	for name, c := range map[string]struct {
		breakIt func(w *world)
		remedy  string
	}{
		"no token":     {func(w *world) { _ = os.Remove(w.tokenFile) }, "--token-file"},
		"empty token":  {func(w *world) { w.write(w.tokenFile, "\n") }, "--token-file"},
		"no authority": {func(w *world) { _ = os.Remove(w.caFile) }, "--operator-ca-file"},
		"no PEM":       {func(w *world) { w.write(w.caFile, "nothing") }, "--operator-ca-file"},
		"another authority": {func(w *world) {
			_, authority := newCertificate(w.T)
			w.write(w.caFile, authority)
		}, "--operator-ca-file"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, time.Second, func(http.ResponseWriter, *http.Request) { t.Error("the operator was asked") })
			c.breakIt(w)
			w.wantStatus(http.StatusServiceUnavailable, "POST", "/records", nil)
			if told := w.logged(); !strings.Contains(told, c.remedy) {
				t.Errorf("logged %q, want the remedy %q", told, c.remedy)
			}
		})
	}
}

// endless gives spaces, and counts them.
type endless struct{ left, read int64 }

func (e *endless) Read(p []byte) (int, error) {
	n := min(int64(len(p)), e.left)
	if n == 0 {
		return 0, io.EOF
	}
	e.left, e.read = e.left-n, e.read+n
	return copy(p, bytes.Repeat([]byte(" "), int(n))), nil
}

func TestABodyOfAHundredMegabytesIsNeitherKeptNorPassedOn(t *testing.T) {
	const size, limit = 100 << 20, 1 << 20
	for name, known := range map[string]bool{"of known length": true, "of unknown length": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, patience, func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) })
			body := &endless{left: size}
			request := httptest.NewRequestWithContext(t.Context(), "POST", "/records", body)
			if known {
				request.ContentLength = size
			}
			answered := httptest.NewRecorder()
			w.proxy.ServeHTTP(answered, request)
			if answered.Code != http.StatusRequestEntityTooLarge {
				t.Errorf("status %d", answered.Code)
			}
			if body.read > 2*limit {
				t.Errorf("read %d bytes", body.read)
			}
		})
	}
}

func TestHealthSaysNothingOfTheOperatorAndMetricsTellItsFailures(t *testing.T) {
	w := newWorld(t, 100*time.Millisecond, nil)
	w.operator.Close()
	requests, health := w.listen(), w.listen()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- w.proxy.Serve(ctx, requests, health, w.registry) }()
	w.wantGet(http.StatusServiceUnavailable, requests, "/records")
	w.wantGet(http.StatusNotFound, requests, "/metrics")
	w.wantGet(http.StatusNotFound, health, "/records")
	w.wantGet(http.StatusOK, health, "/healthz")
	if text := w.wantGet(http.StatusOK, health, "/metrics"); !strings.Contains(text, `regapi_externaldns_proxy_failures_total{reason="Unreachable"} 1`) {
		t.Errorf("metrics\n%s", text)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

func (w *world) listen() net.Listener {
	w.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		w.Fatal(err)
	}
	return listener
}

func (w *world) wantGet(want int, listener net.Listener, path string) string {
	w.Helper()
	response, err := http.Get("http://" + listener.Addr().String() + path)
	if err != nil {
		w.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != want {
		w.Errorf("%s: %d, %v; want %d", path, response.StatusCode, err, want)
	}
	return string(text)
}

func TestMoreThanExternalDNSTakesIsNotPassedOn(t *testing.T) {
	piece := strings.Repeat(" ", 1<<20)
	w := newWorld(t, patience, func(w http.ResponseWriter, _ *http.Request) {
		for range maxAnswer>>20 + 1 {
			if _, err := w.Write([]byte(piece)); err != nil {
				return // The proxy has had enough.
			}
		}
	})
	w.wantStatus(http.StatusServiceUnavailable, "GET", "/records", nil)
	if told := w.logged(); !strings.Contains(told, string(TooLarge)) || !strings.Contains(told, "--external-dns-domain-filter") {
		t.Errorf("logged %q", told)
	}
}
