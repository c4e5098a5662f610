package dnszone_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestOnlyTheOlderOfTwoObjectsRulesAZone(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "пример.рф"})
	first := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: "пример.рф", Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(first)
	time.Sleep(time.Until(first.CreationTimestamp.Add(time.Second))) // The API server counts creation in seconds.
	second := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: "xn--e1afmkfd.xn--p1ai", Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")}})
	ready := h.WaitFor(second, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if !strings.Contains(ready.Message, first.Name) {
		t.Errorf("message %q does not name the other object", ready.Message)
	}
	if got := h.resolve("www.xn--e1afmkfd.xn--p1ai", dns.TypeA); len(got) != 1 || got[0] != "192.0.2.1" {
		t.Errorf("www resolves to %v", got)
	}
	if err := h.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	h.WaitReady(second)
}

func TestOnlyOneNamespaceRulesAZone(t *testing.T) {
	h := newHarness(t, controllertest.Options{Neighbour: map[string]string{}})
	change(h, &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}, func(a *v1alpha1.Account) {
		a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
	})
	first := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(first)
	time.Sleep(time.Until(first.CreationTimestamp.Add(time.Second))) // The API server counts creation in seconds.
	second := first.DeepCopy()
	second.ObjectMeta = metav1.ObjectMeta{Namespace: h.Neighbour, Name: "second"}
	second.Spec.AccountRef.Namespace = h.Namespace
	second.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")}
	h.MustCreate(second)
	ready := h.WaitFor(second, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if !strings.Contains(ready.Message, h.Namespace+"/"+first.Name) {
		t.Errorf("message %q does not name the other object", ready.Message)
	}
	if held := h.API.Records("example.ru"); len(held) != 1 || held[0].Content != "192.0.2.1" {
		t.Errorf("records %v", held)
	}
}

func TestOfTwoObjectsOfOneSecondExactlyOneRules(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	const pairs = 12
	var objects [pairs][2]*v1alpha1.DNSZone
	for n := range pairs {
		domain := fmt.Sprintf("pair-%d.ru", n)
		h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: domain})
		for i := range objects[n] {
			address := v1alpha1.IPv4Address(fmt.Sprintf("192.0.2.%d", i+1))
			objects[n][i] = h.CreateZoneWith(v1alpha1.DNSZoneSpec{DomainName: v1alpha1.DomainName(domain), Records: []v1alpha1.NameRecords{controllertest.WWW(address)}})
		}
	}
	for _, pair := range objects {
		h.Eventually("one of two to rule, and the other to know", func() error {
			reasons := map[string]int{}
			for _, object := range pair {
				h.refresh(object)
				if ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady); ready != nil {
					reasons[ready.Reason]++
				}
			}
			return unless(reasons[v1alpha1.ReasonSucceeded] == 1 && reasons[v1alpha1.ReasonConflict] == 1, "%v", reasons)
		})
		for _, object := range pair {
			if ready := meta.IsStatusConditionTrue(object.Status.Conditions, v1alpha1.ConditionReady); !ready && object.Status.Owned.Of != "" {
				t.Errorf("%s has planned for %s, which another rules", object.Name, object.Spec.DomainName)
			}
		}
	}
}

func TestOneInTheAccountsOwnNamespaceComesFirst(t *testing.T) {
	h := newHarness(t, controllertest.Options{Neighbour: map[string]string{}})
	h.allow(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll})
	theirs := h.borrow("example.ru", controllertest.WWW("192.0.2.2"))
	h.WaitReady(theirs)
	own := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(own)
	h.WaitFor(theirs, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	h.holds(held("www", "A", "192.0.2.1"))
	h.remove(own)
	h.WaitReady(theirs)
}

// A squatter makes his object long before, and lets it count only when the domain is worth something.
func TestAnOlderObjectThatBeginsToCountTakesNoZoneThatIsRuled(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	squatter := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "squatter"},
		Spec: v1alpha1.DNSZoneSpec{
			AccountRef: v1alpha1.AccountReference{Name: "missing"}, DomainName: "example.ru", Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.66")},
		},
	}
	h.MustCreate(squatter)
	h.afterSecondOf(squatter)
	ruling := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(ruling)
	change(h, squatter, func(z *v1alpha1.DNSZone) { z.Spec.AccountRef.Name = "main" })
	h.WaitFor(squatter, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	h.WaitReady(ruling)
	h.holds(held("www", "A", "192.0.2.1"))
	h.remove(ruling)
	h.WaitReady(squatter)
}

func TestWhatRulesGoesOnRulingWhileItsAccountIsDenied(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	ruling := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(ruling)
	h.CreateAccount("second", controllertest.Login, controllertest.Password) // The same login.
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	checks := h.API.Calls("nop")
	change(h, secret, func(s *corev1.Secret) { s.Data["password"] = []byte("wrong") })
	h.Eventually("the new password to be refused", func() error { return unless(h.API.Calls("nop") > checks, "nobody has asked yet") })
	rival := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "rival"}, Spec: *ruling.Spec.DeepCopy()}
	rival.Spec.AccountRef.Name = "second"
	h.MustCreate(rival)
	h.WaitFor(rival, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if h.refresh(ruling); ruling.Status.Claim == nil || !ruling.Status.Claim.Rules {
		t.Errorf("claim %+v", ruling.Status.Claim)
	}
	// Its Account is deleted: that is the end of the claim.
	if err := h.Delete(t.Context(), &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}); err != nil {
		t.Fatal(err)
	}
	h.WaitReady(rival)
	h.WaitFor(ruling, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
}

func TestAZoneDoesNotNoticeThatItsAccountIsCheckedAnew(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(object)
	since := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady).LastTransitionTime
	time.Sleep(time.Until(since.Add(time.Second))) // Conditions count in seconds.
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	for _, requests := range []int32{900, 800, 700} {
		change(h, main, func(a *v1alpha1.Account) { a.Spec.Budget = &v1alpha1.Budget{RequestsPerHour: requests} })
		h.WaitReady(main)
	}
	change(h, object, func(z *v1alpha1.DNSZone) { z.Spec.Records = []v1alpha1.NameRecords{controllertest.WWW("192.0.2.2")} })
	h.WaitReady(object)
	if ready := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionReady); !ready.LastTransitionTime.Equal(&since) {
		t.Errorf("it was not Ready in between: %+v", ready)
	}
}

func TestAClaimEndsWhenTheDomainLeavesTheAccount(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon})
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitReady(object)
	h.API.RemoveDomain("example.ru")
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotFound)
	if *object.Status.Claim != (v1alpha1.ZoneClaim{}) {
		t.Errorf("claim %+v", object.Status.Claim)
	}
}

func TestAZoneThatIsDelegatedElsewhereIsTheAccountsAllTheSame(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.SetDelegation("example.ru", "ns1.example.com", "ns2.example.com")
	object := h.CreateZone(controllertest.WWW("192.0.2.1"))
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated)
	if claim := object.Status.Claim; claim == nil || !claim.Rules || claim.Login == "" {
		t.Errorf("claim %+v", claim)
	}
}

func TestConsentThatIsTakenBackShowsOnAnObjectThatIsReady(t *testing.T) {
	h := newHarness(t, controllertest.Options{Neighbour: map[string]string{"team": "web"}})
	h.allow(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"team": "web"}}})
	theirs := h.borrow("example.ru", controllertest.WWW("192.0.2.1"))
	h.WaitReady(theirs)
	domain := &v1alpha1.Domain{ObjectMeta: metav1.ObjectMeta{Namespace: h.Neighbour, Name: "domain"}, Spec: v1alpha1.DomainSpec{
		AccountRef: theirs.Spec.AccountRef, DomainName: "example.ru",
	}}
	h.MustCreate(domain)
	h.WaitReady(domain)
	change(h, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: h.Neighbour}}, func(n *corev1.Namespace) { delete(n.Labels, "team") })
	h.WaitFor(theirs, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
	h.WaitFor(domain, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
	if *theirs.Status.Claim != (v1alpha1.ZoneClaim{}) {
		t.Errorf("claim %+v", theirs.Status.Claim)
	}
}

func TestAnAccountAllowsOtherNamespacesTheDomainsThatItNames(t *testing.T) {
	h := newHarness(t, controllertest.Options{Neighbour: map[string]string{}})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "пример.рф"})
	h.allow(v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll, Domains: []string{"Пример.рф", "other.ru"}})
	h.WaitReady(h.borrow("xn--e1afmkfd.xn--p1ai", controllertest.WWW("192.0.2.1")))
	refused := h.borrow("example.ru", controllertest.WWW("192.0.2.1"))
	ready := h.WaitFor(refused, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
	if !strings.Contains(ready.Message, "the domain example.ru: its owner can add it to spec.allowedNamespaces.domains") {
		t.Errorf("message %q", ready.Message)
	}
	h.WaitReady(h.CreateZone(controllertest.WWW("192.0.2.2"))) // The Account's own namespace may use every domain.
}

// allow sets what the Account main allows.
func (h *harness) allow(allowed v1alpha1.AllowedNamespaces) {
	h.Helper()
	main := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	change(h, main, func(a *v1alpha1.Account) { a.Spec.AllowedNamespaces = &allowed })
	h.WaitReady(main)
}

// borrow makes a DNSZone of the neighbour's that names the Account main.
func (h *harness) borrow(domain string, records ...v1alpha1.NameRecords) *v1alpha1.DNSZone {
	h.Helper()
	object := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Neighbour, GenerateName: "borrowed-"},
		Spec: v1alpha1.DNSZoneSpec{
			AccountRef: v1alpha1.AccountReference{Namespace: h.Namespace, Name: "main"}, DomainName: v1alpha1.DomainName(domain), Records: records,
		},
	}
	h.MustCreate(object)
	return object
}

func TestAnAccountOfAnotherNamespaceHasToAllowIt(t *testing.T) {
	for name, test := range map[string]struct {
		allowed *v1alpha1.AllowedNamespaces
		ready   bool
	}{
		"nobody is allowed by default": {nil, false},
		"only the same namespace":      {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSame}, false},
		"every namespace":              {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}, true},
		"those that a selector matches": {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
			MatchLabels: map[string]string{"team": "web"},
		}}, true},
		"others than a selector matches": {&v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesSelector, Selector: &metav1.LabelSelector{
			MatchLabels: map[string]string{"team": "mail"},
		}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{Neighbour: map[string]string{"team": "web"}})
			change(h, &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}, func(a *v1alpha1.Account) { a.Spec.AllowedNamespaces = test.allowed })
			object := &v1alpha1.DNSZone{
				ObjectMeta: metav1.ObjectMeta{Namespace: h.Neighbour, Name: "zone"},
				Spec: v1alpha1.DNSZoneSpec{
					AccountRef: v1alpha1.AccountReference{Namespace: h.Namespace, Name: "main"}, DomainName: "example.ru", Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")},
				},
			}
			h.MustCreate(object)
			if test.ready {
				h.WaitReady(object)
				return
			}
			ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
			if !strings.Contains(ready.Message, "spec.allowedNamespaces") {
				t.Errorf("message %q", ready.Message)
			}
		})
	}
}
