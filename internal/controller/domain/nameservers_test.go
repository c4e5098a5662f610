package domain_test

import (
	"slices"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func servers(names ...string) (list []v1alpha1.DomainNameServer) {
	for _, name := range names {
		list = append(list, v1alpha1.DomainNameServer{Name: name})
	}
	return list
}

// delegated makes a Domain that is to have name servers.
func (s *shop) delegated(domain string, list []v1alpha1.DomainNameServer) *v1alpha1.Domain {
	s.Helper()
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, GenerateName: "delegated-"},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain), NameServers: list,
		},
	}
	s.MustCreate(object)
	return object
}

func TestADomainIsDelegatedToTheServersOfItsSpec(t *testing.T) {
	s := newShop(t, nil)
	object := s.delegated("example.ru", servers("NS1.example.net", "ns2.example.net"))
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	s.WaitReady(object)
	if !slices.Equal(object.Status.NameServers, []string{"ns1.example.net", "ns2.example.net"}) || s.API.Calls("domain/update_nss") != 1 || s.Writes() != 1 {
		t.Errorf("%q after %d changes", object.Status.NameServers, s.API.Calls("domain/update_nss"))
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Spec.NameServers = servers("ns1.example.ru", "ns2.example.net")
	})
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonInvalidSpec)
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.NameServers[0].Addresses = []string{"192.0.2.1"} })
	s.WaitReady(object)
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.NameServers = nil })
	s.shows(object, v1alpha1.ConditionDelegated, "")
	if s.API.Calls("domain/update_nss") != 2 || s.out() != 0 {
		t.Errorf("%d changes, %d spent", s.API.Calls("domain/update_nss"), s.out())
	}
}

func TestASignedDomainStaysWhereItIs(t *testing.T) {
	s := newShop(t, nil)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "signed.ru", ServiceID: 557, Created: "2020-01-02", Expires: "2030-01-02", DNSSEC: "enabled"})
	object := s.delegated("signed.ru", servers("ns1.example.net", "ns2.example.net"))
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonSigned)
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonSigned)
	if s.API.Calls("domain/update_nss") != 0 {
		t.Error("its name servers were changed")
	}
}

func TestWhoeverChangesTheServersBackIsNotFoughtForEver(t *testing.T) {
	s := newShop(t, nil)
	object := s.delegated("example.ru", servers("ns1.example.net", "ns2.example.net"))
	for range 2 {
		s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
		s.clock.Advance(3 * time.Hour)
		s.API.SetDelegation("example.ru", "ns1.other.net", "ns2.other.net")
		s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegating)
	}
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	s.clock.Advance(3 * time.Hour)
	s.API.SetDelegation("example.ru", "ns1.other.net", "ns2.other.net")
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContested)
	if s.API.Calls("domain/update_nss") != 3 {
		t.Errorf("%d changes", s.API.Calls("domain/update_nss"))
	}
}

func TestAChangeOfServersThatCostsMoneyIsNotMade(t *testing.T) {
	s := newShop(t, mayRegister)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "dear.md", ServiceID: 558, Created: "2020-01-02", Expires: "2030-01-02"})
	object := s.delegated("dear.md", servers("ns1.example.net", "ns2.example.net"))
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonRequestRefused)
	if s.out() != 0 || s.Writes() > 1 {
		t.Errorf("%d spent in %d writes", s.out(), s.Writes())
	}
}
