package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	eventsv1 "k8s.io/api/events/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
)

// specified makes a Domain of the Account main with a spec.
func (s *shop) specified(domain string, change func(*v1alpha1.DomainSpec)) *v1alpha1.Domain {
	s.Helper()
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, GenerateName: "specified-"},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain)},
	}
	change(&object.Spec)
	s.MustCreate(object)
	return object
}

// gone waits until an object is deleted.
func (s *shop) gone(object client.Object) {
	s.Helper()
	s.Eventually(object.GetName()+" to be gone", func() error {
		err := s.Get(s.Context(), client.ObjectKeyFromObject(object), object)
		if apierrors.IsNotFound(err) {
			return nil
		}
		return fmt.Errorf("it is there: %w", err)
	})
}

func TestADomainThatIsOnlyObservedIsNotChangedAndSaysWhatWouldBeDone(t *testing.T) {
	s := newShop(t, allowed)
	object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) {
		spec.ManagementPolicy = v1alpha1.PolicyObserve
		spec.NameServers = servers("ns1.example.net", "ns2.example.net")
		spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"}
	})
	ready := s.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	for _, would := range []string{"delegate the domain to ns1.example.net, ns2.example.net", "order a renewal"} {
		if !strings.Contains(ready.Message, would) {
			t.Errorf("%q is not told: %s", would, ready.Message)
		}
	}
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonObserved)
	absent := s.wanted("fresh.ru", nil)
	controllertest.Change(s.Harness, absent, func(d *v1alpha1.Domain) { d.Spec.ManagementPolicy = v1alpha1.PolicyObserve })
	if _, err := s.order("due.ru.1"); err == nil || s.Writes() != 0 {
		t.Errorf("it was ordered (%v), with %d writes", err, s.Writes())
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	s.comesTo("Reserved")
	s.WaitReady(object)
}

func TestAPausedDomainGoesOnWhenThePauseEnds(t *testing.T) {
	s := newShop(t, nil)
	object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) {
		spec.ManagementPolicy = v1alpha1.PolicyObserve
		spec.Delegation = v1alpha1.DelegationSuspended
	})
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) {
		d.Annotations, d.Spec.ManagementPolicy = map[string]string{v1alpha1.AnnotationPaused: ""}, v1alpha1.PolicyManage
	})
	ready := s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPaused)
	if !strings.Contains(ready.Message, "suspend the delegation") || s.Writes() != 0 {
		t.Errorf("%d writes: %s", s.Writes(), ready.Message)
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Annotations = nil })
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonSuspended)
	s.WaitReady(object)
}

func TestADelegationIsSuspendedAndResumedAndNoRegistryIsFought(t *testing.T) {
	s := newShop(t, nil)
	object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) { spec.Delegation = v1alpha1.DelegationSuspended })
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonSuspended)
	s.WaitReady(object)
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Delegation = v1alpha1.DelegationActive })
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonDelegated)
	s.WaitReady(object)
	if suspended, resumed := s.API.Calls("service/suspend"), s.API.Calls("service/resume"); suspended != 1 || resumed != 1 {
		t.Errorf("suspended %d times, resumed %d times", suspended, resumed)
	}
	s.clock.Advance(3 * time.Hour)
	s.API.Suspend("due.ru")
	s.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonContested)
	s.shows(object, v1alpha1.ConditionDelegated, v1alpha1.ReasonContested)
	if s.API.Calls("service/resume") != 1 || s.out() != 0 {
		t.Error("who suspended it was fought")
	}
	controllertest.Change(s.Harness, object, func(d *v1alpha1.Domain) { d.Spec.Delegation = "" })
	s.shows(object, v1alpha1.ConditionDelegated, "")
}

func TestTheRegistrarIsToldNotToRenewADomainWhoseObjectGoes(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*v1alpha1.Domain)
		told   int
		left   bool
	}{
		"Retain":        {func(d *v1alpha1.Domain) { d.Spec.DeletionPolicy = v1alpha1.DomainRetain }, 0, false},
		"StopAutorenew": {func(*v1alpha1.Domain) {}, 1, false},
		"observed":      {func(d *v1alpha1.Domain) { d.Spec.ManagementPolicy = v1alpha1.PolicyObserve }, 0, true},
		"told already":  {func(d *v1alpha1.Domain) { d.Spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalNone} }, 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, nil)
			object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) { spec.DeletionPolicy = v1alpha1.DomainStopAutorenew })
			s.WaitReady(object)
			controllertest.Change(s.Harness, object, test.change)
			s.WaitReady(object)
			if object.Spec.Renewal != nil {
				s.told(object, false)
			}
			main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "main"}}
			for _, going := range []client.Object{main, object} { // The Account waits for the Domain.
				if err := s.Delete(t.Context(), going); err != nil {
					t.Fatal(err)
				}
			}
			s.gone(object)
			s.gone(main)
			if told := s.API.Calls("service/set_autorenew_flag"); told != test.told || s.Writes() != test.told {
				t.Errorf("the registrar was told %d times, in %d writes", told, s.Writes())
			}
			if test.left {
				s.Eventually("an event to tell what is left", func() error { return s.tells("AutorenewLeftOn") })
			}
		})
	}
}

// tells looks for an event of a reason in the namespace.
func (s *shop) tells(reason string) error {
	var events eventsv1.EventList
	if err := s.List(s.Context(), &events, client.InNamespace(s.Namespace)); err != nil {
		return err
	}
	for _, event := range events.Items {
		if event.Reason == reason {
			return nil
		}
	}
	return fmt.Errorf("%d events, none of them %s", len(events.Items), reason)
}

func TestADomainWithAnHeirLeavesItTheRenewal(t *testing.T) {
	s := newShop(t, nil)
	elder := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) { spec.DeletionPolicy = v1alpha1.DomainStopAutorenew })
	younger := s.specified("due.ru", func(*v1alpha1.DomainSpec) {})
	s.WaitReady(elder)
	s.WaitReady(younger)
	if err := s.Delete(t.Context(), elder); err != nil {
		t.Fatal(err)
	}
	s.gone(elder)
	if s.Writes() != 0 {
		t.Errorf("%d writes", s.Writes())
	}
}
