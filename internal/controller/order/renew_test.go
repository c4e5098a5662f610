package order_test

import (
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestARenewalIsOrderedPaidAndSettledOnce(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	b.ask(1)
	placed := b.until(1, "Placed")
	if b.spent() != 0 || placed.Status.Bill == nil {
		t.Fatalf("%d roubles are spent on a bill %v", b.spent(), placed.Status.Bill)
	}
	settled := b.until(1, "Settled")
	if settled.Status.Cost == "" || b.spent() == 0 || b.API.Calls("bill/change_pay_type") != 1 || b.API.Calls("service/renew") != 1 {
		t.Errorf("cost %s, %d roubles spent, %d payments of %d orders", settled.Status.Cost, b.spent(), b.API.Calls("bill/change_pay_type"), b.API.Calls("service/renew"))
	}
	for range 3 {
		if _, err := b.turn(1); err != nil {
			t.Fatal(err)
		}
	}
	if done := b.order(1); len(done.Finalizers) > 0 {
		t.Errorf("a settled order keeps %v", done.Finalizers)
	}
}

func TestABillsTimeBeginsWhenItsNumberIsKnown(t *testing.T) {
	b := newBench(t, regapitest.Behaviour{})
	const takes = 50 * time.Second
	b.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "service/renew", Latency: takes})
	b.ask(1)
	placed := b.until(1, "Placed").Status
	if waits := placed.Bill.KnownAt.Sub(placed.PlacingAt.Time); waits < takes {
		t.Errorf("an answer that took %s was known after %s", takes, waits)
	}
}
