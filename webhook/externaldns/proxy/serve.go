package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

const (
	headerTimeout   = 5 * time.Second
	keepIdle        = 2 * time.Minute
	shutdownGrace   = 5 * time.Second
	maxHeader       = 32 << 10
	healthzResponse = "ok\n"
)

// Serve serves external-dns on one listener, and /healthz and /metrics on another, until the context ends. /healthz says
// that the process is there, and nothing of the operator: a sidecar that is killed, or keeps its pod from being ready, does
// not bring the operator back.
func (p *Proxy) Serve(ctx context.Context, requests, health net.Listener, metrics prometheus.Gatherer) error {
	probes := http.NewServeMux()
	probes.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, healthzResponse) })
	probes.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	within := p.settings.AnswerWithin
	servers := map[*http.Server]net.Listener{
		{Handler: p, ReadTimeout: within, WriteTimeout: 2 * within}: requests,
		{Handler: probes, ReadTimeout: headerTimeout}:               health,
	}
	ended := make(chan error, len(servers))
	for server, listener := range servers {
		server.ReadHeaderTimeout, server.IdleTimeout, server.MaxHeaderBytes = headerTimeout, keepIdle, maxHeader
		go func() { ended <- server.Serve(listener) }()
	}
	var failure error
	left := len(servers)
	select {
	case failure = <-ended:
		left--
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownGrace)
	defer cancel()
	for server := range servers {
		if err := server.Shutdown(grace); err != nil {
			failure = errors.Join(failure, err, server.Close())
		}
	}
	for range left {
		if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
			failure = errors.Join(failure, err)
		}
	}
	p.client.CloseIdleConnections()
	return failure
}
