package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// beside is something that happens beside one order, at a login of its own. What it does before the Domain is there is done by begin, and
// right after that by joins; until says when nothing more happens by itself, and what follows after that is then.
type beside struct {
	operation purchase.Operation
	// zone of the domain; "" is ru.
	zone string
	// habits name the simulator: "" is the one that honours everything, and refuses a second renewal beside an unpaid one.
	habits  string
	account func(*v1alpha1.Account)
	begin   func(*market, *orderRun)
	joins   func(*market, *orderRun)
	until   func(*market, *orderRun) bool
	then    func(*market, *orderRun)
	// ends says when it is over after that; nil where then ends it. cost is what has left the balance by then, in prices.
	ends func(*market, *orderRun) bool
	cost int64
}

func blockedFor(reason purchase.Reason) func(*market, *orderRun) bool {
	return func(m *market, r *orderRun) bool { return m.isBlocked(r, reason) }
}

// besides are by the login's name, and so the domain's.
var besides = map[string]beside{
	"removed-by-hand": {operation: purchase.Renew, begin: removedWhenPaid, until: remade, cost: 1},
	"removed-too":     {operation: purchase.Register, begin: removedWhenPaid, until: remade, cost: 1},

	"pay-type-ignored":     {operation: purchase.Renew, habits: "charges at once", begin: answerLost("service/renew"), until: over, cost: 1},
	"pay-type-ignored-too": {operation: purchase.Register, habits: "charges at once", begin: answerLost("domain/create"), until: over, cost: 1},

	"dearer-than-quoted": {operation: purchase.Renew, begin: atBill(func(_ *market, r *orderRun, bill int64) { r.api.SetBillPrice(bill, "1999") }),
		until: blockedFor(purchase.PriceAboveLimit), then: unasked, ends: in("Withdrawn")},
	"ceiling-lowered": {operation: purchase.Renew, begin: atBill(func(m *market, r *orderRun, _ int64) { m.ceiling(r, "1") }),
		until: blockedFor(purchase.CeilingReached), then: func(m *market, r *orderRun) { m.ceiling(r, "600") }, ends: over, cost: 1},
	"ceiling-for-one": {operation: purchase.Renew, account: func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = "1000" }, begin: secondDomain,
		until: eitherIsBought, cost: 1},

	"money-gone": {operation: purchase.Renew, habits: "bills pay themselves", begin: spentMeanwhile, until: blockedFor(purchase.NotEnoughMoney),
		then: func(m *market, r *orderRun) { m.forget(r); r.api.TopUp(r.login, "20000") }, ends: in("Withdrawn"), cost: 33},

	"persons-bill":       {operation: purchase.Renew, begin: personOrders, until: blockedFor(purchase.ForeignBill), then: personDeletes, ends: over, cost: 1},
	"persons-bill-alike": {operation: purchase.Renew, habits: "bills pay themselves", begin: personOrders, until: blockedFor(purchase.ForeignBill), then: personDeletes, ends: over, cost: 1},
	"many-bills":         {operation: purchase.Renew, begin: otherBills, until: over, then: personDeletes, cost: 1},
	"person-pays-ours":   {operation: purchase.Renew, begin: atBill(func(_ *market, r *orderRun, bill int64) { r.api.PayBillFromBalance(bill) }), until: over, cost: 1},
	"bank-pays-ours":     {operation: purchase.Renew, begin: atBill(func(_ *market, r *orderRun, bill int64) { r.api.PayBill(bill) }), until: over, cost: 1}, // The books have it as money that came and went.
	"person-pays-first":  {operation: purchase.Renew, begin: atPayment(func(r *orderRun, bill int64) { r.api.PayBillFromBalance(bill) }), until: over, cost: 1},
	"person-deletes-ours": {operation: purchase.Renew, begin: atBill(func(_ *market, r *orderRun, bill int64) { r.api.DeleteBill(bill) }),
		until: blockedFor(purchase.BillGone), then: notPaid, ends: in("Withdrawn")},
	"person-deletes-last": {operation: purchase.Renew, begin: atPayment(func(r *orderRun, bill int64) { r.api.DeleteBill(bill) }),
		until: blockedFor(purchase.BillGone), then: notPaid, ends: in("Withdrawn")},

	"autorenewed":   {operation: purchase.Renew, begin: autorenewed, until: over, cost: 1},
	"named-twice":   {operation: purchase.Renew, joins: secondAccount, until: over, cost: 1},
	"wished-twice":  {operation: purchase.Register, joins: secondAccount, until: over, cost: 1},
	"left-in-peace": {operation: purchase.Register, until: over, cost: 1},
}

// TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll has people, the registrar and other objects get into the way of many orders at a time, with
// the real operator. Effects come late.
func TestWhateverPeopleDoBesideAnOrderItIsPaidOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	m := newMarket(t)
	everything := maps.Clone(besides)
	maps.Copy(everything, ofSpecs)
	simulators := map[string]*regapitest.Server{
		"":                     m.api,
		"charges at once":      m.registrar(regapitest.Behaviour{Payment: regapitest.Payment{PayTypes: regapitest.PayTypesIgnored}}),
		"bills pay themselves": m.registrar(regapitest.Behaviour{Payment: regapitest.Payment{PrepayBillsPaySelf: true, DoubleRenewals: true}}),
		"dates a day apart":    m.registrar(regapitest.Behaviour{Payment: regapitest.Payment{ListDates: 1}}),
	}
	late := 3 * time.Second
	runs := map[string]*orderRun{}
	for login, b := range everything {
		api := simulators[b.habits]
		api.SetDelays(regapitest.Delays{Renewal: &late, Order: &late})
		r := m.customerOf(api, cmp.Or(b.zone, "ru"), login, b.operation)
		m.spenderAt(api.URL(), login, func(a *v1alpha1.Account) {
			if b.account != nil {
				b.account(a)
			}
		})
		runs[login] = r
		if b.begin != nil {
			b.begin(m, r)
		}
	}
	working := m.operate(settleSoon)
	var points, ends []awaited
	for login, b := range everything {
		r := runs[login]
		m.asker(r)
		if b.joins != nil {
			b.joins(m, r)
		}
		points = append(points, awaited{r, "at its point", b.until, b.then})
		if b.ends != nil {
			ends = append(ends, awaited{run: r, what: "at its end", check: b.ends})
		}
	}
	m.each(working, points...)
	m.each(working, ends...)
	for login, b := range everything {
		m.cost(runs[login], b.cost*runs[login].price)
	}
}

// removedWhenPaid takes the order out of the cluster, past its finalizer, and the Domain as well, when the payment was carried out and nobody knows it.
func removedWhenPaid(m *market, r *orderRun) {
	m.trap.at(r.login, "bill/change_pay_type", regapitest.StageApplied, func() {
		o := m.order(r.name)
		edit(m.world, o, func(o *v1alpha1.Order) { o.Finalizers = nil })
		if err := errors.Join(m.Delete(m.Context(), o), m.Delete(m.Context(), r.asks())); err != nil {
			m.Error(err)
		}
	})
}

// remade makes the Domain anew as soon as the old one is gone, and says whether that is over.
func remade(m *market, r *orderRun) bool {
	if err := m.Create(m.Context(), r.asks()); client.IgnoreAlreadyExists(err) != nil {
		m.Fatal(err)
	}
	return over(m, r)
}

// answerLost loses the answer to a request of an order.
func answerLost(function string) func(*market, *orderRun) {
	return func(_ *market, r *orderRun) {
		r.api.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: function, Login: r.login, Count: 1})
	}
}

// atBill does something about the bill of an order before the operator knows its number.
func atBill(do func(*market, *orderRun, int64)) func(*market, *orderRun) {
	return func(m *market, r *orderRun) {
		m.trap.at(r.login, "service/renew", regapitest.StageApplied, func() { do(m, r, m.onlyBill(r)) })
	}
}

// atPayment does something about the bill of an order when the request to pay it has come, and not yet been carried out.
func atPayment(do func(*orderRun, int64)) func(*market, *orderRun) {
	return func(m *market, r *orderRun) {
		m.trap.at(r.login, "bill/change_pay_type", regapitest.StageReceived, func() { do(r, m.onlyBill(r)) })
	}
}

func (m *market) onlyBill(r *orderRun) int64 {
	bills, err := r.bills(m.Context())
	if err != nil || len(bills) != 1 {
		m.Errorf("%s: bills %+v, %v", r.login, bills, err)
		return 0
	}
	return int64(bills[0].BillID)
}

func (m *market) ceiling(r *orderRun, perMonth string) {
	m.Helper()
	edit(m.world, r.account(), func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = v1alpha1.Money(perMonth) })
}

func unasked(m *market, r *orderRun) { m.forget(r) }

// second is another domain of the same login.
func second(r *orderRun) *orderRun {
	other := *r
	other.name = "z" + r.name
	return &other
}

// secondDomain is due later than the first.
func secondDomain(m *market, r *orderRun) {
	other := second(r)
	r.api.AddDomain(r.login, regapitest.Domain{
		Name: other.name, ServiceID: 990_001, Created: "2020-01-02", Expires: time.Now().AddDate(0, 0, 21).Format(time.DateOnly),
	})
	m.asker(other)
}

// eitherIsBought says whether one of the two is bought, and no money is left for the other.
func eitherIsBought(m *market, r *orderRun) bool {
	return (over(m, r) && m.isBlocked(second(r), purchase.CeilingReached)) || (over(m, second(r)) && m.isBlocked(r, purchase.CeilingReached))
}

// spentMeanwhile has the owner pay another bill when the request to pay the order's has come, so that too little is left.
func spentMeanwhile(m *market, r *orderRun) {
	const other = 990_002
	r.api.AddDomain(r.login, regapitest.Domain{
		Name: "other-" + r.name, ServiceID: other, RenewPrice: "19470", Created: "2020-01-02", Expires: time.Now().AddDate(0, 0, 20).Format(time.DateOnly),
	})
	m.bill(r, other)
	bill := m.onlyBill(r)
	m.trap.at(r.login, "bill/change_pay_type", regapitest.StageReceived, func() { r.api.PayBillFromBalance(bill) })
}

func personOrders(m *market, r *orderRun) { m.bill(r, r.serviceID()) }

// otherBills are unpaid bills for other domains, more than anybody lists at a time.
func otherBills(m *market, r *orderRun) {
	for n := range 150 {
		service := int64(980_000 + n)
		r.api.AddDomain(r.login, regapitest.Domain{
			Name: fmt.Sprintf("other%d.ru", n), ServiceID: service, Created: "2020-01-02", Expires: time.Now().AddDate(0, 0, 20).Format(time.DateOnly),
		})
		m.bill(r, service)
	}
}

// personDeletes deletes what a person has ordered: no order of ours has done it before.
func personDeletes(m *market, r *orderRun) {
	m.Helper()
	bills, err := r.bills(m.Context())
	if err != nil || len(bills) == 0 {
		m.Errorf("%s: the person's bills are gone: %v", r.login, err)
	}
	r.removeBills(m.world)
}

// notPaid is a person's word for a bill that is gone.
func notPaid(m *market, r *orderRun) {
	m.Helper()
	edit(m.world, m.order(r.name), func(o *v1alpha1.Order) { o.Annotations[v1alpha1.AnnotationSettle] = string(purchase.SaysNot) })
	m.forget(r) // Nobody asks for it again.
}

// autorenewed has the registrar renew the domain by itself in the moment in which the operator switches that off.
func autorenewed(m *market, r *orderRun) {
	if err := r.owner().Service.SetAutorenewFlag(m.Context(), regapi.ByServiceID(regapi.ID(r.serviceID())), true); err != nil {
		m.Fatal(err)
	}
	m.trap.at(r.login, "service/set_autorenew_flag", regapitest.StageReceived, func() { r.api.FireAutorenew(r.name) })
}

// secondAccount has another Account of the login, and another Domain for the name by it.
func secondAccount(m *market, r *orderRun) {
	m.Helper()
	first := r.account()
	if err := m.Get(m.Context(), client.ObjectKeyFromObject(first), first); err != nil {
		m.Fatal(err)
	}
	again := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: first.Namespace, Name: first.Name + "-again", Annotations: first.Annotations}, Spec: first.Spec}
	asks := r.asks()
	asks.Name, asks.Spec.AccountRef.Name = "z-"+r.name, again.Name
	m.create(again, asks)
}
