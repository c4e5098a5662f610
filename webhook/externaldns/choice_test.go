package externaldns

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

// stranger is somebody with a server of his own, which says that he holds whatever he likes.
type stranger struct {
	api     *regapitest.Server
	account *v1alpha1.Account
}

func (h *harness) addStranger(domains ...string) *stranger {
	h.Helper()
	api, err := regapitest.Start()
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: login, Password: password})
	for _, domain := range domains {
		api.AddDomain(login, regapitest.Domain{Name: domain})
	}
	s := &stranger{api: api, account: webhooktest.Account("default", "a-stranger", "login", func(a *v1alpha1.Account) { a.Spec.Endpoint = api.URL() })}
	webhooktest.Prove(webhooktest.Secret("default", "login", login), s.account)
	h.create(s.account)
	return s
}

func (h *harness) create(objects ...client.Object) {
	h.Helper()
	for _, object := range objects {
		if err := h.Kube.Create(h.Context(), object); err != nil {
			h.Fatal(err)
		}
	}
}

// claim makes a DNSZone of the stranger's that counts, older than all others.
func (h *harness) claim(s *stranger, domain string, change ...func(*v1alpha1.DNSZone)) {
	h.Helper()
	object := optedIn(domain, change...)
	object.Name, object.UID = "stranger-"+object.Name, "0"
	object.Spec.AccountRef.Name = s.account.Name
	h.create(object)
	object.Status.Claim = &v1alpha1.ZoneClaim{Login: tenancy.Login(s.account), Rules: true}
	if err := h.Kube.Status().Update(h.Context(), object); err != nil {
		h.Fatal(err)
	}
}

func (h *harness) wantNothingAt(s *stranger) {
	h.Helper()
	if writes := s.api.Journal(regapitest.Writes()); len(writes) > 0 {
		h.Errorf("%d writes went to the stranger's server", len(writes))
	}
}

func TestADNSZoneWithAServerOfItsOwnTakesNothingFromTheTrustedEndpoint(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	s := h.addStranger("example.ru", "api.example.ru", "stranger.ru")
	for _, domain := range []string{"example.ru", "api.example.ru", "stranger.ru"} {
		h.claim(s, domain)
	}
	h.wantFilter("example.ru", "stranger.ru")
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1"), rrset("v1.api.example.ru", "A", "192.0.2.2")}})
	h.wantRecords("example.ru", "v1.api A 192.0.2.2", "www A 192.0.2.1")
	h.wantNothingAt(s)
}

func TestAnOpenAccountWithAServerOfItsOwnTakesNothingFromTheTrustedEndpoint(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.AddDomain(login, regapitest.Domain{Name: "without.ru"})
	h.openAccount()
	s := h.addStranger("example.ru", "api.example.ru", "without.ru")
	s.account.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled
	if err := h.Kube.Update(t.Context(), s.account); err != nil {
		t.Fatal(err)
	}
	h.claim(s, "without.ru", says(v1alpha1.ExternalDNSDisabled)) // Hides nothing either.
	h.wantFilter("example.ru", "without.ru")
	h.apply(changes{Create: []endpoint{rrset("www.without.ru", "A", "192.0.2.1"), rrset("v1.api.example.ru", "A", "192.0.2.2")}})
	h.wantRecords("without.ru", "www A 192.0.2.1")
	h.wantNothingAt(s)
}

func TestADNSZoneThatCountsForNothingHidesNoDomain(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.settle()
	for name, change := range map[string]func(*v1alpha1.DNSZone){
		"no-account": func(z *v1alpha1.DNSZone) { z.Spec.AccountRef.Name = "missing" },
		"foreign":    func(z *v1alpha1.DNSZone) { z.Namespace, z.Spec.AccountRef.Namespace = "hostile", "default" },
		"not-held":   func(z *v1alpha1.DNSZone) { z.Spec.AccountRef.Name = "not-holding" },
	} {
		object := optedIn("example.ru", says(v1alpha1.ExternalDNSDisabled), change)
		object.Name, object.UID = name, "0" // The oldest.
		h.create(object)
	}
	h.create(webhooktest.Account("default", "not-holding", "login", func(a *v1alpha1.Account) { a.Spec.Endpoint = h.API.URL() }))
	h.wantFilter("example.ru")
}

func TestADNSZoneGoesOnBeingServedWhileItsAccountCannotBeUsed(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	var main v1alpha1.Account
	if err := h.Kube.Get(t.Context(), client.ObjectKey{Namespace: "default", Name: "main"}, &main); err != nil {
		t.Fatal(err)
	}
	main.Status.Conditions[0].Status = "False"
	if err := h.Kube.Update(t.Context(), &main); err != nil {
		t.Fatal(err)
	}
	h.wantServed("example.ru")
	main.Spec.Endpoint = "http://127.0.0.1/somewhere/else/" // Another login.
	if err := h.Kube.Update(t.Context(), &main); err != nil {
		t.Fatal(err)
	}
	h.wantServed()
	if err := h.Kube.Delete(t.Context(), &main); err != nil {
		t.Fatal(err)
	}
	h.wantServed()
}

func (h *harness) wantServed(domains ...string) {
	h.Helper()
	zones, err := h.provider.zones(h.Context())
	if err != nil {
		h.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(zones)); !slices.Equal(got, domains) {
		h.Errorf("served are %v, want %v", got, domains)
	}
}

// External-dns asks once, when it starts, which domains it may use.
func TestADNSZoneThatDoesNotCountYetIsToldToExternalDNSAndServesNothing(t *testing.T) {
	h := newHarness(t, Settings{Domains: []string{"example.ru", "new.ru"}}, optedIn("example.ru"))
	for _, domain := range []string{"new.ru", "other.ru", "below.example.ru"} {
		h.create(optedIn(domain)) // Its controller has not looked at it.
	}
	h.API.AddDomain(login, regapitest.Domain{Name: "new.ru"})
	h.wantFilter("example.ru", "new.ru") // What is below example.ru is told with that.
	h.apply(changes{Create: []endpoint{rrset("www.new.ru", "A", "192.0.2.1"), rrset("www.below.example.ru", "A", "192.0.2.2")}})
	h.wantRecords("new.ru")
	h.wantRecords("example.ru", "www.below A 192.0.2.2")
}

// settle makes it long ago that the process began.
func (h *harness) settle() {
	h.provider.mu.Lock()
	defer h.provider.mu.Unlock()
	h.provider.began = time.Now().Add(-time.Hour)
}

func TestAnAccountWhoseListHangsStopsNobodyOnceTheProcessHasSettled(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.settle()
	s := h.addStranger("stranger.ru")
	s.api.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Function: "service/get_list"})
	s.account.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled
	if err := h.Kube.Update(t.Context(), s.account); err != nil {
		t.Fatal(err)
	}
	h.wantFilter("example.ru")
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
	h.wantRecords("example.ru", "www A 192.0.2.1")
}

func TestAnAccountThatIsNotCheckedYetIsWaitedFor(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.openAccount(func(a *v1alpha1.Account) { a.Status.Conditions = nil })
	if body := h.wantStatus(http.StatusServiceUnavailable, "GET", "/", nil); strings.Contains(string(body), "include") {
		t.Errorf("answer %s", body)
	}
}

func TestObjectsThatCountForNothingAreNotLookedAtWithEverySync(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.follow("example.ru")
	for n := range 1_000 {
		flood := optedIn(fmt.Sprintf("flood-%d.ru", n))
		flood.Namespace = "tenant"
		h.create(flood)
	}
	h.Listed.Store(0)
	if got := h.ask(http.MethodGet, "/records", nil); got.status != http.StatusOK {
		t.Errorf("status %d", got.status)
	}
	if listed := h.Listed.Load(); listed > 10 {
		t.Errorf("%d objects were looked at", listed)
	}
}
