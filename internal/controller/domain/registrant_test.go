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
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// hides waits until the status says whether WHOIS hides the registrant's data.
func (s *shop) hides(object *v1alpha1.Domain, want v1alpha1.PrivacyMode) {
	s.Helper()
	s.Eventually(fmt.Sprintf("privacy %q", want), func() error {
		if err := s.Get(s.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if object.Status.Privacy != want {
			return fmt.Errorf("%q", object.Status.Privacy)
		}
		return nil
	})
}

// keeps makes a Domain that has the registrar know the contacts of the Secret.
func (s *shop) keeps(domain string) *v1alpha1.Domain {
	s.Helper()
	return s.specified(domain, func(spec *v1alpha1.DomainSpec) {
		spec.Acquisition = &v1alpha1.Acquisition{ContactsRef: &v1alpha1.SecretReference{Name: "owner"}}
		spec.ContactsPolicy = v1alpha1.ContactsUpdate
	})
}

func TestTheRegistrantIsHiddenAndShownAsTheSpecAsksAndNobodyIsFoughtForEver(t *testing.T) {
	s := newShop(t, nil)
	object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) { spec.Privacy = v1alpha1.PrivacyEnabled })
	s.WaitReady(object)
	s.hides(object, v1alpha1.PrivacyEnabled)
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Privacy = v1alpha1.PrivacyDisabled })
	s.hides(object, v1alpha1.PrivacyDisabled)
	s.WaitReady(object)
	if s.API.Calls("domain/update_private_person_flag") != 2 || s.Writes() != 2 || s.out() != 0 {
		t.Errorf("%d changes in %d writes", s.API.Calls("domain/update_private_person_flag"), s.Writes())
	}
	for range 2 {
		s.clock.Advance(3 * time.Hour)
		s.API.EditContacts("due.ru", map[string]string{"private_person_flag": "1"})
		s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRegistrantUpdating)
		s.WaitReady(object)
	}
	s.clock.Advance(3 * time.Hour)
	s.API.EditContacts("due.ru", map[string]string{"private_person_flag": "1"})
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContested)
	if s.API.Calls("domain/update_private_person_flag") != 4 {
		t.Errorf("%d changes", s.API.Calls("domain/update_private_person_flag"))
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Privacy = "" })
	s.hides(object, "")
	s.WaitReady(object)
}

func TestAZoneThatDoesNotTellWhetherItHidesIsToldOnce(t *testing.T) {
	s := newShop(t, nil)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "told.com", ServiceID: 559, Created: "2020-01-02", Expires: "2030-01-02"})
	object := s.specified("told.com", func(spec *v1alpha1.DomainSpec) { spec.Privacy = v1alpha1.PrivacyEnabled })
	s.hides(object, v1alpha1.PrivacyEnabled)
	s.WaitReady(object)
	s.clock.Advance(3 * time.Hour)
	awaitSweeps(s.Harness)
	s.WaitReady(object)
	if s.API.Calls("domain/update_private_person_flag") != 1 {
		t.Errorf("told %d times", s.API.Calls("domain/update_private_person_flag"))
	}
}

func TestManyRegistrantsAreHiddenWithOneRequest(t *testing.T) {
	const domains = 30
	s := newShop(t, nil)
	var objects []*v1alpha1.Domain
	for n := range domains {
		name := fmt.Sprintf("hidden-%d.ru", n)
		s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: name, ServiceID: int64(600 + n), Created: "2020-01-02", Expires: "2030-01-02"})
		objects = append(objects, s.specified(name, func(spec *v1alpha1.DomainSpec) {
			spec.Privacy, spec.NameServers = v1alpha1.PrivacyEnabled, servers("ns1.example.net", "ns2.example.net")
		}))
	}
	for _, object := range objects {
		s.hides(object, v1alpha1.PrivacyEnabled)
		s.WaitReady(object)
	}
	for _, function := range []string{"domain/update_private_person_flag", "domain/update_nss"} {
		if calls := s.API.Calls(function); calls == 0 || calls > domains/3 {
			t.Errorf("%d requests %s for %d domains", calls, function, domains)
		}
	}
}

func TestContactsAtTheRegistrarBecomeThoseOfTheSecret(t *testing.T) {
	s := newShop(t, nil)
	secret := s.contacts()
	s.API.EditContacts("due.ru", map[string]string{"person": "Petr P Petrov", "e_mail": "petr@example.net", "descr": "kept"})
	object := s.keeps("due.ru")
	s.WaitReady(object)
	if s.API.Calls("domain/update_contacts") != 1 || s.Writes() != 1 || s.out() != 0 {
		t.Errorf("%d changes in %d writes", s.API.Calls("domain/update_contacts"), s.Writes())
	}
	s.clock.Advance(3 * time.Hour)
	awaitSweeps(s.Harness)
	s.WaitReady(object)
	if s.API.Calls("domain/update_contacts") != 1 {
		t.Error("contacts that are right were sent again")
	}
	for range 2 {
		s.API.EditContacts("due.ru", map[string]string{"phone": "+7 495 0000000"})
		if ready := s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRegistrantUpdating); !strings.Contains(ready.Message, "(phone)") {
			t.Error(ready.Message)
		}
		s.WaitReady(object)
		s.clock.Advance(3 * time.Hour)
	}
	s.API.EditContacts("due.ru", map[string]string{"phone": "+7 495 0000000"})
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContested)
	secret.StringData = map[string]string{"phone": "+7 495 1111111"}
	if err := s.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	s.touch(object)
	s.WaitReady(object)
	if s.API.Calls("domain/update_contacts") != 4 {
		t.Errorf("%d changes", s.API.Calls("domain/update_contacts"))
	}
}

func TestWrongContactsAreNamedAndNothingIsSent(t *testing.T) {
	for name, test := range map[string]struct{ field, value string }{
		"a wrong field": {"phone", "84950000000"}, "a field that holds several of today's": {"p_addr", "101000, Moscow"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			s.contacts(test.field, test.value)
			object := s.keeps("due.ru")
			ready := s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContactsInvalid)
			if !strings.Contains(ready.Message, test.field) || strings.Contains(ready.Message, test.value) || s.Writes() != 0 {
				t.Errorf("%d writes: %s", s.Writes(), ready.Message)
			}
		})
	}
}

func TestWhoeverChangesTheRegistrantOfADotComIsToldThatItCannotBeTransferred(t *testing.T) {
	s := newShop(t, nil)
	secret := map[string]string{}
	for _, prefix := range []string{"o_", "a_", "t_", "b_"} {
		for field, value := range map[string]string{
			"company": "Private Person", "first_name": "Ivan", "last_name": "Ivanov", "email": "ivan@example.net", "phone": "+7.4952171179",
			"addr": "Bolshaya 33", "city": "Moscow", "state": "Moscow", "postcode": "101000", "country_code": "RU",
		} {
			secret[prefix+field] = value
		}
	}
	s.MustCreate(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "owner"}, StringData: secret})
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "locks.com", ServiceID: 560, Created: "2020-01-02", Expires: "2030-01-02", Contacts: secret})
	object := s.keeps("locks.com")
	s.WaitReady(object)
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.ManagementPolicy = v1alpha1.PolicyObserve })
	s.API.EditContacts("locks.com", map[string]string{"o_last_name": "Petrov"})
	if ready := s.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved); !strings.Contains(ready.Message, "cannot be transferred for 60 days") {
		t.Error(ready.Message)
	}
	if s.Writes() != 0 {
		t.Errorf("%d writes", s.Writes())
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	s.Eventually("a warning", func() error { return s.tells("TransferLocked") })
	s.WaitReady(object)
	if s.API.Calls("domain/update_contacts") != 1 {
		t.Errorf("%d changes", s.API.Calls("domain/update_contacts"))
	}
}
