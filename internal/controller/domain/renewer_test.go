package domain_test

import (
	"fmt"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// told waits until the status says that the registrar was told who renews.
func (s *shop) told(object *v1alpha1.Domain, on bool) {
	s.Helper()
	s.Eventually(fmt.Sprint("the registrar to be told: ", on), func() error {
		if err := s.Get(s.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if r := object.Status.Renewal; r == nil || (r.RegistrarOnSince != nil) != on || (r.RegistrarOffSince == nil) != on {
			return fmt.Errorf("%+v", r)
		}
		return nil
	})
}

// out is what has left the balance, in hundredths of a rouble.
func (s *shop) out() int64 { return s.API.Books(controllertest.Login).Out }

func TestADomainThatNobodyShallRenewIsRenewedByNobody(t *testing.T) {
	s := newShop(t, nil)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalNone})
	s.told(object, false)
	s.WaitReady(object)
	s.clock.Advance(25 * 24 * time.Hour)
	s.shows(object, v1alpha1.ConditionExpiring, v1alpha1.ReasonExpired)
	if s.out() != 0 || s.API.Calls("service/set_autorenew_flag") != 1 || s.Writes() != 1 {
		t.Errorf("%d were spent, the registrar was told %d times", s.out(), s.API.Calls("service/set_autorenew_flag"))
	}
}

func TestTheRegistrarRenewsADomainWhereItIsToldTo(t *testing.T) {
	s := newShop(t, allowed)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "plain.ru", ServiceID: 556, Created: "2020-01-02", Expires: s.expiry})
	object := s.CreateDomain("plain.ru")
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalRegistrar} })
	s.told(object, true)
	s.clock.Advance(25 * 24 * time.Hour)
	s.Eventually("the registrar's renewal to show", func() error {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if object.Status.ExpirationDate == s.expiry || s.out() == 0 {
			return fmt.Errorf("%s, %d spent", object.Status.ExpirationDate, s.out())
		}
		return nil
	})
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"}
	})
	s.told(object, false)
	if s.API.Calls("service/renew") != 0 {
		t.Error("the operator has ordered beside the registrar")
	}
}

func TestTheRegistrarIsNotToldToSpendWhatTheAccountDoesNotAllow(t *testing.T) {
	s := newShop(t, nil)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalRegistrar})
	s.WaitReady(object)
	if r := object.Status.Renewal; r == nil || r.Message == "" || s.Writes() != 0 {
		t.Errorf("%+v, %d writes", r, s.Writes())
	}
}

func TestOnlyOneOfTwoDomainsForANameTellsTheRegistrar(t *testing.T) {
	s := newShop(t, allowed)
	elder := s.due("elder", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000", BeforeDays: 5})
	s.told(elder, false)
	younger := s.due("younger", &v1alpha1.Renewal{Mode: v1alpha1.RenewalRegistrar})
	s.WaitReady(younger)
	if r := younger.Status.Renewal; r == nil || r.Message == "" || s.API.Calls("service/set_autorenew_flag") != 1 {
		t.Errorf("%+v, the registrar was told %d times", r, s.API.Calls("service/set_autorenew_flag"))
	}
	if err := s.Delete(t.Context(), elder); err != nil {
		t.Fatal(err)
	}
	s.told(younger, true)
}
