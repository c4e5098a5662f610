package externaldns

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// openAccount makes the Account opt in as a whole.
func (h *harness) openAccount(change ...func(*v1alpha1.Account)) {
	h.Helper()
	var found v1alpha1.Account
	if err := h.Kube.Get(h.Context(), client.ObjectKey{Namespace: "default", Name: "main"}, &found); err != nil {
		h.Fatal(err)
	}
	found.Spec.ExternalDNS = v1alpha1.ExternalDNSEnabled
	for _, apply := range change {
		apply(&found)
	}
	if err := h.Kube.Update(h.Context(), &found); err != nil {
		h.Fatal(err)
	}
}

func says(choice v1alpha1.ExternalDNS) func(*v1alpha1.DNSZone) {
	return func(z *v1alpha1.DNSZone) { z.Spec.ExternalDNS = choice }
}

func (h *harness) wantFilter(domains ...string) {
	h.Helper()
	want := `{"include":["` + strings.Join(domains, `","`) + `"]}`
	if body := h.wantStatus(http.StatusOK, "GET", "/", nil); strings.TrimSpace(string(body)) != want {
		h.Errorf("filter %s, want %s", strings.TrimSpace(string(body)), want)
	}
}

func TestAnAccountThatOptsInServesWhateverNoDNSZoneForbids(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("enabled.ru"), optedIn("unset.ru", says("")), optedIn("disabled.ru", says(v1alpha1.ExternalDNSDisabled)))
	h.API.AddDomain(login, regapitest.Domain{Name: "without.ru"})
	h.wantFilter("enabled.ru")
	h.openAccount()
	h.wantFilter("enabled.ru", "unset.ru", "without.ru")
}

func TestTheOwnFilterNarrowsWhatIsServed(t *testing.T) {
	h := newHarness(t, Settings{Domains: []string{"team.ru", "other.ru"}}, optedIn("example.ru"), optedIn("team.ru"), optedIn("sub.team.ru"), optedIn("notteam.ru"))
	h.API.AddDomain(login, regapitest.Domain{Name: "other.ru"})
	h.API.AddDomain(login, regapitest.Domain{Name: "without.ru"})
	h.openAccount()
	h.wantFilter("other.ru", "sub.team.ru", "team.ru")
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
	if h.Writes() != 0 {
		t.Errorf("%d writes outside of the filter", h.Writes())
	}
}

func TestADomainWithoutADNSZoneGetsItsRecordsAndIsReadWithTheSweeps(t *testing.T) {
	h := newHarness(t, Settings{})
	h.API.AddDomain(login, regapitest.Domain{Name: "without.ru"})
	h.openAccount()
	h.API.SetRecords("without.ru", nil)
	h.list()
	h.API.ResetJournal()
	h.apply(changes{Create: []endpoint{rrset("www.without.ru", "A", "192.0.2.1"), rrset("mail.without.ru", "A", "no address")}})
	h.wantRecords("without.ru", "www A 192.0.2.1")
	if !slices.ContainsFunc(h.list(), func(e endpoint) bool { return e.DNSName == "www.without.ru" }) {
		t.Error("the record is not listed")
	}
	if got := h.API.Calls("zone/get_resource_records"); got != 1 {
		t.Errorf("%d readings, want the one after the write", got)
	}
	if told := h.eventText(); !strings.Contains(told, "mail A no address") {
		t.Errorf("events %s", told)
	}
}

func TestADomainThatLeavesTheFilterOrGetsADNSZoneIsNoLongerFollowed(t *testing.T) {
	h := newHarness(t, Settings{})
	h.API.AddDomain(login, regapitest.Domain{Name: "without.ru"})
	h.openAccount()
	h.list()
	if _, known := h.Connection().KnownZone("without.ru"); !known {
		t.Error("the domain is not followed")
	}
	if err := h.Kube.Create(h.Context(), optedIn("without.ru", says(v1alpha1.ExternalDNSDisabled))); err != nil {
		t.Fatal(err)
	}
	h.wantFilter(nothing)
	if _, known := h.Connection().KnownZone("without.ru"); known {
		t.Error("the domain is still followed")
	}
}

func TestAnOpenAccountThatCannotBeUsedStopsNoOther(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.openAccount(func(a *v1alpha1.Account) { a.Spec.SecretRef.Name = "missing" })
	h.wantFilter("example.ru")
}

// The list of the domains is what external-dns asks for once, when it starts: half of it would be worse than none.
func TestWhileTheDomainsOfAnOpenAccountAreNotKnownNothingIsNegotiated(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultStatus, Function: "service/get_list"})
	h.openAccount()
	h.wantStatus(http.StatusServiceUnavailable, "GET", "/", nil)
}

func TestWhatIsRefusedInADomainWithoutADNSZoneIsTriedAgainWhenItsAccountSaysSo(t *testing.T) {
	h := newHarness(t, Settings{})
	h.API.AddDomain(login, regapitest.Domain{Name: "without.ru"})
	h.openAccount()
	h.API.SetRecords("without.ru", nil)
	h.refuse("zone/add_alias")
	asked := changes{Create: []endpoint{rrset("www.without.ru", "A", "192.0.2.1")}}
	h.apply(asked)
	h.API.ClearFaults()
	before := h.Writes()
	if h.apply(asked); h.Writes() != before {
		t.Errorf("%d writes before anybody asked for them", h.Writes()-before)
	}
	h.openAccount(func(a *v1alpha1.Account) { a.Annotations = map[string]string{v1alpha1.AnnotationRetryExternalDNS: "1"} })
	h.apply(asked)
	h.wantRecords("without.ru", "www A 192.0.2.1")
}
