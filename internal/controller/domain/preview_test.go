package domain_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// previews gives what plans.
func (s *shop) previews() func(context.Context, client.Object) (door.PlanAnswer, error) {
	s.Helper()
	plan, err := controller.Previews(s.Manager, controller.Dependencies(s.Parts))
	if err != nil {
		s.Fatal(err)
	}
	return plan
}

// unapplied is a Domain that nobody has applied, with the defaults that it would have then.
func (s *shop) unapplied(domain string, change func(*v1alpha1.DomainSpec)) *v1alpha1.Domain {
	object := &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: s.Namespace, Name: "unapplied", Generation: 1, CreationTimestamp: metav1.Now()},
		Spec: v1alpha1.DomainSpec{
			AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(domain), ManagementPolicy: v1alpha1.PolicyManage,
			DeletionPolicy: v1alpha1.DomainRetain,
		},
	}
	change(&object.Spec)
	return object
}

// planFor is what a test wants of a plan.
type planFor struct {
	domain   string
	change   func(*v1alpha1.DomainSpec)
	changes  []string
	requests int
	charges  []door.Charge
	refused  string
	later    string
	held     string
}

// renewsFor has the operator renew a domain for so many years.
func renewsFor(years int32, most v1alpha1.Money) *v1alpha1.Renewal {
	return &v1alpha1.Renewal{Mode: v1alpha1.RenewalOperator, MaxPrice: most, Years: years, BeforeDays: 30, Restore: v1alpha1.RestoreDeny}
}

// domainPlans are plans by what the spec asks for.
var domainPlans = map[string]planFor{
	"nothing is asked for": {domain: "due.ru", change: func(*v1alpha1.DomainSpec) {}},
	"a renewal that is due": {
		domain: "due.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Renewal = renewsFor(1, "1000") },
		changes: []string{renewerOff, "order due.ru.1: renew the domain for 1 years"}, requests: 11, charges: []door.Charge{{What: "renew the domain for 1 years", Price: "590.00", AtMost: "1000"}},
	},
	"a renewal that is not due": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Renewal = renewsFor(1, "1000") },
		changes: []string{renewerOff}, requests: 1, later: "renew the domain for 1 years, for at most 1000 roubles",
	},
	"a renewal for years that the zone has not": {
		domain: "due.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Renewal = renewsFor(7, "1000") }, refused: "spec.renewal.years cannot be 7",
	},
	"a renewer other than the operator": {
		domain: "due.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Renewal = &v1alpha1.Renewal{Mode: v1alpha1.RenewalRegistrar} },
		changes: []string{"have the registrar's own renewal switched on"}, requests: 1,
	},
	"other name servers": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) { spec.NameServers = servers("ns1.example.net", "ns2.example.net") },
		changes: []string{"delegate the domain to ns1.example.net, ns2.example.net"}, requests: 1,
	},
	"other name servers that cost money": {
		domain: "dear.md", change: func(spec *v1alpha1.DomainSpec) {
			spec.NameServers, spec.PaidNameServerChange, spec.PaidNameServerChangeMaxPrice = servers("ns1.example.net", "ns2.example.net"), v1alpha1.PaidChangeAllow, "4900"
		},
		changes: []string{"order a change: delegate the domain to ns1.example.net, ns2.example.net"}, requests: 10,
		charges: []door.Charge{{What: "delegate the domain to ns1.example.net, ns2.example.net", Price: "4800.00", AtMost: "4900"}},
	},
	"other name servers that nobody agreed to pay for": {
		domain: "dear.md", change: func(spec *v1alpha1.DomainSpec) { spec.NameServers = servers("ns1.example.net", "ns2.example.net") }, refused: "4800.00 roubles for a change of name servers: agree",
	},
	"signing": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) { spec.DNSSEC = &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECEnabled} },
		changes: []string{"have the registrar sign the domain"}, requests: 1,
	},
	"signing that cannot be": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) {
			spec.NameServers, spec.DNSSEC = servers("ns1.example.net", "ns2.example.net"), &v1alpha1.DomainDNSSEC{Mode: v1alpha1.DNSSECEnabled}
		},
		changes: []string{"delegate the domain to ns1.example.net, ns2.example.net"}, requests: 1, refused: "spec.dnssec.mode: Enabled",
	},
	"no delegation": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Delegation = v1alpha1.DelegationSuspended },
		changes: []string{"suspend the delegation"}, requests: 1,
	},
	"a delegation again": {
		domain: "asleep.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Delegation = v1alpha1.DelegationActive },
		changes: []string{"resume the delegation"}, requests: 1,
	},
	"nothing but looking": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) {
			spec.ManagementPolicy, spec.Delegation = v1alpha1.PolicyObserve, v1alpha1.DelegationSuspended
		},
		changes: []string{"suspend the delegation"}, requests: 1, held: v1alpha1.ReasonObserved,
	},
	"a domain that is to be bought": {
		domain: "fresh.ru", change: func(spec *v1alpha1.DomainSpec) {
			spec.Acquisition = &v1alpha1.Acquisition{Mode: v1alpha1.AcquisitionRegister, MaxPrice: "1000", Years: 1, ContactsRef: &v1alpha1.SecretReference{Name: "nobody"}}
		},
		changes: []string{"order fresh.ru.1: register the domain for 1 years"}, requests: 10,
		charges: []door.Charge{{What: "register the domain for 1 years", Price: "590.00", AtMost: "1000"}},
	},
	"a purchase that the Account does not allow": {
		domain: "fresh.ru", change: func(spec *v1alpha1.DomainSpec) {
			spec.Acquisition = &v1alpha1.Acquisition{Mode: v1alpha1.AcquisitionTransfer, MaxPrice: "1000", Years: 1}
		},
		refused: "spec.spending.operations",
	},
	"a hidden registrant": {
		domain: "example.ru", change: func(spec *v1alpha1.DomainSpec) { spec.Privacy = v1alpha1.PrivacyEnabled },
		changes: []string{"have WHOIS hide the registrant's data"}, requests: 1,
	},
}

// renewerOff is what is done first where the operator renews.
const renewerOff = "have the registrar's own renewal switched off"

func TestEveryPartOfADomainIsPlannedWithItsCostAndNothingIsDone(t *testing.T) {
	spending := &v1alpha1.Spending{
		Operations: []v1alpha1.OrderOperation{v1alpha1.OperationRenew, v1alpha1.OperationRegister, v1alpha1.OperationChangeNameServers}, PerOrder: "5000", PerMonth: "5000",
	}
	s := newShop(t, spending)
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "dear.md", ServiceID: 558, Created: "2020-01-02", Expires: "2030-01-02"})
	s.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "asleep.ru", ServiceID: 559, Created: "2020-01-02", Expires: "2030-01-02", State: "S"})
	plan := s.previews()
	for name, want := range domainPlans {
		t.Run(name, func(t *testing.T) {
			got, err := s.Plan(plan, s.unapplied(want.domain, want.change))
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(got.Changes, want.changes) || got.Requests != want.requests || !slices.Equal(got.Charges, want.charges) || got.Held != want.held {
				t.Errorf("%+v", got)
			}
			for _, told := range []struct {
				lines []string
				want  string
			}{{got.Refused, want.refused}, {got.Later, want.later}} {
				if (len(told.lines) == 0) != (told.want == "") || !strings.Contains(strings.Join(told.lines, "\n"), told.want) {
					t.Errorf("%q is not %q", told.lines, told.want)
				}
			}
		})
	}
}

func TestThePlanOfADomainThatNobodyHoldsIsAnError(t *testing.T) {
	s := newShop(t, nil)
	if got, err := s.Plan(s.previews(), s.unapplied("elsewhere.ru", func(*v1alpha1.DomainSpec) {})); !regapi.IsNotFound(err) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestThePlanOfAnObjectThatIsThereSaysWhyItWaits(t *testing.T) {
	s := newShop(t, allowed)
	object := s.specified("due.ru", func(spec *v1alpha1.DomainSpec) {
		spec.ManagementPolicy, spec.Delegation = v1alpha1.PolicyObserve, v1alpha1.DelegationSuspended
	})
	s.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	plan := s.previews()
	paused := object.DeepCopy()
	paused.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
	if got, err := s.Plan(plan, paused); err != nil || got.Held != v1alpha1.ReasonPaused || len(got.Changes) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	rival := s.unapplied("due.ru", func(spec *v1alpha1.DomainSpec) { spec.Delegation = v1alpha1.DelegationSuspended })
	if got, err := s.Plan(plan, rival); err != nil || got.Held != v1alpha1.ReasonConflict {
		t.Errorf("of two for one name both rule: %+v, %v", got, err)
	}
}

func TestThePlanOfADeletionSaysThatTheRegistrarIsToldToRenewNoMore(t *testing.T) {
	s := newShop(t, nil)
	object := s.unapplied("due.ru", func(spec *v1alpha1.DomainSpec) { spec.DeletionPolicy = v1alpha1.DomainStopAutorenew })
	object.UID, object.Finalizers, object.DeletionTimestamp = "deleted", []string{"regapi.io/domain"}, &metav1.Time{Time: time.Now()}
	object.Status.ServiceID, object.Status.HeldBy = "555", tenancy.LoginAt(s.API.URL(), "user 4711")
	got, err := s.Plan(s.previews(), object)
	if err != nil || !slices.Equal(got.Changes, []string{"have the registrar's own renewal switched off"}) || got.Requests != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	object.Spec.DeletionPolicy = v1alpha1.DomainRetain
	if got, err := s.Plan(s.previews(), object); err != nil || len(got.Changes)+len(got.Refused) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}
