package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"log"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"path/filepath"
	"sync"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// gate is a way to the API server on which the answer to a write of an Order's status waits: a process behind it can be stopped between its write
// and what it does next.
type gate struct {
	// kubeconfig is that of the operator by this way.
	kubeconfig string
	proxy      *httputil.ReverseProxy
	front      *httptest.Server

	mu sync.Mutex
	// shut says that nobody gets through.
	shut bool
	// held are the Orders for which no answer waits yet, with the state of the write: closed when it does.
	held map[string]chan struct{}
	open chan struct{}
}

// gateTo makes a gate for some Orders, each in a state.
func (m *market) gateTo(states map[string]v1alpha1.OrderState) *gate {
	m.Helper()
	g := &gate{held: map[string]chan struct{}{}, open: make(chan struct{}), kubeconfig: filepath.Join(m.TempDir(), "gate.kubeconfig")}
	for order, state := range states {
		g.held[order+" "+string(state)] = make(chan struct{})
	}
	transport, err := rest.TransportFor(rest.AnonymousClientConfig(m.environment.Config))
	if err != nil {
		m.Fatal(err)
	}
	kubeconfig, err := clientcmd.LoadFromFile(m.kubeconfig)
	if err != nil {
		m.Fatal(err)
	}
	g.proxy = &httputil.ReverseProxy{Transport: transport, FlushInterval: -1, ErrorLog: quiet} // -1: there are watches.
	for _, cluster := range kubeconfig.Clusters {
		apiServer, err := url.Parse(cluster.Server)
		if err != nil {
			m.Fatal(err)
		}
		g.proxy.Rewrite = func(r *httputil.ProxyRequest) { r.SetURL(apiServer) }
	}
	front := httptest.NewUnstartedServer(g)
	g.front, front.EnableHTTP2 = front, true
	front.Config.ErrorLog = quiet
	front.StartTLS()
	m.Cleanup(func() {
		front.CloseClientConnections()
		front.Close()
	})
	for _, cluster := range kubeconfig.Clusters {
		cluster.Server = front.URL
		cluster.CertificateAuthorityData = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw})
	}
	if err := clientcmd.WriteToFile(*kubeconfig, g.kubeconfig); err != nil {
		m.Fatal(err)
	}
	return g
}

// setShut has nobody get through, or all. What is under way is broken off, so that an API server that ends need not wait for watches.
func (g *gate) setShut(shut bool) {
	g.mu.Lock()
	g.shut = shut
	g.mu.Unlock()
	if shut {
		g.front.CloseClientConnections()
	}
}

func (g *gate) isShut() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.shut
}

// ServeHTTP passes requests on, and keeps the answers to some writes back until the gate is opened.
func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if g.isShut() {
		panic(http.ErrAbortHandler)
	}
	reached := g.waits(r)
	if reached == nil {
		g.proxy.ServeHTTP(w, r)
		return
	}
	answer := httptest.NewRecorder()
	g.proxy.ServeHTTP(answer, r)
	close(reached)
	select {
	case <-g.open:
	case <-r.Context().Done():
		return
	}
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes()) // Whoever it is for may be dead.
}

// waits gives what is to be closed when a write is done whose answer is to wait; nil for all other requests. The answer itself has no state: nobody
// asks for more than metadata.
func (g *gate) waits(r *http.Request) chan struct{} {
	if r.Method != http.MethodPatch || path.Base(r.URL.Path) != "status" {
		return nil
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var written v1alpha1.Order
	if json.Unmarshal(body, &written) != nil {
		return nil // It is of another kind.
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	key := path.Base(path.Dir(r.URL.Path)) + " " + string(written.Status.State)
	reached := g.held[key]
	delete(g.held, key)
	return reached
}

// line is a way to a simulator on which requests are late: their sender is told that the line is broken, and they arrive when the test says so.
type line struct {
	url string
	api *regapitest.Server

	mu   sync.Mutex
	late map[string]*lateRequest // by login and function
	// ahead is by how much the registrar's clock is, as far as its answers tell.
	ahead time.Duration
}

func (l *line) setAhead(ahead time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ahead = ahead
}

func (l *line) date() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return time.Now().Add(l.ahead).UTC().Format(http.TimeFormat)
}

// lateRequest is one that is on its way.
type lateRequest struct {
	left   chan struct{} // closed when the sender has given up
	arrive func()
}

// line makes a way to the market's own simulator.
func (m *market) line() *line {
	m.Helper()
	l := &line{api: m.api, late: map[string]*lateRequest{}}
	front := httptest.NewUnstartedServer(http.HandlerFunc(l.serve))
	front.Config.ErrorLog = quiet
	front.Start()
	m.Cleanup(front.Close)
	simulator, err := url.Parse(m.api.URL())
	if err != nil {
		m.Fatal(err)
	}
	l.url = front.URL + simulator.Path
	m.endpoints = append(m.endpoints, l.url)
	return l
}

// delay makes the next request of a login for a function late.
func (l *line) delay(login, function string) *lateRequest {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := &lateRequest{left: make(chan struct{})}
	l.late[login+" "+function] = r
	return r
}

func (l *line) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	if late := l.take(r, body); late != nil {
		again := r.Clone(context.Background()) // Its sender is gone by then.
		again.Body = io.NopCloser(bytes.NewReader(body))
		late.arrive = func() { l.api.Handler().ServeHTTP(httptest.NewRecorder(), again) }
		close(late.left)
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Date", l.date())
	l.api.Handler().ServeHTTP(w, r)
}

// take gives what is to become of a request that is to be late; nil for all others.
func (l *line) take(r *http.Request, body []byte) *lateRequest {
	login := ""
	if form, err := url.ParseQuery(string(body)); err == nil {
		login = form.Get("username")
	}
	folder, function := path.Split(r.URL.Path)
	key := login + " " + path.Base(folder) + "/" + function
	l.mu.Lock()
	defer l.mu.Unlock()
	late := l.late[key]
	delete(l.late, key)
	return late
}

// quiet swallows what net/http says about connections that are broken on purpose.
var quiet = log.New(io.Discard, "", 0)
