package main

import (
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// ofSpecs are more besides: what is asked for changes, its effect goes again, and dates and clocks are not what they seem.
var ofSpecs = map[string]beside{
	"years-edited-early":   {operation: purchase.Renew, zone: "com", begin: whileReserved(forTwoYears), until: over, cost: 2},
	"years-edited-at-bill": {operation: purchase.Renew, zone: "com", begin: whileOrdered(forTwoYears), until: over, cost: 2},
	"years-edited-at-last": {operation: purchase.Renew, zone: "com", begin: whilePaid(forTwoYears), until: over, cost: 1},
	"older-gone-early":     {operation: purchase.Renew, zone: "com", begin: whileReserved(leftToHeir), until: heirHolds, cost: 2},
	"older-gone-at-bill":   {operation: purchase.Renew, zone: "com", begin: whileOrdered(unasked), joins: heirForTwoYears, until: heirHolds, cost: 2},
	"older-gone-at-last":   {operation: purchase.Renew, zone: "com", begin: whilePaid(unasked), joins: heirForTwoYears, until: heirHolds, cost: 1},

	"refused-and-mended": {operation: purchase.Renew, begin: refusedOnce, until: in("Refused"), then: mended, ends: over, cost: 1},
	"refunded":           {operation: purchase.Renew, until: over, then: refunded, ends: saysRenewThere, cost: 1},
	"lost-and-remade":    {operation: purchase.Register, until: over, then: lostAndForgotten, ends: saysBought, cost: 1},

	"list-a-day-off": {operation: purchase.Renew, habits: "dates a day apart", until: over, cost: 1},
}

// whileReserved does something when the order is reserved, and looked at for the first time.
func whileReserved(do func(*market, *orderRun)) func(*market, *orderRun) {
	return func(m *market, r *orderRun) {
		m.trap.when(func() bool { return in("Reserved")(m, r) }, r.login, "service/get_info", func() { do(m, r) })
	}
}

// whileOrdered does something when the order's bill is written and the operator does not know its number yet.
func whileOrdered(do func(*market, *orderRun)) func(*market, *orderRun) {
	return func(m *market, r *orderRun) {
		m.trap.at(r.login, "service/renew", regapitest.StageApplied, func() { do(m, r) })
	}
}

// whilePaid does something when the payment has left the operator and is not carried out yet.
func whilePaid(do func(*market, *orderRun)) func(*market, *orderRun) {
	return func(m *market, r *orderRun) {
		m.trap.at(r.login, "bill/change_pay_type", regapitest.StageReceived, func() { do(m, r) })
	}
}

// renewal changes what the Domain asks for.
func (m *market) renewal(r *orderRun, change func(*v1alpha1.Renewal)) {
	m.Helper()
	edit(m.world, r.asks(), func(d *v1alpha1.Domain) { change(d.Spec.Renewal) })
}

func forTwoYears(m *market, r *orderRun) {
	m.renewal(r, func(asked *v1alpha1.Renewal) { asked.Years, asked.MaxPrice = 2, "1000" })
}

// heir is a second Domain for the name, which asks for two years.
func heir(r *orderRun) *v1alpha1.Domain {
	asks := r.asks()
	asks.Name, asks.Spec.Renewal.Years, asks.Spec.Renewal.MaxPrice = "z-"+r.name, 2, "1000"
	return asks
}

func heirForTwoYears(m *market, r *orderRun) {
	first := r.asks()
	m.eventually(nil, "the first Domain to be older", func() bool {
		return m.Get(m.Context(), client.ObjectKeyFromObject(first), first) == nil && time.Since(first.CreationTimestamp.Time) > time.Second
	})
	m.create(heir(r))
}

func leftToHeir(m *market, r *orderRun) {
	heirForTwoYears(m, r)
	m.forget(r)
}

// heirHolds says whether the second Domain shows that the domain is renewed, and no order for it is open.
func heirHolds(m *market, r *orderRun) bool {
	m.Helper()
	asks := heir(r)
	if err := m.Get(m.Context(), client.ObjectKeyFromObject(asks), asks); err != nil {
		return false
	}
	return asks.Status.ExpirationDate > time.Now().AddDate(0, 6, 0).Format(time.DateOnly) && noneIsOpen(m, r)
}

func refusedOnce(_ *market, r *orderRun) {
	r.api.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/renew", Login: r.login, Code: "PROLONG_ERROR", Count: 1})
}

func mended(m *market, r *orderRun) {
	m.renewal(r, func(asked *v1alpha1.Renewal) { asked.MaxPrice = "599" })
}

// refunded has the registrar take the year back.
func refunded(_ *market, r *orderRun) {
	r.api.SetExpiry(r.name, time.Now().AddDate(0, 0, 20).Format(time.DateOnly))
}

func saysRenewThere(m *market, r *orderRun) bool {
	m.Helper()
	asks := r.asks()
	if err := m.Get(m.Context(), client.ObjectKeyFromObject(asks), asks); err != nil || asks.Status.Renewal == nil {
		return false
	}
	return strings.Contains(asks.Status.Renewal.Message, "renew the domain there") && len(m.orders(r.name)) == 1
}

// lostAndForgotten has the account lose a domain, and its owner begin anew.
func lostAndForgotten(m *market, r *orderRun) {
	r.api.RemoveDomain(r.name)
	m.forget(r)
}

// saysBought says whether the new Domain goes by the order that has bought the domain: for an hour after that it may be on its way.
func saysBought(m *market, r *orderRun) bool {
	m.Helper()
	asks := r.asks()
	if err := m.Create(m.Context(), r.asks()); client.IgnoreAlreadyExists(err) != nil {
		m.Fatal(err)
	}
	if err := m.Get(m.Context(), client.ObjectKeyFromObject(asks), asks); err != nil || !asks.DeletionTimestamp.IsZero() {
		return false
	}
	ready := meta.FindStatusCondition(asks.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionFalse && strings.Contains(ready.Message, "has bought the domain") && len(m.orders(r.name)) == 1
}

// TestNoMoneyMovesWhileTheRegistrarsClockIsTwoDaysOff has the answers of the registrar bear a date two days off, of this month, and then the right one.
func TestNoMoneyMovesWhileTheRegistrarsClockIsTwoDaysOff(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	l := m.line()
	off := 48 * time.Hour
	if purchase.MonthOf(time.Now().Add(off)) != purchase.MonthOf(time.Now()) {
		off = -off
	}
	l.setAhead(off)
	r := m.customer(m.api, "clocks-apart", purchase.Renew)
	m.spenderAt(l.url, r.login, func(*v1alpha1.Account) {})
	working := m.operate(settleSoon)
	m.asker(r)
	m.each(working, awaited{run: r, what: "kept back", check: saysClocksDiffer})
	if r.calls("service/renew") > 0 || r.spent() > 0 {
		t.Errorf("%d orders, %d spent", r.calls("service/renew"), r.spent())
	}
	l.setAhead(0)
	working.kill()
	working = m.operate(settleSoon) // It has gone by the registrar's clock from the beginning.
	m.each(working, awaited{run: r, what: "bought", check: over})
	m.paidOnce(r)
}

// saysClocksDiffer says whether the Domain or its Order tells that no money moves.
func saysClocksDiffer(m *market, r *orderRun) bool {
	m.Helper()
	asks := r.asks()
	if err := m.Get(m.Context(), client.ObjectKeyFromObject(asks), asks); err != nil {
		return false
	}
	for _, conditions := range [][]metav1.Condition{asks.Status.Conditions, m.order(r.name).Status.Conditions} {
		for _, c := range conditions {
			if strings.Contains(c.Message, "the clocks of the registrar and of the API server differ") {
				return true
			}
		}
	}
	return false
}
