package controller

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestADomainIsFoundInItsAccountAndNothingIsChanged(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	object := h.createDomain("example.ru")
	h.waitReady(object)
	want := v1alpha1.DomainStatus{
		ObservedGeneration: 1, ServiceID: "12345", State: v1alpha1.DomainActive,
		CreationDate: "2020-01-02", ExpirationDate: "2030-01-02", NameServers: []string{"ns1.reg.ru", "ns2.reg.ru"},
	}
	got := object.Status
	got.Conditions = nil
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if h.writes() != 0 {
		t.Error("something was written")
	}
}

func TestADomainIsFoundInEverySpelling(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	h.api.AddDomain(testLogin, regapitest.Domain{Name: "пример.рф", ServiceID: 777})
	for _, spelling := range []string{"пример.рф", "Пример.РФ", "xn--e1afmkfd.xn--p1ai"} {
		object := h.createDomain(spelling)
		h.waitReady(object)
		if object.Status.ServiceID != "777" {
			t.Errorf("%s: service %q", spelling, object.Status.ServiceID)
		}
	}
}

func TestADomainThatIsNotInTheAccountIsPolledSlowly(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	object := h.createDomain("example.com")
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotFound)
	if !strings.Contains(ready.Message, "DOMAIN_NOT_FOUND") || !strings.Contains(ready.Message, "account that owns the domain") {
		t.Errorf("message %q", ready.Message)
	}
	if calls := h.api.Calls("service/get_info"); calls != 1 {
		t.Errorf("%d requests, want 1", calls)
	}
}

func TestADomainThatIsNotActiveIsNotReady(t *testing.T) {
	h := newHarness(t, harnessOptions{})
	h.api.AddDomain(testLogin, regapitest.Domain{Name: "suspended.ru", State: "S"})
	object := h.createDomain("suspended.ru")
	ready := h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonBlocked)
	if !strings.Contains(ready.Message, "resume its delegation") || object.Status.State != v1alpha1.DomainSuspended {
		t.Errorf("state %s, message %q", object.Status.State, ready.Message)
	}
}

func TestADomainWithoutItsAccountWaitsForIt(t *testing.T) {
	h := newHarness(t, harnessOptions{withoutAcc: true})
	object := h.createDomain("example.ru")
	h.waitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	h.createAccount("main", testLogin, testPassword)
	h.waitReady(object)
}
