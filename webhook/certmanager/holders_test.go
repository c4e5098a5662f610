package certmanager

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	acme "github.com/cert-manager/cert-manager/pkg/acme/webhook/apis/acme/v1alpha1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// hostile gives an Account of a tenant that lets everybody use it.
func hostile(name, secret string, change ...func(*v1alpha1.Account)) *v1alpha1.Account {
	return webhooktest.Account("tenant", name, secret, append(change, allowing(v1alpha1.NamespacesAll))...)
}

// unnamed is a challenge of a ClusterIssuer without accountRef.
func (h *harness) unnamed(fqdn string) *acme.ChallengeRequest {
	return h.challenge(fqdn, "key", inNamespace(neighbour), func(r *acme.ChallengeRequest) { r.Config = nil })
}

// byTenant makes an object of the tenant, as old as can be.
func byTenant(account, domain string) client.Object {
	made := domainOf("tenant", "d-"+account+"-"+domain, domain, v1alpha1.AccountReference{Name: account})
	made.UID = "0"
	return made
}

func TestNoObjectOfATenantStopsAChallengeWithoutAnAccount(t *testing.T) {
	const longer = "www.example.ru"
	secret := webhooktest.Secret("tenant", "other", otherLogin)
	elsewhere := func(a *v1alpha1.Account) { a.Spec.Endpoint = "http://127.0.0.1:1/of-his-own/" }
	for name, tenants := range map[string][]client.Object{
		"whose Account does not exist":   {byTenant("missing", "example.ru"), byTenant("missing", longer)},
		"whose Account is not ready":     {hostile("broken", "other", unready), byTenant("broken", "example.ru"), byTenant("broken", longer)},
		"whose Account has no Secret":    {hostile("broken", "missing"), byTenant("broken", "example.ru"), byTenant("broken", longer)},
		"whose Account does not hold it": {secret, hostile("other", "other"), byTenant("other", "example.ru"), byTenant("other", longer)},
		"with an endpoint of his own":    {secret, hostile("own", "other", elsewhere), byTenant("own", "example.ru"), byTenant("own", longer)},
	} {
		for state, mine := range map[string]*v1alpha1.DNSZone{"known": claimed(zoneOf()), "new": zoneOf()} {
			t.Run(name+", "+state, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					h := newHarness(t, theirs(allowing(v1alpha1.NamespacesAll)), with(mine.DeepCopy()), with(copies(tenants)...), trusting)
					h.API.AddAccount(regapitest.Account{Login: otherLogin, Password: password})
					h.API.AddDomain(otherLogin, regapitest.Domain{Name: "tenant.ru"})
					if err := h.solver.Present(h.unnamed("_acme-challenge.www.example.ru.")); err != nil {
						t.Error(err)
					}
					h.wantTexts("_acme-challenge.www key")
				})
			})
		}
	}
}

// trusting has the endpoint of the harness's Account listed.
func trusting(b *blueprint) { b.Endpoints = tenancy.Trust{"http://127.0.0.1/api/regru2/"} }

func copies(objects []client.Object) []client.Object {
	made := make([]client.Object, len(objects))
	for i, object := range objects {
		made[i] = object.DeepCopyObject().(client.Object)
	}
	return made
}

// claimed gives a DNSZone as its controller has it once it has read the zone.
func claimed(object *v1alpha1.DNSZone) *v1alpha1.DNSZone {
	main := webhooktest.Account("default", "main", "login")
	webhooktest.Prove(webhooktest.Secret("default", "login", login1), main)
	object.Status.Claim = &v1alpha1.ZoneClaim{Login: tenancy.Login(main), Rules: true}
	return object
}

func TestAServerThatHangsIsNotWaitedForWhereAnotherHoldsTheDomain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, theirs(allowing(v1alpha1.NamespacesAll)), with(zoneOf()),
			with(webhooktest.Secret("tenant", "other", otherLogin), hostile("hangs", "other"), byTenant("hangs", "www.example.ru")))
		h.API.AddAccount(regapitest.Account{Login: otherLogin, Password: password})
		h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Login: otherLogin, Latency: time.Minute})
		began := time.Now()
		if err := h.solver.Present(h.unnamed("_acme-challenge.www.example.ru.")); err != nil {
			t.Error(err)
		}
		if took := time.Since(began); took > othersWithin+5*time.Second {
			t.Errorf("it took %s", took)
		}
		h.wantTexts("_acme-challenge.www key")
	})
}

func TestAHolderThatIsKnownComesBeforeOneWithALongerName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, theirs(allowing(v1alpha1.NamespacesAll)), with(claimed(zoneOf())),
			with(webhooktest.Secret("tenant", "other", otherLogin), hostile("other", "other"), byTenant("other", "www.example.ru")))
		h.API.AddAccount(regapitest.Account{Login: otherLogin, Password: password})
		h.present(h.unnamed("_acme-challenge.www.example.ru."))
		if asked := h.functions(regapitest.OfAccount(otherLogin)); len(asked) > 0 {
			t.Errorf("the tenant's account was asked: %v", asked)
		}
	})
}

func TestWhatAnAccountAllowsIsAskedOfTheZoneThatWasFound(t *testing.T) {
	of := func(domains ...string) setting {
		return theirs(allowing(v1alpha1.NamespacesAll), func(a *v1alpha1.Account) { a.Spec.AllowedNamespaces.Domains = domains })
	}
	named := &v1alpha1.AccountReference{Name: "main", Namespace: "default"}
	for name, c := range map[string]struct {
		allowed setting
		ref     *v1alpha1.AccountReference
		want    string
	}{
		"named, allowed":       {of("example.ru"), named, ""},
		"named, not allowed":   {of("other.ru"), named, "does not allow this namespace the domain example.ru"},
		"unnamed, allowed":     {of("example.ru"), nil, ""},
		"unnamed, not allowed": {of("other.ru"), nil, "no DNSZone or Domain that namespace neighbour may use"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHarness(t, c.allowed, with(zoneOf()))
				request := h.unnamed(apexName)
				if c.ref != nil {
					request.Config = h.config(Config{AccountRef: c.ref})
				}
				h.wantOutcome(h.solver.Present(request), c.want)
			})
		})
	}
}

// TestAFloodOfObjectsCostsAChallengeNothing counts requests, which is what a challenge waits for.
func TestAFloodOfObjectsCostsAChallengeNothing(t *testing.T) {
	objects := 10_000
	if testing.Short() {
		objects = 1_000
	}
	cost := func(flood []client.Object) (requests []string) {
		synctest.Test(t, func(t *testing.T) {
			h := newHarness(t, theirs(allowing(v1alpha1.NamespacesAll)), with(claimed(zoneOf())), with(flood...))
			h.API.AddAccount(regapitest.Account{Login: otherLogin, Password: password})
			h.present(h.unnamed("_acme-challenge.www.example.ru."))
			requests = h.functions()
		})
		return requests
	}
	flood := []client.Object{webhooktest.Secret("tenant", "other", otherLogin), hostile("other", "other")}
	for n := range objects {
		flood = append(flood, byTenant("other", fmt.Sprintf("n%d.www.example.ru", n)), &v1alpha1.DNSZone{
			ObjectMeta: metav1.ObjectMeta{Namespace: "tenant", Name: fmt.Sprintf("z%d", n)},
			Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "other"}, DomainName: "example.ru"},
		})
	}
	alone, beside := cost(nil), cost(flood)
	// The readings of the two names that may be the zone share a request, or just miss each other.
	if len(beside) > len(alone)+1 {
		t.Errorf("alone the requests are %v, beside the flood %v", alone, beside)
	}
}

func TestAChallengeLooksAtTheObjectsForItsNameAndAtNoOther(t *testing.T) {
	var flood []client.Object
	for n := range 1_000 {
		mine := claimed(&v1alpha1.DNSZone{
			ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: fmt.Sprintf("zone-%d", n)},
			Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: v1alpha1.DomainName(fmt.Sprintf("other-%d.ru", n))},
		})
		flood = append(flood, mine, byTenant("other", fmt.Sprintf("n%d.www.example.ru", n)))
	}
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t, theirs(allowing(v1alpha1.NamespacesAll)), with(claimed(zoneOf())), with(flood...))
		h.Listed.Store(0)
		h.present(h.unnamed("_acme-challenge.www.example.ru."))
		if listed := h.Listed.Load(); listed > 2 { // Once for the Account, once for consent.
			t.Errorf("%d objects were looked at", listed)
		}
	})
}
