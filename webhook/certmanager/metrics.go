package certmanager

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// metrics of the solver.
type metrics struct {
	challenges *prometheus.CounterVec
	left       prometheus.Counter
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	auto := promauto.With(registerer)
	return &metrics{
		challenges: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_certmanager_challenges_total", Help: "Requests of cert-manager by operation and outcome.",
		}, []string{"operation", "outcome"}),
		left: auto.NewCounter(prometheus.CounterOpts{
			Name: "regapi_certmanager_left_behind_total", Help: "Challenges that were let go of although their TXT record may be left.",
		}),
	}
}

func (m *metrics) count(operation zone.Operation, err error) {
	outcome := "succeeded"
	if err != nil {
		outcome = "failed"
	}
	m.challenges.WithLabelValues(verbs[operation], outcome).Inc()
}
