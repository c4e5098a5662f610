package certmanager

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

const neighbour = "neighbour"

// otherLogin holds example.ru and shop.example.ru too, as far as the simulator cares.
const otherLogin = "other"

func allowing(from v1alpha1.FromNamespaces) func(*v1alpha1.Account) {
	return func(a *v1alpha1.Account) {
		a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: from}
		if from == v1alpha1.NamespacesSelector {
			a.Spec.AllowedNamespaces.Selector = &metav1.LabelSelector{MatchLabels: map[string]string{"certificates": "yes"}}
		}
	}
}

func unready(a *v1alpha1.Account) {
	a.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionReady, Status: "False", Reason: v1alpha1.ReasonAccessDenied}}
}

func namespaceOf(name string, labels map[string]string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: labels}}
}

func inNamespace(namespace string) func(*acme.ChallengeRequest) {
	return func(r *acme.ChallengeRequest) { r.ResourceNamespace = namespace }
}

// theirs gives an Account of the namespace default that replaces main.
func theirs(change ...func(*v1alpha1.Account)) setting {
	return func(b *blueprint) { b.objects[1] = webhooktest.Account("default", "main", "login", change...) }
}

func TestAnAccountOfAnotherNamespaceHasToAllowIt(t *testing.T) {
	labelled := map[string]string{"certificates": "yes"}
	for name, c := range map[string]struct {
		settings []setting
		want     string // nothing for success
	}{
		"only its own":              {nil, "Account default/main does not allow this namespace"},
		"every namespace":           {[]setting{theirs(allowing(v1alpha1.NamespacesAll))}, ""},
		"by label":                  {[]setting{theirs(allowing(v1alpha1.NamespacesSelector)), with(namespaceOf(neighbour, labelled))}, ""},
		"by label that is missing":  {[]setting{theirs(allowing(v1alpha1.NamespacesSelector)), with(namespaceOf(neighbour, nil))}, "does not allow this namespace"},
		"one that is not ready":     {[]setting{theirs(allowing(v1alpha1.NamespacesAll), unready)}, "Account main is not ready (AccessDenied)"},
		"not ready and not allowed": {[]setting{theirs(unready)}, "does not allow this namespace"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, c.settings...)
				named := h.config(Config{AccountRef: &v1alpha1.AccountReference{Name: "main", Namespace: "default"}})
				request := h.challenge(apexName, "key", inNamespace(neighbour), func(r *acme.ChallengeRequest) { r.Config = named })
				h.wantOutcome(h.solver.Present(request), c.want)
			})
		})
	}
}

// wantOutcome is success, or an error with a text, and the record in the zone or not.
func (h *harness) wantOutcome(err error, want string) {
	h.Helper()
	if want == "" {
		if err != nil {
			h.Error(err)
		}
		h.wantTexts("_acme-challenge key")
		return
	}
	if err == nil || !strings.Contains(err.Error(), want) {
		h.Errorf("error %v, want %q in it", err, want)
	}
	h.wantTexts()
}

func TestAnAccountThatDoesNotExistIsAnErrorWithTheRemedy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		h.wantOutcome(h.solver.Present(h.challenge(apexName, "key", inNamespace("empty"))), "Account main does not exist in this namespace: create it")
	})
}

func TestADomainThatNoAccountHoldsIsAnErrorWithTheRemedy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		err := h.solver.Present(h.challenge("_acme-challenge.www.example.com.", "key"))
		h.wantOutcome(err, "none of www.example.com, example.com is a domain of the account: name the Account")
	})
}

// domainOf gives a Domain.
func domainOf(namespace, name, domain string, ref v1alpha1.AccountReference) *v1alpha1.Domain {
	return &v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       v1alpha1.DomainSpec{AccountRef: ref, DomainName: v1alpha1.DomainName(domain)},
	}
}

func TestWithoutAnAccountTheObjectsDecide(t *testing.T) {
	main := v1alpha1.AccountReference{Name: "main"}
	mainOfDefault := v1alpha1.AccountReference{Name: "main", Namespace: "default"}
	all := theirs(allowing(v1alpha1.NamespacesAll))
	const none = "no DNSZone or Domain that namespace neighbour may use"
	for name, c := range map[string]struct {
		settings []setting
		want     string
	}{
		"nothing":                                    {nil, none},
		"a DNSZone of another namespace":             {[]setting{with(zoneOf())}, none},
		"a DNSZone whose Account allows it":          {[]setting{all, with(zoneOf())}, ""},
		"a Domain whose Account allows it":           {[]setting{all, with(domainOf("default", "d", "example.ru", main))}, ""},
		"a Domain of its own that is not allowed":    {[]setting{with(domainOf(neighbour, "d", "example.ru", mainOfDefault))}, none},
		"a Domain of its own that is allowed":        {[]setting{all, with(domainOf(neighbour, "d", "example.ru", mainOfDefault))}, ""},
		"an object for another domain":               {[]setting{all, with(domainOf("default", "d", "ample.ru", main))}, none},
		"an object whose Account is not ready":       {[]setting{theirs(allowing(v1alpha1.NamespacesAll), unready), with(zoneOf())}, "the Account of default/zone: Account main is not ready"},
		"a longer one that is nobody's business":     {[]setting{all, with(zoneOf(), domainOf("hostile", "d", "www.example.ru", main))}, ""},
		"a longer one whose Account is somewhere":    {[]setting{all, with(zoneOf(), domainOf(neighbour, "d", "www.example.ru", v1alpha1.AccountReference{Name: "main", Namespace: "hostile"}))}, ""},
		"an object that cannot be a domain":          {[]setting{all, with(zoneOf(), domainOf("default", "d", "exämplе..ru", main))}, ""},
		"an object that borrows somebody's Account":  {[]setting{with(domainOf("hostile", "d", "example.ru", mainOfDefault))}, none},
		"one of its own beside one of somebody else": {[]setting{all, with(domainOf(neighbour, "d", "example.ru", mainOfDefault), domainOf("hostile", "a", "example.ru", main))}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, c.settings...)
				request := h.challenge(apexName, "key", inNamespace(neighbour), func(r *acme.ChallengeRequest) { r.Config = nil })
				if strings.Contains(name, "longer") {
					request.ResolvedFQDN = "_acme-challenge.www.example.ru."
					h.wantLonger(request)
					return
				}
				h.wantOutcome(h.solver.Present(request), c.want)
			})
		})
	}
}

func (h *harness) wantLonger(request *acme.ChallengeRequest) {
	h.Helper()
	if err := h.solver.Present(request); err != nil {
		h.Error(err)
	}
	h.wantTexts("_acme-challenge.www key")
}

func TestOfSeveralObjectsTheLongestDomainDecides(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		objects := []client.Object{
			zoneOf(), domainOf("default", "shop", "shop.example.ru", v1alpha1.AccountReference{Name: "other"}),
			webhooktest.Secret("default", "other", otherLogin), webhooktest.Account("default", "other", "other"),
		}
		h := newHarness(t, with(objects...))
		h.API.AddAccount(regapitest.Account{Login: otherLogin, Password: password})
		h.API.AddDomain(otherLogin, regapitest.Domain{Name: "shop.example.ru", Records: foreign})
		for fqdn, domain := range map[string]string{"_acme-challenge.www.example.ru": "example.ru", "_acme-challenge.www.shop.example.ru": "shop.example.ru"} {
			h.present(h.challenge(fqdn, "key", func(r *acme.ChallengeRequest) { r.Config = nil }))
			h.wantTextsOf(domain, "_acme-challenge.www key")
		}
	})
}

func TestTheOlderOfTwoDNSZonesIsAskedForConsent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now().Truncate(time.Second)
		younger := zoneOf(func(z *v1alpha1.DNSZone) {
			z.Name, z.CreationTimestamp = "younger", metav1.NewTime(now)
			z.Annotations = map[string]string{v1alpha1.AnnotationPaused: "true"}
		})
		older := zoneOf(func(z *v1alpha1.DNSZone) { z.CreationTimestamp = metav1.NewTime(now.Add(-time.Hour)) })
		h := newHarness(t, with(younger, older))
		h.wantOutcome(h.solver.Present(h.challenge(apexName, "key")), "")
	})
}
