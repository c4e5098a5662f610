package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// orderRuns is how many seeded runs of registrations are followed; `go test ./cmd/operator -run Registration -order-runs 500` follows many.
var orderRuns = flag.Int("order-runs", 4, "seeded runs of registrations during which the operator is killed")

// price is what a year of .ru costs in the simulator, in hundredths of a rouble.
const price = 590_00

// TestKilledAtAnyRequestARegistrationIsPaidOnce kills the operator at random moments of its requests while it registers domains and pays for them,
// with answers lost and errors after success mixed in. What each order came to is held against the registrar's own books.
func TestKilledAtAnyRequestARegistrationIsPaidOnce(t *testing.T) {
	for first := 0; first < *orderRuns; first += perWorld {
		t.Run(fmt.Sprint("from seed ", first), func(t *testing.T) { followOrders(t, first, min(first+perWorld, *orderRuns)) })
	}
}

// perWorld is how many runs share a login, whose hour has requests for no more.
const perWorld = 4

func followOrders(t *testing.T, first, end int) {
	t.Helper()
	w := newWorld(t)
	w.allowSpending()
	w.api.TopUp("customer", "1000000")
	settled, wanted := 0, 0
	for seed := first; seed < end; seed++ {
		random := rand.New(rand.NewPCG(uint64(seed), 7))
		names := []string{fmt.Sprintf("a%d.ru", seed), fmt.Sprintf("b%d.ru", seed)}
		for _, name := range names {
			w.wish(name)
		}
		w.api.Inject(randomFault(random))
		for range 1 + random.IntN(3) {
			stage := []regapitest.Stage{regapitest.StageReceived, regapitest.StageApplied, regapitest.StageAnswered}[random.IntN(3)]
			w.runUntilKilled(1+random.IntN(25), stage)
		}
		w.runOrders(names)
		w.api.ClearFaults()
		for _, name := range names {
			wanted++
			if w.order(name).Status.State == "Settled" {
				settled++
			}
		}
		if out := w.api.Books("customer").Out; out != int64(settled)*price {
			t.Fatalf("seed %d: %d hundredths were spent on %d registrations; %s, %s", seed, out, settled, w.tell(names[0]), w.tell(names[1]))
		}
	}
	if settled < wanted/2 {
		t.Errorf("%d of %d domains were registered", settled, wanted)
	}
	t.Logf("%d of %d domains were registered; the others wait for a day, in which what was sent could still show", settled, wanted)
}

func randomFault(random *rand.Rand) regapitest.Fault {
	fault := []regapitest.Fault{
		{Kind: regapitest.FaultDropAnswer}, {Kind: regapitest.FaultErrorAfter}, {Kind: regapitest.FaultError, Code: "BILLING_LOCK"}, {Kind: regapitest.FaultGarbage},
	}[random.IntN(4)]
	fault.Function, fault.Count = []string{"domain/create", "bill/change_pay_type"}[random.IntN(2)], 1
	return fault
}

// allowSpending lets the Account register domains, and tells to whom.
func (w *world) allowSpending() {
	w.Helper()
	err := retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		var main v1alpha1.Account
		if err := w.Get(w.Context(), client.ObjectKey{Namespace: "default", Name: "main"}, &main); err != nil {
			return err
		}
		main.Annotations = map[string]string{v1alpha1.AnnotationSpentThisMonth: purchase.MonthOf(time.Now()) + "=0"}
		main.Spec.Spending = &v1alpha1.Spending{
			Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRegister}, PerOrder: "600", PerMonth: "1000000",
		}
		return w.Update(w.Context(), &main)
	})
	owner := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "owner"}, StringData: map[string]string{
		"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Иван", "passport_number": "12 34 567890",
		"passport_place": "48 о/м г.Москвы", "passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101000",
		"p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233",
		"e_mail": "ivan@example.net", "country": "RU",
	}}
	if err := errors.Join(err, w.Create(w.Context(), owner)); err != nil {
		w.Fatal(err)
	}
}

// wish makes a Domain that is to be registered.
func (w *world) wish(name string) {
	w.Helper()
	wanted := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(name),
			Acquisition: &v1alpha1.Acquisition{
				Mode: v1alpha1.AcquisitionRegister, MaxPrice: "600", Approval: v1alpha1.AcquisitionWithinMaxPrice, ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
			},
		},
	}
	if err := w.Create(w.Context(), wanted); err != nil {
		w.Fatal(err)
	}
}

func (w *world) order(name string) *v1alpha1.Order {
	w.Helper()
	var found v1alpha1.Order
	key := client.ObjectKey{Namespace: "default", Name: purchase.Name(name, 1)}
	if err := w.Get(w.Context(), key, &found); client.IgnoreNotFound(err) != nil {
		w.Fatal(err)
	}
	return &found
}

// runOrders runs the operator until each order is settled, or waits out the day in which what was sent could still show.
func (w *world) runOrders(names []string) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), patience)
	defer cancel()
	command, output := w.start(ctx)
	defer func() {
		cancel()
		_ = command.Wait() // Killed by us.
	}()
	for _, name := range names {
		for waiting := 0; waiting < 40; { // Two seconds without a bill: it waits.
			o := w.order(name)
			if o.Status.State == "Settled" {
				break
			}
			if waiting++; o.Status.State != "Placing" {
				waiting = 0
			}
			select {
			case <-ctx.Done():
				w.Fatalf("the order does not come to its end: %s; output of the operator:\n%s", w.tell(name), output)
			case <-time.After(50 * time.Millisecond):
			}
		}
	}
}

func (w *world) tell(name string) string {
	s := w.order(name).Status
	return fmt.Sprintf("%s is %s (%s), bill %+v, %d calls", name, s.State, s.Reason, s.Bill, s.Calls)
}
