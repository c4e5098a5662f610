package regapi

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// apiStub answers every request with the same body and keeps what it was asked.
type apiStub struct {
	status      int
	contentType string
	body        string

	mu    sync.Mutex
	forms []url.Values
	paths []string
}

func (a *apiStub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_ = r.ParseForm()
	a.mu.Lock()
	a.forms = append(a.forms, r.PostForm)
	a.paths = append(a.paths, r.URL.Path)
	a.mu.Unlock()
	contentType := a.contentType
	if contentType == "" {
		contentType = "application/json"
	}
	w.Header().Set("Content-Type", contentType)
	if a.status != 0 {
		w.WriteHeader(a.status)
	}
	_, _ = w.Write([]byte(a.body))
}

// requests is how many requests came.
func (a *apiStub) requests() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.forms)
}

// input is the decoded input_data of the last request.
func (a *apiStub) input(t *testing.T) map[string]any {
	t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	var input map[string]any
	if err := json.Unmarshal([]byte(a.forms[len(a.forms)-1].Get("input_data")), &input); err != nil {
		t.Fatalf("input_data is not JSON: %v", err)
	}
	return input
}

// testPassword is a login and a password whose values occur in no documented answer.
var testPassword = Password{Username: "zaphod-login", Password: "Pa$$ w+rd/%41\"<ы>"}

// answering starts a server with a canned answer and a client for it.
func answering(t *testing.T, body string, opts ...Option) (*Client, *apiStub) {
	t.Helper()
	stub := &apiStub{body: body}
	return clientFor(t, stub, opts...), stub
}

// clientFor starts a server and a client for it.
func clientFor(t *testing.T, handler http.Handler, opts ...Option) *Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	defaults := []Option{WithEndpoint(server.URL + "/api/regru2/"), WithCredentials(testPassword)}
	client, err := NewClient(append(defaults, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// domainsAnswer is a successful envelope around elements of domains.
func domainsAnswer(elements ...string) string {
	return `{"result":"success","charset":"utf-8","messagestore":null,"answer":{"domains":[` + strings.Join(elements, ",") + `]}}`
}
