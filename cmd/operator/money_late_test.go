package main

import (
	"fmt"
	"maps"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// shortLease are the flags of one of several replicas. A stopped one's Lease is over, and taken, before its decisions are too old to act upon.
var shortLease = []string{
	"--leader-elect", "--leader-elect-lease-duration", "10s", "--leader-elect-renew-deadline", "8s", "--leader-elect-retry-period", "2s",
}

// TestAStoppedLeaderPaysNothingWhenItGoesOn stops the leader by SIGSTOP when it has written that it orders, or pays, and has not sent it. Another replica
// finishes, or withdraws what nobody asks for any more; then the stopped one goes on.
func TestAStoppedLeaderPaysNothingWhenItGoesOn(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	states, late := map[string]v1alpha1.OrderState{}, showsSoon
	m.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	var stay, deleted []*orderRun
	for _, operation := range []purchase.Operation{purchase.Renew, purchase.Register} {
		for _, state := range []v1alpha1.OrderState{"Placing", "Paying"} {
			for _, fate := range []*[]*orderRun{&stay, &deleted} {
				r := m.buyer(fmt.Sprint("buyer", len(m.runs)), operation)
				states[purchase.Name(r.name, 1)] = state
				*fate = append(*fate, r)
			}
		}
	}
	g := m.gateTo(states)
	held := maps.Clone(g.held)
	stopped := m.operate(settleSoon, append(slices.Clone(shortLease), "--kubeconfig", g.kubeconfig)...)
	for _, operation := range []purchase.Operation{purchase.Renew, purchase.Register} { // Registrations wait for nothing, so that they come last: a decision is young then.
		for _, r := range m.runs {
			if r.operation == operation {
				m.asker(r)
			}
		}
		for _, r := range m.runs {
			if order := purchase.Name(r.name, 1); r.operation == operation {
				m.await(stopped, order+" to be written", func() bool { return isClosed(held[order+" "+string(states[order])]) })
			}
		}
	}
	stopped.signal(t, syscall.SIGSTOP)
	stoppedAt := time.Now()
	close(g.open)
	for _, r := range deleted {
		m.forget(r)
	}
	successor := m.operate(settleSoon, longLease...) // Not before: a leader that is slow would have lost its Lease to it.
	m.all(successor, stay, "finished by the other replica", over)
	m.all(successor, deleted, "withdrawn by the other replica", in("Withdrawn"))
	before := len(m.api.Journal(regapitest.Writes()))
	stopped.signal(t, syscall.SIGCONT)
	if after := time.Since(stoppedAt); after > purchase.DecisionLife {
		t.Logf("the leader goes on after %s: on so slow a machine its decisions are too old in any case, and whether it knows that it leads no more is not seen", after)
	}
	m.endsByItself(stopped)
	for _, write := range m.api.Journal(regapitest.Writes())[before:] {
		t.Errorf("a leader that had been stopped has sent %s of %s", write.Function, write.Login)
	}
	m.paidOnce(stay...)
	for _, r := range deleted {
		m.cost(r, 0)
	}
}

// endsByItself waits for a process that has lost its Lease.
func (m *market) endsByItself(r *replica) {
	m.Helper()
	select {
	case <-r.ended:
		if r.err == nil {
			m.Errorf("the replica ended well; its output:\n%.3000s", r.output)
		}
	case <-time.After(patience):
		m.Fatal("a replica that has lost its Lease goes on")
	}
}

// TestARequestThatArrivesLateBuysNothingASecondTime has requests carried out whose sender was told that the line is broken, and was killed, when its
// successor has looked.
func TestARequestThatArrivesLateBuysNothingASecondTime(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	behaviour := m.api.Behaviour()
	behaviour.DoubleRenewals = true
	m.api.SetBehaviour(behaviour)
	const within = 30 * time.Second // In which the second process starts, looks, and sees what the late request has done.
	late := showsSoon
	m.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	line := m.line()
	delayed, looks := map[*orderRun]*lateRequest{}, map[*orderRun]string{}
	for _, c := range []struct {
		login, function string
		operation       purchase.Operation
		payment         v1alpha1.Payment
		looks           string // by which the successor has looked: a renewal that was ordered is given its time before that
	}{
		{"renewal-ordered", "service/renew", purchase.Renew, v1alpha1.PaymentTwoStep, "service/get_list"},
		{"renewal-paid", "bill/change_pay_type", purchase.Renew, v1alpha1.PaymentTwoStep, "bill/nop"},
		{"renewal-at-once", "service/renew", purchase.Renew, v1alpha1.PaymentDirect, "service/get_info"},
		{"registration-ordered", "domain/create", purchase.Register, v1alpha1.PaymentTwoStep, "service/get_info"},
		{"registration-paid", "bill/change_pay_type", purchase.Register, v1alpha1.PaymentTwoStep, "bill/nop"},
	} {
		r := m.customer(m.api, c.login, c.operation)
		m.spenderAt(line.url, r.login, func(a *v1alpha1.Account) { a.Spec.Spending.Payment = c.payment })
		m.asker(r)
		delayed[r], looks[r] = line.delay(c.login, c.function), c.looks
	}
	sender := m.operate(within)
	for r, request := range delayed {
		m.await(sender, r.login+" to be sent", func() bool { return isClosed(request.left) })
	}
	sender.kill()
	begun := len(m.api.Journal())
	successor := m.operate(within)
	for r, request := range delayed {
		m.await(successor, "somebody to look at what "+r.login+" has", func() bool {
			paid := r.spent() > 0 // by its sender, who has looked again before it was killed
			return paid || slices.ContainsFunc(m.api.Journal()[begun:], func(e regapitest.Entry) bool { return e.Login == r.login && e.Function == looks[r] })
		})
		request.arrive()
	}
	m.all(successor, m.runs, "bought", over)
	m.paidOnce(m.runs...)
	direct := 0
	for _, r := range m.runs {
		if r.login == "renewal-at-once" {
			direct = r.calls("service/renew")
		}
	}
	if direct != 1 {
		t.Errorf("what is paid by the only call was called %d times", direct)
	}
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
