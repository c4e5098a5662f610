package serving

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"sync"

	"sigs.k8s.io/controller-runtime/pkg/manager"
)

// Certificate is what the operator serves TLS with. It may be renewed at any time, and is not there before its Source
// has started.
type Certificate interface {
	// GetCertificate is for tls.Config.
	GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error)
	// Pair gives the chain, the serving certificate first, and its key in PEM.
	Pair() (chain, key []byte, err error)
	// Notify calls back after each renewal, and once when the first certificate is there, until the context ends. It
	// returns at once. The callback must be quick, and may be called again after the end of the context if it was
	// about to be.
	Notify(ctx context.Context, renewed func())
	// Wait returns when the first certificate is there, or with the error of the context.
	Wait(ctx context.Context) error
}

// Source is a Certificate and the runnable that keeps it.
type Source interface {
	Certificate
	manager.Runnable
	manager.LeaderElectionRunnable
}

// ErrNoCertificate is returned while there is no certificate yet.
var ErrNoCertificate = errors.New("there is no serving certificate yet")

// current is the Certificate that a source has found or made last.
type current struct {
	first chan struct{} // closed when there is a certificate

	mu          sync.Mutex
	certificate *tls.Certificate
	chain, key  []byte
	listeners   map[*listener]struct{}
}

// listener is called without a lock held.
type listener struct{ renewed func() }

func newCurrent() *current {
	return &current{first: make(chan struct{}), listeners: map[*listener]struct{}{}}
}

// set replaces the certificate, unless it is the one that is there.
func (c *current) set(chain, key []byte) error {
	certificate, err := tls.X509KeyPair(chain, key)
	if err != nil {
		return fmt.Errorf("use the serving certificate: %w", err)
	}
	for _, each := range c.replace(&certificate, chain, key) {
		each.renewed()
	}
	return nil
}

// replace gives those who have to be told.
func (c *current) replace(certificate *tls.Certificate, chain, key []byte) []*listener {
	c.mu.Lock()
	defer c.mu.Unlock()
	if string(c.chain) == string(chain) && string(c.key) == string(key) {
		return nil
	}
	if c.certificate == nil {
		close(c.first)
	}
	c.certificate, c.chain, c.key = certificate, chain, key
	var told []*listener
	for each := range c.listeners {
		told = append(told, each)
	}
	return told
}

// GetCertificate is for tls.Config.
func (c *current) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.certificate == nil {
		return nil, ErrNoCertificate
	}
	return c.certificate, nil
}

// Pair gives the chain and the key in PEM.
func (c *current) Pair() (chain, key []byte, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.certificate == nil {
		return nil, nil, ErrNoCertificate
	}
	return c.chain, c.key, nil
}

// Notify calls back after each renewal.
func (c *current) Notify(ctx context.Context, renewed func()) {
	if c.listen(ctx, &listener{renewed}) {
		renewed()
	}
}

// listen says whether there is a certificate already.
func (c *current) listen(ctx context.Context, added *listener) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listeners[added] = struct{}{}
	context.AfterFunc(ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.listeners, added)
	})
	return c.certificate != nil
}

// Wait returns when the first certificate is there.
func (c *current) Wait(ctx context.Context) error {
	select {
	case <-c.first:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%w: %w", ErrNoCertificate, ctx.Err())
	}
}

// NeedLeaderElection says that only the leader serves.
func (c *current) NeedLeaderElection() bool { return true }
