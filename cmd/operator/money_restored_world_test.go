package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// fate is what happens to an order after etcd was put back, and before its effect shows.
type fate string

const (
	stays   fate = ""
	deleted fate = "deleted" // the Domain that asks for it
	refused fate = "refused" // whatever the registrar is asked to do next
)

// turned is an order to which etcd is put back as it was when the order was in a state; "" is when there was none.
type turned struct {
	*scene
	// late says that the effect shows only after etcd was put back.
	late bool
	fate fate
	// free orders wait for nobody's leave to go on, although their effects are late.
	free bool
	// unpaid orders have no more than a bill when etcd is put back.
	unpaid bool
	// stall is the request that waits for the snapshot; nil if none does.
	stall *stall
}

// stall is a request that a registrar keeps waiting.
type stall struct {
	reached chan struct{} // closed when it has come
	release func()        // has it go on; it may be called again
}

// stallNext keeps the next request of an order for a function waiting.
func (m *market) stallNext(r *orderRun, function string) *stall {
	m.Helper()
	reached, released := make(chan struct{}), make(chan struct{})
	m.trap.at(r.login, function, regapitest.StageReceived, func() { close(reached); <-released })
	s := &stall{reached, sync.OnceFunc(func() { close(released) })}
	m.Cleanup(s.release)
	return s
}

// past is a market whose cluster is put back. The effects of orders at its own simulator are late; at the other one they show at once.
type past struct {
	*market
	disk   string
	soon   *regapitest.Server
	scenes []*turned
	// gate is how operators get to the API server that live while etcd is put back; nil if none does.
	gate *gate
	// restored is when etcd was put back.
	restored time.Time
}

// newPast has orders wait so long for effects, of which the late ones take nearly all.
func newPast(t *testing.T, late time.Duration) *past {
	t.Helper()
	disk := t.TempDir()
	p := &past{market: newMarket(t, onDisk(disk)), disk: disk}
	guardless := regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}}
	p.soon = p.registrar(guardless)
	p.api.SetBehaviour(guardless)
	p.api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
	return p
}

// add is a login that buys a domain.
func (p *past) add(operation purchase.Operation, s turned) *turned {
	p.Helper()
	at, when := s.at, "soon"
	api := p.soon
	if s.late {
		when, api = "late", p.api
	}
	if at == "" {
		at = "none"
	}
	login := strings.ToLower(fmt.Sprintf("%s-%s-%s-%s%d", operation, at, when, s.fate, len(p.runs)))
	s.scene = &scene{orderRun: p.customer(api, login, operation), at: s.at}
	p.spenderAt(api.URL(), login, func(*v1alpha1.Account) {})
	p.scenes = append(p.scenes, &s)
	return &s
}

// of gives the orders for which something is so.
func (p *past) of(so func(*turned) bool) (runs []*orderRun) {
	for _, s := range p.scenes {
		if so(s) {
			runs = append(runs, s.orderRun)
		}
	}
	return runs
}

// reach has an operator bring each order to its state, and kills it then. What the order would need for its next step comes to nothing until then.
func (p *past) reach() {
	p.Helper()
	working := p.operate(soonWithin)
	var states []awaited
	for _, s := range p.scenes {
		state := awaited{run: s.orderRun, what: string(s.at), check: in(s.at)}
		hidden := func() { s.hide("service/get_info") }
		switch s.at {
		case "":
			continue
		case "Placing":
			state.check = p.lose(s, orderingBy[s.operation], hidden)
		case "Placed":
			s.hide("bill/nop")
		case "Paying":
			state.check = p.lose(s, "bill/change_pay_type", func() { s.hide("bill/nop") })
		case "Reserved":
			reserved, came := func() bool { return in("Reserved")(p.market, s.orderRun) }, make(chan struct{})
			p.trap.when(reserved, s.login, "service/get_info", func() {
				hidden()
				close(came)
			})
			state.check = func(*market, *orderRun) bool { return isClosed(came) }
		case "Paid":
			if s.operation == purchase.Renew { // Any other waits for the registry, and is read before its bill is.
				p.trap.at(s.login, "bill/change_pay_type", regapitest.StageApplied, hidden)
			} else {
				state.then = func(*market, *orderRun) { hidden() }
			}
		}
		p.asker(s.orderRun)
		states = append(states, state)
	}
	p.each(working, states...)
	working.kill()
	p.api.ClearFaults()
	p.soon.ClearFaults()
	for _, s := range p.scenes {
		if is := p.order(s.name).Status.State; is != s.at {
			p.Fatalf("%s is %s in the snapshot", s.login, is)
		}
	}
}

// lose has the next request of an order for a function come to nothing, and does something else when it comes. The returned function says whether it has.
func (p *past) lose(s *turned, function string, then func()) func(*market, *orderRun) bool {
	came := make(chan struct{})
	s.api.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: function, Login: s.login, Count: 1})
	p.trap.at(s.login, function, regapitest.StageReceived, func() {
		then()
		close(came)
	})
	return func(*market, *orderRun) bool { return isClosed(came) }
}

// hide has the registrar not say what a function tells of a login.
func (r *orderRun) hide(function string) {
	r.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: function, Login: r.login, Code: "INTERNAL_ERROR"})
}

// waits says whether an order that goes on later than others has to be held until then.
func (s *turned) waits() bool { return s.late && !s.free && s.at != "" && s.at != "Paid" }

// hold keeps orders whose effects are late from going on while the others do.
func (p *past) hold() {
	p.Helper()
	for _, s := range p.scenes {
		if s.waits() {
			p.ceiling(s.orderRun, "1")
		}
	}
}

// goOn has the orders whose effects show at once come to their ends, while the others wait.
func (p *past) goOn(working *replica) {
	p.Helper()
	for _, r := range p.of(func(s *turned) bool { return s.at == "" && (!s.late || s.operation == purchase.Renew) }) {
		p.asker(r)
	}
	made := p.of(func(s *turned) bool { return s.at == "" && s.late && s.operation == purchase.Renew })
	p.all(working, made, "Reserved", in("Reserved"))
	for _, r := range made {
		p.ceiling(r, "1")
	}
	p.all(working, p.of(func(s *turned) bool { return !s.late }), "over", over)
}

// letGo has the others paid.
func (p *past) letGo(working *replica) {
	p.Helper()
	held := p.of(func(s *turned) bool { return s.late && !s.free })
	for _, s := range p.scenes {
		switch {
		case !s.late || s.free || s.at == "Paid":
		case s.at == "" && s.operation != purchase.Renew:
			p.asker(s.orderRun)
		default:
			p.ceiling(s.orderRun, "20000")
		}
	}
	p.all(working, held, "paid", isPaid)
}

func isPaid(m *market, r *orderRun) bool {
	m.Helper()
	state := m.order(r.name).Status.State
	return r.spent() > 0 && (state == "Paid" || state == "Settled" || state == "Unclear") // Unclear, where the process waits too shortly for an effect.
}

// turnBack puts etcd back, and lets the fates of orders strike. What no snapshot knows is applied again, as from Git.
func (p *past) turnBack() {
	p.Helper()
	p.restored = time.Now()
	if p.gate != nil {
		p.gate.setShut(true)
		defer p.gate.setShut(false)
	}
	p.putBack(filepath.Join(p.disk, "snapshot"), p.disk)
	p.answers(nil)
	for _, s := range p.scenes {
		if s.at == "" {
			p.asker(s.orderRun)
		}
		switch s.fate {
		case deleted:
			p.forget(s.orderRun)
		case refused:
			s.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/renew", Login: s.login, Code: "PROLONG_ERROR"})
			s.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "domain/create", Login: s.login, Code: "TLD_DISABLED"})
		}
	}
	p.Logf("etcd was put back in %s", time.Since(p.restored))
}

const spendingPrefix = "regapi-spending-"

// age has the ledgers say that nobody has watched for so much longer.
func (p *past) age(by time.Duration) {
	p.Helper()
	p.ledgers(func(object *corev1.ConfigMap, ledger *purchase.Ledger) {
		ledger.Heartbeat = ledger.Heartbeat.Add(-by)
		text, err := ledger.Encode()
		if err != nil {
			p.Fatal(err)
		}
		object.Data["ledger"] = text
		if err := p.Update(p.Context(), object); err != nil {
			p.Fatal(err)
		}
	})
}

// ledgers does something about each of them.
func (p *past) ledgers(do func(*corev1.ConfigMap, *purchase.Ledger)) {
	p.Helper()
	var list corev1.ConfigMapList
	if err := p.List(p.Context(), &list, client.InNamespace("default")); err != nil {
		p.Fatal(err)
	}
	for i := range list.Items {
		object := &list.Items[i]
		if !strings.HasPrefix(object.Name, spendingPrefix) {
			continue
		}
		ledger, err := purchase.ParseLedger(object.Data["ledger"])
		if err != nil {
			p.Fatal(err)
		}
		do(object, ledger)
	}
}

// end waits until no order is open, and each domain is bought.
func (p *past) end(working *replica) {
	p.Helper()
	var ends []awaited
	for _, s := range p.scenes {
		end := awaited{run: s.orderRun, what: "over", check: over}
		if s.fate == deleted {
			end.check = noneIsOpen
		}
		ends = append(ends, end)
	}
	p.each(working, ends...)
}

// movesMoney are the requests that order, pay, or give up what was ordered.
func movesMoney(e regapitest.Entry) bool {
	return slices.Contains([]string{"service/renew", "domain/create", "bill/change_pay_type", "bill/delete"}, e.Function)
}

// since chooses the requests that came after a moment.
func since(moment time.Time) regapitest.Filter {
	return func(e regapitest.Entry) bool { return e.Time.After(moment) }
}

// boughtOnce holds an order against the registrar's books and journal: one payment was carried out, and no Order says anything else.
func (p *past) boughtOnce(r *orderRun) {
	p.Helper()
	p.paidOnce(r)
	paid := r.api.Journal(regapitest.OfAccount(r.login), regapitest.OfFunction("bill/change_pay_type"), func(e regapitest.Entry) bool { return e.Changed })
	if len(paid) != 1 {
		p.Errorf("%s: %d payments were carried out", r.login, len(paid))
	}
	for _, o := range p.orders(r.name) {
		if o.Status.State != "Settled" {
			p.Errorf("%s is paid, and Order %s says %s (%s)", r.login, o.Name, o.Status.State, o.Status.Reason)
		}
	}
}

// boughtBefore is boughtOnce of an order of which nothing was asked of the registrar after etcd was put back.
func (p *past) boughtBefore(r *orderRun) {
	p.Helper()
	p.boughtOnce(r)
	for _, e := range r.api.Journal(regapitest.OfAccount(r.login), movesMoney, since(p.restored)) {
		p.Errorf("%s was paid, and %s was sent %s after etcd was put back", r.login, e.Function, e.Time.Sub(p.restored))
	}
}

// holder is the replica that has the Lease; "" if nobody has it.
func (p *past) holder() string {
	var lease coordinationv1.Lease
	if err := p.Get(p.Context(), client.ObjectKey{Namespace: "default", Name: leaseName}, &lease); err != nil || lease.Spec.HolderIdentity == nil {
		return ""
	}
	return *lease.Spec.HolderIdentity
}
