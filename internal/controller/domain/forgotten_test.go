package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// ordered gives the bill of a name that the account has ordered under a key and not paid; "" is without one.
func (s *shop) ordered(name, key string) int64 {
	s.Helper()
	owner, err := regapi.NewClient(
		regapi.WithEndpoint(s.API.URL()), regapi.WithCredentials(regapi.Password{Username: controllertest.Login, Password: controllertest.Password}),
	)
	if err != nil {
		s.Fatal(err)
	}
	contacts := regapi.Contacts{}
	for field, value := range registrant {
		contacts[field] = value
	}
	made, err := owner.Domain.Create(s.Context(), regapi.Registration{
		Names: []string{name}, Period: 1, UserServID: key, Payment: regapi.Payment{PayType: regapi.PayBank},
		Contacts: contacts, NSS: []regapi.NameServer{{Name: "ns1.reg.ru"}, {Name: "ns2.reg.ru"}},
	})
	if err != nil || made.BillID == 0 {
		s.Fatalf("%+v, %v", made, err)
	}
	return int64(made.BillID)
}

func keyOf(name string, ordinal int) string {
	return purchase.Order{Domain: name, Ordinal: ordinal, UserID: "4711", Operation: purchase.Register}.Key()
}

// A new cluster, or one that was put back, knows of no Order; the registrar knows what our keys have ordered.
func TestARegistrationThatTheClusterHasForgottenIsTakenUpAndPaidOnce(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	for ordinal, name := range []string{"first.ru", "third.ru"} {
		s.ordered(name, keyOf(name, 1+2*ordinal))
		object := s.wanted(name, nil)
		s.orderComesTo(name+".1", "Settled")
		s.WaitReady(object)
	}
	if created, paid := s.API.Calls("domain/create"), s.API.Calls("bill/change_pay_type"); created != 2 || paid != 2 || s.out() != 2*590_00 {
		t.Errorf("%d orders, %d payments, %d spent", created, paid, s.out())
	}
}

func TestARegistrationThatIsPaidAndForgottenIsBooked(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	slow := 6 * time.Hour
	s.API.SetDelays(regapitest.Delays{Order: &slow})
	s.API.PayBillFromBalance(s.ordered("paid.ru", keyOf("paid.ru", 1)))
	s.wanted("paid.ru", nil)
	s.orderComesTo("paid.ru.1", "Paid")
	s.Eventually("the order to be settled", func() error {
		s.pass(2 * time.Hour)
		o, err := s.order("paid.ru.1")
		if err == nil && o.Status.State != "Settled" {
			err = fmt.Errorf("it is %s", o.Status.State)
		}
		return err
	})
	desk, login := &ordering.Desk{Live: s.Client, Namespace: s.Namespace, Clock: s.clock}, tenancy.LoginAt(s.API.URL(), "user 4711")
	ledgers, err := desk.Ledgers(s.Context())
	if err != nil || ledgers[login] == nil {
		t.Fatalf("no ledger of the login: %+v, %v", ledgers, err)
	}
	booked := purchase.Amount(0)
	for _, entries := range []map[string]purchase.Entry{ledgers[login].Entries, ledgers[login].Beside} {
		for _, entry := range entries { // Of any month: another one may have begun meanwhile.
			booked += entry.Amount
		}
	}
	if booked != 590_00 || s.out() != 590_00 {
		t.Errorf("%d are spent, and the ledger is %+v", s.out(), ledgers[login])
	}
}

func TestAPlanShowsAForgottenRegistrationThatWouldBePaid(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	s.ordered("mine.ru", keyOf("mine.ru", 1))
	plan := s.previews()
	answer, err := plan(s.Context(), s.unapplied("mine.ru", func(d *v1alpha1.DomainSpec) {
		d.Acquisition = &v1alpha1.Acquisition{
			Mode: v1alpha1.AcquisitionRegister, MaxPrice: "1000", Years: 1, Approval: v1alpha1.AcquisitionWithinMaxPrice, ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
		}
	}))
	if err != nil || len(answer.Charges) != 1 {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestWhatAPersonHasOrderedIsLeftToThem(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	s.ordered("theirs.ru", "")
	object := s.wanted("theirs.ru", nil)
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotRegistered)
	keysAsked := func() (count int) {
		for _, entry := range s.API.Journal() {
			if entry.Function == "service/get_info" && asksFor(entry, keyOf("theirs.ru", 1)) {
				count++
			}
		}
		return count
	}
	before := keysAsked()
	for n := range 3 {
		controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Acquisition.MaxPrice = v1alpha1.Money(fmt.Sprint(900 + n)) })
		s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotRegistered)
	}
	if asked := keysAsked(); before == 0 || asked != before {
		t.Errorf("our keys were asked for %d times, and again %d times", before, asked-before)
	}
	if _, err := s.order("theirs.ru.1"); err == nil || s.out() != 0 || s.API.Calls("domain/create") != 1 {
		t.Errorf("an Order is made; %d spent", s.out())
	}
}

func asksFor(entry regapitest.Entry, key string) bool {
	return strings.Contains(fmt.Sprint(entry.Params["services"]), key)
}
