package plugin

import (
	"testing"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

func unclear() *v1alpha1.Order {
	order, _ := quoted()
	order.Name = "lost.ru.2"
	order.Spec.DomainName = "lost.ru"
	order.Status = v1alpha1.OrderStatus{
		State: v1alpha1.OrderState(purchase.Unclear), Reason: string(purchase.StatusUnclear), Bill: &v1alpha1.OrderBill{ID: "123", Price: "210.00"},
		Conditions: stalled(string(purchase.StatusUnclear), "nothing tells whether this was paid"),
	}
	return order
}

func TestOrdersTellWhatNeedsAPersonsWord(t *testing.T) {
	order, domain := quoted()
	d := newDesk(t, order, domain, unclear())
	golden(t, "orders.txt", d.run(exit.Findings, "orders"))
	golden(t, "orders-unclear.json", d.run(exit.Findings, "orders", "--unclear", "-o", "json"))
	golden(t, "orders-none.txt", newDesk(t).run(exit.Fine, "orders", "--unclear"))
}

func TestAnOrderIsSettledByAWordOnlyWhereItNeedsOne(t *testing.T) {
	order, domain := quoted()
	d := newDesk(t, order, domain, unclear())
	d.run(exit.Findings, "orders", "settle", "shop.ru.1", "--as", "paid")
	d.run(exit.Usage, "orders", "settle", "lost.ru.2")
	golden(t, "settle.txt", d.run(exit.Fine, "orders", "settle", "lost.ru.2", "--as", "not-placed"))
	if got := d.annotation(unclear(), v1alpha1.AnnotationSettle); got != string(purchase.SaysNot) {
		t.Errorf("settled as %q", got)
	}
}

func TestExpiringDomainsComeByTheirDayWithRenewerAndPrice(t *testing.T) {
	order, mine := quoted()
	mine.Status = v1alpha1.DomainStatus{ExpirationDate: "2026-06-01", Renewal: &v1alpha1.RenewalStatus{Order: "shop.ru.1", State: v1alpha1.OrderState(purchase.AwaitingApproval)}}
	mine.Spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "500"}
	late := &v1alpha1.Domain{ObjectMeta: named("late-ru"), Spec: v1alpha1.DomainSpec{DomainName: "late.ru"}, Status: v1alpha1.DomainStatus{ExpirationDate: "2026-05-08"}}
	far := &v1alpha1.Domain{ObjectMeta: named("far-ru"), Spec: v1alpha1.DomainSpec{DomainName: "far.ru"}, Status: v1alpha1.DomainStatus{ExpirationDate: "2027-05-08"}}
	d := newDesk(t, order, mine, late, far)
	golden(t, "expiring.txt", d.run(exit.Findings, "expiring"))
	golden(t, "expiring-wide.txt", d.run(exit.Findings, "expiring", "-A", "-o", "wide", "--within", "400d"))
	golden(t, "expiring-none.txt", newDesk(t, far).run(exit.Fine, "expiring"))
	newDesk(t, mine).run(exit.Fine, "expiring")
}
