package account

import (
	"maps"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// Metrics counts what happens to requests. Logins appear by their id only.
type Metrics struct {
	requests  *prometheus.CounterVec
	durations *prometheus.HistogramVec
	waits     *prometheus.HistogramVec
	batches   *prometheus.HistogramVec
	actions   *prometheus.HistogramVec
}

// NewMetrics registers the metrics of requests.
func NewMetrics(registerer prometheus.Registerer) *Metrics {
	auto := promauto.With(registerer)
	return &Metrics{
		requests: auto.NewCounterVec(prometheus.CounterOpts{
			Name: "regapi_requests_total",
			Help: "Requests to REG.API by function and error code; the code is empty for success.",
		}, []string{"account", "function", "code"}),
		durations: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regapi_request_duration_seconds", Help: "Time from sending a request to its answer.",
			Buckets: prometheus.ExponentialBuckets(0.05, 2, 12),
		}, []string{"account", "function"}),
		waits: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regapi_lane_wait_seconds", Help: "Time that requests waited for their turn.",
			Buckets: prometheus.ExponentialBuckets(0.01, 4, 10),
		}, []string{"account", "priority"}),
		batches: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regapi_batch_zones", Help: "Zones that a request carries.", Buckets: prometheus.ExponentialBuckets(1, 4, 6),
		}, []string{"account", "function"}),
		actions: auto.NewHistogramVec(prometheus.HistogramOpts{
			Name: "regapi_batch_actions", Help: "Changes that a request carries.", Buckets: prometheus.ExponentialBuckets(1, 4, 7),
		}, []string{"account", "function"}),
	}
}

// Observer gives what is told of the requests of a login.
func (m *Metrics) Observer(id string) Observer { return observer{metrics: m, id: id} }

type observer struct {
	metrics *Metrics
	id      string
}

func (o observer) RequestDone(function, code string, took time.Duration) {
	o.metrics.requests.WithLabelValues(o.id, function, code).Inc()
	o.metrics.durations.WithLabelValues(o.id, function).Observe(took.Seconds())
}

func (o observer) LaneWait(priority traffic.Priority, waited time.Duration) {
	o.metrics.waits.WithLabelValues(o.id, priority.String()).Observe(waited.Seconds())
}

func (o observer) BatchSent(sent batch.Batch) {
	o.metrics.batches.WithLabelValues(o.id, sent.Function).Observe(float64(sent.Zones))
	if sent.Actions > 0 {
		o.metrics.actions.WithLabelValues(o.id, sent.Function).Observe(float64(sent.Actions))
	}
}

var (
	budgetLimit  = prometheus.NewDesc("regapi_budget_limit", "Requests per hour that the budget allows.", []string{"account"}, nil)
	budgetLeft   = prometheus.NewDesc("regapi_budget_left", "Requests of a priority that could go now.", []string{"account", "priority"}, nil)
	budgetFrozen = prometheus.NewDesc("regapi_budget_frozen", "1 while REG.API has refused requests for their rate and none is sent.", []string{"account"}, nil)
	denied       = prometheus.NewDesc("regapi_denied", "1 while REG.API refuses the credentials or the address, and only rare probes are sent.", []string{"account"}, nil)
	inventoryAge = prometheus.NewDesc("regapi_inventory_age_seconds", "Time since everything was last read; before the first time, since the process has known the login.", []string{"account"}, nil)
)

// Describe sends the descriptions of the gauges that Collect reads off the connections.
func (d *Directory) Describe(descriptions chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{budgetLimit, budgetLeft, budgetFrozen, denied, inventoryAge} {
		descriptions <- description
	}
}

// egressID stands for the budget of a host in the metrics of logins.
const egressID = "egress:"

// Collect reads the gauges off the connections, one set per login and one for the egress to each host.
func (d *Directory) Collect(metrics chan<- prometheus.Metric) {
	d.mu.Lock()
	connections := map[string]*Connection{}
	for _, connection := range d.connections {
		connections[connection.ID] = connection
	}
	hosts := maps.Clone(d.hosts)
	d.mu.Unlock()
	for name, h := range hosts {
		collectBudget(metrics, egressID+name, h.egress.State())
	}
	for id, connection := range connections {
		collectBudget(metrics, id, connection.Budget())
		summary := connection.Inventory.Summary()
		gauge(metrics, denied, truth(regapi.IsDenied(summary.Err)), id)
		sweptAt := summary.SweptAt
		if sweptAt.IsZero() {
			sweptAt = connection.since // Else a restart would hide that nothing can be read.
		}
		gauge(metrics, inventoryAge, time.Since(sweptAt).Seconds(), id)
	}
}

func collectBudget(metrics chan<- prometheus.Metric, id string, state budget.State) {
	gauge(metrics, budgetLimit, float64(state.Limit), id)
	gauge(metrics, budgetFrozen, truth(!state.FrozenUntil.IsZero()), id)
	for _, priority := range []traffic.Priority{traffic.Background, traffic.Change, traffic.Interactive} {
		gauge(metrics, budgetLeft, float64(state.Left[priority]), id, priority.String())
	}
}

func gauge(metrics chan<- prometheus.Metric, description *prometheus.Desc, value float64, labels ...string) {
	metrics <- prometheus.MustNewConstMetric(description, prometheus.GaugeValue, value, labels...)
}

func truth(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}
