package main

import (
	"maps"
	"slices"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// snapshots are the states in which a snapshot of etcd finds orders. A registration waits for nothing that it would be Reserved for, and is found by
// its key whatever becomes of it.
var snapshots = map[purchase.Operation][]v1alpha1.OrderState{
	purchase.Renew:    {"", "Reserved", "Placing", "Placed", "Paying", "Paid"},
	purchase.Register: {"", "Placing", "Placed", "Paying", "Paid"},
}

const (
	// seenWithin is how long orders wait for effects, and seenLate how late these are. Processes that end before etcd is put back need not wait for
	// effects that they do not live to see: soonWithin is long enough to tell states from each other.
	seenWithin, seenLate = 30 * time.Second, 27 * time.Second
	soonWithin           = 10 * time.Second
	// old is how long nobody has watched by the ledgers of a snapshot: too short for a gap, and long enough that whoever goes on writes it down.
	old = purchase.HeartbeatEvery + time.Minute
)

// addAll adds an order for every state, with effects at once and late, and with every fate.
func (p *past) addAll() {
	p.Helper()
	for operation, states := range snapshots {
		for _, at := range states {
			if at != "Paid" { // What was paid before the snapshot shows by the time it is put back, and no sooner.
				p.add(operation, turned{scene: &scene{at: at}})
			}
			p.add(operation, turned{scene: &scene{at: at}, late: true})
			if at != "" {
				p.add(operation, turned{scene: &scene{at: at}, late: true, fate: deleted})
			}
			if at == "" || at == "Reserved" || at == "Placing" {
				p.add(operation, turned{scene: &scene{at: at}, late: true, fate: refused})
			}
		}
	}
}

// TestAClusterThatIsPutBackBuysNothingAgain puts etcd back to every state of an order when the order is paid, and starts the operator anew; then Domains
// are deleted, and requests refused, before the effects show.
//
// The quarter of an hour after which silence is a gap does not shrink with the waits: what the put back ledgers say of the last heartbeat is made older
// by so much. Nothing else in etcd is changed.
func TestAClusterThatIsPutBackBuysNothingAgain(t *testing.T) {
	t.Parallel()
	p := newPast(t, seenLate)
	p.addAll()
	p.reach()
	p.keep(p.disk, nil)
	p.hold()
	working := p.operate(soonWithin)
	p.goOn(working)
	p.letGo(working)
	working.kill()
	p.turnBack()
	p.age(purchase.MaxSilence)
	p.end(p.operate(seenWithin))
	for _, s := range p.scenes {
		p.boughtBefore(s.orderRun)
	}
}

// longLease are the flags of a replica that outlives a restart of the API server.
var longLease = []string{
	"--leader-elect", "--leader-elect-lease-duration", "100s", "--leader-elect-renew-deadline", "90s", "--leader-elect-retry-period", "500ms",
}

// TestOperatorsThatOutliveAClusterBuyNothingAgain puts etcd back under a leader that lives, and under one that was stopped by SIGSTOP when it had
// written that it orders, and that it pays, and goes on after that.
//
// The leader notices by a heartbeat that it remembers, which is written every five minutes and does not shrink either: the ledgers of the snapshot are
// made to say that the last one is older than that.
func TestOperatorsThatOutliveAClusterBuyNothingAgain(t *testing.T) {
	t.Parallel()
	p := newPast(t, seenLate)
	p.addAll()
	ordering := p.add(purchase.Renew, turned{scene: &scene{at: "Reserved"}, late: true, free: true})
	paying := p.add(purchase.Renew, turned{scene: &scene{at: "Placed"}, late: true, free: true})
	p.reach()
	p.age(old)
	p.keep(p.disk, nil)
	p.hold()
	p.gate = p.gateTo(map[string]v1alpha1.OrderState{purchase.Name(ordering.name, 1): "Placing", purchase.Name(paying.name, 1): "Paying"})
	held := maps.Clone(p.gate.held)
	stopped := p.operate(seenWithin, append(slices.Clone(shortLease), "--kubeconfig", p.gate.kubeconfig)...)
	p.goOn(stopped)
	for order, reached := range held {
		p.await(stopped, order+" to be written", func() bool { return isClosed(reached) })
	}
	stopped.signal(t, syscall.SIGSTOP)
	close(p.gate.open)
	former := p.holder()
	alive := p.operate(seenWithin, append(slices.Clone(longLease), "--kubeconfig", p.gate.kubeconfig)...) // Not before: it would have taken a slow leader's Lease.
	p.await(alive, "the other one to lead", func() bool { return p.holder() != former })
	p.letGo(alive)
	p.all(alive, []*orderRun{paying.orderRun}, "paid", isPaid)
	p.turnBack()
	p.await(alive, "the other one to lead again", func() bool { return p.holder() != "" })
	stopped.signal(t, syscall.SIGCONT)
	p.endsByItself(stopped)
	if sent := p.api.Journal(movesMoney, since(p.restored)); len(sent) > 0 {
		t.Errorf("a leader that had been stopped has sent %+v", sent)
	}
	p.end(alive)
	for _, s := range p.scenes {
		if s == ordering {
			p.boughtOnce(s.orderRun) // Nobody had ordered it.
		} else {
			p.boughtBefore(s.orderRun)
		}
	}
}

// lastDays is how long orders wait for effects where there is time. Those of domains in their last days wait for a 24th of that, as for an hour in place
// of a day, and a bill for half of it before it is paid, as for half an hour: long enough for etcd to be put back meanwhile.
const lastDays = 10 * time.Minute

// shortly are orders and what they wait with until the snapshot is made, by the function of its request. The renewals are of domains in their last days.
var shortly = []struct {
	operation purchase.Operation
	at        v1alpha1.OrderState
	waits     string
	fate      fate
	unpaid    bool
}{
	{operation: purchase.Renew, at: "Reserved", waits: "service/get_info", unpaid: true},
	{operation: purchase.Renew, at: "Reserved", waits: "service/get_info", unpaid: true, fate: deleted},
	{operation: purchase.Renew, at: "Placing", waits: "service/renew", unpaid: true},
	{operation: purchase.Renew, at: "Placing", waits: "service/renew", unpaid: true, fate: deleted},
	{operation: purchase.Renew, at: "Placed", waits: "bill/nop"},
	{operation: purchase.Renew, at: "Placed", waits: "bill/nop", fate: deleted},
	{operation: purchase.Register},
	{operation: purchase.Register, at: "Placing", waits: "domain/create"},
	{operation: purchase.Register, at: "Paying", waits: "bill/change_pay_type"},
}

// TestARestoreThatNobodyNoticesPaysNothingTwice puts etcd back before a bill's time is over, to before it was ordered, and after a payment, to where the
// bill was known, and starts the operator anew. Nobody takes it for a gap: the last heartbeat is young.
func TestARestoreThatNobodyNoticesPaysNothingTwice(t *testing.T) {
	t.Parallel()
	waits := purchase.TheWaits(lastDays)
	p := newPast(t, waits.SettlingLate-3*time.Second)
	for _, s := range shortly {
		p.addShortly(turned{scene: &scene{at: s.at}, late: true, fate: s.fate, unpaid: s.unpaid}, s.operation, s.waits)
	}
	working := p.operate(lastDays)
	p.reachStalls(working)
	p.keep(p.disk, working.output)
	for _, s := range p.scenes {
		switch {
		case s.at == "":
			p.asker(s.orderRun)
		case !s.unpaid:
			s.stall.release()
		}
	}
	p.all(working, p.of(func(s *turned) bool { return !s.unpaid }), "paid", isPaid)
	for _, s := range p.scenes {
		if s.unpaid {
			p.api.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "bill/change_pay_type", Login: s.login}) // However slow this machine is.
			s.stall.release()
		}
	}
	p.all(working, p.of(func(s *turned) bool { return s.unpaid }), "billed", func(m *market, r *orderRun) bool { return m.order(r.name).Status.Bill != nil })
	time.Sleep(waits.Dwell / 5) // In which a bill that does not wait would be paid.
	working.kill()
	p.api.ClearFaults()
	for _, s := range p.scenes {
		if s.unpaid {
			p.waited(s.orderRun, waits.Dwell)
		}
	}
	p.turnBack()
	p.end(p.operate(lastDays))
	for _, s := range p.scenes {
		switch {
		case s.unpaid && s.fate == deleted:
			p.cost(s.orderRun, 0)
		case s.unpaid:
			p.boughtOnce(s.orderRun)
		default:
			p.boughtBefore(s.orderRun)
		}
	}
	p.ledgers(func(object *corev1.ConfigMap, ledger *purchase.Ledger) {
		if !ledger.GapUntil.IsZero() {
			t.Errorf("%s says that it was noticed", object.Name)
		}
	})
}

// waited checks that nobody has asked for the payment of a bill before its time. Times of the registrar have whole seconds.
func (p *past) waited(r *orderRun, dwell time.Duration) {
	p.Helper()
	known := p.order(r.name).Status.Bill.KnownAt.Time
	for _, e := range r.api.Journal(regapitest.OfAccount(r.login), regapitest.OfFunction("bill/change_pay_type")) {
		if waited := e.Time.Sub(known); waited < dwell-time.Second {
			p.Errorf("%s was to be paid %s after its bill was known, and not %s", r.login, waited, dwell)
		}
	}
}

// addShortly is add of an order that waits at a request until its snapshot is made.
func (p *past) addShortly(s turned, operation purchase.Operation, waits string) {
	p.Helper()
	added := p.add(operation, s)
	if operation == purchase.Renew {
		p.api.SetExpiry(added.name, time.Now().AddDate(0, 0, -29).Format(time.DateOnly)) // It can be renewed for thirty.
	}
	if waits != "" && s.at != "Reserved" {
		added.stall = p.stallNext(added.orderRun, waits)
	}
}

// reachStalls has each order come to its state, and wait there. One that is Reserved waits at its second Look.
func (p *past) reachStalls(working *replica) {
	p.Helper()
	var states, stalls []awaited
	for _, s := range p.scenes {
		if s.at == "" {
			continue
		}
		p.asker(s.orderRun)
		state := awaited{run: s.orderRun, what: string(s.at), check: in(s.at)}
		if s.at == "Reserved" {
			state.then = func(m *market, r *orderRun) { s.stall = m.stallNext(r, "service/get_info") }
		}
		states = append(states, state)
		if s.at != "Placed" {
			stalls = append(stalls, awaited{run: s.orderRun, what: "waiting", check: func(*market, *orderRun) bool { return isClosed(s.stall.reached) }})
		}
	}
	p.each(working, states...)
	p.each(working, stalls...)
}
