package externaldns

import (
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"k8s.io/apiserver/pkg/authentication/authenticator"
	"k8s.io/apiserver/pkg/authentication/user"
)

// secureServer serves by TLS, and knows one token.
func secureServer(t *testing.T) (address string) {
	t.Helper()
	known := authenticator.TokenFunc(func(_ context.Context, token string) (*authenticator.Response, bool, error) {
		return &authenticator.Response{User: &user.DefaultInfo{Name: "external-dns"}}, token == "good", nil
	})
	certified := httptest.NewUnstartedServer(nil)
	certified.StartTLS()
	t.Cleanup(certified.Close)
	certificate := certified.TLS.Certificates[0]

	h := newHarness(t, Settings{}, optedIn("example.ru"))
	server := &Server{Provider: h.provider, Secure: &SecureListener{
		Address:        "127.0.0.1:0",
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &certificate, nil },
		Callers:        &Callers{audience: DefaultAudience, allowed: map[string]bool{"external-dns": true}, tokens: known},
	}}
	listener, err := server.Secure.listen()
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.serve(ctx, listener, server.SecureHandler()) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

// clientOf calls from an address of this machine.
func clientOf(t *testing.T, from string) *http.Client {
	t.Helper()
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: time.Minute}
	transport := &http.Transport{DialContext: dialer.DialContext, TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} //nolint:gosec // the test's own server
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: time.Minute}
}

// ask calls GET / and gives the status.
func ask(t *testing.T, client *http.Client, address, token string) (status int, closes bool) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Close
}

func TestExternalDNSIsServedWhileAStrangerHoldsAllConnectionsItCanGet(t *testing.T) {
	address := secureServer(t)
	externalDNS := clientOf(t, "127.0.0.1")
	var flood sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	defer flood.Wait()
	defer stop()
	for n := range 20 {
		dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(fmt.Sprintf("127.0.0.%d", n+2))}}
		flood.Go(func() { holdOpen(ctx, dialer, address, 30) })
	}
	time.Sleep(200 * time.Millisecond)
	var took []time.Duration
	for range 5 {
		externalDNS.CloseIdleConnections()
		begun := time.Now()
		if status, _ := ask(t, externalDNS, address, "good"); status != http.StatusOK {
			t.Errorf("status %d", status)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	if took[2] > 3*time.Second { // The median: the machine may stand still.
		t.Errorf("answered after %s", took)
	}
}

// holdOpen keeps so many connections open, and opens another for each that is closed.
func holdOpen(ctx context.Context, dialer *net.Dialer, address string, count int) {
	var held sync.WaitGroup
	defer held.Wait()
	for range count {
		held.Go(func() {
			for ctx.Err() == nil {
				conn, err := dialer.DialContext(ctx, "tcp", address)
				if err != nil {
					continue
				}
				ended := context.AfterFunc(ctx, func() { _ = conn.Close() })
				_, _ = io.Copy(io.Discard, conn) // Says nothing, and waits to be closed.
				ended()
				_ = conn.Close()
				time.Sleep(50 * time.Millisecond)
			}
		})
	}
}

func TestWhoeverIsRefusedHoldsNoConnection(t *testing.T) {
	address := secureServer(t)
	for token, want := range map[string]int{"": http.StatusUnauthorized, "bad": http.StatusUnauthorized, "good": http.StatusOK} {
		status, closes := ask(t, clientOf(t, "127.0.0.1"), address, token)
		if status != want || closes != (want != http.StatusOK) {
			t.Errorf("token %q: status %d, connection closed: %v", token, status, closes)
		}
	}
}

func TestAConnectionIsCountedOnceUntilItIsClosed(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	a := admit(inner)
	var conns []*admitted
	for range 3 {
		dialed, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer dialed.Close()
		accepted, err := a.Accept()
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, accepted.(*admitted))
	}
	for range 2 { // One connection serves many requests.
		if !a.welcome(conns[1]) {
			t.Error("there is room")
		}
	}
	if a.count != 2 || a.known != 1 {
		t.Errorf("%d strangers, %d known", a.count, a.known)
	}
	for _, conn := range conns {
		_ = conn.Close()
		_ = conn.Close()
	}
	if a.count != 0 || a.known != 0 || len(a.strangers) != 0 {
		t.Errorf("%d strangers, %d known after all are closed", a.count, a.known)
	}
	if a.welcome(conns[0]) {
		t.Error("a closed connection is welcome")
	}
}
