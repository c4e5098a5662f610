package order_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// lost is the next domain that can only be restored any more: at 5,000 roubles, beside 450 for its renewal.
func (b *bench) lost(change func(*v1alpha1.Renewal)) {
	b.Helper()
	b.service++
	b.name, b.expiry = fmt.Sprintf("d%d.com", b.service), b.clock.Now().AddDate(0, 0, -40).Format(time.DateOnly)
	b.API.AddDomain(controllertest.Login, regapitest.Domain{Name: b.name, ServiceID: b.service, Created: "2020-01-02", Expires: b.expiry})
	b.apply()
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { change(d.Spec.Renewal) })
	b.allow(func(a *v1alpha1.Account) {
		a.Spec.Spending.PerOrder, a.Spec.Spending.Operations = "9000", []v1alpha1.OrderOperation{v1alpha1.OperationRenew, v1alpha1.OperationRestore}
	})
}

func TestADomainIsRestoredWithinItsOwnLimit(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.lost(func(r *v1alpha1.Renewal) {
		r.MaxPrice, r.Restore, r.RestoreMaxPrice = "500", v1alpha1.RestoreAllow, "5449"
	})
	b.askFor(purchase.Restore, 1)
	if o := b.until(1, "Blocked"); o.Status.Reason != string(purchase.PriceAboveLimit) || b.spent() != 0 {
		t.Fatalf("%d roubles; %s", b.spent(), b.show(1))
	}
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.Renewal.RestoreMaxPrice = "5450" })
	b.pass(time.Hour)
	b.until(1, "Settled")
	if b.spent() != 5450 || b.API.Calls("bill/change_pay_type") != 1 {
		t.Errorf("%d roubles in %d payments", b.spent(), b.API.Calls("bill/change_pay_type"))
	}
}

func TestARenewalIsNotBoughtAsARestoration(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.lost(func(r *v1alpha1.Renewal) { r.MaxPrice = "9000" })
	b.askFor(purchase.Renew, 1)
	if b.until(1, "Withdrawn"); b.spent() != 0 || b.API.Calls("service/renew") != 0 {
		t.Errorf("%d roubles; %s", b.spent(), b.show(1))
	}
}

func TestABillThatIsDearerThanItsQuoteIsApprovedByItsOwnDigest(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.Approval = v1alpha1.ApprovalManual })
	approve := func(digest string) {
		b.allow(func(a *v1alpha1.Account) { a.Annotations[v1alpha1.AnnotationApproveQuote] = digest })
	}
	b.ask(1)
	first := b.until(1, "AwaitingApproval").Status.Digest
	approve(first)
	b.until(1, "Placed")
	b.API.SetBillPrice(b.unpaidBills()[0], "800")
	b.pass(time.Hour)
	second := b.until(1, "AwaitingApproval").Status.Digest
	if second == first || b.spent() != 0 {
		t.Fatalf("%d roubles on the approval of another price", b.spent())
	}
	approve(second)
	b.pass(time.Hour)
	if b.until(1, "Settled"); b.spent() != 800 {
		t.Errorf("%d roubles", b.spent())
	}
}

func TestARestorationThatIsKilledAnywhereIsPaidOnce(t *testing.T) {
	for first := 0; first < *runs/2; first += perBench {
		t.Run(fmt.Sprint("from seed ", first), func(t *testing.T) {
			b := newBench(t, regapitest.Behaviour{})
			b.API.TopUp(controllertest.Login, "90000")
			for seed := first; seed < min(first+perBench, *runs/2); seed++ {
				b.lost(func(r *v1alpha1.Renewal) { r.Restore, r.RestoreMaxPrice = v1alpha1.RestoreAllow, "6000" })
				b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = "90000" })
				b.fate(rand.New(rand.NewPCG(uint64(seed), 4)))
				before := b.spent()
				b.askFor(purchase.Restore, 1)
				b.finish(1)
				b.live()
				if o := b.order(1); o.Status.State != "Settled" || b.spent()-before != 5450 {
					t.Errorf("seed %d: %d roubles; %s", seed, b.spent()-before, b.show(1))
				}
			}
		})
	}
}
