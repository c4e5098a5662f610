package main

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/apiservertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// market is a world in which many logins buy one domain each, and something happens to each of them.
type market struct {
	*world
	runs []*orderRun
	// endpoints are where the operator may send credentials: all simulators, and the ways to them.
	endpoints []string
}

func newMarket(t *testing.T, options ...apiservertest.Option) *market {
	t.Helper()
	m := &market{world: newWorld(t, options...)}
	m.endpoints = []string{m.api.URL()}
	m.registrant()
	return m
}

// registrar starts another simulator, of other habits.
func (m *market) registrar(behaviour regapitest.Behaviour) *regapitest.Server {
	m.Helper()
	api := m.simulator(behaviour)
	m.endpoints = append(m.endpoints, api.URL())
	return api
}

// buyer is a login of the market's own simulator, with money and an Account, which buys a domain of its name.
func (m *market) buyer(login string, operation purchase.Operation) *orderRun {
	m.Helper()
	r := m.customer(m.api, login, operation)
	m.spender(login)
	return r
}

// customer is a buyer that has no Account yet.
func (m *market) customer(api *regapitest.Server, login string, operation purchase.Operation) *orderRun {
	return m.customerOf(api, "ru", login, operation)
}

// prices are what a year costs, in hundredths of a rouble.
var prices = map[string]int64{"ru": price, "com": 450_00}

// customerOf is a customer whose domain is of some zone.
func (m *market) customerOf(api *regapitest.Server, zone, login string, operation purchase.Operation) *orderRun {
	r := &orderRun{seed: len(m.runs), api: api, login: login, operation: operation, name: login + "." + zone, price: prices[zone]}
	r.provide()
	m.runs = append(m.runs, r)
	return r
}

// operate runs the operator, whose orders wait so long for effects.
func (m *market) operate(settleWithin time.Duration, flags ...string) *replica {
	m.Helper()
	command, output := m.start(m.Context(), append([]string{
		"--orders-settle-within", settleWithin.String(), "--endpoints", strings.Join(m.endpoints, ","), "--egress-requests-per-hour", "1000000",
		"--resync-interval", "2s",
	}, flags...)...)
	running := newReplica(command, output)
	m.Cleanup(running.kill)
	return running
}

// signal sends a signal. Of one that stops the process it waits until all of its threads stand.
func (r *replica) signal(t testing.TB, signal syscall.Signal) {
	t.Helper()
	if err := r.command.Process.Signal(signal); err != nil {
		t.Fatal(err)
	}
	if signal == syscall.SIGSTOP {
		awaitStop(t, r.command.Process.Pid)
	}
}

// orders are those for a domain.
func (w *world) orders(name string) []v1alpha1.Order {
	w.Helper()
	var list v1alpha1.OrderList
	if err := w.List(w.Context(), &list, client.InNamespace("default")); err != nil {
		w.Fatal(err)
	}
	return slices.DeleteFunc(list.Items, func(o v1alpha1.Order) bool { return o.Spec.DomainName != name })
}

// over says whether a domain is bought, by whomever, the operator knows it, and no order for it is open.
func over(m *market, r *orderRun) bool {
	m.Helper()
	var asks v1alpha1.Domain
	if err := m.Get(m.Context(), client.ObjectKey{Namespace: "default", Name: r.name}, &asks); err != nil {
		return false
	}
	held := asks.Status.State == v1alpha1.DomainActive && asks.DeletionTimestamp.IsZero()
	if r.operation == purchase.Renew {
		held = held && asks.Status.ExpirationDate > time.Now().AddDate(0, 6, 0).Format(time.DateOnly)
	}
	return held && noneIsOpen(m, r)
}

func noneIsOpen(m *market, r *orderRun) bool {
	m.Helper()
	return !slices.ContainsFunc(m.orders(r.name), func(o v1alpha1.Order) bool { return !purchase.State(o.Status.State).Closed() })
}

// in says whether an order is in a state.
func in(state v1alpha1.OrderState) func(*market, *orderRun) bool {
	return func(m *market, r *orderRun) bool { return m.order(r.name).Status.State == state }
}

// isBlocked says whether an order waits for a reason.
func (m *market) isBlocked(r *orderRun, reason purchase.Reason) bool {
	m.Helper()
	s := m.order(r.name).Status
	return s.State == "Blocked" && s.Reason == string(reason)
}

// awaited is something that is to come true of a run, and what follows it.
type awaited struct {
	run   *orderRun
	what  string
	check func(*market, *orderRun) bool
	then  func(*market, *orderRun)
}

// each waits until everything has come true. Where an order waits for a person to delete a bill that it did not write, and not for that alone, a
// person does.
func (m *market) each(working *replica, left ...awaited) {
	m.Helper()
	for deadline := time.Now().Add(ordersPatience); ; time.Sleep(50 * time.Millisecond) { // A poll of a real API server; no clock to turn.
		left = slices.DeleteFunc(left, func(a awaited) bool {
			if !a.check(m, a.run) {
				if m.isBlocked(a.run, purchase.ForeignBill) && !a.check(m, a.run) {
					a.run.removeBills(m.world)
				}
				return false
			}
			if a.then != nil {
				a.then(m, a.run)
			}
			return true
		})
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			break
		}
	}
	working.kill()
	for _, a := range left {
		m.tellRequests(a.run)
		m.Errorf("waited in vain for %s to be %s: %s; the operator said:\n%s", a.run.login, a.what, m.tell(a.run.name), about(working.output, a.run.name))
	}
	m.FailNow()
}

// all waits until one thing has come true of several runs.
func (m *market) all(working *replica, runs []*orderRun, what string, check func(*market, *orderRun) bool) {
	m.Helper()
	var left []awaited
	for _, r := range runs {
		left = append(left, awaited{run: r, what: what, check: check})
	}
	m.each(working, left...)
}

// paidOnce holds what was spent against what the domains cost: each once, and no bill is left.
func (m *market) paidOnce(runs ...*orderRun) {
	m.Helper()
	for _, r := range runs {
		m.cost(r, r.price)
	}
}

// cost holds the registrar's books of a login against what should be in them.
func (m *market) cost(r *orderRun, want int64) {
	m.Helper()
	bills, err := r.bills(m.Context())
	if err != nil {
		m.Fatal(err)
	}
	if spent := r.spent(); spent != want || len(bills) > 0 {
		m.Errorf("%s, %s: %d hundredths were spent, want %d; unpaid bills %+v; %s", r.login, r.operation, spent, want, bills, m.tell(r.name))
		m.tellRequests(r)
	}
}

// calls counts the requests of a login for a function.
func (r *orderRun) calls(function string) int {
	return len(r.api.Journal(regapitest.OfAccount(r.login), regapitest.OfFunction(function)))
}

// tellRequests shows what was asked of the registrar, but for lists.
func (m *market) tellRequests(r *orderRun) {
	for _, e := range r.api.Journal(regapitest.OfAccount(r.login), regapitest.Writes()) {
		m.Logf("%s %s %v: %s %s %s %v", e.Time.Format(time.StampMilli), e.Function, e.Params, e.Result, e.ErrorCode, e.Fault, e.ElementErrors)
	}
}

// account is the Account of a login.
func (r *orderRun) account() *v1alpha1.Account {
	found := &v1alpha1.Account{}
	found.Namespace, found.Name = "default", r.login
	return found
}

// forget deletes the Domain that asks.
func (w *world) forget(r *orderRun) {
	w.Helper()
	if err := w.Delete(w.Context(), r.asks()); err != nil {
		w.Fatal(err)
	}
}

// bill is written for the owner, who orders a renewal and does not pay.
func (m *market) bill(r *orderRun, service int64) {
	m.Helper()
	if _, err := r.owner().Service.Renew(m.Context(), 1, regapi.Payment{PayType: regapi.PayBank}, regapi.ByServiceID(regapi.ID(service))); err != nil {
		m.Fatal(err)
	}
}
