package order_test

import (
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// amid is what happens once, just before the registrar serves a function.
type amid struct {
	mu       sync.Mutex
	function string
	happens  func()
}

func (a *amid) expect(function string, happens func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.function, a.happens = function, happens
}

func (a *amid) happened() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.happens == nil
}

func (a *amid) hook(stage regapitest.Stage, request *regapitest.Entry) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if stage == regapitest.StageReceived && a.happens != nil && request.Function == a.function {
		a.happens()
		a.happens = nil
	}
}

// arrivals are when a payment arrives that was sent before, and what stops its order just then.
var arrivals = map[string]struct {
	// during is the read of the order's next Look that it comes amid.
	during            string
	before, stop, end func(b *bench)
}{
	"amid the list of the bills": {during: "bill/get_not_payed"},
	"amid the bill's own status": {during: "bill/nop"},
	"with hardly enough money": {
		during: "user/get_balance",
		before: func(b *bench) { b.drain("49300") },
		end:    func(b *bench) { b.API.TopUp(controllertest.Login, "50000") },
	},
	"above what one order may cost by now": {
		during: "user/get_balance",
		stop:   func(b *bench) { b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerOrder = "1" }) },
		end:    func(b *bench) { b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerOrder = "1000" }) },
	},
	"after its order was stopped": {
		during: "bill/nop",
		stop: func(b *bench) {
			controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Annotations = map[string]string{v1alpha1.AnnotationPaused: "yes"} })
			b.until(1, "Blocked")
		},
		end: func(b *bench) {
			controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Annotations = nil })
		},
	},
}

// drain is a person who spends so much of the account's money on another domain, which nobody asks the operator for.
func (b *bench) drain(roubles string) {
	b.Helper()
	b.another()
	b.personOrders()
	bill := b.unpaidBills()[0]
	b.API.SetBillPrice(bill, roubles)
	b.API.PayBillFromBalance(bill)
}

// What is under way cannot be called back: while the payment of an order may arrive, its money is nobody else's, whatever stops the order.
func TestAPaymentThatArrivesLateNeverBreaksTheCeiling(t *testing.T) {
	for name, c := range arrivals {
		t.Run(name, func(t *testing.T) {
			late := &amid{}
			b := newBench(t, regapitest.Behaviour{}, regapitest.WithHook(late.hook))
			first := b.due
			b.ask(1)
			price := b.until(1, "Placed").Status.Price
			b.another()
			second := b.due
			b.ask(1)
			b.until(1, "Placed")
			if c.before != nil {
				c.before(b)
			}
			b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = price })
			b.due = second
			b.until(1, "Blocked")
			b.due = first
			b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "bill/change_pay_type", Count: 1})
			b.until(1, "Paying")
			b.pass(5 * time.Minute)
			bill := b.unpaidBills()[0]
			if c.stop != nil {
				c.stop(b)
			}
			before := b.spent()
			late.expect(c.during, func() { b.API.PayBillFromBalance(bill) })
			_, _ = b.turn(1)
			if !late.happened() {
				t.Fatalf("the payment has not arrived: %s", b.show(1))
			}
			if c.end != nil {
				c.end(b)
			}
			for range 40 {
				for _, b.due = range []due{second, first} {
					_, _ = b.turn(1)
				}
				b.pass(time.Hour)
			}
			if paid, _ := purchase.ParseAmount(string(price)); b.spent()-before != int64(paid)/100 {
				t.Errorf("%d roubles under a ceiling of %s; %s", b.spent()-before, price, b.show(1))
			}
			if b.order(1).Status.State != "Settled" {
				t.Errorf("the order that is paid is %s", b.show(1))
			}
			b.due = second
			if o := b.order(1); o.Status.Reason != string(purchase.CeilingReached) {
				t.Errorf("the other order is %s", b.show(1))
			}
		})
	}
}
