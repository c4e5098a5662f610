package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// restoration is how a cluster is put back, and what the operator is doing meanwhile.
type restoration struct {
	// before is how long orders wait for effects until then, and within how long after that: one process has one of them.
	before, within time.Duration
	// age of the snapshot, where it is noticed.
	age time.Duration
	// through puts the cluster back, and gives the operator that works after that.
	through func(m *market, working *replica, putBack func()) *replica
}

var restorations = map[string]restoration{
	"and the operator begins anew": {3 * time.Second, 25 * time.Second, 20 * time.Minute, func(m *market, working *replica, putBack func()) *replica {
		working.kill()
		putBack()
		return m.operate(25 * time.Second)
	}},
	"and the operator lives through it": {20 * time.Second, 20 * time.Second, 6 * time.Minute, func(_ *market, working *replica, putBack func()) *replica {
		putBack()
		return working
	}},
	"and the operator is stopped meanwhile": {20 * time.Second, 20 * time.Second, 6 * time.Minute, func(m *market, working *replica, putBack func()) *replica {
		working.signal(m, syscall.SIGSTOP)
		putBack()
		working.signal(m, syscall.SIGCONT)
		return working
	}},
}

// TestAClusterThatIsPutBackInTheMiddleOfOrdersPaysOnce makes a snapshot of etcd while orders are in each of their states, lets them go on until they are
// paid, and puts etcd back: effects show at once, or after that. Some ledgers look as old as the snapshot is meant to be, so that the restoration is
// noticed; others do not.
func TestAClusterThatIsPutBackInTheMiddleOfOrdersPaysOnce(t *testing.T) {
	t.Parallel()
	for name, how := range restorations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			followRestoration(t, how)
		})
	}
}

// scene is an order that is in a state when the snapshot is made; none is one that nobody has made yet.
type scene struct {
	*orderRun
	at v1alpha1.OrderState
	// late effects show after the restoration. unpaid orders have a bill by then, and are not paid yet. unnoticed ledgers look as if they were of now.
	late, unpaid, unnoticed bool
	// deleted Domains, and orders that the registrar would refuse, are so right after the restoration.
	deleted, refused bool
}

const none v1alpha1.OrderState = "none"

// scenes makes the logins and what is said of them.
func (m *market) scenes() (scenes []*scene) {
	m.Helper()
	of := func(operation purchase.Operation, at v1alpha1.OrderState, fate string) {
		s := &scene{
			at: at, late: strings.Contains(fate, "late"), unpaid: strings.Contains(fate, "unpaid"), unnoticed: strings.Contains(fate, "unnoticed"),
			deleted: strings.Contains(fate, "deleted"), refused: strings.Contains(fate, "refused"),
		}
		s.orderRun = m.buyer(strings.ToLower(string(operation)+"-"+string(at)+"-"+fate), operation)
		scenes = append(scenes, s)
	}
	for _, fate := range []string{"shown", "late"} {
		for _, at := range []v1alpha1.OrderState{none, "Reserved", "Placing", "Placed", "Paying", "Paid"} {
			of(purchase.Renew, at, fate)
			if at != "Reserved" {
				of(purchase.Register, at, fate)
			}
		}
	}
	for _, at := range []v1alpha1.OrderState{"Placed", "Paying", "Paid"} {
		of(purchase.Renew, at, "late-unnoticed")
	}
	of(purchase.Register, "Placing", "late-unnoticed")
	of(purchase.Renew, none, "unpaid-unnoticed")
	of(purchase.Renew, "Reserved", "unpaid-unnoticed")
	of(purchase.Renew, "Placed", "unpaid-unnoticed")
	of(purchase.Register, none, "unpaid-unnoticed")
	of(purchase.Renew, "Reserved", "late-deleted")
	of(purchase.Renew, "Placed", "late-deleted")
	of(purchase.Register, "Placing", "late-deleted")
	of(purchase.Renew, "Reserved", "late-refused")
	of(purchase.Renew, "Placing", "late-refused")
	return scenes
}

// holds are what goes wrong so that an order stays in a state.
var holds = map[v1alpha1.OrderState]regapitest.Fault{
	"Reserved": {Kind: regapitest.FaultElementError, Function: "service/get_info"}, // from then on
	"Placed":   {Kind: regapitest.FaultError, Function: "bill/nop", Code: "INTERNAL_ERROR"},
	"Paying":   {Kind: regapitest.FaultError, Function: "bill/change_pay_type", Code: "BILLING_LOCK"},
}

// hold keeps an order in a state, before it comes to it or, where it is to be Reserved, when it has.
func (s *scene) hold(state v1alpha1.OrderState) {
	fault, known := holds[state]
	if state == "Placing" {
		fault, known = regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: orderingBy[s.operation]}, true
	}
	if known {
		fault.Login = s.login
		s.api.Inject(fault)
	}
}

func followRestoration(t *testing.T, how restoration) {
	t.Helper()
	disk := t.TempDir()
	m := newMarket(t, onDisk(disk))
	m.api.SetBehaviour(regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}})
	scenes := m.scenes()
	late, atOnce := how.within-5*time.Second, time.Duration(0)
	m.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	working := m.operate(how.before)
	m.comeToTheirStates(working, scenes)
	bills := make(chan struct{}) // closed when they can be asked for
	m.snapshot(working, filepath.Join(disk, "snapshot"), scenes, how.age, func() {
		m.api.SetDelays(regapitest.Delays{Renewal: &atOnce, Order: &atOnce})
		m.api.ClearFaults()
		for _, s := range scenes {
			switch {
			case s.unpaid:
				m.trap.at(s.login, "bill/nop", regapitest.StageReceived, func() { <-bills })
			case s.late && s.at != "Paid":
				s.hold("Paying")
			}
		}
	})
	m.goOnUntilPaid(working, scenes, late)
	working = how.through(m, working, func() {
		for _, s := range scenes {
			if s.refused {
				m.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/renew", Login: s.login, Code: "PROLONG_ERROR"})
			}
		}
		m.putBack(filepath.Join(disk, "snapshot"), disk)
		m.eventually(nil, "the API server to be back", func() bool { return m.Get(m.Context(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}) == nil })
	})
	close(bills)
	m.api.SetDelays(regapitest.Delays{Renewal: &atOnce, Order: &atOnce})
	for _, s := range scenes {
		switch {
		case s.deleted:
			m.forget(s.orderRun)
		case s.at == none:
			m.pause(s.name, "false")
		}
	}
	var ends []awaited
	for _, s := range scenes {
		end := awaited{run: s.orderRun, what: "over", check: over}
		if s.deleted {
			end.check = noneIsOpen
		}
		ends = append(ends, end)
	}
	m.each(working, ends...)
	m.paidOnce(m.runs...)
}

// comeToTheirStates waits until each order is in the state of its scene, and holds it there.
func (m *market) comeToTheirStates(working *replica, scenes []*scene) {
	m.Helper()
	for _, s := range scenes {
		asks := s.asks()
		if s.at == none {
			asks.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		}
		if s.at != "Reserved" {
			s.hold(s.at)
		}
		m.create(asks)
	}
	left := slices.DeleteFunc(slices.Clone(scenes), func(s *scene) bool { return s.at == none })
	m.await(working, "each order to come to its state", func() bool {
		left = slices.DeleteFunc(left, func(s *scene) bool {
			there := m.order(s.name).Status.State == s.at
			if there && s.at == "Reserved" {
				s.hold(s.at)
			}
			return there
		})
		return len(left) == 0
	})
	for _, s := range scenes {
		if state := m.order(s.name).Status.State; s.at != none && state != s.at {
			m.Errorf("%s is %s already", s.login, state)
		}
	}
}

// snapshot copies what etcd holds while the operator is stopped, with ledgers that are as old as the snapshot is meant to be; then something is done
// before it goes on.
func (m *market) snapshot(working *replica, folder string, scenes []*scene, age time.Duration, then func()) {
	m.Helper()
	working.signal(m, syscall.SIGSTOP)
	var young []*corev1.ConfigMap
	for _, s := range scenes {
		if s.at != none && !s.unnoticed {
			young = append(young, m.ageLedger(s.orderRun, age))
		}
	}
	etcd := m.environment.ControlPlane.Etcd
	if err := errors.Join(etcd.Stop(), os.CopyFS(folder, os.DirFS(etcd.DataDir)), etcd.Start()); err != nil {
		m.Fatal(err)
	}
	m.eventually(nil, "the API server to be back", func() bool { return m.Get(m.Context(), client.ObjectKey{Name: "default"}, &corev1.Namespace{}) == nil })
	for _, ledger := range young {
		data := ledger.Data
		edit(m.world, ledger, func(l *corev1.ConfigMap) { l.Data = data })
	}
	then()
	working.signal(m, syscall.SIGCONT)
}

// ageLedger makes a ledger look as if nobody had watched for some time, and gives it as it was.
func (m *market) ageLedger(r *orderRun, age time.Duration) *corev1.ConfigMap {
	m.Helper()
	name := "regapi-spending-" + tenancy.LoginAt(r.api.URL(), "user "+strconv.FormatInt(r.userID(), 10))
	object := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name}}
	var was *corev1.ConfigMap
	edit(m.world, object, func(c *corev1.ConfigMap) {
		was = c.DeepCopy()
		ledger, err := purchase.ParseLedger(c.Data["ledger"])
		if err != nil || !ledger.Watching {
			m.Fatalf("%s: the ledger is not watched: %v, %+v", r.login, err, ledger)
		}
		ledger.Heartbeat = ledger.Heartbeat.Add(-age)
		text, err := ledger.Encode()
		if err != nil {
			m.Fatal(err)
		}
		c.Data["ledger"] = text
	})
	return was
}

// goOnUntilPaid lets orders go on from the snapshot. Those whose effects are late are paid at the same time, when the others are over.
func (m *market) goOnUntilPaid(working *replica, scenes []*scene, late time.Duration) {
	m.Helper()
	for _, s := range scenes {
		if s.at == none {
			m.pause(s.name, "false")
		}
	}
	var points, ends []awaited
	for _, s := range scenes {
		point := awaited{run: s.orderRun, what: "as far as it is to come", check: over}
		switch {
		case s.unpaid:
			point.check = in("Placed")
		case s.late && s.at != "Paid":
			point.check = in("Paying")
		case s.late:
			point.check = hasPaid
		}
		points = append(points, point)
		if !s.unpaid {
			ends = append(ends, awaited{run: s.orderRun, what: "paid", check: hasPaid})
		}
	}
	m.each(working, points...)
	m.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	m.api.ClearFaults()
	m.each(working, ends...)
}

func hasPaid(_ *market, r *orderRun) bool { return r.spent() == r.price }
