package main

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// TestTwoClustersAndTwoOperatorsOfOneLoginBuyOnce has two clusters with one Git, and in the first of them two Deployments. Nothing keeps two clusters
// from renewing a domain in the same day; they do it at moments of their own.
func TestTwoClustersAndTwoOperatorsOfOneLoginBuyOnce(t *testing.T) {
	t.Parallel()
	one := newMarket(t)
	two := &market{world: newCluster(t, metav1.NamespaceDefault), endpoints: one.endpoints}
	two.api = one.api
	two.registrant()
	late := showsSoon
	one.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	for n := range 4 {
		one.buyer(fmt.Sprint("registrant", n), purchase.Register)
	}
	renewed := one.dueInOneOnly(two)
	two.runs = one.runs
	for _, r := range two.runs {
		two.spender(r.login)
	}
	first, second := one.operate(settleSoon), two.operate(settleSoon)
	one.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "other"}})
	one.operate(settleSoon, "--kubeconfig", one.admin, "--namespace", "other", "--orders-namespace", "default")
	for _, r := range one.runs {
		one.asker(r)
		two.asker(r)
	}
	one.all(first, one.runs, "over in the first cluster", over)
	two.all(second, two.runs, "over in the second cluster", over)
	one.paidOnce(one.runs...)
	if made := two.orders(renewed.name); len(made) > 0 {
		t.Errorf("the second cluster has ordered a renewal that is not due there: %+v", made)
	}
}

// beforeDays is how long before its last paid day a domain is renewed by default.
const beforeDays = 30

// dueInOneOnly is the renewal of a domain that is due in this cluster, and not yet in another one.
func (m *market) dueInOneOnly(other *market) *orderRun {
	m.Helper()
	now := time.Now().UTC()
	day := now.Add(time.Minute).Truncate(24 * time.Hour)
	since := max(now.Sub(day), 10*time.Second)
	here, there := &ordering.Desk{Live: m.Client}, &ordering.Desk{Live: other.Client}
	for n := range 10_000_000 {
		login := fmt.Sprint("renewer", n)
		mine, err := here.Spread(m.Context(), login+".ru")
		if err != nil {
			m.Fatal(err)
		}
		theirs, err := there.Spread(m.Context(), login+".ru")
		if err != nil {
			m.Fatal(err)
		}
		if mine < since && theirs > since+time.Minute {
			r := m.buyer(login, purchase.Renew)
			r.api.SetExpiry(r.name, day.AddDate(0, 0, beforeDays).Format(time.DateOnly))
			return r
		}
	}
	m.Fatal("no domain is due in one cluster only")
	return nil
}
