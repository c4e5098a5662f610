package domain_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestADomainIsFoundInItsAccountAndNothingIsChanged(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{})
	object := h.CreateDomain("example.ru")
	h.WaitReady(object)
	want := v1alpha1.DomainStatus{
		ObservedGeneration: 1, ServiceID: "12345", State: v1alpha1.DomainActive,
		CreationDate: "2020-01-02", ExpirationDate: "2030-01-02", NameServers: []string{"ns1.reg.ru", "ns2.reg.ru"}, DNSSEC: "disabled",
	}
	got := object.Status
	if got.HeldBy == "" {
		t.Error("nothing says which login holds the domain")
	}
	got.Conditions, got.HeldBy = nil, ""
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("status (-want +got):\n%s", diff)
	}
	if h.Writes() != 0 {
		t.Error("something was written")
	}
}

func TestADomainFollowsWhatTheSweepsFind(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{Sweeps: controllertest.Soon})
	object := h.CreateDomain("example.ru")
	h.WaitReady(object)
	h.API.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	h.Eventually("the new name servers to show", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if !slices.Equal(object.Status.NameServers, []string{"ns1.example.com", "ns2.example.com"}) {
			return fmt.Errorf("name servers %v", object.Status.NameServers)
		}
		return nil
	})
	version := object.ResourceVersion
	awaitSweeps(h)
	if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil || object.ResourceVersion != version {
		t.Errorf("the object was written without need: %v", err)
	}
}

// awaitSweeps waits until everything has been read again.
func awaitSweeps(h *controllertest.Harness) {
	h.Helper()
	sweeps := h.API.Calls("user/get_balance")
	h.Eventually("more sweeps", func() error {
		if now := h.API.Calls("user/get_balance"); now < sweeps+3 {
			return fmt.Errorf("%d", now-sweeps)
		}
		return nil
	})
}

func TestManyDomainsShareTheirRequests(t *testing.T) {
	const domains = 60
	h := controllertest.New(t, controllertest.Options{})
	var objects []*v1alpha1.Domain
	for n := range domains {
		name := fmt.Sprintf("domain-%d.ru", n)
		h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: name})
		objects = append(objects, h.CreateDomain(name))
	}
	for _, object := range objects {
		h.WaitReady(object)
	}
	// How many meet depends on how fast they were created; alone they would take three requests each.
	if calls := len(h.API.Journal()); calls > domains {
		t.Errorf("%d requests for %d domains", calls, domains)
	}
}

func TestADomainIsFoundInEverySpelling(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "пример.рф", ServiceID: 777})
	for _, spelling := range []string{"пример.рф", "Пример.РФ", "xn--e1afmkfd.xn--p1ai"} {
		object := h.CreateDomain(spelling)
		h.WaitReady(object)
		if object.Status.ServiceID != "777" {
			t.Errorf("%s: service %q", spelling, object.Status.ServiceID)
		}
	}
}

func TestADomainThatIsNotInTheAccountIsPolledSlowly(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{})
	object := h.CreateDomain("example.com")
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotFound)
	if !strings.Contains(ready.Message, "DOMAIN_NOT_FOUND") || !strings.Contains(ready.Message, "account that owns the domain") {
		t.Errorf("message %q", ready.Message)
	}
	if calls := h.API.Calls("service/get_info"); calls != 1 {
		t.Errorf("%d requests, want 1", calls)
	}
}

func TestADomainThatIsNotActiveIsNotReady(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "suspended.ru", State: "S"})
	object := h.CreateDomain("suspended.ru")
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonSuspended)
	if !strings.Contains(ready.Message, "resume the delegation") || object.Status.State != v1alpha1.DomainSuspended {
		t.Errorf("state %s, message %q", object.Status.State, ready.Message)
	}
}

func TestADomainWithoutItsAccountWaitsForIt(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
	object := h.CreateDomain("example.ru")
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
}
