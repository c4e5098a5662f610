package proxy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/go-logr/logr"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/regapi-io/regapi-operator/internal/pause"
)

// Settings of a Proxy. OperatorURL, CAFile and TokenFile are required.
type Settings struct {
	// OperatorURL is where the operator serves external-dns by TLS, such as https://regapi-operator.regapi-system.svc:8443.
	OperatorURL *url.URL
	// ServerName that the operator's certificate has to be for; the host of OperatorURL by default.
	ServerName string
	// CAFile holds the certificates, in PEM, that the operator's is checked by. It is read for every connection.
	CAFile string
	// TokenFile holds the token that says who we are. It is read for every request.
	TokenFile string
	// MaxBody of a request in bytes; 32 MiB by default, as that of the operator.
	MaxBody int64
	// AnswerWithin bounds every answer; 9 s by default. The operator takes up to 8 s, and external-dns gives up after 15 s.
	AnswerWithin time.Duration
	// Metrics is where the metrics are registered; nil for nowhere.
	Metrics prometheus.Registerer
	Logger  logr.Logger
}

const (
	// maxAnswer of the operator in bytes, which is about a quarter of a million records. external-dns itself takes no more.
	maxAnswer = 32 << 20
	// retryEvery is the wait before a request without a body is tried again, within the time of its answer.
	retryEvery = 500 * time.Millisecond
)

// Proxy is a handler for the requests of external-dns. Make it with New.
type Proxy struct {
	settings Settings
	routes   http.Handler
	client   *http.Client
	requests *prometheus.CounterVec
	failures *prometheus.CounterVec
}

// New gives a Proxy.
func New(settings Settings) *Proxy {
	if settings.MaxBody == 0 {
		settings.MaxBody = 32 << 20
	}
	if settings.AnswerWithin == 0 {
		settings.AnswerWithin = 9 * time.Second
	}
	if settings.ServerName == "" {
		settings.ServerName = settings.OperatorURL.Hostname()
	}
	auto := promauto.With(settings.Metrics)
	p := &Proxy{
		settings: settings,
		client:   newClient(settings),
		requests: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_proxy_requests_total", Help: "Requests of external-dns by path and HTTP status.",
		}, []string{"path", "code"}),
		failures: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_proxy_failures_total", Help: "Requests that the operator did not serve, by reason; external-dns gets 503 for them.",
		}, []string{"reason"}),
	}
	mux := http.NewServeMux()
	for _, route := range []string{"GET /{$}", "GET /records", "POST /records", "POST /adjustendpoints"} {
		mux.HandleFunc(route, func(w http.ResponseWriter, r *http.Request) { p.pass(w, r, route) })
	}
	p.routes = mux
	return p
}

// ServeHTTP passes the four requests of the protocol on.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) { p.routes.ServeHTTP(w, r) }

// answer of the operator. It is held whole: an answer that breaks off half-way ends external-dns.
type answer struct {
	status      int
	contentType string
	body        []byte
}

// sharedBody may be read by the transport, which goes on for a moment after it has failed, while the rest is thrown away.
type sharedBody struct {
	io.ReadCloser
	mu sync.Mutex
}

// Read reads the next bytes.
func (b *sharedBody) Read(buffer []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.ReadCloser.Read(buffer)
}

// failed is an answer of our own that says why.
func failed(status int, why string) answer {
	return answer{status, "text/plain; charset=utf-8", []byte(why + "\n")}
}

func (p *Proxy) pass(w http.ResponseWriter, r *http.Request, route string) {
	r.Body = &sharedBody{ReadCloser: r.Body}
	ctx, cancel := context.WithTimeout(r.Context(), p.settings.AnswerWithin)
	defer cancel()
	got, err := p.ask(ctx, w, r)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		p.settings.Logger.Info("Refused a body that is too large", "limit", p.settings.MaxBody)
		got = failed(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes: see --max-body", p.settings.MaxBody))
	} else if err != nil {
		p.report(r, err)
		got = failed(http.StatusServiceUnavailable, err.Error())
		// external-dns may take a connection that ends while it writes for a failure of its own.
		_, _ = io.CopyN(io.Discard, r.Body, p.settings.MaxBody)
	}
	p.requests.WithLabelValues(route, strconv.Itoa(got.status)).Inc()
	if got.contentType != "" {
		w.Header().Set("Content-Type", got.contentType)
	}
	w.WriteHeader(got.status)
	if _, err := w.Write(got.body); err != nil {
		p.settings.Logger.V(1).Info("external-dns did not take the answer", "reason", err.Error())
	}
}

// ask passes a request on, again and again while the operator cannot be reached and there is no body that may be used up.
func (p *Proxy) ask(ctx context.Context, w http.ResponseWriter, r *http.Request) (answer, error) {
	if r.ContentLength > p.settings.MaxBody {
		return answer{}, &http.MaxBytesError{Limit: p.settings.MaxBody}
	}
	for {
		got, err := p.askOnce(ctx, w, r)
		failure, ok := errors.AsType[*Failure](err)
		if !ok || failure.Reason != Unreachable || r.Method != http.MethodGet || !pause.For(ctx, retryEvery) {
			return got, err
		}
	}
}

func (p *Proxy) askOnce(ctx context.Context, w http.ResponseWriter, r *http.Request) (answer, error) {
	token, err := readToken(p.settings.TokenFile)
	if err != nil {
		return answer{}, err
	}
	target := p.settings.OperatorURL.JoinPath(r.URL.Path).String()
	request, err := http.NewRequestWithContext(ctx, r.Method, target, http.MaxBytesReader(w, r.Body, p.settings.MaxBody))
	if err != nil {
		return answer{}, err
	}
	if r.ContentLength == 0 {
		request.Body = http.NoBody
	}
	request.ContentLength = r.ContentLength
	request.Header.Set("Authorization", "Bearer "+token)
	for _, name := range []string{"Accept", "Content-Type"} {
		if value := r.Header.Get(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	response, err := p.client.Do(request)
	if err != nil {
		return answer{}, unreachable(err)
	}
	defer response.Body.Close()
	return read(response)
}

// ownStatuses are those that the operator itself answers with; any other is of something that stands before it.
var ownStatuses = []int{
	http.StatusOK, http.StatusNoContent, http.StatusBadRequest, http.StatusNotAcceptable, http.StatusRequestEntityTooLarge, http.StatusServiceUnavailable,
}

func read(response *http.Response) (answer, error) {
	switch {
	case response.StatusCode == http.StatusUnauthorized:
		return answer{}, &Failure{Reason: Unauthenticated, Err: errors.New("the operator does not know us by our token")}
	case response.StatusCode == http.StatusForbidden:
		return answer{}, &Failure{Reason: NotAllowed, Err: errors.New("the operator does not let our service account in")}
	case !slices.Contains(ownStatuses, response.StatusCode):
		return answer{}, &Failure{Reason: Unexpected, Err: fmt.Errorf("answer with status %d, which the operator never gives", response.StatusCode)}
	}
	var body bytes.Buffer
	if _, err := io.Copy(&body, io.LimitReader(response.Body, maxAnswer+1)); err != nil {
		return answer{}, unreachable(err)
	}
	if body.Len() > maxAnswer {
		return answer{}, &Failure{Reason: TooLarge, Err: fmt.Errorf("answer of more than %d bytes, which external-dns does not take", maxAnswer)}
	}
	return answer{response.StatusCode, response.Header.Get("Content-Type"), body.Bytes()}, nil
}
