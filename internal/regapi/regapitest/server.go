package regapitest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// apiPath is where the functions live (2.2).
const apiPath = "/api/regru2/"

// closeGrace is how long Close waits for requests under way.
const closeGrace = 500 * time.Millisecond

// Server is the simulator. All its methods are safe for concurrent use.
type Server struct {
	config
	functions map[string]*function
	metrics   *metrics

	// mu guards everything below, up to the listeners.
	mu          sync.Mutex
	state       *state
	journal     *journal
	limiter     *limiter
	faults      []*armed
	chance      *rand.Rand
	source      *rand.PCG
	inFlight    map[string]int
	maxInFlight map[string]int
	// billing counts the requests under way that move money, by login.
	billing map[string]int

	ctx          context.Context // ends latency when the server is closed
	cancel       context.CancelFunc
	http         *http.Server
	httpAddress  net.Addr
	dns          []*dns.Server
	dnsAddress   net.Addr
	certificates *certificates
	serving      sync.WaitGroup
	closeOnce    sync.Once
}

// New returns a simulator that listens nowhere: use its [Server.Handler]. Close ends requests that wait for latency.
func New(options ...Option) *Server {
	s := &Server{
		config: defaultConfig(), functions: functions(), metrics: newMetrics(), inFlight: map[string]int{}, billing: map[string]int{},
	}
	for _, option := range options {
		option(&s.config)
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	s.forget()
	s.metrics.watch(s)
	return s
}

// forget makes the simulator as new: no accounts, domains, faults, journal or used-up limits. Requests under way are still counted.
func (s *Server) forget() {
	s.state = newState(&s.config)
	s.state.day = dayOf(s.clock.Now())
	s.journal = &journal{limit: s.journalLimit, maxBytes: s.journalBytes}
	s.limiter = newLimiter(s.hourlyLimit, s.blockFor)
	s.faults = nil
	s.source = rand.NewPCG(s.seed, s.seed)
	s.chance = rand.New(s.source) //nolint:gosec // chance that can be repeated is what is wanted
	s.maxInFlight = map[string]int{}
}

// Start returns a simulator that listens for HTTP (HTTPS with [WithTLS]) and DNS. Close it when done.
func Start(options ...Option) (*Server, error) {
	s := New(options...)
	if err := s.startHTTP(); err != nil {
		s.Close()
		return nil, err
	}
	if err := s.startDNS(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) startHTTP() error {
	listener, err := net.Listen("tcp", s.listen)
	if err != nil {
		return fmt.Errorf("listen for HTTP: %w", err)
	}
	s.httpAddress = listener.Addr()
	if s.tls {
		s.certificates, err = newCertificates(s.httpAddress, time.Now())
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		listener = tls.NewListener(listener, s.certificates.serverConfig())
	}
	s.http = &http.Server{Handler: s.Handler(), ReadHeaderTimeout: 10 * time.Second, ErrorLog: discardLog}
	s.serving.Go(func() {
		if err := s.http.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.logger.Error("HTTP server stopped", "error", err)
		}
	})
	return nil
}

// Close stops listening and gives requests under way half a second to end; those that a hook holds longer are cut off.
func (s *Server) Close() {
	s.closeOnce.Do(func() {
		s.cancel()
		grace, done := context.WithTimeout(context.Background(), closeGrace)
		defer done()
		for _, server := range s.dns {
			if err := server.ShutdownContext(grace); err != nil {
				s.logger.Error("Stop DNS", "error", err)
			}
		}
		if s.http != nil && s.http.Shutdown(grace) != nil {
			if err := s.http.Close(); err != nil {
				s.logger.Error("Stop HTTP", "error", err)
			}
		}
		s.serving.Wait()
	})
}

// URL is what the names of functions are appended to: "http://127.0.0.1:PORT/api/regru2/". A server made with [New] has one that only its
// [Server.Transport] reaches.
func (s *Server) URL() string {
	if s.httpAddress == nil {
		return "http://127.0.0.1" + apiPath
	}
	scheme := "http"
	if s.tls {
		scheme = "https"
	}
	return scheme + "://" + s.httpAddress.String() + apiPath
}

// DNSAddr is the host and port of the name server, the same for UDP and TCP.
func (s *Server) DNSAddr() string { return s.dnsAddress.String() }

// CACertificatePEM is the certificate of the CA that signed the server's own; nil without TLS.
func (s *Server) CACertificatePEM() []byte {
	if s.certificates == nil {
		return nil
	}
	return s.certificates.authorityPEM
}
