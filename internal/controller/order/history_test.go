package order_test

import (
	"fmt"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	corev1 "k8s.io/api/core/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// snapshot is what etcd held of the order and of the ledger.
type snapshot struct {
	status v1alpha1.OrderStatus
	ledger string
}

func (b *bench) ledger() *corev1.ConfigMap {
	b.Helper()
	var found corev1.ConfigMap
	if err := b.Get(b.Context(), types.NamespacedName{Namespace: b.Namespace, Name: "regapi-spending-" + b.login()}, &found); err != nil {
		b.Fatal(err)
	}
	return &found
}

func (b *bench) save() snapshot { return snapshot{b.order(1).Status, b.ledger().Data["ledger"]} }

// putBack makes the cluster hold what it held then, and ends the process.
func (b *bench) putBack(s snapshot) {
	b.Helper()
	o, l := b.order(1), b.ledger()
	o.Status, l.Data["ledger"] = s.status, s.ledger
	if err := b.Status().Update(b.Context(), o); err != nil {
		b.Fatal(err)
	}
	if err := b.Update(b.Context(), l); err != nil {
		b.Fatal(err)
	}
	b.restart()
}

func TestAClusterThatIsPutBackPaysNothingTwice(t *testing.T) {
	for _, late := range []time.Duration{0, 20 * time.Hour} {
		b := newBench(t, regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}})
		b.API.SetDelays(regapitest.Delays{Renewal: &late})
		for _, state := range []v1alpha1.OrderState{"Quoted", "Reserved", "Placed", "Paying", "Paid"} {
			b.another()
			before := b.spent()
			b.ask(1)
			b.until(1, state)
			saved := b.save()
			b.until(1, "Paid")
			price := b.spent() - before
			b.pass(20 * time.Minute)
			b.putBack(saved)
			b.finish(1)
			if o := b.order(1); o.Status.State != "Settled" || b.spent()-before != price {
				t.Errorf("put back to %s, effects after %s: %d roubles instead of %d; %s", state, late, b.spent()-before, price, b.show(1))
			}
		}
	}
}

func TestAClusterThatIsPutBackUnnoticedPaysNothingTwice(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}})
	late := 20 * time.Hour
	b.API.SetDelays(regapitest.Delays{Renewal: &late})
	for _, wait := range []time.Duration{0, 5 * time.Minute} {
		b.another()
		before := b.spent()
		b.ask(1)
		b.until(1, "Placed")
		b.pass(31 * time.Minute)
		saved := b.save()
		b.until(1, "Paid")
		price := b.spent() - before
		b.pass(wait)
		b.putBack(saved)
		b.finish(1)
		if o := b.order(1); o.Status.State != "Settled" || b.spent()-before != price {
			t.Errorf("%d roubles instead of %d; %s", b.spent()-before, price, b.show(1))
		}
	}
}

func TestAnOrderThatSomebodyRemovesIsNotPaidAgain(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{Payment: regapitest.Payment{DoubleRenewals: true}})
	late := 20 * time.Hour
	b.API.SetDelays(regapitest.Delays{Renewal: &late})
	b.ask(1)
	b.until(1, "Paid")
	price := b.spent()
	b.lose(b.order(1), b.object)
	b.apply()
	b.ask(1)
	b.finish(1)
	if o := b.order(1); b.spent() != price || o.Status.Reason != string(purchase.PayerUnknown) {
		t.Errorf("%d roubles instead of %d; %s", b.spent(), price, b.show(1))
	}
}

func TestAnOpenOrderThatSomebodyDeletesStaysUntilItIsClosed(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	b.until(1, "Placed")
	if err := b.Delete(b.Context(), b.order(1)); err != nil {
		t.Fatal(err)
	}
	if o := b.until(1, "Paid"); o.DeletionTimestamp.IsZero() || len(o.Finalizers) == 0 {
		t.Errorf("it is not held: %+v", o.ObjectMeta)
	}
	price := b.spent()
	b.Eventually("the order to go when it is closed", func() error {
		b.pass(5 * time.Hour)
		if _, err := b.turn(1); err != nil {
			return err
		}
		var found v1alpha1.Order
		key := types.NamespacedName{Namespace: b.Namespace, Name: purchase.Name(b.name, 1)}
		switch err := b.Get(b.Context(), key, &found); {
		case apierrors.IsNotFound(err):
			return nil
		case err != nil:
			return err
		default:
			return fmt.Errorf("it is %s", found.Status.State)
		}
	})
	if b.spent() != price || price == 0 {
		t.Errorf("%d roubles, and then %d", price, b.spent())
	}
}

func TestWhatNobodyAsksForAnyMoreIsNotPaid(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	changes := map[string]func(*v1alpha1.Domain){
		"other years": func(d *v1alpha1.Domain) { d.Spec.Renewal.Years = 2 },
		"no renewal":  func(d *v1alpha1.Domain) { d.Spec.Renewal = nil },
	}
	for name, change := range changes {
		for _, state := range []v1alpha1.OrderState{"Quoted", "Reserved", "Placed"} {
			b.another()
			before := b.spent()
			b.ask(1)
			b.until(1, state)
			controllertest.Change(b.Harness, b.object, change)
			b.pass(time.Hour)
			b.until(1, "Withdrawn")
			if b.spent() != before || len(b.unpaidBills()) > 0 {
				t.Errorf("%s in %s: %d roubles, bills %v", name, state, b.spent()-before, b.unpaidBills())
			}
		}
	}
	b.another()
	before := b.spent()
	b.ask(1)
	b.until(1, "Placed")
	if err := b.Delete(b.Context(), b.object); err != nil {
		t.Fatal(err)
	}
	b.pass(time.Hour)
	b.until(1, "Withdrawn")
	if b.spent() != before || len(b.unpaidBills()) > 0 {
		t.Errorf("the Domain is deleted: %d roubles, bills %v", b.spent()-before, b.unpaidBills())
	}
}

func TestAnOrderOfSomebodyElseIsRefused(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	forged := b.forge(1, "777001")
	b.until(1, "Refused")
	b.says(1, v1alpha1.ReasonNotMadeHere, kstatus.FailedStatus)
	if b.API.Calls("service/renew") != 0 {
		t.Error("it was sent")
	}
	if err := b.Get(b.Context(), client.ObjectKeyFromObject(forged), forged); err != nil {
		t.Fatal(err)
	}
	forged.Spec.Years = 2
	if err := b.Update(b.Context(), forged); err == nil {
		t.Error("an Order can be changed")
	}
}

func TestTheOpenOrdersOfAnotherDeploymentAreLeftToIt(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.desk.Holder = "a"
	b.ask(1)
	b.until(1, "Reserved")
	b.desk.Holder = "b"
	b.pass(25 * time.Hour)
	for range 3 {
		if _, err := b.turn(1); err != nil {
			t.Fatal(err)
		}
	}
	ready := meta.FindStatusCondition(b.order(1).Status.Conditions, v1alpha1.ConditionReady)
	if ready.Reason != v1alpha1.ReasonBlocked || b.order(1).Status.State != "Reserved" || b.API.Calls("service/renew") != 0 {
		t.Fatalf("%+v, %s", ready, b.show(1))
	}
	b.desk.Holder = "a"
	b.until(1, "Settled")
}
