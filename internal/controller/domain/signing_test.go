package domain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// key is one of other name servers.
const key = "DS 2371 13 2 4508a7798c38867c94091bbf91edaf9e6dbf56da0606c748d3d1d1b2382c1602"

// chained waits until a validating resolver makes something of a domain.
func (s *shop) chained(domain, want string) {
	s.Helper()
	s.Eventually(domain+" to be "+want, func() error {
		if got := s.API.Chain(domain); got != want {
			return fmt.Errorf("it is %s", got)
		}
		return nil
	})
}

// signs waits until the keys change, lets the registrar's minutes go by, and waits for a reason of the condition Signed.
func (s *shop) signs(object *v1alpha1.Domain, reason string) {
	s.Helper()
	s.shows(object, v1alpha1.ConditionSigned, v1alpha1.ReasonSigning)
	s.clock.Advance(2 * time.Minute)
	s.shows(object, v1alpha1.ConditionSigned, reason)
}

func TestADomainIsSignedAndItsKeysAreRenewedWhereItsSpecAsks(t *testing.T) {
	s := newShop(t, nil)
	object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) {
		spec.DNSSEC = &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECEnabled, RenewKSK: "first"}
	})
	s.signs(object, v1alpha1.ReasonSigned)
	s.WaitReady(object)
	s.chained("due.ru", "secure")
	before := slices.Clone(object.Status.DS)
	if len(before) != 1 || !strings.HasPrefix(before[0], "DS ") || s.API.Calls("dnssec/renew_ksk") != 0 {
		t.Fatalf("%q, renewed %d times", before, s.API.Calls("dnssec/renew_ksk"))
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.DNSSEC.RenewKSK, d.Spec.DNSSEC.RenewZSK = "second", "second" })
	s.Eventually("both keys to be renewed", func() error {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if object.Status.DNSSEC == "updating" {
			s.clock.Advance(2 * time.Minute)
		}
		if done := object.Status.Signing; done.RenewedKSK != "second" || done.RenewedZSK != "second" || slices.Equal(object.Status.DS, before) {
			return fmt.Errorf("%+v, %q", done, object.Status.DS)
		}
		return nil
	})
	s.clock.Advance(2 * time.Minute)
	s.touch(object) // The registrar's minutes may have gone by between two sweeps, which then wake nobody.
	s.WaitReady(object)
	ksk, zsk := s.API.Calls("dnssec/renew_ksk"), s.API.Calls("dnssec/renew_zsk")
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.DNSSEC = &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECDisabled} })
	s.signs(object, v1alpha1.ReasonUnsigned)
	s.WaitReady(object)
	s.chained("due.ru", "insecure")
	if ksk != 1 || zsk != 1 || s.API.Calls("dnssec/enable") != 1 || s.API.Calls("dnssec/disable") != 1 || len(object.Status.DS) != 0 {
		t.Errorf("renewed %d and %d times, %d times signed, keys %q", ksk, zsk, s.API.Calls("dnssec/enable"), object.Status.DS)
	}
}

func TestASignedDomainMovesWhenItsKeysAreForgottenAndBack(t *testing.T) {
	s := newShop(t, nil)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "signed.ru", ServiceID: 557, Created: "2020-01-02", Expires: "2030-01-02", DNSSEC: "enabled"})
	object := s.specified("signed.ru", func(spec *v1alpha1.DomainSpec) {
		spec.NameServers = servers("ns1.example.net", "ns2.example.net")
		spec.DNSSEC = &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECKeys, Keys: []v1alpha1.ParentKey{key}}
	})
	there := func(calls int) {
		t.Helper()
		s.signs(object, v1alpha1.ReasonSigning) // It is unsigned, and waits for its move.
		s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonSigned)
		s.chained("signed.ru", "insecure")
		if moved := s.API.Calls("domain/update_nss"); moved != calls {
			t.Errorf("it was moved %d times", moved)
		}
		s.Eventually("the keys to be gone", func() error {
			if err := s.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil || object.Status.Signing.UnsignedSince == nil {
				return fmt.Errorf("%+v, %w", object.Status.Signing, err)
			}
			return nil
		})
		s.clock.Advance(4*24*time.Hour + time.Minute)
		s.touch(object)
		s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
		s.clock.Advance(2 * time.Minute)
		s.shows(object, v1alpha1.ConditionSigned, v1alpha1.ReasonSigned)
		s.WaitReady(object)
		s.chained("signed.ru", "secure")
	}
	there(0)
	if !slices.Equal(object.Status.DS, []string{key}) {
		t.Errorf("keys %q", object.Status.DS)
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Spec.NameServers, d.Spec.DNSSEC = servers("ns1.reg.ru", "ns2.reg.ru"), &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECEnabled}
	})
	there(1)
	if s.API.Calls("dnssec/disable") != 2 || s.API.Calls("dnssec/add_keys") != 1 || s.API.Calls("dnssec/enable") != 1 || s.API.Calls("domain/update_nss") != 2 {
		t.Error("more was done than needed")
	}
}

// touch has an object looked at, whose time has come.
func (s *shop) touch(object *v1alpha1.Domain) {
	s.Helper()
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		if d.Annotations == nil {
			d.Annotations = map[string]string{}
		}
		d.Annotations["example.ru/touched"] = s.clock.Now().String()
	})
}

func TestWhatCannotBeSignedSaysWhy(t *testing.T) {
	s := newShop(t, nil)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "never.ru", ServiceID: 558, Created: "2020-01-02", Expires: "2030-01-02", DNSSEC: "unsupported"})
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "away.ru", ServiceID: 559, Created: "2020-01-02", Expires: "2030-01-02", NameServers: []string{"ns1.example.net", "ns2.example.net"}})
	enabled, keys := &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECEnabled}, &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECKeys, Keys: []v1alpha1.ParentKey{key}}
	for name, test := range map[string]struct {
		domain string
		dnssec *v1alpha1.DomainDNSSEC
		list   []v1alpha1.DomainNameServer
		reason string
	}{
		"a zone that knows no keys":        {"never.ru", enabled, nil, v1alpha1.ReasonBlocked},
		"other servers than the signer's":  {"away.ru", enabled, nil, v1alpha1.ReasonNotDelegated},
		"other servers named":              {"away.ru", enabled, servers("ns1.example.net", "ns2.example.net"), v1alpha1.ReasonInvalidSpec},
		"keys for the registrar's servers": {"due.ru", keys, nil, v1alpha1.ReasonInvalidSpec},
	} {
		object := s.specified(test.domain, func(spec *v1alpha1.DomainSpec) { spec.DNSSEC, spec.NameServers = test.dnssec.DeepCopy(), test.list })
		s.WaitFor(object, metav1.ConditionFalse, test.reason)
		s.shows(object, v1alpha1.ConditionSigned, test.reason)
		if s.Writes() != 0 {
			t.Errorf("%s: %d writes", name, s.Writes())
		}
		if err := s.Delete(t.Context(), object); err != nil {
			t.Fatal(err)
		}
		s.gone(object)
	}
}
