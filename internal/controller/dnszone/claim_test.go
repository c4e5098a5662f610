package dnszone_test

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
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
