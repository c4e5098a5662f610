package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestADomainThatOthersTookAwaySaysWhatBecameOfItAndWhatToDo(t *testing.T) {
	s := newShop(t, nil)
	for name, test := range map[string]struct {
		state  string
		shown  v1alpha1.DomainState
		reason string
		remedy string
	}{
		"ordered.ru": {"N", v1alpha1.DomainInactive, v1alpha1.ReasonNotRegistered, "finish its registration"},
		"gone.ru":    {"D", v1alpha1.DomainDeleted, v1alpha1.ReasonDeleted, "register the domain again"},
		"moved.ru":   {"O", v1alpha1.DomainTransferred, v1alpha1.ReasonMovedAway, "transfer the domain back"},
	} {
		s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: name, State: test.state, Created: "2020-01-02", Expires: "2030-01-02"})
		object := s.specified(name, func(spec *v1alpha1.DomainSpec) { spec.Delegation = v1alpha1.DelegationActive })
		ready := s.WaitFor(object, metav1.ConditionFalse, test.reason)
		if object.Status.State != test.shown || !strings.Contains(ready.Message, test.remedy) {
			t.Errorf("%s is %s: %s", name, object.Status.State, ready.Message)
		}
	}
	if s.Writes() != 0 {
		t.Errorf("%d writes: somebody was fought", s.Writes())
	}
}

func TestAnOrderUnderWayShowsInItsDomainAndSoDoesItsRefusal(t *testing.T) {
	s := newShop(t, mayRegister)
	s.contacts()
	s.API.AddRegistryName(regapitest.RegistryName{Name: "taken.ru"})
	object := s.wanted("taken.ru", nil)
	s.orderComesTo("taken.ru.1", "Placing")
	s.pass(25 * time.Hour)
	s.orderComesTo("taken.ru.1", "Refused")
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonOrderRefused)
	slow := s.wanted("slow.ru", func(a *v1alpha1.Acquisition) { a.Approval = "" })
	s.orderComesTo("slow.ru.1", "AwaitingApproval")
	later := 2 * time.Hour
	s.API.SetDelays(regapitest.Delays{Order: &later})
	s.WaitFor(slow, metav1.ConditionFalse, "AwaitingApproval")
	controllertest.Change(s.Harness, slow, func(d *v1alpha1.Domain) {
		d.Annotations = map[string]string{v1alpha1.AnnotationApproveQuote: d.Status.Orders[0].Digest}
	})
	s.orderComesTo("slow.ru.1", "Paid")
	s.WaitFor(slow, metav1.ConditionFalse, v1alpha1.ReasonAcquiring)
	if s.out() != 590_00 {
		t.Errorf("%d were spent", s.out())
	}
}

func TestAnAddressThatIsNotVerifiedIsForAPersonAndWhatPassesIsTriedAgain(t *testing.T) {
	s := newShop(t, nil)
	fault := regapitest.Fault{Kind: regapitest.FaultError, Function: "domain/update_nss", Code: "DOMAIN_IS_NOT_VERIFIED"}
	s.API.Inject(fault)
	object := s.delegated("example.ru", servers("ns1.example.net", "ns2.example.net"))
	s.shows(object, v1alpha1.ConditionActionRequired, v1alpha1.ReasonEmailNotVerified)
	if required := object.Status.ActionRequired; len(required) != 1 || required[0].Type != v1alpha1.ActionConfirmEmail || required[0].Since.IsZero() {
		t.Errorf("%+v", required)
	}
	s.API.ClearFaults()
	fault.Code = "SERVICE_UNAVAILABLE"
	s.API.Inject(fault)
	s.touch(object)
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonRetrying)
	s.API.ClearFaults()
	s.touch(object)
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	s.shows(object, v1alpha1.ConditionActionRequired, "")
}

func TestADomainOfANamespaceThatTheAccountDoesNotAllowSaysSo(t *testing.T) {
	s := newShop(t, nil, func(o *controllertest.Options) { o.Neighbour = map[string]string{"team": "web"} })
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Neighbour, Name: "strange"},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main", Namespace: s.Namespace}, DomainName: "due.ru"},
	}
	s.MustCreate(object)
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
	if object.Status.ServiceID != "" {
		t.Errorf("it is told of a domain that is none of its business: %+v", object.Status)
	}
}

func TestADeletionThatHasItsTurnYetToComeSaysSo(t *testing.T) {
	const domains = 12 // More than the registrar is told of at once.
	s := newShop(t, nil)
	var objects []*v1alpha1.Domain
	for n := range domains {
		name := fmt.Sprintf("ends-%d.ru", n)
		s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: name, Created: "2020-01-02", Expires: "2030-01-02", Autorenew: true})
		objects = append(objects, s.specified(name, func(spec *v1alpha1.DomainSpec) { spec.DeletionPolicy = v1alpha1.DomainStopAutorenew }))
	}
	for _, object := range objects {
		s.WaitReady(object)
	}
	for _, object := range objects {
		if err := s.Delete(t.Context(), object); err != nil {
			t.Fatal(err)
		}
	}
	s.Eventually("the last ones to wait for their turn", func() error {
		var left v1alpha1.DomainList
		if err := s.List(t.Context(), &left, client.InNamespace(s.Namespace)); err != nil {
			return err
		}
		for _, object := range left.Items {
			waits := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady)
			if waits == nil || waits.Reason != v1alpha1.ReasonDeleting || !strings.Contains(waits.Message, "has its turn yet to come") {
				return fmt.Errorf("%s: %+v", object.Name, waits)
			}
		}
		if len(left.Items) == 0 || len(left.Items) == domains {
			return fmt.Errorf("%d are left", len(left.Items))
		}
		return nil
	})
}
