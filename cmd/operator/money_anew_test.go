package main

import (
	"fmt"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// TestANewClusterFromGitBuysNothingThatIsPaid loses everything that stands in the cluster when orders are paid and do not show it yet, or have a
// bill, and applies the same objects to a new one.
func TestANewClusterFromGitBuysNothingThatIsPaid(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	m := newMarket(t, onDisk(disk))
	m.api.SetBehaviour(regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}})
	const within = 25 * time.Second
	late := within - 5*time.Second
	m.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	var scenes []*scene
	for _, operation := range []purchase.Operation{purchase.Renew, purchase.Register} {
		for _, at := range []v1alpha1.OrderState{"Placed", "Paid"} {
			scenes = append(scenes, &scene{orderRun: m.buyer(fmt.Sprint("buyer", len(m.runs)), operation), at: at})
		}
	}
	working := m.operate(3 * time.Second)
	m.comeToTheirStates(working, scenes)
	working.kill()
	m.api.ClearFaults()
	m.beginAnew(disk)
	m.eventually(nil, "the namespace", func() bool { return m.Get(m.Context(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}) == nil })
	m.grant(metav1.NamespaceDefault)
	m.registrant()
	for _, s := range scenes {
		m.spender(s.login)
		m.asker(s.orderRun)
	}
	working = m.operate(within)
	var ends []awaited
	for _, s := range scenes {
		end := awaited{run: s.orderRun, what: "over", check: over}
		if s.isOrderedOnly() {
			end.check = saysNotRegistered
		}
		ends = append(ends, end)
	}
	m.each(working, ends...)
	for _, s := range scenes {
		if s.isOrderedOnly() && s.spent() > 0 {
			t.Errorf("%s was paid in a cluster that knows of no order", s.login)
		} else if !s.isOrderedOnly() {
			m.paidOnce(s.orderRun)
		}
	}
}

// isOrderedOnly says whether a name is ordered and nobody has paid: a cluster that knows of no order leaves that to a person.
func (s *scene) isOrderedOnly() bool { return s.operation.Keyed() && s.at == "Placed" }

func saysNotRegistered(m *market, r *orderRun) bool {
	asks := r.asks()
	if err := m.Get(m.Context(), client.ObjectKeyFromObject(asks), asks); err != nil {
		return false
	}
	ready := meta.FindStatusCondition(asks.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Reason == v1alpha1.ReasonNotRegistered
}

// scene is an order that is in a state when something happens to its cluster.
type scene struct {
	*orderRun
	at v1alpha1.OrderState
}

// comeToTheirStates asks for all orders, and waits until each is in the state of its scene. What has a bill is kept from being paid.
func (m *market) comeToTheirStates(working *replica, scenes []*scene) {
	m.Helper()
	var states []awaited
	for _, s := range scenes {
		if s.at == "Placed" {
			m.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "bill/nop", Login: s.login, Code: "INTERNAL_ERROR"})
		}
		m.asker(s.orderRun)
		states = append(states, awaited{run: s.orderRun, what: string(s.at), check: in(s.at)})
	}
	m.each(working, states...)
}
