package externaldns

import "github.com/prometheus/client_golang/prometheus"

// metrics of the provider.
type metrics struct {
	requests *prometheus.CounterVec
	changes  *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

func newMetrics(registerer prometheus.Registerer) *metrics {
	m := &metrics{
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_requests_total", Help: "Requests of external-dns by path and HTTP status.",
		}, []string{"path", "code"}),
		changes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_changes_total", Help: "Changes of records made for external-dns.",
		}, []string{"operation"}),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_refused_total", Help: "Records that were not created or removed for external-dns, by reason; each counts once until its reason changes.",
		}, []string{"reason"}),
	}
	if registerer != nil {
		registerer.MustRegister(m.requests, m.changes, m.refused)
	}
	return m
}
