package order_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// runs is how many seeded histories of kills are followed: each is another domain, faults and moments.
var runs = flag.Int("kills", 20, "seeded runs of orders that are killed")

// mishaps are the deaths of processes and the faults of functions that chance has in store for one order.
func (b *bench) mishaps(chance *rand.Rand, functions ...string) {
	for range chance.IntN(4) {
		b.deaths = append(b.deaths, death{1 + chance.IntN(8), chance.IntN(2) == 0})
	}
	kinds := []regapitest.Fault{
		{Kind: regapitest.FaultDropRequest}, {Kind: regapitest.FaultDropAnswer}, {Kind: regapitest.FaultErrorAfter},
		{Kind: regapitest.FaultError, Code: "BILLING_LOCK"}, {Kind: regapitest.FaultError, Code: "DOMAIN_ORDER_LOCKED"}, {Kind: regapitest.FaultGarbage},
	}
	for _, function := range functions {
		if chance.IntN(3) > 0 {
			fault := kinds[chance.IntN(len(kinds))]
			fault.Function, fault.Count = function, 1
			b.API.Inject(fault)
		}
	}
}

// fate is what chance has in store for one renewal.
func (b *bench) fate(chance *rand.Rand) {
	b.mishaps(chance, "service/renew", "bill/change_pay_type", "bill/change_pay_type")
	late := time.Duration(chance.IntN(23)) * time.Hour
	b.API.SetDelays(regapitest.Delays{Renewal: &late})
	behaviour := b.API.Behaviour()
	behaviour.DoubleRenewals = chance.IntN(2) == 0
	b.API.SetBehaviour(behaviour)
}

// finish follows an order to its end. A person removes the bills whose number was lost.
func (b *bench) finish(ordinal int) {
	b.Helper()
	for {
		o := b.until(ordinal, "Settled", "Withdrawn", "Refused", "Unclear", "Blocked")
		if o.Status.State != "Blocked" {
			return
		}
		switch purchase.Reason(o.Status.Reason) {
		case purchase.ForeignBill:
			for _, bill := range b.unpaidBills() {
				b.API.DeleteBill(bill)
			}
		default:
			b.Fatalf("%s waits for nobody knows what: %s", o.Name, b.show(ordinal))
		}
		b.pass(time.Hour)
		if _, err := b.turn(ordinal); err == nil && b.order(ordinal).Status.State == "Blocked" {
			b.pass(time.Hour)
		}
	}
}

// perBench is how many orders share a login: each costs some forty requests of its hour.
const perBench = 10

func TestAnOrderThatIsKilledAnywhereIsPaidOnce(t *testing.T) {
	for first := 0; first < *runs; first += perBench {
		t.Run(fmt.Sprint("from seed ", first), func(t *testing.T) {
			b := newBench(t, regapitest.Behaviour{})
			b.ask(1)
			b.finish(1)
			price := b.spent()
			for seed := first; seed < min(first+perBench, *runs); seed++ {
				b.another()
				b.fate(rand.New(rand.NewPCG(uint64(seed), 1)))
				before := b.spent()
				b.ask(1)
				b.finish(1)
				b.live()
				if o := b.order(1); o.Status.State != "Settled" || b.spent()-before != price {
					t.Errorf("seed %d: %d roubles instead of %d; %s", seed, b.spent()-before, price, b.show(1))
				}
			}
		})
	}
}

// live ends what chance had in store.
func (b *bench) live() {
	b.API.ClearFaults()
	b.deaths, b.dieAt = nil, 0
	b.restart()
}

// unpaidBills asks for the bills of the domain as the account's owner would.
func (b *bench) unpaidBills() (ids []int64) {
	b.Helper()
	owner, err := regapi.NewClient(
		regapi.WithEndpoint(b.API.URL()), regapi.WithCredentials(regapi.Password{Username: controllertest.Login, Password: controllertest.Password}),
	)
	if err != nil {
		b.Fatal(err)
	}
	bills, err := owner.Bill.GetNotPayed(b.Context(), regapi.Page{Limit: 1000})
	for tries := 1; err != nil && tries < 5; tries++ {
		bills, err = owner.Bill.GetNotPayed(b.Context(), regapi.Page{Limit: 1000})
	}
	if err != nil {
		b.Fatal(err)
	}
	for _, bill := range bills {
		if len(bill.Items) > 0 && int64(bill.Items[0].ServiceID) == b.service {
			ids = append(ids, int64(bill.BillID))
		}
	}
	return ids
}

// personOrders is a person who orders a renewal in the registrar's panel and does not pay.
func (b *bench) personOrders() {
	b.Helper()
	owner, err := regapi.NewClient(
		regapi.WithEndpoint(b.API.URL()), regapi.WithCredentials(regapi.Password{Username: controllertest.Login, Password: controllertest.Password}),
	)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := owner.Service.Renew(b.Context(), 1, regapi.Payment{PayType: regapi.PayBank}, regapi.ByServiceID(regapi.ID(b.service))); err != nil {
		b.Fatal(err)
	}
}
