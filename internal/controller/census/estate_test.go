package census_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/census"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

func TestWhoeverAsksSeesUntilWhenDomainsArePaidAndWhatWasSpent(t *testing.T) {
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "main"}}
	main.Spec.Endpoint, main.Status.UserID, main.Status.ID = v1alpha1.DefaultEndpoint, "4711", "f00d"
	held := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: "held"}, Spec: v1alpha1.DomainSpec{DomainName: "held.ru"}}
	held.Status.State, held.Status.ExpirationDate = v1alpha1.DomainActive, "2026-05-01"
	gone := held.DeepCopy()
	gone.Name, gone.Status.State = "gone", v1alpha1.DomainDeleted
	order := func(name string, state v1alpha1.OrderState) *v1alpha1.Order {
		made := &v1alpha1.Order{ObjectMeta: metav1.ObjectMeta{Namespace: "system", Name: name, Labels: map[string]string{v1alpha1.LabelLogin: tenancy.Login(main)}}}
		made.Spec.Operation, made.Status.State = v1alpha1.OperationRenew, state
		return made
	}
	reader := fake.NewClientBuilder().WithScheme(scheme).WithObjects(
		main, held, gone, order("held.ru.1", "Settled"), order("held.ru.2", "Unclear"), order("other.ru.1", "Settled"),
	).Build()
	month := purchase.MonthOf(time.Now())
	ledger := &purchase.Ledger{Month: month, Entries: map[string]purchase.Entry{
		"a": {Month: month, Amount: 199_50, Kept: true}, "b": {Month: month, Amount: 590_00}, "c": {Month: "2020-01", Amount: 1_00, Kept: true},
	}, Beside: map[string]purchase.Entry{"told": {Month: month, Amount: 10_00, Kept: true}}}
	elected := make(chan struct{})
	estate := census.NewEstate(reader, elected, func(context.Context) (map[string]*purchase.Ledger, error) {
		return map[string]*purchase.Ledger{tenancy.Login(main): ledger}, nil
	})
	if n := testutil.CollectAndCount(estate); n != 0 {
		t.Errorf("a process that does not lead says %d things", n)
	}
	close(elected)
	const want = `
# HELP regapi_domain_expiry_timestamp_seconds The last paid day of a domain, as the registrar last said.
# TYPE regapi_domain_expiry_timestamp_seconds gauge
regapi_domain_expiry_timestamp_seconds{domain="held.ru",name="held",namespace="shop"} 1.7775936e+09
# HELP regapi_orders Orders by login, operation and state.
# TYPE regapi_orders gauge
regapi_orders{account="f00d",operation="Renew",state="Settled"} 2
regapi_orders{account="f00d",operation="Renew",state="Unclear"} 1
# HELP regapi_spending_reserved_roubles What open orders have reserved, as the ledger of the login says.
# TYPE regapi_spending_reserved_roubles gauge
regapi_spending_reserved_roubles{account="f00d"} 590
# HELP regapi_spending_spent_roubles What was spent in the present month of Moscow's calendar, as the ledger of the login says.
# TYPE regapi_spending_spent_roubles gauge
regapi_spending_spent_roubles{account="f00d"} 209.5
`
	err := testutil.CollectAndCompare(estate, strings.NewReader(want),
		"regapi_domain_expiry_timestamp_seconds", "regapi_orders", "regapi_spending_spent_roubles", "regapi_spending_reserved_roubles")
	if err != nil {
		t.Error(err)
	}
	if n := testutil.CollectAndCount(estate, "regapi_domain_days_left"); n != 1 {
		t.Errorf("days left of %d domains", n)
	}
}
