package externaldns

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

const (
	// maxConnections at a time where nobody is asked who they are.
	maxConnections = 64
	// maxHeader in bytes; a token takes about a thousand.
	maxHeader     = 32 << 10
	headerTimeout = 5 * time.Second
	idleTimeout   = 2 * time.Minute
	shutdownGrace = 5 * time.Second
)

// Server serves a Provider by HTTP, on the leader only. It is a runnable of a controller-runtime manager.
type Server struct {
	Provider *Provider
	// Address to serve in clear on, as host:port; "" for none. There nobody is asked who they are.
	Address string
	// Secure is where callers have to say who they are; nil for nowhere.
	Secure *SecureListener
}

// SecureListener serves by TLS, and only allowed callers.
type SecureListener struct {
	// Address to listen on, as host:port.
	Address string
	// GetCertificate gives the serving certificate, which may change at any time.
	GetCertificate func(*tls.ClientHelloInfo) (*tls.Certificate, error)
	Callers        *Callers
}

// NeedLeaderElection says that only the leader serves, since only the leader spends the budget.
func (s *Server) NeedLeaderElection() bool { return true }

// Start serves until the context ends.
func (s *Server) Start(ctx context.Context) error {
	defer s.Provider.Close()
	s.Provider.Recover()
	var servings []func(context.Context) error
	if s.Address != "" {
		listener, err := net.Listen("tcp", s.Address)
		if err != nil {
			return fmt.Errorf("serve external-dns: %w", err)
		}
		limited := netutil.LimitListener(listener, maxConnections)
		servings = append(servings, func(ctx context.Context) error { return s.serve(ctx, limited, s.Handler()) })
	}
	if s.Secure != nil {
		listener, err := s.Secure.listen()
		if err != nil {
			return fmt.Errorf("serve external-dns by TLS: %w", err)
		}
		servings = append(servings, func(ctx context.Context) error { return s.serve(ctx, listener, s.SecureHandler()) })
	}
	return together(ctx, servings)
}

// together runs functions until the context ends or one of them does, and gives the first error.
func together(ctx context.Context, functions []func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	for _, run := range functions {
		running.Go(func() { stop(run(ctx)) })
	}
	running.Wait()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

func (l *SecureListener) listen() (net.Listener, error) {
	listener, err := net.Listen("tcp", l.Address)
	if err != nil {
		return nil, err
	}
	return tls.NewListener(admit(listener), &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: l.GetCertificate, NextProtos: []string{"http/1.1"}}), nil
}

func (s *Server) serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	within := s.Provider.settings.AnswerWithin
	server := &http.Server{
		Handler: handler, MaxHeaderBytes: maxHeader,
		ReadHeaderTimeout: headerTimeout, ReadTimeout: within, WriteTimeout: 2 * within, IdleTimeout: idleTimeout,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }, ConnContext: withConnection,
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close() // external-dns finds out by its next sync how far its changes got.
	}
	if served := <-ended; !errors.Is(served, http.ErrServerClosed) {
		return served
	}
	return err
}

// SecureHandler gives the routes of the protocol to allowed callers.
func (s *Server) SecureHandler() http.Handler {
	routes := s.Handler()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		caller, status := s.Secure.Callers.check(r)
		if status == 0 && !isWelcome(r) {
			status = http.StatusServiceUnavailable
		}
		if status == 0 {
			routes.ServeHTTP(w, r.WithContext(withCaller(r.Context(), caller)))
			return
		}
		s.Provider.metrics.callersRefused.WithLabelValues(strconv.Itoa(status)).Inc()
		if status == http.StatusUnauthorized {
			w.Header().Set("WWW-Authenticate", "Bearer")
		}
		w.Header().Set("Connection", "close") // Whoever is not served holds no connection.
		w.WriteHeader(status)
	})
}

// answer is what a handler found out.
type answer struct {
	status int
	// write gives the body; nil for none.
	write func(io.Writer) error
}

// Handler gives the routes of the protocol to everybody.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	s.route(mux, "GET", "/{$}", s.negotiate)
	s.route(mux, "GET", "/records", s.listRecords)
	s.route(mux, "POST", "/records", s.applyChanges)
	s.route(mux, "POST", "/adjustendpoints", s.adjustEndpoints)
	return mux
}

func (s *Server) route(mux *http.ServeMux, method, path string, handle func(*http.Request) (answer, error)) {
	mux.HandleFunc(method+" "+path, func(w http.ResponseWriter, r *http.Request) {
		begun := time.Now()
		ctx, cancel := context.WithTimeout(r.Context(), s.Provider.settings.AnswerWithin)
		known := callerFrom(ctx)
		if known == "" { // Nobody was asked who they are.
			ctx = withCaller(ctx, r.RemoteAddr)
		}
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, s.Provider.settings.MaxBody)
		a := refusal406
		if accepts(r.Header.Values("Accept")) {
			var err error
			if a, err = handle(r.WithContext(ctx)); err != nil {
				a = s.explain(ctx, r, err)
			}
		}
		s.Provider.metrics.answered(known, method+" "+path, a.status, begun)
		send(ctx, w, a)
	})
}

// failed is an answer that says why.
func failed(status int, why string) answer {
	return answer{status, func(w io.Writer) error {
		_, err := io.WriteString(w, why+"\n")
		return err
	}}
}

func listOf(endpoints []endpoint) answer {
	return answer{http.StatusOK, func(w io.Writer) error { return writeEndpoints(w, endpoints) }}
}

var refusal406 = failed(http.StatusNotAcceptable, "this server answers in "+mediaType)

// accepts says whether a caller takes the one form of an answer that there is. Who says nothing takes everything.
func accepts(headers []string) bool {
	if len(headers) == 0 {
		return true
	}
	for part := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		kind, parameters, err := mime.ParseMediaType(part)
		if err != nil || parameters["q"] == "0" {
			continue
		}
		switch version := parameters["version"]; kind {
		case "*/*", "application/*":
			return true
		case "application/external.dns.webhook+json":
			if version == "" || version == "1" {
				return true
			}
		}
	}
	return false
}

func send(ctx context.Context, w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", mediaType)
	if a.status >= http.StatusBadRequest {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	}
	w.WriteHeader(a.status)
	if a.write == nil {
		return
	}
	if err := a.write(w); err != nil {
		log.FromContext(ctx).V(1).Info("The answer to external-dns was not received", "reason", err.Error())
	}
}

// badBody is a body that external-dns cannot have sent.
type badBody struct{ error }

// explain gives the answer for an error. Everything that a later attempt may mend is a 503, which external-dns outlives.
func (s *Server) explain(ctx context.Context, r *http.Request, err error) answer {
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, bad := errors.AsType[badBody](err)
	logger := log.FromContext(ctx).WithValues("method", r.Method, "path", r.URL.Path)
	switch {
	case tooLarge:
		logger.Info("Refused a body that is too large", "limit", s.Provider.settings.MaxBody)
		return failed(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is larger than %d bytes: see --external-dns-max-body", s.Provider.settings.MaxBody))
	case bad:
		logger.Info("Refused a body that is not of external-dns", "reason", err.Error())
		return failed(http.StatusBadRequest, err.Error())
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		logger.V(1).Info("The work goes on; external-dns asks again")
		return failed(http.StatusServiceUnavailable, "the work goes on: ask again")
	default:
		logger.Info("Answered 503; external-dns asks again", "reason", err.Error())
	}
	return failed(http.StatusServiceUnavailable, err.Error())
}

// readBody tells a body that cannot be understood from one that did not arrive. One that says by itself that it is too
// large is not read at all.
func readBody[T any](r *http.Request, p *Provider, decode func(io.Reader) (T, error)) (T, error) {
	var none T
	if limit := p.settings.MaxBody; r.ContentLength > limit {
		return none, &http.MaxBytesError{Limit: limit}
	}
	if err := p.reading.Acquire(r.Context(), 1); err != nil {
		return none, err
	}
	defer p.reading.Release(1)
	value, err := decode(r.Body)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, network := errors.AsType[net.Error](err)
	if err != nil && !tooLarge && !network {
		err = badBody{err}
	}
	return value, err
}

func (s *Server) negotiate(r *http.Request) (answer, error) {
	filter, err := s.Provider.filter(r.Context())
	return answer{http.StatusOK, func(w io.Writer) error { return json.NewEncoder(w).Encode(filter) }}, err
}

func (s *Server) listRecords(r *http.Request) (answer, error) {
	records, err := s.Provider.records(r.Context())
	return listOf(records), err
}

func (s *Server) adjustEndpoints(r *http.Request) (answer, error) {
	endpoints, err := readBody(r, s.Provider, readEndpoints)
	if err != nil {
		return answer{}, err
	}
	made, err := s.Provider.adjust(r.Context(), endpoints)
	return listOf(made), err
}

func (s *Server) applyChanges(r *http.Request) (answer, error) {
	asked, err := readBody(r, s.Provider, readChanges)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, s.Provider.apply(r.Context(), asked)
}
