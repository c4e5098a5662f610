package order_test

import (
	"encoding/json"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestADomainThatIsAboutToBeLostIsRenewedWithinHours(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	// A .ru domain can be renewed for 31 days after its last one (8.27): two days are left.
	b.expiry = b.clock.Now().AddDate(0, 0, -29).Format(time.DateOnly)
	b.API.SetExpiry(b.name, b.expiry)
	b.ask(1)
	began := b.clock.Now()
	for range 60 {
		o := b.order(1)
		if o.Status.State == "Settled" {
			break
		}
		hurried := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionWaitShortened)
		if o.Status.State == "Reserved" && (hurried == nil || hurried.Reason != v1alpha1.ReasonLastDays) {
			t.Errorf("the order does not say that it waits less: %s", b.show(1))
		}
		if _, err := b.turn(1); err == nil && b.order(1).ResourceVersion == o.ResourceVersion {
			b.pass(16 * time.Minute)
		}
	}
	if took := b.clock.Now().Sub(began); b.order(1).Status.State != "Settled" || took > 6*time.Hour || b.API.Calls("bill/change_pay_type") != 1 {
		t.Errorf("after %s, with %d payments: %s", took, b.API.Calls("bill/change_pay_type"), b.show(1))
	}
}

func TestANewClusterFromGitPaysNothingAgain(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}})
	late := 20 * time.Hour
	b.API.SetDelays(regapitest.Delays{Renewal: &late})
	b.ask(1)
	b.until(1, "Paid")
	price := b.spent()
	b.lose(b.order(1), b.object, b.ledger())
	b.restart()
	b.vouch() // Another month may have begun.
	b.apply()
	b.ask(1)
	b.finish(1)
	if o := b.order(1); b.spent() != price || o.Status.Reason != string(purchase.PayerUnknown) {
		t.Errorf("%d roubles instead of %d; %s", b.spent(), price, b.show(1))
	}
}

func TestAnOrderOfTheMonthsLastMinuteCountsInTheMonthInWhichItIsPaid(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.until(1, "Placed")
	now := b.now().In(purchase.Moscow)
	midnight := time.Date(now.Year(), now.Month()+1, 1, 0, 0, 0, 0, purchase.Moscow)
	b.pass(midnight.Add(-time.Minute).Sub(b.now()))
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropRequest, Function: "bill/change_pay_type", Count: 1})
	for b.API.Calls("bill/change_pay_type") == 0 {
		if _, err := b.turn(1); err != nil {
			t.Fatal(err)
		}
	}
	if o := b.order(1); o.Status.State != "Paying" {
		t.Fatalf("the payment was not lost: %s", b.show(1))
	}
	b.pass(2 * time.Minute)
	b.until(1, "Settled")
	for range 3 {
		if _, err := b.turn(1); err != nil {
			t.Fatal(err)
		}
	}
	var ledger purchase.Ledger
	if err := json.Unmarshal([]byte(b.ledger().Data["ledger"]), &ledger); err != nil {
		t.Fatal(err)
	}
	entry := ledger.Entries[string(b.order(1).UID)]
	if want := purchase.MonthOf(midnight); entry.Month != want || !entry.Kept || int64(entry.Amount/100) != b.spent() {
		t.Errorf("%+v, where %d roubles were spent in %s", entry, b.spent(), want)
	}
}

func TestAnOldOrderGoesAndTheLastOneOfADomainStays(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.finish(1)
	b.expiry = b.clock.Now().AddDate(1, 0, 20).Format(time.DateOnly)
	b.ask(2)
	b.until(2, "Refused")
	for _, ordinal := range []int{1, 2} {
		for len(b.order(ordinal).Finalizers) > 0 {
			if _, err := b.turn(ordinal); err != nil {
				t.Fatal(err)
			}
		}
	}
	exists := func(ordinal int) bool {
		var found v1alpha1.Order
		err := b.Get(b.Context(), types.NamespacedName{Namespace: b.Namespace, Name: purchase.Name(b.name, ordinal)}, &found)
		if err != nil && !apierrors.IsNotFound(err) {
			t.Fatal(err)
		}
		return err == nil
	}
	for _, age := range []time.Duration{399, 401} {
		for _, ordinal := range []int{1, 2} {
			if !exists(ordinal) {
				t.Fatalf("order %d is gone before it is 400 days old", ordinal)
			}
			o := b.order(ordinal)
			ready := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionReady)
			ready.LastTransitionTime = metav1.NewTime(time.Now().Add(-age * 24 * time.Hour))
			if err := b.Status().Update(b.Context(), o); err != nil {
				t.Fatal(err)
			}
			if _, err := b.turn(ordinal); err != nil {
				t.Fatal(err)
			}
		}
	}
	if exists(1) || !exists(2) {
		t.Errorf("the old order exists: %t; the last one: %t", exists(1), exists(2))
	}
}
