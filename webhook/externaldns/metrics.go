package externaldns

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

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
	auto := promauto.With(registerer)
	return &metrics{
		requests: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_requests_total", Help: "Requests of external-dns by path and HTTP status.",
		}, []string{"path", "code"}),
		changes: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_changes_total", Help: "Changes of records made for external-dns.",
		}, []string{"operation"}),
		refused: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_refused_total", Help: "Records that were not created or removed for external-dns, by reason; each counts once until its reason changes.",
		}, []string{"reason"}),
		lasting: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: "regapi_externaldns_refused_records", Help: "Records that external-dns asks for, or wants gone, in vain, by reason.",
		}, []string{"namespace", "domain", "reason"}),
		callersRefused: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_externaldns_callers_refused_total", Help: "Requests of callers that were not let in, by HTTP status: 401 unknown, 403 not allowed, 503 could not be checked.",
		}, []string{"code"}),
	}
}

// show sets how many refusals hold in a zone.
func (m *metrics) show(namespace, domain string, refusals []refusal) {
	m.lasting.DeletePartialMatch(prometheus.Labels{"domain": domain})
	for _, r := range refusals {
		m.lasting.WithLabelValues(namespace, domain, r.Reason).Inc()
	}
}
