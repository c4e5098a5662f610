package census

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

var (
	names = prometheus.NewDesc("regapi_account_info",
		"1 for each Account, with the id by which other metrics call its login; several Accounts may share one.", []string{"account", "namespace", "name"}, nil)
	delegated = prometheus.NewDesc("regapi_delegated",
		"1 where the condition Delegated of a DNSZone or Domain holds, 0 where it does not.", []string{"kind", "namespace", "name", "domain"}, nil)
	waiting = prometheus.NewDesc("regapi_waiting_plans",
		"Objects whose status has a plan that is not carried out, by the reason of their condition Ready.", []string{"kind", "namespace", "reason"}, nil)
	refused = prometheus.NewDesc("regapi_dnszone_refused_records",
		"Records of a DNSZone that cannot be created, by reason.", []string{"namespace", "name", "domain", "reason"}, nil)
)

// Registry is a collector of Prometheus for Accounts, and for what of zones, domains and folders waits for somebody.
type Registry struct {
	reader  client.Reader
	elected <-chan struct{}
}

// NewRegistry tells of the objects of a cache once this process is elected.
func NewRegistry(reader client.Reader, elected <-chan struct{}) *Registry {
	return &Registry{reader: reader, elected: elected}
}

// Describe is a part of prometheus.Collector.
func (r *Registry) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{names, delegated, waiting, refused} {
		descriptions <- d
	}
}

// Collect is a part of prometheus.Collector.
func (r *Registry) Collect(metrics chan<- prometheus.Metric) {
	select {
	case <-r.elected:
	default:
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	counts := registered{metrics: metrics, plans: map[planned]int{}}
	for kind, empty := range map[string]client.ObjectList{
		"Account": &v1alpha1.AccountList{}, "DNSZone": &v1alpha1.DNSZoneList{}, "Domain": &v1alpha1.DomainList{}, "Folder": &v1alpha1.FolderList{},
	} {
		if err := each(ctx, r.reader, kind, empty, counts.add); err != nil {
			metrics <- prometheus.NewInvalidMetric(names, err)
			return
		}
	}
	for in, n := range counts.plans {
		metrics <- prometheus.MustNewConstMetric(waiting, prometheus.GaugeValue, float64(n), in.kind, in.namespace, in.reason)
	}
}

// planned is what is counted together.
type planned struct{ kind, namespace, reason string }

// registered sends what is of one object, and counts what is of many.
type registered struct {
	metrics chan<- prometheus.Metric
	plans   map[planned]int
}

func (r registered) add(item runtime.Object) {
	switch o := item.(type) {
	case *v1alpha1.Account:
		if o.Status.ID != "" {
			r.metrics <- prometheus.MustNewConstMetric(names, prometheus.GaugeValue, 1, o.Status.ID, o.Namespace, o.Name)
		}
	case *v1alpha1.DNSZone:
		r.delegation("DNSZone", o, o.Spec.DomainName, o.Status.Conditions)
		r.plan("DNSZone", o, o.Status.Plan != nil || o.Status.Adoption != nil, o.Status.Conditions)
		reasons := map[string]int{}
		for _, record := range o.Status.Refused {
			reasons[record.Reason]++
		}
		for reason, n := range reasons {
			r.metrics <- prometheus.MustNewConstMetric(refused, prometheus.GaugeValue, float64(n), o.Namespace, o.Name, string(o.Spec.DomainName), reason)
		}
	case *v1alpha1.Domain:
		r.delegation("Domain", o, o.Spec.DomainName, o.Status.Conditions)
	case *v1alpha1.Folder:
		r.plan("Folder", o, o.Status.Plan != nil, o.Status.Conditions)
	}
}

func (r registered) delegation(kind string, o client.Object, domain v1alpha1.DomainName, conditions []metav1.Condition) {
	found := meta.FindStatusCondition(conditions, v1alpha1.ConditionDelegated)
	if found == nil || found.Status == metav1.ConditionUnknown {
		return // Nobody can tell, or the spec leaves it to others.
	}
	value := 0.0
	if found.Status == metav1.ConditionTrue {
		value = 1
	}
	r.metrics <- prometheus.MustNewConstMetric(delegated, prometheus.GaugeValue, value, kind, o.GetNamespace(), o.GetName(), string(domain))
}

func (r registered) plan(kind string, o client.Object, waits bool, conditions []metav1.Condition) {
	if !waits {
		return
	}
	in := planned{kind: kind, namespace: o.GetNamespace()}
	if ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady); ready != nil {
		in.reason = ready.Reason
	}
	r.plans[in]++
}
