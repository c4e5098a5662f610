package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

// registrant are the contacts of a person, as .ru wants them.
var registrant = map[string]string{
	"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Ивашка", "passport_number": "12 34 567890",
	"passport_place": "48 о/м г.Москвы", "passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101765",
	"p_addr_city": "г. Тьмутаракань", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233",
	"e_mail": "ivan@registrant.example", "country": "RU",
}

var mayRegister = &v1alpha1.Spending{Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRegister}, PerOrder: "1000", PerMonth: "5000"}

// contacts makes a Secret with contacts, of which some are changed.
func (s *shop) contacts(changes ...string) *corev1.Secret {
	s.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "owner"}, StringData: map[string]string{}}
	for field, value := range registrant {
		secret.StringData[field] = value
	}
	for i := 0; i < len(changes); i += 2 {
		secret.StringData[changes[i]] = changes[i+1]
	}
	s.MustCreate(secret)
	return secret
}

// wanted makes a Domain that is to be registered.
func (s *shop) wanted(name string, change func(*v1alpha1.Acquisition)) *v1alpha1.Domain {
	s.Helper()
	acquisition := &v1alpha1.Acquisition{
		Mode: v1alpha1.AcquisitionRegister, MaxPrice: "1000", Approval: v1alpha1.AcquisitionWithinMaxPrice, ContactsRef: &v1alpha1.SecretReference{Name: "owner"},
	}
	if change != nil {
		change(acquisition)
	}
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: strings.TrimSuffix(name, ".ru")},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(name), Acquisition: acquisition,
		},
	}
	s.MustCreate(object)
	return object
}

func TestADomainIsRegisteredAndPaidOnce(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	object := s.wanted("fresh.ru", nil)
	s.orderComesTo("fresh.ru.1", "Settled")
	s.WaitReady(object)
	if created, paid := s.API.Calls("domain/create"), s.API.Calls("bill/change_pay_type"); created != 1 || paid != 1 || s.out() != 590_00 {
		t.Errorf("%d orders, %d payments, %d spent", created, paid, s.out())
	}
	if object.Status.State != v1alpha1.DomainActive || len(object.Status.Orders) != 1 || object.Status.Orders[0].Cost != "590.00" {
		t.Errorf("%+v", object.Status)
	}
}

func TestContactsThatAreWrongAreNamedAndNothingIsOrdered(t *testing.T) {
	s := newShop(t, mayRegister)
	secret := s.contacts("phone", "84950000000", "passport_place", "")
	object := s.wanted("fresh.ru", nil)
	s.Eventually("the wrong fields to be named", func() error {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		for _, c := range object.Status.Conditions {
			if c.Reason == v1alpha1.ReasonContactsInvalid && strings.Contains(c.Message, "phone has") && strings.Contains(c.Message, "passport_place is missing") {
				if strings.Contains(c.Message, "84950000000") {
					t.Error("the value is told")
				}
				return nil
			}
		}
		return fmt.Errorf("%+v", object.Status.Conditions)
	})
	if _, err := s.order("fresh.ru.1"); err == nil || s.Writes() != 0 {
		t.Errorf("it was ordered, with %d writes", s.Writes())
	}
	if err := s.Delete(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	s.contacts()
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Acquisition.MaxPrice = "999" })
	s.orderComesTo("fresh.ru.1", "Settled")
}

func TestARegistrationWaitsForApprovalOfItsQuote(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	object := s.wanted("fresh.ru", func(a *v1alpha1.Acquisition) { a.Approval = "" })
	s.orderComesTo("fresh.ru.1", "AwaitingApproval")
	s.WaitFor(object, metav1.ConditionFalse, "AwaitingApproval")
	if s.Writes() != 0 {
		t.Errorf("%d writes without anybody's consent", s.Writes())
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Annotations = map[string]string{v1alpha1.AnnotationApproveQuote: d.Status.Orders[0].Digest}
	})
	s.orderComesTo("fresh.ru.1", "Settled")
}

func TestADomainThatWasLostIsNotBoughtAgain(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	object := s.wanted("fresh.ru", nil)
	s.orderComesTo("fresh.ru.1", "Settled")
	s.WaitReady(object)
	s.API.RemoveDomain("fresh.ru")
	s.shows(object, v1alpha1.ConditionReconciling, v1alpha1.ReasonMissing)
	s.clock.Advance(2 * time.Hour)
	s.touch(object)
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAcquiredBefore)
	if err := s.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	s.WaitFor(s.wanted("fresh.ru", nil), metav1.ConditionFalse, v1alpha1.ReasonAcquiredBefore)
	if s.API.Calls("domain/create") != 1 {
		t.Errorf("%d orders", s.API.Calls("domain/create"))
	}
}

func TestNothingIsBoughtThatTheAccountHoldsOrDoesNotAllow(t *testing.T) {
	s := newShop(t, allowed) // Renewals alone.
	s.contacts()
	s.WaitReady(s.wanted("example.ru", nil))
	s.WaitFor(s.wanted("fresh.ru", nil), metav1.ConditionFalse, v1alpha1.ReasonSpendingNotAllowed)
	if s.Writes() != 0 {
		t.Errorf("%d writes", s.Writes())
	}
}
