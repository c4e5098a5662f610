package dnszone_test

import (
	"fmt"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

// quotes waits until a zone that cannot be edited says something.
func (h *harness) quotes(object *v1alpha1.DNSZone, parts ...string) {
	h.Helper()
	h.Eventually(fmt.Sprintf("the zone to say %q", parts), func() error {
		ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
		for _, part := range parts {
			if !strings.Contains(ready.Message, part) {
				return fmt.Errorf("%s", ready.Message)
			}
		}
		return nil
	})
}

func TestAZoneTellsWhatItsDomainKnowsOfTheDelegationWithoutARequest(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	domain := h.CreateDomain("example.ru")
	h.WaitReady(domain)
	named := "Domain " + client.ObjectKeyFromObject(domain).String()
	h.API.ResetJournal()
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.quotes(object, "the domain uses ns1.example.com, ns2.example.com", named+" shows that, and asks for no others")
	if asked, zones := len(h.API.Journal()), h.API.Calls("zone/get_resource_records"); asked != zones || zones == 0 {
		t.Errorf("%d requests, of which %d read the zone: %v", asked, zones, h.API.Journal())
	}

	h.API.ResetJournal()
	change(h, domain, func(d *v1alpha1.Domain) {
		d.Spec.NameServers = []v1alpha1.DomainNameServer{{Name: "ns1.example.com"}, {Name: "ns2.example.com"}}
	})
	h.quotes(object, named+" asks for these name servers in spec.nameServers")
	change(h, domain, func(d *v1alpha1.Domain) {
		d.Spec.ManagementPolicy = v1alpha1.PolicyObserve
		d.Spec.NameServers = []v1alpha1.DomainNameServer{{Name: "ns1.reg.ru"}, {Name: "ns2.reg.ru"}}
	})
	h.quotes(object, named+" says: ", "ns1.reg.ru")
	if asked, zones := len(h.API.Journal()), h.API.Calls("zone/get_resource_records"); asked != zones {
		t.Errorf("%d requests, of which %d read the zone: %v", asked, zones, h.API.Journal())
	}
}
