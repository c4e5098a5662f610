package order_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// newRegistry is a bench whose domains are to be registered.
func newRegistry(t *testing.T, behaviour regapitest.Behaviour) *bench {
	t.Helper()
	b := newBench(t, behaviour)
	b.allow(func(a *v1alpha1.Account) {
		a.Spec.Spending.Operations = []v1alpha1.OrderOperation{v1alpha1.OperationRegister, v1alpha1.OperationTransfer, v1alpha1.OperationRenew}
	})
	b.MustCreate(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: "key"}, StringData: map[string]string{"authinfo": "the-right-key"}})
	b.MustCreate(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: "owner"}, StringData: map[string]string{
		"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Иван", "passport_number": "12 34 567890",
		"passport_place": "48 о/м г.Москвы", "passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101000",
		"p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233",
		"e_mail": "ivan@example.net", "country": "RU",
	}})
	b.fresh()
	return b
}

// fresh is the next name that is to be registered.
func (b *bench) fresh() {
	b.Helper()
	b.service++
	b.name, b.expiry = fmt.Sprintf("new%d.ru", b.service), ""
	b.wish()
}

// wish makes the Domain that asks for it.
func (b *bench) wish() {
	b.Helper()
	b.object = &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: b.Namespace, Name: b.name},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(b.name),
			Acquisition: &v1alpha1.Acquisition{
				Mode: v1alpha1.AcquisitionRegister, MaxPrice: "1000", Approval: v1alpha1.AcquisitionWithinMaxPrice, ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
			},
		},
	}
	b.MustCreate(b.object)
}

// askToRegister makes the next order for the name, as the controller of Domains does.
func (b *bench) askToRegister(ordinal int) {
	b.Helper()
	b.askToAcquire(purchase.Register, ordinal)
}

func (b *bench) askToAcquire(operation purchase.Operation, ordinal int) {
	b.Helper()
	b.makeOrder(func() purchase.Order { return purchase.Order{Ordinal: ordinal, Operation: operation, Years: 1} })
}

func TestARegistrationThatIsKilledAnywhereIsPaidOnce(t *testing.T) {
	for first := 0; first < *runs; first += perBench {
		t.Run(fmt.Sprint("from seed ", first), func(t *testing.T) {
			b := newRegistry(t, regapitest.Behaviour{})
			for seed := first; seed < min(first+perBench, *runs); seed++ {
				b.fresh()
				b.fateOfRegistration(rand.New(rand.NewPCG(uint64(seed), 2)))
				before := b.spent()
				b.askToRegister(1)
				b.finish(1)
				b.live()
				if o := b.order(1); o.Status.State != "Settled" || b.spent()-before != 590 {
					t.Errorf("seed %d: %d roubles; %s", seed, b.spent()-before, b.show(1))
				}
			}
		})
	}
}

// away is the next name that is to come from another registrar.
func (b *bench) away() {
	b.Helper()
	b.fresh()
	b.API.AddRegistryName(regapitest.RegistryName{Name: b.name, AuthInfo: "the-right-key"})
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) {
		d.Spec.Acquisition.Mode, d.Spec.Acquisition.ContactsRef = v1alpha1.AcquisitionTransfer, nil
		d.Spec.Acquisition.AuthInfoRef = &v1alpha1.SecretReference{Name: "key"}
	})
}

func TestATransferThatIsKilledAnywhereIsPaidOnce(t *testing.T) {
	for first := 0; first < *runs/2; first += perBench {
		t.Run(fmt.Sprint("from seed ", first), func(t *testing.T) {
			b := newRegistry(t, regapitest.Behaviour{})
			for seed := first; seed < min(first+perBench, *runs/2); seed++ {
				b.away()
				b.fateOfRegistration(rand.New(rand.NewPCG(uint64(seed), 3)))
				before := b.spent()
				b.askToAcquire(purchase.Transfer, 1)
				b.finish(1)
				b.live()
				if o := b.order(1); o.Status.State != "Settled" || b.spent()-before != 590 {
					t.Errorf("seed %d: %d roubles; %s", seed, b.spent()-before, b.show(1))
				}
			}
		})
	}
}

// fateOfRegistration is what chance has in store for one registration.
func (b *bench) fateOfRegistration(chance *rand.Rand) {
	b.mishaps(chance, "domain/create", "domain/transfer", "bill/change_pay_type", "bill/change_pay_type")
	late := time.Duration(chance.IntN(23)) * time.Hour
	b.API.SetDelays(regapitest.Delays{Order: &late})
}

func TestANewClusterFromGitRegistersNothingAgain(t *testing.T) {
	for _, state := range []v1alpha1.OrderState{"Placed", "Paid", "Settled"} {
		t.Run(string(state), func(t *testing.T) {
			b := newRegistry(t, regapitest.Behaviour{})
			b.askToRegister(1)
			b.until(1, state)
			b.lose(b.order(1), b.object, b.ledger())
			b.restart()
			b.vouch()
			b.wish()
			b.askToRegister(1)
			b.finish(1)
			if b.spent() != 590 || b.API.Calls("domain/create") != 1 || b.order(1).Status.State != "Settled" {
				t.Errorf("%d roubles, %d orders; %s", b.spent(), b.API.Calls("domain/create"), b.show(1))
			}
		})
	}
}

func TestARegistrationThatNobodyWantsAnyMoreIsTakenBack(t *testing.T) {
	for _, dropped := range []regapitest.Behaviour{{}, {Payment: regapitest.Payment{DroppedOrders: regapitest.DroppedKept}}} {
		b := newRegistry(t, dropped)
		b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = "1" })
		b.askToRegister(1)
		b.until(1, "Blocked")
		b.allow(func(a *v1alpha1.Account) { a.Spec.Spending.PerMonth = "50000" })
		b.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "domain/create", Count: 1})
		for b.API.Calls("domain/create") == 0 {
			b.pass(31 * time.Minute)
			if _, err := b.turn(1); err != nil {
				t.Fatal(err)
			}
		}
		controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.Acquisition = nil })
		b.pass(time.Hour)
		b.until(1, "Withdrawn")
		var again v1alpha1.Domain
		if err := b.Get(b.Context(), client.ObjectKeyFromObject(b.object), &again); err != nil {
			t.Fatal(err)
		}
		again.Spec.Acquisition = &v1alpha1.Acquisition{
			Mode: v1alpha1.AcquisitionRegister, MaxPrice: "1000", Approval: v1alpha1.AcquisitionWithinMaxPrice, ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
		}
		if err := b.Update(b.Context(), &again); err != nil {
			t.Fatal(err)
		}
		if b.spent() != 0 {
			t.Errorf("%d roubles for what nobody wanted", b.spent())
		}
		b.askToRegister(2)
		b.finish(2)
		if b.spent() != 590 || b.order(2).Status.State != "Settled" {
			t.Errorf("%d roubles; %s", b.spent(), b.show(2))
		}
	}
}

func TestANameOfSomebodyElseIsRefused(t *testing.T) {
	b := newRegistry(t, regapitest.Behaviour{})
	b.API.AddRegistryName(regapitest.RegistryName{Name: b.name, Status: "taken"})
	b.askToRegister(1)
	o := b.until(1, "Refused")
	if b.spent() != 0 || o.Status.ErrorCode != "DOMAIN_ALREADY_EXISTS" {
		t.Errorf("%d roubles; %s", b.spent(), b.show(1))
	}
}

func TestAPremiumNameIsBoughtOnlyWhereItsPriceIsAgreedTo(t *testing.T) {
	b := newRegistry(t, regapitest.Behaviour{})
	b.API.AddRegistryName(regapitest.RegistryName{Name: b.name, Status: "premium", Price: "900"})
	b.askToRegister(1)
	if b.until(1, "Refused"); b.spent() != 0 {
		t.Fatalf("%d roubles; %s", b.spent(), b.show(1))
	}
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) {
		d.Spec.Acquisition.Premium = v1alpha1.PremiumAllow
		d.Spec.Acquisition.MaxPrice = "899"
	})
	b.askToRegister(2)
	if o := b.until(2, "Blocked"); o.Status.Reason != string(purchase.PriceAboveLimit) || b.spent() != 0 {
		t.Fatalf("%d roubles; %s", b.spent(), b.show(2))
	}
	controllertest.Change(b.Harness, b.object, func(d *v1alpha1.Domain) { d.Spec.Acquisition.MaxPrice = "900" })
	b.pass(time.Hour)
	b.until(2, "Settled")
	if b.spent() != 900 {
		t.Errorf("%d roubles", b.spent())
	}
}
