package main

import (
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	working := m.operate(soonWithin)
	m.comeToTheirStates(working, scenes)
	working.kill()
	m.api.ClearFaults()
	m.beginAnew(disk)
	m.answers(nil)
	m.grant(metav1.NamespaceDefault)
	m.registrant()
	for _, s := range scenes {
		m.spender(s.login)
		m.asker(s.orderRun)
	}
	working = m.operate(within)
	var ends []awaited
	for _, s := range scenes {
		ends = append(ends, awaited{run: s.orderRun, what: "over", check: over})
	}
	m.each(working, ends...)
	for _, s := range scenes {
		m.paidOnce(s.orderRun)
	}
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
