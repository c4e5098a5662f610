package certmanager

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/cert-manager/cert-manager/pkg/acme/webhook"
	"github.com/cert-manager/cert-manager/pkg/acme/webhook/apiserver"
	"k8s.io/apimachinery/pkg/util/wait"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/server/dynamiccertificates"
	"k8s.io/apiserver/pkg/server/options"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/log"
)

// DefaultGroup is the API group of the solver: spec.acme.solvers[].dns01.webhook.groupName of an Issuer.
const DefaultGroup = "acme.regapi.io"

// configRetry is the pause after a failure to learn how callers are known.
const configRetry = 5 * time.Second

// version of the API, which cert-manager takes for granted.
const version = "v1alpha1"

// APIServiceName is the name that the APIService of a group has to have.
func APIServiceName(group string) string { return version + "." + group }

// Certificate is the serving certificate. It may be renewed at any time.
type Certificate interface {
	// Wait returns when there is one, or with the error of the context.
	Wait(ctx context.Context) error
	// Pair gives the chain, the serving certificate first, and its key in PEM.
	Pair() (chain, key []byte, err error)
	// Notify calls back after each renewal, until the context ends.
	Notify(ctx context.Context, renewed func())
}

// Server serves a Solver as an aggregated API, on the leader only. It is a runnable of a controller-runtime manager.
type Server struct {
	Solver *Solver
	// Group of the API; DefaultGroup if empty.
	Group string
	// Address to listen on, as host:port.
	Address string
	// Certificate to serve with.
	Certificate Certificate
	// Config of the API server of Kubernetes, which is asked who a caller is and what they may do.
	Config *rest.Config
	// Beside are other aggregated APIs that the server serves, by the prefix of their paths. Who calls them is known to Kubernetes, and
	// may: they are asked about like the solver.
	Beside map[string]http.Handler
}

// NeedLeaderElection says that only the leader serves, since only the leader spends the budget.
func (s *Server) NeedLeaderElection() bool { return true }

// Start serves until the context ends.
func (s *Server) Start(ctx context.Context) error {
	defer s.Solver.Close()
	if err := s.Certificate.Wait(ctx); err != nil {
		return nil // The context has ended first.
	}
	listener, err := net.Listen("tcp", s.Address)
	if err != nil {
		return fmt.Errorf("serve cert-manager: %w", err)
	}
	return s.serve(ctx, listener)
}

// serve takes the listener over.
func (s *Server) serve(ctx context.Context, listener net.Listener) error {
	config := s.awaitConfig(ctx, listener)
	if config == nil {
		return listener.Close()
	}
	server, err := config.Complete().New()
	if err != nil {
		listener.Close()
		return fmt.Errorf("serve cert-manager: %w", err)
	}
	for prefix, handler := range s.Beside {
		server.GenericAPIServer.Handler.NonGoRestfulMux.Handle(prefix, handler)
		server.GenericAPIServer.Handler.NonGoRestfulMux.HandlePrefix(prefix+"/", handler)
	}
	// The server lets the requests under way come to their end, so the solver ends them.
	defer context.AfterFunc(ctx, s.Solver.Close)()
	return server.GenericAPIServer.PrepareRun().RunWithContext(ctx)
}

// awaitConfig tries until it succeeds; it gives nothing when the context has ended first. The roles may come later than the
// operator, whose other parts have work to do meanwhile.
func (s *Server) awaitConfig(ctx context.Context, listener net.Listener) (config *apiserver.Config) {
	_ = wait.PollUntilContextCancel(ctx, configRetry, true, func(context.Context) (bool, error) {
		var err error
		if config, err = s.config(ctx, listener); err != nil && ctx.Err() == nil {
			log.FromContext(ctx).Error(err, "cert-manager is not served yet")
		}
		return err == nil, nil
	})
	return config
}

// config is that of an API server without storage, admission, or anything else but the solver.
func (s *Server) config(ctx context.Context, listener net.Listener) (*apiserver.Config, error) {
	generic := genericapiserver.NewRecommendedConfig(apiserver.Codecs)
	generic.EnableProfiling, generic.EnableMetrics = false, false
	generic.ClientConfig = s.Config

	serving := options.NewSecureServingOptions()
	serving.Listener = listener
	serving.ServerCert.GeneratedCert = servingPair{s.Certificate, ctx}
	if err := serving.WithLoopback().ApplyTo(&generic.SecureServing, &generic.LoopbackClientConfig); err != nil {
		return nil, err
	}
	kube, err := kubernetes.NewForConfig(s.Config)
	if err != nil {
		return nil, err
	}
	if err := delegateAuthentication(ctx, kube, &generic.Config); err != nil {
		return nil, err
	}
	if err := delegateAuthorization(kube, &generic.Config); err != nil {
		return nil, err
	}
	group := s.Group
	if group == "" {
		group = DefaultGroup
	}
	return &apiserver.Config{GenericConfig: generic, ExtraConfig: apiserver.ExtraConfig{SolverGroup: group, Solvers: []webhook.Solver{s.Solver}}}, nil
}

// servingPair gives a Certificate as the API server library wants it.
type servingPair struct {
	Certificate
	serving context.Context
}

var _ dynamiccertificates.CertKeyContentProvider = servingPair{}

// Name is what logs call the certificate.
func (servingPair) Name() string { return "cert-manager solver" }

// CurrentCertKeyContent gives nothing when there is no certificate; the library then keeps the last one.
func (p servingPair) CurrentCertKeyContent() (chain, key []byte) {
	chain, key, err := p.Pair()
	if err != nil {
		return nil, nil
	}
	return chain, key
}

// AddListener tells of renewals as long as the server runs.
func (p servingPair) AddListener(listener dynamiccertificates.Listener) {
	p.Notify(p.serving, listener.Enqueue)
}
