package order_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// askDirectly makes an order that pays with the call that orders, as the controller of Domains does where the Account says Direct.
func (b *bench) askDirectly(ordinal int) {
	b.Helper()
	b.makeOrder(func() purchase.Order {
		return purchase.Order{
			Ordinal: ordinal, Operation: purchase.Renew, ServiceID: regapi.ID(b.service), Base: b.expiry, Years: int(b.object.Spec.Renewal.Years), Direct: true,
		}
	})
}

func (b *bench) payDirectly() {
	b.Helper()
	b.allow(func(a *v1alpha1.Account) {
		a.Spec.Spending.Payment, a.Spec.Spending.PointOfSale = v1alpha1.PaymentDirect, "shop.example"
	})
}

func TestAnAccountThatRefusesTwoStepsRenewsWithOneCall(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.payDirectly()
	for _, fault := range []regapitest.FaultKind{"", regapitest.FaultDropAnswer, regapitest.FaultErrorAfter} {
		b.another()
		before := b.API.Calls("service/renew")
		if fault != "" {
			b.API.Inject(regapitest.Fault{Kind: fault, Function: "service/renew", Count: 1})
		}
		b.askDirectly(1)
		b.until(1, "Settled")
		if b.API.Calls("service/renew") != before+1 || b.API.Calls("bill/change_pay_type") != 0 || b.order(1).Status.Cost == "" {
			t.Errorf("%s: %d orders, %d payments; %s", fault, b.API.Calls("service/renew")-before, b.API.Calls("bill/change_pay_type"), b.show(1))
		}
	}
	last := b.API.Journal()
	for i := len(last) - 1; i >= 0; i-- {
		if last[i].Function == "service/renew" {
			if last[i].Params["point_of_sale"] != "shop.example" {
				t.Errorf("ordered with %v", last[i].Params)
			}
			break
		}
	}
}

func TestADirectOrderThatShowsNoEffectIsUnclearAndNeverSentAgain(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.payDirectly()
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "service/renew", Count: 1})
	b.askDirectly(1)
	b.until(1, "Unclear")
	b.pass(50 * time.Hour)
	for range 3 {
		if _, err := b.turn(1); err != nil {
			t.Fatal(err)
		}
	}
	if b.API.Calls("service/renew") != 1 || b.spent() != 0 {
		t.Errorf("%d orders, %d roubles", b.API.Calls("service/renew"), b.spent())
	}
}

func TestAnOrderGivesWayToOneThatIsPaidAsTheAccountSaysByNow(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.askDirectly(1)
	b.until(1, "Withdrawn")
	b.ask(2)
	b.until(2, "Placed")
	b.payDirectly()
	b.pass(time.Hour)
	b.until(2, "Settled") // There is a bill: it is paid.
	if b.API.Calls("service/renew") != 1 || b.API.Calls("bill/change_pay_type") != 1 {
		t.Errorf("%d orders, %d payments", b.API.Calls("service/renew"), b.API.Calls("bill/change_pay_type"))
	}
}

func TestOnlyPartnersRegisterWithOneCall(t *testing.T) {
	b := newRegistry(t, regapitest.Behaviour{})
	b.payDirectly()
	direct := func() purchase.Order {
		return purchase.Order{Ordinal: 1, Operation: purchase.Register, Years: 1, Direct: true}
	}
	b.makeOrder(direct)
	b.blocked(purchase.DirectForPartners)
	if b.API.Calls("domain/create") != 0 {
		t.Error("it was sent")
	}
}

func TestARestorationIsNotPaidBeforeItsPriceIsKnown(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.payDirectly()
	b.lost(func(r *v1alpha1.Renewal) { r.Restore, r.RestoreMaxPrice = v1alpha1.RestoreAllow, "6000" })
	b.makeOrder(func() purchase.Order {
		return purchase.Order{Ordinal: 1, Operation: purchase.Restore, ServiceID: regapi.ID(b.service), Base: b.expiry, Years: 1, Direct: true}
	})
	b.blocked(purchase.PriceUnknown)
}

// charging is the next domain, of a zone that takes 4,800 roubles for a change of name servers (8.20).
func (b *bench) charging() {
	b.Helper()
	b.service++
	b.name, b.expiry = fmt.Sprintf("d%d.md", b.service), b.clock.Now().AddDate(1, 0, 0).Format(time.DateOnly)
	b.API.AddDomain(controllertest.Login, regapitest.Domain{Name: b.name, ServiceID: b.service, Created: "2020-01-02", Expires: b.expiry})
	b.apply()
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) {
		d.Spec.NameServers = []v1alpha1.DomainNameServer{{Name: "ns1.example.net"}, {Name: "ns2.example.net"}}
		d.Spec.PaidNameServerChange, d.Spec.PaidNameServerChangeMaxPrice = v1alpha1.PaidChangeAllow, "4799"
	})
	b.allow(func(a *v1alpha1.Account) {
		a.Spec.Spending.Operations, a.Spec.Spending.PerOrder = []v1alpha1.OrderOperation{v1alpha1.OperationChangeNameServers}, "5000"
	})
}

// askForServers makes an order for the name servers that the Domain asks for.
func (b *bench) askForServers(ordinal int) {
	b.Helper()
	b.makeOrder(func() purchase.Order {
		return purchase.Order{
			Ordinal: ordinal, Operation: purchase.ChangeNameServers, ServiceID: regapi.ID(b.service), Servers: "ns1.example.net, ns2.example.net", Direct: true,
		}
	})
}

func TestAChangeOfNameServersIsPaidOnceWithinItsOwnLimit(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.charging()
	b.askForServers(1)
	b.blocked(purchase.PriceAboveLimit)
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.PaidNameServerChangeMaxPrice = "4800" })
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "domain/update_nss", Count: 1})
	b.pass(time.Hour)
	b.until(1, "Settled")
	if b.spent() != 4800 || b.API.Calls("domain/update_nss") != 1 {
		t.Errorf("%d roubles for %d changes; %s", b.spent(), b.API.Calls("domain/update_nss"), b.show(1))
	}
}
