package regapitest

import (
	"net/http"

	"github.com/miekg/dns"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// otherLabel stands for what a caller made up: were each its own label, callers could fill the memory.
const otherLabel = "other"

// metrics counts what the simulator is asked, from its start on: a reset changes gauges only. Logins are not in them.
type metrics struct {
	registry      *prometheus.Registry
	requests      *prometheus.CounterVec
	elementErrors *prometheus.CounterVec
	refusals      *prometheus.CounterVec
	queries       *prometheus.CounterVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_sim_requests_total",
			Help: "Requests by function, error code of the top level and kind of the fault that they met; empty where there was none.",
		}, []string{"function", "code", "fault"}),
		elementErrors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_sim_element_errors_total", Help: "Elements of lists that failed, by function and error code.",
		}, []string{"function", "code"}),
		refusals: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_sim_rate_refusals_total", Help: "Requests that went over an hourly limit, by error code; injected refusals do not count.",
		}, []string{"code"}),
		queries: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_sim_dns_queries_total", Help: "DNS queries by type of the question and response code.",
		}, []string{"type", "rcode"}),
	}
	m.registry.MustRegister(m.requests, m.elementErrors, m.refusals, m.queries)
	for _, code := range []string{refusal.AccountRate, refusal.IPRate} {
		m.refusals.WithLabelValues(code)
	}
	return m
}

// watch adds the gauges that are read off the server.
func (m *metrics) watch(s *Server) {
	gauge := func(name, help string, read func() int) {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, func() float64 {
			s.mu.Lock()
			defer s.mu.Unlock()
			return float64(read())
		}))
	}
	gauge("regapi_sim_requests_in_flight", "Requests under way.", func() int {
		sum := 0
		for _, requests := range s.inFlight {
			sum += requests
		}
		return sum
	})
	gauge("regapi_sim_zones", "Domains that are held, each with its zone.", func() int { return len(s.state.domains) })
	gauge("regapi_sim_accounts", "Accounts, without the test user.", func() int { return len(s.state.accounts) })
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) countRequest(c *call) {
	function := otherLabel
	if c.fn != nil {
		function = c.fn.Name
	}
	m.requests.WithLabelValues(function, c.entry.ErrorCode, string(c.entry.Fault)).Inc()
	for _, failed := range c.entry.ElementErrors {
		m.elementErrors.WithLabelValues(function, failed.Code).Inc()
	}
}

func (m *metrics) countRefusal(code string) { m.refusals.WithLabelValues(code).Inc() }

func (m *metrics) countQuery(query, answer *dns.Msg) {
	asked := otherLabel
	if len(query.Question) == 1 {
		if name, known := dns.TypeToString[query.Question[0].Qtype]; known {
			asked = name
		}
	}
	rcode := dns.RcodeToString[answer.Rcode]
	if answer.Rcode == dns.RcodeBadVers {
		rcode = "BADVERS" // the library has the other name of the same number, which belongs to TSIG (RFC 6895, 2.3)
	}
	m.queries.WithLabelValues(asked, rcode).Inc()
}
