package certmanager

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	acmev1 "github.com/cert-manager/cert-manager/pkg/apis/acme/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

const (
	// challengesEach is how many challenges make the same mistake: five hundred in all.
	challengesEach = 56
	// heldDomain is the only one whose challenges are presented, elsewhereDomain is delegated to other name servers, and unheldDomain is nobody's.
	heldDomain, elsewhereDomain, unheldDomain = "held.ru", "elsewhere.ru", "unheld.ru"
	// apiLatency is about what REG.API takes, so that requests meet and share one.
	apiLatency = 100 * time.Millisecond
	// letGo is how soon namespaces have to be gone. Nothing in them has to be waited for, so that it is a busy machine that this leaves room for.
	letGo = 2 * time.Minute
)

// mistake is what is wrong with the challenges of a namespace.
type mistake struct {
	config any // of the webhook
	domain string
}

func mistakes(owner string) map[string]mistake {
	of := func(account string) map[string]any {
		return map[string]any{"accountRef": map[string]any{"namespace": owner, "name": account}}
	}
	return map[string]mistake{
		"misspelt":    {map[string]any{"acountRef": map[string]any{"name": harness.AccountName}}, heldDomain},
		"publication": {map[string]any{"accountRef": map[string]any{"namespace": owner, "name": harness.AccountName}, "waitForPublication": "yes"}, heldDomain},
		"unknown":     {of("unknown"), heldDomain},
		"not-allowed": {of("closed"), heldDomain},
		"not-held":    {of(harness.AccountName), unheldDomain},
		"elsewhere":   {of(harness.AccountName), elsewhereDomain},
		"secretless":  {of("secretless"), heldDomain},
		"refused":     {of("refused"), heldDomain},
		"zone-gone":   {nil, heldDomain}, // Presented by a DNSZone that is deleted before the challenges are.
	}
}

func TestFiveHundredChallengesWithEveryKindOfWrongConfigEndDeletedAndSoDoTheirNamespaces(t *testing.T) {
	t.Parallel() // It waits more than it works.
	w := newWorldWithoutCertManager(t, regapitest.WithLatency(apiLatency))
	owner := w.accountsToBeMistakenAbout(t)
	namespaces := map[string]tenant{}
	for name, m := range mistakes(owner.namespace) {
		namespaces[name] = tenant{world: w, namespace: w.plane.NewNamespace(t, name)}
		namespaces[name].addIssuer(t, webhook(t, m.config))
		namespaces[name].addChallenges(t, m)
	}
	w.api.ResetJournal()
	zone := namespaces["zone-gone"].addZoneOf(t, owner)
	for _, account := range []string{"secretless", "refused"} {
		w.plane.Kubectl(t, "", "--namespace="+owner.namespace, "wait", "--for=condition=Stalled", "--timeout=2m", "account/"+account)
	}
	w.startCertManager(t)
	for name, c := range namespaces {
		c.awaitTried(t, name)
	}

	if err := w.plane.Delete(t.Context(), zone); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for _, c := range namespaces {
		if err := w.plane.Delete(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: c.namespace}}); err != nil {
			t.Fatal(err)
		}
	}
	harness.Eventually(t, letGo, "all namespaces to be gone", func() error {
		var left []error
		for name, c := range namespaces {
			if !w.isGone(t, c.namespace) {
				left = append(left, fmt.Errorf("%s has %d challenges: %.300s", name, len(c.challenges(t)), c.describeChallenges(t)))
			}
		}
		return errors.Join(left...)
	})
	t.Logf("gone after %s", time.Since(began).Round(time.Second))
	w.requireNothingLeft(t)
	owner.requireFewRequests(t)
}

// accountsToBeMistakenAbout makes a tenant whose Account main works and lets everybody use it, and others beside it that do not.
func (w *world) accountsToBeMistakenAbout(t *testing.T) tenant {
	t.Helper()
	owner := w.newTenant(t, "owner", w.api.URL())
	owner.allow(t)
	w.api.AddDomain(owner.namespace, regapitest.Domain{Name: heldDomain})
	w.api.AddDomain(owner.namespace, regapitest.Domain{Name: elsewhereDomain, NameServers: []string{"ns1.example.com", "ns2.example.com"}})
	w.plane.Make(t, &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: owner.namespace, Name: "refused"},
		StringData: map[string]string{v1alpha1.SecretKeyUsername: owner.namespace, v1alpha1.SecretKeyPassword: "wrong"},
	})
	for name, spec := range map[string]v1alpha1.AccountSpec{
		"closed":     {SecretRef: v1alpha1.SecretReference{Name: harness.AccountName}},
		"secretless": {SecretRef: v1alpha1.SecretReference{Name: "missing"}, AllowedNamespaces: &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}},
		"refused":    {SecretRef: v1alpha1.SecretReference{Name: "refused"}, AllowedNamespaces: &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}},
	} {
		spec.Endpoint = w.api.URL()
		w.plane.Make(t, &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: owner.namespace, Name: name}, Spec: spec})
	}
	return owner
}

// addZoneOf makes a DNSZone for the domain of another tenant, by whose Account the challenges here can be presented.
func (c tenant) addZoneOf(t *testing.T, owner tenant) *v1alpha1.DNSZone {
	t.Helper()
	zone := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: heldDomain},
		Spec: v1alpha1.DNSZoneSpec{
			AccountRef: v1alpha1.AccountReference{Namespace: owner.namespace, Name: harness.AccountName}, DomainName: heldDomain,
		},
	}
	c.plane.Make(t, zone)
	return zone
}

// addChallenges makes challenges as cert-manager has them once an order has begun, so that the next step is to present them.
func (c tenant) addChallenges(t *testing.T, m mistake) {
	t.Helper()
	solver := webhook(t, m.config)
	solver.WaitInsteadOfSelfCheck = &metav1.Duration{Duration: time.Hour} // The certificate authority is not the question here.
	for n := range challengesEach {
		made := &acmev1.Challenge{
			ObjectMeta: metav1.ObjectMeta{Namespace: c.namespace, Name: fmt.Sprintf("challenge-%02d", n)},
			Spec: acmev1.ChallengeSpec{
				URL: c.acme.directory, AuthorizationURL: c.acme.directory, Type: acmev1.ACMEChallengeTypeDNS01,
				DNSName: fmt.Sprintf("host-%02d.%s.%s", n, c.namespace, m.domain), Token: "token", Key: fmt.Sprintf("key-%02d", n),
				Solver: solver, IssuerRef: cmmeta.IssuerReference{Name: issuerName},
			},
		}
		c.plane.Make(t, made)
		made.Status = acmev1.ChallengeStatus{Processing: true, State: acmev1.Pending}
		if err := c.plane.Status().Update(t.Context(), made); err != nil {
			t.Fatal(err)
		}
	}
}

// awaitTried waits until every challenge was presented, or could not be.
func (c tenant) awaitTried(t *testing.T, name string) {
	t.Helper()
	presents := name == "zone-gone"
	harness.Eventually(t, presentTimeout, "the challenges of "+name+" to be presented, or refused", func() error {
		for _, challenge := range c.challenges(t) {
			if challenge.Status.Presented != presents || (!presents && challenge.Status.Reason == "") {
				return errors.New(c.describeChallenges(t))
			}
		}
		return nil
	})
}

// requireNothingLeft checks that no record of a challenge is left, and that nobody is told otherwise but of the domain that cannot be looked at.
func (w *world) requireNothingLeft(t *testing.T) {
	t.Helper()
	for _, domain := range []string{heldDomain, elsewhereDomain} {
		if texts := w.texts(domain); len(texts) > 0 {
			t.Errorf("zone %s holds %d texts: %v", domain, len(texts), texts[0])
		}
	}
	var events eventsv1.EventList
	if err := w.plane.List(t.Context(), &events, client.InNamespace(metav1.NamespaceDefault)); err != nil {
		t.Fatal(err)
	}
	for _, event := range events.Items {
		if event.Reason == "ChallengeLeftBehind" && !strings.Contains(event.Note, elsewhereDomain) {
			t.Errorf("it is told that something is left: %s", event.Note)
		}
	}
}

// requireFewRequests holds what the five hundred have cost against what can be had: those that were presented a write each, and as much to be
// removed, and else readings that many share.
func (c tenant) requireFewRequests(t *testing.T) {
	t.Helper()
	writes, requests, functions := len(c.writes()), len(c.requests()), map[string]int{}
	for _, entry := range c.requests() {
		functions[entry.Function]++
	}
	t.Logf("%d requests, of them %d writes: %v", requests, writes, functions)
	if writes != 2*challengesEach {
		t.Errorf("%d writes, want %d", writes, 2*challengesEach)
	}
	if limit := writes + 100; requests > limit {
		t.Errorf("%d requests, want at most %d", requests, limit)
	}
}
