package order_test

import (
	"testing"
	"time"

	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// blocked waits until an order says why it does not go on, and that it has cost nothing.
func (b *bench) blocked(reason purchase.Reason) {
	b.Helper()
	before := b.spent()
	o := b.until(1, "Blocked", "Settled", "Withdrawn", "Refused")
	if o.Status.Reason != string(reason) || b.spent() != before {
		b.Fatalf("want %s; %d roubles are spent; %s", reason, b.spent()-before, b.show(1))
	}
	b.says(1, string(reason), kstatus.FailedStatus)
}

// goesOn lets an order come to its end, now that nothing is in its way.
func (b *bench) goesOn() {
	b.Helper()
	before := b.spent()
	for range 5 {
		b.pass(25 * time.Hour)
		if _, err := b.turn(1); err == nil && b.order(1).Status.State != "Blocked" {
			break
		}
	}
	b.finish(1)
	if b.spent() == before || b.order(1).Status.State != "Settled" {
		b.Fatalf("it does not go on: %s", b.show(1))
	}
}

func TestNoMoneyMovesAgainstALimitAndTheOrderSaysWhich(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	limit := func(change func(*v1alpha1.Spending)) {
		b.allow(func(a *v1alpha1.Account) { change(a.Spec.Spending) })
	}
	for reason, c := range map[purchase.Reason]struct{ set, lift func() }{
		purchase.SpendingNotAllowed: {
			func() {
				controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Annotations = map[string]string{"regapi.io/paused": "yes"} })
			},
			func() { controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Annotations = nil }) },
		},
		purchase.PriceAboveLimit: {
			func() { limit(func(s *v1alpha1.Spending) { s.PerOrder = "1" }) }, func() { limit(func(s *v1alpha1.Spending) { s.PerOrder = "1000" }) },
		},
		purchase.CeilingReached: {
			func() { limit(func(s *v1alpha1.Spending) { s.PerMonth = "1" }) }, func() { limit(func(s *v1alpha1.Spending) { s.PerMonth = "50000" }) },
		},
	} {
		b.another()
		c.set()
		b.ask(1)
		b.blocked(reason)
		c.lift()
		b.goesOn()
	}
}

func TestTheBillsOwnPriceCounts(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	placed := b.until(1, "Placed")
	b.API.SetBillPrice(b.unpaidBills()[0], "1999")
	b.pass(time.Hour)
	b.blocked(purchase.PriceAboveLimit)
	if placed.Status.Bill.ID == "" || b.API.Calls("bill/change_pay_type") != 0 {
		t.Error("it was paid")
	}
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.Renewal.MaxPrice = "2000" })
	b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerOrder = "2000" })
	b.goesOn()
	if b.spent() != 1999 {
		t.Errorf("%d roubles", b.spent())
	}
}

func TestAPersonsBillIsNeitherPaidNorDeleted(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.personOrders()
	b.ask(1)
	b.blocked(purchase.ForeignBill)
	if len(b.unpaidBills()) != 1 {
		t.Errorf("bills %v", b.unpaidBills())
	}
	b.API.DeleteBill(b.unpaidBills()[0])
	b.goesOn()
}

func TestAManualApprovalIsForOneQuote(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.Approval = v1alpha1.ApprovalManual })
	b.ask(1)
	waiting := b.until(1, "AwaitingApproval")
	b.allow(func(a *v1alpha1.Account) {
		a.Annotations[v1alpha1.AnnotationApproveQuote] = "0000, " + waiting.Status.Digest
	})
	b.finish(1)
	if b.order(1).Status.State != "Settled" {
		t.Error(b.show(1))
	}
}

func TestWithoutMoneyForThePaymentTheBillGoesFirst(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{Payment: regapitest.Payment{PrepayBillsPaySelf: true}})
	b.ask(1)
	b.until(1, "Placed")
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "bill/change_pay_type", Code: "NOT_ENOUGH_MONEY", Count: 1})
	b.pass(time.Hour)
	b.blocked(purchase.NotEnoughMoney)
	if len(b.unpaidBills()) != 0 {
		t.Errorf("a bill stands that may pay itself: %v", b.unpaidBills())
	}
	b.goesOn()
}

func TestAPayTypeThatIsIgnoredIsPaidOnce(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{Payment: regapitest.Payment{PayTypes: regapitest.PayTypesIgnored}})
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "service/renew", Count: 1})
	b.ask(1)
	b.finish(1)
	if o := b.order(1); o.Status.State != "Settled" || b.API.Calls("service/renew") != 1 || b.API.Calls("bill/change_pay_type") != 0 {
		t.Errorf("%d orders, %s", b.API.Calls("service/renew"), b.show(1))
	}
}

func TestAnOrderThatWaitsForOthersCostsAFewRequestsAnHour(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = "1" })
	b.ask(1)
	b.blocked(purchase.CeilingReached)
	before := len(b.API.Journal())
	for range 12 {
		b.pass(5 * time.Minute)
		result, err := b.turn(1)
		if err != nil || result.RequeueAfter < 4*time.Minute {
			t.Errorf("again in %s, %v", result.RequeueAfter, err)
		}
	}
	if cost := len(b.API.Journal()) - before; cost > 15 {
		t.Errorf("%d requests in an hour", cost)
	}
}

func TestACallThatFailsIsNotMadeAgainAtOnce(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.until(1, "Placed")
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "bill/change_pay_type", Code: "BILLING_LOCK", Count: 1})
	b.pass(time.Hour)
	for b.API.Calls("bill/change_pay_type") == 0 {
		result, err := b.turn(1)
		if err != nil {
			t.Fatal(err)
		}
		if b.API.Calls("bill/change_pay_type") > 0 && result.RequeueAfter < time.Minute {
			t.Errorf("again in %s", result.RequeueAfter)
		}
	}
}
