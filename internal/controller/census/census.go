package census

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// patience bounds how long a question may wait for a cache that fills.
const patience = 5 * time.Second

var objects = prometheus.NewDesc("regapi_objects",
	"Objects by kind, namespace, and status and reason of their condition Ready; Unknown where nobody has looked at them yet.",
	[]string{"kind", "namespace", "ready", "reason"}, nil)

var leads = prometheus.NewDesc("regapi_leader", "1 in the process that leads, 0 in one that waits.", nil, nil)

// Census is a collector of Prometheus.
type Census struct {
	reader  client.Reader
	elected <-chan struct{}
	kinds   map[string]client.ObjectList
}

// New counts objects of the kinds that are given by name, each with an empty list of it, once this process is elected. The reader is a cache.
func New(reader client.Reader, elected <-chan struct{}, kinds map[string]client.ObjectList) *Census {
	return &Census{reader: reader, elected: elected, kinds: kinds}
}

// Describe is a part of prometheus.Collector.
func (c *Census) Describe(descriptions chan<- *prometheus.Desc) {
	descriptions <- objects
	descriptions <- leads
}

// Collect is a part of prometheus.Collector.
func (c *Census) Collect(metrics chan<- prometheus.Metric) {
	select {
	case <-c.elected:
		metrics <- prometheus.MustNewConstMetric(leads, prometheus.GaugeValue, 1)
	default:
		metrics <- prometheus.MustNewConstMetric(leads, prometheus.GaugeValue, 0)
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for kind, prototype := range c.kinds {
		counts, err := c.count(ctx, kind, prototype.DeepCopyObject().(client.ObjectList))
		if err != nil {
			metrics <- prometheus.NewInvalidMetric(objects, err)
			continue
		}
		for g, n := range counts {
			metrics <- prometheus.MustNewConstMetric(objects, prometheus.GaugeValue, float64(n), kind, g.namespace, g.ready, g.reason)
		}
	}
}

// group is what is counted together.
type group struct{ namespace, ready, reason string }

func (c *Census) count(ctx context.Context, kind string, empty client.ObjectList) (map[group]int, error) {
	counts := map[group]int{}
	err := each(ctx, c.reader, kind, empty, func(item runtime.Object) {
		object := item.(interface {
			client.Object
			GetConditions() *[]metav1.Condition
		})
		in := group{namespace: object.GetNamespace(), ready: string(metav1.ConditionUnknown)}
		if ready := meta.FindStatusCondition(*object.GetConditions(), v1alpha1.ConditionReady); ready != nil {
			in.ready, in.reason = string(ready.Status), ready.Reason
		}
		counts[in]++
	})
	return counts, err
}
