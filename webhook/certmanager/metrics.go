package certmanager

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// metrics of the solver.
type metrics struct {
	challenges *prometheus.CounterVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{challenges: prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "regapi_certmanager_challenges_total", Help: "Requests of cert-manager by operation and outcome.",
	}, []string{"operation", "outcome"})}
	if registerer != nil {
		registerer.MustRegister(m.challenges)
	}
	return m
}

func (m *metrics) count(operation zone.Operation, err error) {
	outcome := "succeeded"
	if err != nil {
		outcome = "failed"
	}
	m.challenges.WithLabelValues(verbs[operation], outcome).Inc()
}
