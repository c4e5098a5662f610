package census

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

var (
	expiry = prometheus.NewDesc("regapi_domain_expiry_timestamp_seconds",
		"The last paid day of a domain, as the registrar last said.", []string{"namespace", "name", "domain"}, nil)
	daysLeft = prometheus.NewDesc("regapi_domain_days_left",
		"Days until the last paid one of a domain is over; less than nothing after that.", []string{"namespace", "name", "domain"}, nil)
	orders = prometheus.NewDesc("regapi_orders",
		"Orders by login, operation and state.", []string{"account", "operation", "state"}, nil)
	spent = prometheus.NewDesc("regapi_spending_spent_roubles",
		"What was spent in the present month of Moscow's calendar, as the ledger of the login says.", []string{"account"}, nil)
	reserved = prometheus.NewDesc("regapi_spending_reserved_roubles",
		"What open orders have reserved, as the ledger of the login says.", []string{"account"}, nil)
)

// Ledgers reads the ledgers of spending by login.
type Ledgers func(context.Context) (map[string]*purchase.Ledger, error)

// Estate is a collector of Prometheus for domains, orders and money.
type Estate struct {
	reader  client.Reader
	elected <-chan struct{}
	ledgers Ledgers
}

// NewEstate tells of the Domains and Orders of a cache, and of ledgers, nil where there are none, once this process is elected.
func NewEstate(reader client.Reader, elected <-chan struct{}, ledgers Ledgers) *Estate {
	return &Estate{reader: reader, elected: elected, ledgers: ledgers}
}

// Describe is a part of prometheus.Collector.
func (e *Estate) Describe(descriptions chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{expiry, daysLeft, orders, spent, reserved} {
		descriptions <- d
	}
}

// Collect is a part of prometheus.Collector.
func (e *Estate) Collect(metrics chan<- prometheus.Metric) {
	select {
	case <-e.elected:
	default:
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := e.domains(ctx, metrics); err != nil {
		metrics <- prometheus.NewInvalidMetric(expiry, err)
	}
	if e.ledgers == nil {
		return
	}
	if err := e.money(ctx, metrics); err != nil {
		metrics <- prometheus.NewInvalidMetric(orders, err)
	}
}

func (e *Estate) domains(ctx context.Context, metrics chan<- prometheus.Metric) error {
	return each(ctx, e.reader, "Domain", &v1alpha1.DomainList{}, func(item runtime.Object) {
		d := item.(*v1alpha1.Domain)
		last, err := time.Parse(time.DateOnly, d.Status.ExpirationDate)
		if err != nil || (d.Status.State != v1alpha1.DomainActive && d.Status.State != v1alpha1.DomainSuspended) {
			return // There is nothing that expires.
		}
		labels := []string{d.Namespace, d.Name, string(d.Spec.DomainName)}
		metrics <- prometheus.MustNewConstMetric(expiry, prometheus.GaugeValue, float64(last.Unix()), labels...)
		left := time.Until(last.AddDate(0, 0, 1)).Hours() / 24
		metrics <- prometheus.MustNewConstMetric(daysLeft, prometheus.GaugeValue, left, labels...)
	})
}

// counted is what is counted together.
type counted struct{ account, operation, state string }

func (e *Estate) money(ctx context.Context, metrics chan<- prometheus.Metric) error {
	ids, err := e.ids(ctx)
	if err != nil {
		return err
	}
	counts := map[counted]int{}
	err = each(ctx, e.reader, "Order", &v1alpha1.OrderList{}, func(item runtime.Object) {
		o := item.(*v1alpha1.Order)
		counts[counted{nameOf(ids, o.Labels[v1alpha1.LabelLogin]), string(o.Spec.Operation), string(o.Status.State)}]++
	})
	if err != nil {
		return err
	}
	for c, n := range counts {
		metrics <- prometheus.MustNewConstMetric(orders, prometheus.GaugeValue, float64(n), c.account, c.operation, c.state)
	}
	ledgers, err := e.ledgers(ctx)
	if err != nil {
		return err
	}
	for login, ledger := range ledgers {
		out, held := ledger.Totals(purchase.MonthOf(time.Now()))
		metrics <- prometheus.MustNewConstMetric(spent, prometheus.GaugeValue, float64(out)/100, nameOf(ids, login))
		metrics <- prometheus.MustNewConstMetric(reserved, prometheus.GaugeValue, float64(held)/100, nameOf(ids, login))
	}
	return nil
}

// ids are the names by which all other metrics call logins.
func (e *Estate) ids(ctx context.Context) (map[string]string, error) {
	ids := map[string]string{}
	err := each(ctx, e.reader, "Account", &v1alpha1.AccountList{}, func(item runtime.Object) {
		if a := item.(*v1alpha1.Account); a.Status.ID != "" {
			ids[tenancy.Login(a)] = a.Status.ID
		}
	})
	return ids, err
}

// nameOf is a login's id; of a login without an Account, what the Order calls it.
func nameOf(ids map[string]string, login string) string {
	if id, known := ids[login]; known {
		return id
	}
	return login
}
