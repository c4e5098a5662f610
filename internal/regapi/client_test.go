package regapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestClientRefusesUnsafeEndpoints(t *testing.T) {
	cases := map[string]bool{
		DefaultEndpoint:                       true,
		"https://proxy.example/regru2":        true,
		"http://127.0.0.1:8080/api/regru2/":   true,
		"http://[::1]:8080/":                  true,
		"http://localhost:8080/":              true,
		"http://api.reg.ru/api/regru2/":       false,
		"http://127.0.0.1.example/":           false,
		"http://192.0.2.1/":                   false,
		"ftp://127.0.0.1/":                    false,
		"https://user:secret-pass@api.reg.ru": false,
		"https://api.reg.ru/?password=secret": false,
		"https://api.reg.ru/?":                false,
		"https://api.reg.ru/#":                false,
		"https://":                            false,
		"api.reg.ru":                          false,
		"https://api.reg.ru:secret-pass/":     false,
		"":                                    false,
	}
	for endpoint, accepted := range cases {
		_, err := NewClient(WithEndpoint(endpoint), WithCredentials(testPassword))
		if (err == nil) != accepted {
			t.Errorf("endpoint %q: err = %v, want accepted = %t", endpoint, err, accepted)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("endpoint %q: the error shows it: %v", endpoint, err)
		}
	}
}

func TestClientNeedsCredentialsAndSoundLimits(t *testing.T) {
	cases := map[string][]Option{
		"no credentials":         nil,
		"no password":            {WithCredentials(Password{Username: "login"})},
		"no user":                {WithCredentials(Password{Password: "secret"})},
		"not UTF-8":              {WithCredentials(Password{Username: "login", Password: "\xff"})},
		"no key":                 {WithCredentials(Signature{Username: "login"})},
		"no time":                {WithCredentials(testPassword), WithTimeout(0)},
		"no room":                {WithCredentials(testPassword), WithMaxAnswerSize(0)},
		"two sources of TLS":     {WithCredentials(testPassword), WithTransport(http.DefaultTransport), WithRootCAs(nil), WithClientCertificate(testCertificate)},
		"EC key":                 {WithCredentials(Signature{Username: "login", Key: ecKey(t)})},
		"signature of user test": {WithCredentials(Signature{Username: "test", Key: rsaKey()})},
	}
	for name, opts := range cases {
		if _, err := NewClient(opts...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestRequestIsAFormWithJSONInside(t *testing.T) {
	client, stub := answering(t, `{"result":"success","answer":{}}`, WithLanguage(Russian))
	if err := client.Call(t.Context(), "folder/create", map[string]any{"folder_name": "почта & <x>"}, nil); err != nil {
		t.Fatal(err)
	}
	want := url.Values{
		"username": {testPassword.Username}, "password": {testPassword.Password},
		"io_encoding": {"utf8"}, "lang": {"ru"}, "input_format": {"json"}, "output_format": {"json"},
		"input_data": stub.forms[0]["input_data"],
	}
	if diff := cmp.Diff(want, stub.forms[0]); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
	if got := stub.input(t)["folder_name"]; got != "почта & <x>" {
		t.Errorf("input_data holds %q", got)
	}
	if stub.paths[0] != "/api/regru2/folder/create" {
		t.Errorf("path %s", stub.paths[0])
	}
}

func TestCallRefusesWhatBelongsIntoTheForm(t *testing.T) {
	client, stub := answering(t, `{"result":"success"}`)
	for _, name := range formParameters {
		err := client.Call(t.Context(), "nop", map[string]any{name: "x"}, nil)
		if !IsInvalid(err) || !NeverSent(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if stub.requests() != 0 {
		t.Errorf("%d requests were sent", stub.requests())
	}
}

func TestCallRefusesOddFunctionNames(t *testing.T) {
	client, stub := answering(t, `{"result":"success"}`)
	for _, name := range []string{"", "/", "zone/", "/nop", "zone/../user", "zone/nop/x", "zone/nop?x=1", "Zone/Nop", "зона/nop", "a b"} {
		if err := client.Call(t.Context(), name, nil, nil); !IsInvalid(err) || !NeverSent(err) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if stub.requests() != 0 {
		t.Errorf("%d requests were sent", stub.requests())
	}
}

func TestCallRefusesParametersThatAreNoObject(t *testing.T) {
	client, stub := answering(t, `{"result":"success"}`)
	for _, params := range []any{[]int{1}, "text", 1, func() {}, map[string]any{"x": make(chan int)}} {
		if err := client.Call(t.Context(), "nop", params, nil); !IsInvalid(err) {
			t.Errorf("%T: %v", params, err)
		}
	}
	if stub.requests() != 0 {
		t.Errorf("%d requests were sent", stub.requests())
	}
}

func TestAnswerIsJSONWhateverItsContentType(t *testing.T) {
	for _, contentType := range []string{"text/plain; charset=utf-8", "text/html", "application/octet-stream"} {
		client, stub := answering(t, `{"result":"success","answer":{"login":"test","user_id":"0"}}`)
		stub.contentType = contentType
		identity, err := client.Common.Nop(t.Context())
		if err != nil || identity.Login != "test" {
			t.Errorf("%s: %+v, %v", contentType, identity, err)
		}
	}
}

func TestEnvelopeCountsWhateverTheHTTPStatus(t *testing.T) {
	client, stub := answering(t, `{"result":"error","error_code":"SERVICE_UNAVAILABLE","error_text":"down"}`)
	stub.status = http.StatusServiceUnavailable
	if err := client.User.Nop(t.Context()); !HasCode(err, CodeServiceUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestUnusableAnswersAreTransientAndSayWhatCame(t *testing.T) {
	const page = "<html>at 12:00:01 request 77</html>"
	cases := map[string]struct {
		stub *apiStub
		want string
	}{
		"HTML":             {&apiStub{status: 502, contentType: "text/html", body: page}, "user/nop: the server answered something that is no JSON object (HTTP 502, text/html, up to 1 KiB)"},
		"empty":            {&apiStub{}, "user/nop: the server answered something that is no JSON object (HTTP 200, application/json, empty)"},
		"trailing garbage": {&apiStub{body: `{"result":"success"} x`}, "user/nop: the server answered something that is no JSON object (HTTP 200, application/json, up to 1 KiB)"},
		"array":            {&apiStub{body: `[]`}, "user/nop: the server answered something that is no JSON object (HTTP 200, application/json, up to 1 KiB)"},
		"null":             {&apiStub{body: `null`}, "user/nop: the server answered something that is no JSON object (HTTP 200, application/json, up to 1 KiB)"},
		"no result":        {&apiStub{body: `{"answer":{}}`}, "user/nop: the server answered JSON without a result (HTTP 200, application/json, up to 1 KiB)"},
		"another case":     {&apiStub{body: `{"Result":"success"}`}, "user/nop: the server answered JSON without a result (HTTP 200, application/json, up to 1 KiB)"},
		"redirect":         {&apiStub{status: 302, body: `{"result":"success"}`}, "user/nop: the server answered a redirect, which this client does not follow (HTTP 302, application/json, up to 1 KiB)"},
	}
	for name, c := range cases {
		err := clientFor(t, c.stub).User.Nop(t.Context())
		if err == nil || err.Error() != c.want {
			t.Errorf("%s:\n got %v\nwant %s", name, err, c.want)
		}
		if !IsTransient(err) || NeverSent(err) {
			t.Errorf("%s: transient = %t, never sent = %t", name, IsTransient(err), NeverSent(err))
		}
	}
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	var reached atomic.Bool
	mux := http.NewServeMux()
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { reached.Store(true) })
	mux.Handle("/", http.RedirectHandler("/elsewhere", http.StatusTemporaryRedirect))
	if err := clientFor(t, mux).User.Nop(t.Context()); !IsTransient(err) {
		t.Errorf("got %v", err)
	}
	if reached.Load() {
		t.Error("the redirect was followed")
	}
}

func TestAnswersAreCapped(t *testing.T) {
	const limit = 1000
	envelope := `{"result":"success","pad":"` + strings.Repeat("x", limit-len(`{"result":"success","pad":""}`)) + `"}`
	fitting, _ := answering(t, envelope, WithMaxAnswerSize(limit))
	if err := fitting.User.Nop(t.Context()); err != nil {
		t.Errorf("an answer of the very size: %v", err)
	}
	tooLong, _ := answering(t, envelope+" ", WithMaxAnswerSize(limit))
	if err := tooLong.User.Nop(t.Context()); !IsTransient(err) {
		t.Errorf("a byte more: %v", err)
	}
}

func TestClientReusesItsConnection(t *testing.T) {
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(&apiStub{body: `{"result":"success"}`})
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	client, err := NewClient(WithEndpoint(server.URL), WithCredentials(testPassword))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	for range 5 {
		if err := client.User.Nop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if connections.Load() != 1 {
		t.Errorf("%d connections for five requests", connections.Load())
	}
}

// hanging is a server that answers nothing until the client hangs up.
func hanging() http.Handler {
	return http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		<-r.Context().Done()
	})
}

func TestTimeOutIsTransient(t *testing.T) {
	client := clientFor(t, hanging(), WithTimeout(20*time.Millisecond))
	err := client.User.Nop(t.Context())
	if !IsTransient(err) || NeverSent(err) || errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if again := client.User.Nop(t.Context()); again.Error() != err.Error() {
		t.Errorf("the message changes: %q, then %q", err, again)
	}
}

func TestEndOfTheCallersContextIsReturnedAsSuch(t *testing.T) {
	client := clientFor(t, hanging())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := client.User.Nop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	cancelled, stop := context.WithCancel(t.Context())
	stop()
	if err := client.User.Nop(cancelled); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestRefusedConnectionNeverSentTheRequest(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	address := server.URL
	server.Close()
	client, err := NewClient(WithEndpoint(address), WithCredentials(testPassword))
	if err != nil {
		t.Fatal(err)
	}
	failure := client.User.Nop(t.Context())
	if !NeverSent(failure) || !IsTransient(failure) {
		t.Errorf("got %v", failure)
	}
	want := "user/nop: cannot connect to " + strings.TrimPrefix(address, "http://") + ": connection refused"
	if failure.Error() != want {
		t.Errorf("got %q, want %q", failure, want)
	}
}

func TestUntrustedCertificateNeverSentTheRequest(t *testing.T) {
	server := httptest.NewUnstartedServer(&apiStub{body: `{"result":"success"}`})
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	client, err := NewClient(WithEndpoint(server.URL), WithCredentials(testPassword))
	if err != nil {
		t.Fatal(err)
	}
	failure := client.User.Nop(t.Context())
	if !NeverSent(failure) || !strings.Contains(failure.Error(), "is signed by an unknown authority") {
		t.Errorf("got %v", failure)
	}
}

func TestBrokenConnectionMayHaveSentTheRequest(t *testing.T) {
	client := clientFor(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		panic(http.ErrAbortHandler)
	}))
	if err := client.User.Nop(t.Context()); NeverSent(err) || !IsTransient(err) {
		t.Errorf("got %v", err)
	}
}

func TestMiddlewaresRunOutermostFirst(t *testing.T) {
	var order []string
	note := func(name string) Middleware {
		return func(next Handler) Handler {
			return HandlerFunc(func(ctx context.Context, request *Request) (*Answer, error) {
				order = append(order, name)
				return next.Do(ctx, request)
			})
		}
	}
	client, _ := answering(t, `{"result":"success"}`, WithMiddleware(note("first"), note("second")), WithMiddleware(note("third")))
	if err := client.User.Nop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(order, []string{"first", "second", "third"}) {
		t.Errorf("order %v", order)
	}
}

func TestCallDecodesTheAnswer(t *testing.T) {
	client, _ := answering(t, `{"result":"success","answer":{"folder_id":"-"}}`)
	var answer struct {
		FolderID string `json:"folder_id"`
	}
	if err := client.Call(t.Context(), "folder/nop", nil, &answer); err != nil || answer.FolderID != "-" {
		t.Errorf("%+v, %v", answer, err)
	}
	var wrong struct {
		FolderID []int `json:"folder_id"`
	}
	if err := client.Call(t.Context(), "folder/nop", nil, &wrong); !IsTransient(err) {
		t.Errorf("a wrong shape: %v", err)
	}
}

// failingTransport fails every request with one error.
type failingTransport struct{ err error }

func (f failingTransport) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

func TestNetworkFailuresAreToldApart(t *testing.T) {
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	read := func(err error) error { return &net.OpError{Op: "read", Net: "tcp", Err: err} }
	untrusted := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	cases := []struct {
		err       error
		want      string
		neverSent bool
	}{
		{dial(&net.DNSError{IsNotFound: true}), "the name of api.reg.ru does not exist", true},
		{dial(&net.DNSError{IsTimeout: true}), "the name of api.reg.ru cannot be resolved", true},
		{dial(syscall.EHOSTUNREACH), "cannot connect to api.reg.ru: no route to host", true},
		{&net.OpError{Op: "proxyconnect", Err: errors.New("no")}, "cannot connect to api.reg.ru", true},
		{read(syscall.ECONNRESET), "the connection to api.reg.ru broke: connection reset by peer", false},
		{io.ErrUnexpectedEOF, "the connection to api.reg.ru broke", false},
		{untrusted(x509.UnknownAuthorityError{}), "the certificate of api.reg.ru is signed by an unknown authority", true},
		{untrusted(x509.HostnameError{}), "the certificate of api.reg.ru is for another name", true},
		{untrusted(x509.CertificateInvalidError{Reason: x509.Expired}), "the certificate of api.reg.ru has expired or is not valid yet", true},
		{untrusted(errors.New("odd")), "the certificate of api.reg.ru cannot be verified", true},
		{
			read(tls.AlertError(116)),
			"api.reg.ru ended the TLS handshake; if the account holds a certificate, every request must present it", false,
		},
	}
	for _, c := range cases {
		client, err := NewClient(WithCredentials(testPassword), WithTransport(failingTransport{c.err}))
		if err != nil {
			t.Fatal(err)
		}
		failure := client.User.Nop(t.Context())
		if failure.Error() != "user/nop: "+c.want || NeverSent(failure) != c.neverSent {
			t.Errorf("%v:\n got %v, never sent = %t\nwant %s", c.err, failure, NeverSent(failure), c.want)
		}
	}
}

func TestSystemErrorsAreFoundBehindFailures(t *testing.T) {
	client, err := NewClient(WithCredentials(testPassword), WithTransport(failingTransport{&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}))
	if err != nil {
		t.Fatal(err)
	}
	if failure := client.User.Nop(t.Context()); !errors.Is(failure, syscall.ECONNREFUSED) {
		t.Errorf("got %v", failure)
	}
}

func TestUserAgentNamesTheProgram(t *testing.T) {
	var agent string
	client := clientFor(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		agent = r.UserAgent()
		_, _ = io.WriteString(w, `{"result":"success"}`)
	}), WithUserAgent("my-program/1.0"))
	if err := client.User.Nop(t.Context()); err != nil || agent != "my-program/1.0" {
		t.Errorf("%q, %v", agent, err)
	}
}
