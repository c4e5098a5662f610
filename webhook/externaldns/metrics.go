package externaldns

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// metrics of the provider.
type metrics struct {
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	success  *prometheus.GaugeVec
	// served are the records that the last listing gave.
	served  *prometheus.GaugeVec
	changes *prometheus.CounterVec
	refused *prometheus.CounterVec
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
		latency: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regapi_externaldns_answer_seconds", Help: "Time until an answer to external-dns, by path; external-dns gives up after 15 s.",
			Buckets: []float64{.05, .25, 1, 2.5, 5, 8, 10, 15},
		}, []string{"path"}),
		success: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: "regapi_externaldns_last_success_timestamp_seconds", Help: "When a caller was last served, by caller and path; the caller is empty where nobody is asked who he is.",
		}, []string{"caller", "path"}),
		served: auto.NewGaugeVec(prometheus.GaugeOpts{
			Name: "regapi_externaldns_listed_records", Help: "Records of a zone that external-dns was told of last, whoever made them.",
		}, []string{"namespace", "domain"}),
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

// answered counts an answer and the time that it took.
func (m *metrics) answered(caller, path string, status int, begun time.Time) {
	m.requests.WithLabelValues(path, strconv.Itoa(status)).Inc()
	m.latency.WithLabelValues(path).Observe(time.Since(begun).Seconds())
	if status < http.StatusMultipleChoices {
		m.success.WithLabelValues(caller, path).SetToCurrentTime()
	}
}

// listed sets how many records each zone was listed with; a zone that is served no more has none.
func (m *metrics) listed(zones servedZones, parts map[string][]endpoint) {
	m.served.Reset()
	for domain, endpoints := range parts {
		count := 0
		for _, e := range endpoints {
			count += len(e.Targets)
		}
		m.served.WithLabelValues(zones[domain].object().GetNamespace(), domain).Set(float64(count))
	}
}

// show sets how many refusals hold in a zone.
func (m *metrics) show(namespace, domain string, refusals []refusal) {
	m.lasting.DeletePartialMatch(prometheus.Labels{"domain": domain})
	for _, r := range refusals {
		m.lasting.WithLabelValues(namespace, domain, r.Reason).Inc()
	}
}
