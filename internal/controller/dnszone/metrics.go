package dnszone

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// Metrics of DNSZones.
type Metrics struct {
	leftBehind, leftEmpty prometheus.Counter
}

// NewMetrics registers the metrics of DNSZones; nil registers them nowhere.
func NewMetrics(registerer prometheus.Registerer) *Metrics {
	auto := promauto.With(registerer)
	return &Metrics{
		leftBehind: auto.NewCounter(prometheus.CounterOpts{
			Name: "regapi_records_left_behind_total",
			Help: "Records that stay in zones although a deleted DNSZone with deletionPolicy Delete owned them.",
		}),
		leftEmpty: auto.NewCounter(prometheus.CounterOpts{
			Name: "regapi_names_left_empty_total",
			Help: "Names that lost their records to a change that REG.API then refused, together with the old records.",
		}),
	}
}
