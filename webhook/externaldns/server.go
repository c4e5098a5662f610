package externaldns

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
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
	body   any
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
		ctx, cancel := context.WithTimeout(r.Context(), s.Provider.settings.AnswerWithin)
		if callerFrom(ctx) == "" { // Nobody was asked who they are.
			ctx = withCaller(ctx, r.RemoteAddr)
		}
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, s.Provider.settings.MaxBody)
		a, err := handle(r.WithContext(ctx))
		if err != nil {
			a = s.explain(ctx, r, err)
		}
		s.Provider.metrics.requests.WithLabelValues(method+" "+path, strconv.Itoa(a.status)).Inc()
		send(ctx, w, a)
	})
}

func send(ctx context.Context, w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", mediaType)
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.WriteHeader(a.status)
	if err := json.NewEncoder(w).Encode(a.body); err != nil {
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
		return answer{status: http.StatusRequestEntityTooLarge}
	case bad:
		logger.Info("Refused a body that is not of external-dns", "reason", err.Error())
		return answer{status: http.StatusBadRequest}
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled):
		logger.V(1).Info("The work goes on; external-dns asks again")
	default:
		logger.Info("Answered 503; external-dns asks again", "reason", err.Error())
	}
	return answer{status: http.StatusServiceUnavailable}
}

// readBody tells a body that cannot be understood from one that did not arrive. One that says by itself that it is too
// large is not read at all.
func readBody[T any](r *http.Request, p *Provider) (T, error) {
	var none T
	if limit := p.settings.MaxBody; r.ContentLength > limit {
		return none, &http.MaxBytesError{Limit: limit}
	}
	if err := p.reading.Acquire(r.Context(), 1); err != nil {
		return none, err
	}
	defer p.reading.Release(1)
	value, err := decode[T](r.Body)
	_, tooLarge := errors.AsType[*http.MaxBytesError](err)
	_, network := errors.AsType[net.Error](err)
	if err != nil && !tooLarge && !network {
		err = badBody{err}
	}
	return value, err
}

func (s *Server) negotiate(r *http.Request) (answer, error) {
	filter, err := s.Provider.filter(r.Context())
	return answer{http.StatusOK, filter}, err
}

func (s *Server) listRecords(r *http.Request) (answer, error) {
	records, err := s.Provider.records(r.Context())
	if records == nil {
		records = []endpoint{} // external-dns wants a list, also of nothing.
	}
	return answer{http.StatusOK, records}, err
}

func (s *Server) adjustEndpoints(r *http.Request) (answer, error) {
	endpoints, err := readBody[[]endpoint](r, s.Provider)
	if err != nil {
		return answer{}, err
	}
	made, err := s.Provider.adjust(r.Context(), endpoints)
	return answer{http.StatusOK, made}, err
}

func (s *Server) applyChanges(r *http.Request) (answer, error) {
	asked, err := readBody[changes](r, s.Provider)
	if err != nil {
		return answer{}, err
	}
	return answer{status: http.StatusNoContent}, s.Provider.apply(r.Context(), asked)
}
