package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/purchase"
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

func TestAnOrderThatLacksMoneyIsForAPersonAndGoesOnByItselfWhenThereIsSome(t *testing.T) {
	s := newShop(t, &v1alpha1.Spending{Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRenew}, PerOrder: "9000", PerMonth: "9000"})
	s.API.SetPrices("ru", regapitest.Prices{Renew: "8000"})
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "9000"})
	s.comesTo("Blocked")
	s.shows(object, v1alpha1.ConditionActionRequired, string(purchase.NotEnoughMoney))
	if required := object.Status.ActionRequired; len(required) != 1 || required[0].Type != v1alpha1.ActionPay || s.Kstatus(object) != kstatus.CurrentStatus {
		t.Errorf("%+v, kstatus says %s", required, s.Kstatus(object))
	}
	s.API.TopUp(controllertest.Login, "5000")
	s.comesTo("Reserved")
	s.shows(object, v1alpha1.ConditionActionRequired, "")
}

func TestAnOrderThatNobodyWantsAnyMoreMakesRoomForTheNextOne(t *testing.T) {
	s := newShop(t, allowed)
	object := s.dueForYears()
	s.orderComesTo("years.com.1", "Reserved")
	s.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "bill/get_not_payed", Code: "SERVICE_UNAVAILABLE"}) // It cannot be closed.
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Renewal.Years = 2 })
	s.WaitReady(object)
	if first, err := s.order("years.com.1"); err != nil || purchase.State(first.Status.State).Closed() {
		t.Fatalf("%+v, %v", first.Status, err)
	}
	if next, err := s.order("years.com.2"); err == nil {
		t.Errorf("%s was made while the first one is open", next.Name)
	}
	s.API.ClearFaults()
	s.touch(object)
	s.orderComesTo("years.com.1", "Withdrawn")
	s.orderComesTo("years.com.2", "Reserved")
	if next, err := s.order("years.com.2"); err != nil || next.Spec.Years != 2 {
		t.Errorf("%+v, %v", next, err)
	}
}

// A Domain takes over from another one, and the registrar does not take the word that switches its own renewal off.
func TestAnOrderThatWaitsForTheOnlyRenewerIsForNobody(t *testing.T) {
	s := newShop(t, allowed)
	first := s.due("first", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.comesTo("Reserved")
	second := s.due("second", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.Eventually("the second Domain to keep off", func() error { return s.says(second, "another Domain") })
	s.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/set_autorenew_flag", Code: "SERVICE_UNAVAILABLE"})
	if err := s.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	s.Eventually("the first Domain to go", func() error {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(first), first); err == nil {
			return fmt.Errorf("it is there: %+v", first.ObjectMeta)
		} else if !apierrors.IsNotFound(err) {
			return err
		}
		return nil
	})
	s.pass(25 * time.Hour)
	s.comesTo("Blocked")
	if waiting, err := s.order("due.ru.1"); err != nil || waiting.Status.Reason != string(purchase.OtherRenewer) {
		t.Errorf("%+v, %v", waiting.Status, err)
	}
	s.Eventually("the second Domain to show the order", func() error {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(second), second); err != nil {
			return err
		}
		if len(second.Status.Orders) != 1 || second.Status.Orders[0].State != "Blocked" {
			return fmt.Errorf("%+v", second.Status.Orders)
		}
		return nil
	})
	if len(second.Status.ActionRequired) != 0 {
		t.Errorf("a person is asked for %+v", second.Status.ActionRequired)
	}
	s.API.ClearFaults()
	s.touch(second)
	s.comesTo("Reserved")
}
