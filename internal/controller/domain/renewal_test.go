package domain_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// shop is a harness whose controllers make Orders.
type shop struct {
	*controllertest.Harness
	clock  controllertest.OrdersClock
	expiry string
}

func newShop(t *testing.T, spending *v1alpha1.Spending, change ...func(*controllertest.Options)) *shop {
	t.Helper()
	// A little ahead: the API server says when an order was made, and its clock does not stand still.
	clock := controllertest.OrdersClock{ManualClock: regapitest.NewManualClock(time.Now().Add(10 * time.Minute))}
	options := controllertest.Options{
		OrdersClock: clock, Sweeps: controllertest.Soon,
		Simulator: []regapitest.Option{regapitest.WithClock(clock.ManualClock), regapitest.WithHourlyLimit(0)},
	}
	for _, apply := range change {
		apply(&options)
	}
	h := controllertest.New(t, options)
	s := &shop{h, clock, clock.Now().AddDate(0, 0, 20).Format(time.DateOnly)}
	h.API.TopUp(controllertest.Login, "5000")
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "due.ru", ServiceID: 555, Created: "2020-01-02", Expires: s.expiry, Autorenew: true})
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	controllertest.Change(h, main, func(a *v1alpha1.Account) {
		a.Spec.Spending = spending
		a.Annotations = map[string]string{v1alpha1.AnnotationSpentThisMonth: purchase.MonthOf(clock.Now()) + "=0"}
	})
	if options.ReadOnly {
		h.WaitFor(main, metav1.ConditionTrue, v1alpha1.ReasonReadOnly)
	} else {
		h.WaitReady(main)
	}
	return s
}

var allowed = &v1alpha1.Spending{Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRenew}, PerOrder: "1000", PerMonth: "5000"}

// dueForYears makes a Domain for years.com, of a zone that renews for several years.
func (s *shop) dueForYears() *v1alpha1.Domain {
	s.Helper()
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "years.com", ServiceID: 561, Created: "2020-01-02", Expires: s.expiry})
	return s.specified("years.com", func(spec *v1alpha1.DomainSpec) {
		spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"}
	})
}

// due makes a Domain for due.ru.
func (s *shop) due(name string, renewal *v1alpha1.Renewal) *v1alpha1.Domain {
	s.Helper()
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: name},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "due.ru", Renewal: renewal},
	}
	s.MustCreate(object)
	return object
}

func (s *shop) order(name string) (*v1alpha1.Order, error) {
	var found v1alpha1.Order
	err := s.Get(s.Context(), types.NamespacedName{Namespace: s.Namespace, Name: name}, &found)
	return &found, err
}

// pass lets time go by in which the operator watches, and wakes the order.
func (s *shop) pass(by time.Duration) {
	s.Helper()
	const beat = 10 * time.Minute // Whoever looks between two of them sees no gap.
	desk := &ordering.Desk{Live: s.Client, Namespace: s.Namespace, Clock: s.clock}
	login := tenancy.LoginAt(s.API.URL(), "user 4711")
	now := s.clock.Now()
	for left := by; left > 0; left -= beat {
		s.clock.Advance(min(left, beat))
		_, err := desk.Change(s.Context(), login, desk.TimeOf(nil), func(l *purchase.Ledger, told time.Time) bool {
			now, l.Heartbeat = told, told
			return true
		})
		if err != nil {
			s.Fatal(err)
		}
	}
	var orders v1alpha1.OrderList
	if err := s.List(s.Context(), &orders, client.InNamespace(s.Namespace)); err != nil {
		s.Fatal(err)
	}
	for i := range orders.Items {
		object := &orders.Items[i]
		patch := client.MergeFrom(object.DeepCopy())
		object.Annotations["test"] = now.String()
		if err := s.Patch(s.Context(), object, patch); err != nil {
			s.Fatal(err)
		}
	}
}

func (s *shop) comesTo(state v1alpha1.OrderState) {
	s.Helper()
	s.orderComesTo("due.ru.1", state)
}

func (s *shop) orderComesTo(name string, state v1alpha1.OrderState) {
	s.Helper()
	s.Eventually("the order to be "+string(state), func() error {
		found, err := s.order(name)
		if err == nil && found.Status.State != state {
			err = fmt.Errorf("%s (%s): %+v", found.Status.State, found.Status.Reason, found.Status.Conditions)
		}
		return err
	})
}

func TestADomainThatIsDueIsRenewedByAnOrder(t *testing.T) {
	s := newShop(t, allowed)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.comesTo("Reserved")
	rival := s.due("rival", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000", Years: 1}) // younger by a second at least
	s.pass(25 * time.Hour)
	s.comesTo("Placed")
	s.pass(31 * time.Minute)
	s.comesTo("Settled")
	want := s.clock.Now().AddDate(0, 0, 19).AddDate(1, 0, 0).Format("2006-01")
	s.Eventually("the Domain to show it", func() error {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if r := object.Status.Renewal; r == nil || r.State != "Settled" || object.Status.ExpirationDate[:7] != want {
			return fmt.Errorf("%s, %+v", object.Status.ExpirationDate, r)
		}
		return nil
	})
	s.WaitReady(object)
	if renewals, payments := s.API.Calls("service/renew"), s.API.Calls("bill/change_pay_type"); renewals != 1 || payments != 1 {
		t.Errorf("%d orders, %d payments", renewals, payments)
	}
	if err := s.Get(t.Context(), client.ObjectKeyFromObject(rival), rival); err != nil || rival.Status.Renewal == nil || rival.Status.Renewal.Message == "" {
		t.Errorf("the other Domain does not say why it orders nothing: %+v, %v", rival.Status.Renewal, err)
	}
	if _, err := s.order("due.ru.2"); err == nil {
		t.Error("there is a second order")
	}
}

func TestNothingIsTouchedWhereNobodyAsks(t *testing.T) {
	for name, renewal := range map[string]*v1alpha1.Renewal{"no renewal": nil, "Ignore": {Mode: v1alpha1.RenewalIgnore}} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t, allowed)
			s.WaitReady(s.due("due", renewal))
			if s.Writes() != 0 {
				t.Errorf("%d writes", s.Writes())
			}
		})
	}
}

func TestWithoutSpendingNothingIsOrderedAndTheDomainSaysSo(t *testing.T) {
	s := newShop(t, nil)
	object := s.due("due", &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: "1000"})
	s.WaitReady(object)
	if r := object.Status.Renewal; r == nil || r.Message == "" || s.Writes() != 0 {
		t.Errorf("%+v, %d writes", r, s.Writes())
	}
}

// says holds what the renewal of a Domain says against a part of it.
func (s *shop) says(object *v1alpha1.Domain, part string) error {
	if err := s.Get(s.Context(), client.ObjectKeyFromObject(object), object); err != nil {
		return err
	}
	if r := object.Status.Renewal; r == nil || !strings.Contains(r.Message, part) {
		return fmt.Errorf("%+v", r)
	}
	return nil
}
