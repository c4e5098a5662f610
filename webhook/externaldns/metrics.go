package externaldns

import "github.com/prometheus/client_golang/prometheus"

// metrics of the provider.
type metrics struct {
	requests *prometheus.CounterVec
	changes  *prometheus.CounterVec
	refused  *prometheus.CounterVec
	// lasting are the refusals that hold now.
	lasting *prometheus.GaugeVec
	// callersRefused counts only where callers have to say who they are.
	callersRefused *prometheus.CounterVec
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
		lasting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "regapi_externaldns_refused_records", Help: "Records that external-dns asks for, or wants gone, in vain, by reason.",
		}, []string{"namespace", "domain", "reason"}),
		callersRefused: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_callers_refused_total", Help: "Requests of callers that were not let in, by HTTP status: 401 unknown, 403 not allowed, 503 could not be checked.",
		}, []string{"code"}),
	}
	if registerer != nil {
		registerer.MustRegister(m.requests, m.changes, m.refused, m.lasting, m.callersRefused)
	}
	return m
}

// show sets how many refusals hold in a zone.
func (m *metrics) show(namespace, domain string, refusals []refusal) {
	m.lasting.DeletePartialMatch(prometheus.Labels{"domain": domain})
	for _, r := range refusals {
		m.lasting.WithLabelValues(namespace, domain, r.Reason).Inc()
	}
}
