package door_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	wire "github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

func TestTheDoorSaysWhatItServesAndNothingElseIsThere(t *testing.T) {
	h := newHarness(t)
	code, text := h.request("GET", wire.Prefix, "")
	if code != http.StatusOK {
		t.Fatalf("%d: %s", code, text)
	}
	for _, resource := range []string{
		"accounts/inventory", "accounts/journal", "accounts/refresh", "accounts/rawread", "accounts/rawwrite", "domains/plan", "dnszones/plan", "folders/plan",
	} {
		if !strings.Contains(string(text), `"name":"`+resource+`"`) {
			t.Errorf("discovery lacks %s: %s", resource, text)
		}
	}
	for path, want := range map[string]int{
		wire.Prefix + "/namespaces/default/accounts/main":              http.StatusNotFound,
		wire.Prefix + "/namespaces/default/accounts/main/rawread/more": http.StatusNotFound,
		wire.Prefix + "/accounts":                                      http.StatusNotFound,
		wire.Path("default", "secrets", "login", wire.Inventory):       http.StatusMethodNotAllowed,
		wire.Path("default", wire.Accounts, "main", "secret"):          http.StatusMethodNotAllowed,
		wire.Path("default", wire.Accounts, "main", wire.RawWrite):     http.StatusMethodNotAllowed, // GET is another right.
		wire.Path("default", wire.DNSZones, "zone", wire.Plan):         http.StatusMethodNotAllowed,
	} {
		if code, text := h.request("GET", path, ""); code != want || !strings.Contains(string(text), `"kind":"Status"`) {
			t.Errorf("%s: %d, not %d: %s", path, code, want, text)
		}
	}
	if sent := h.sent(0); len(sent) != 0 {
		t.Errorf("sent %q", sent)
	}
}

func TestABodyThatCannotBeReadIsRefusedWithItsReason(t *testing.T) {
	h := newHarness(t)
	for body, why := range map[string]string{
		"": "EOF", "{": "unexpected EOF", `{"function":7}`: "cannot unmarshal", `{"function":"nop","acount":"x"}`: `unknown field`,
		`{"function":"` + strings.Repeat("x", 4<<20) + `"}`: "too large",
	} {
		if status := h.refused(http.StatusBadRequest, "POST", wire.Accounts, "main", wire.RawRead, "", body); !strings.Contains(status.Message, why) {
			t.Errorf("%.40q: %s", body, status.Message)
		}
	}
}

func TestAnAccountThatIsNotThereOrNotCheckedIsToldApart(t *testing.T) {
	unchecked := webhooktest.Account("default", "unchecked", "nowhere")
	h := newHarness(t, unchecked)
	for _, verb := range []struct{ method, name string }{{"GET", wire.Inventory}, {"GET", wire.Journal}, {"POST", wire.Refresh}, {"POST", wire.RawRead}} {
		body := any(nil)
		if verb.method == "POST" {
			body = wire.Call{Function: "nop"}
		}
		if verb.name == wire.Refresh {
			body = wire.RefreshRequest{}
		}
		if status := h.refused(http.StatusConflict, verb.method, wire.Accounts, "nobody", verb.name, "", body); status.Reason != v1alpha1.ReasonAccountNotFound {
			t.Errorf("%s: %+v", verb.name, status)
		}
		if status := h.refused(http.StatusConflict, verb.method, wire.Accounts, "unchecked", verb.name, "", body); status.Reason == v1alpha1.ReasonAccountNotFound {
			t.Errorf("%s: %+v", verb.name, status)
		}
	}
}

func TestTheInventoryTellsDomainsRecordsAndFolders(t *testing.T) {
	h := newHarness(t)
	h.API.AddFolder(webhooktest.Login, regapitest.Folder{Name: "shop", Domains: []string{"example.ru"}})
	for query, want := range map[string]string{"": `"example.ru"`, "?records=true": "192.0.2.1", "?folders=true": "shop"} {
		if code, text := h.ask("GET", wire.Accounts, "main", wire.Inventory, query, nil); code != http.StatusOK || !strings.Contains(string(text), want) {
			t.Errorf("%q: %d: %s", query, code, text)
		}
	}
}

func TestARefreshReadsNowAndHasTheObjectsLookedAt(t *testing.T) {
	h := newHarness(t)
	h.API.AddDomain(webhooktest.Login, regapitest.Domain{Name: "away.ru"})
	h.API.SetDelegation("away.ru", "ns1.example.com", "ns2.example.com")
	for range 2 {
		var answer wire.Refreshed
		before := h.API.Calls("zone/get_resource_records")
		h.wants(http.StatusOK, &answer, "POST", wire.Accounts, "main", wire.Refresh, "", wire.RefreshRequest{Domains: []string{"Example.RU", "away.ru"}})
		if read := h.API.Calls("zone/get_resource_records") - before; read != 1 || answer.Domains != 2 || len(answer.Problems) != 1 || answer.Problems["away.ru"] == "" {
			t.Errorf("%d requests, %+v", read, answer)
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !slices.Contains(h.changed, "default/main example.ru") || !slices.Contains(h.changed, "default/main away.ru") {
		t.Errorf("told of %q", h.changed)
	}
}

func TestTheJournalIsFilteredAndFollowed(t *testing.T) {
	h := newHarness(t)
	call := func(function string, params map[string]any) {
		h.wants(http.StatusOK, nil, "POST", wire.Accounts, "main", wire.RawRead, "", wire.Call{Function: function, Params: params})
	}
	page := func(query string) (page wire.Page) {
		h.Helper()
		h.wants(http.StatusOK, &page, "GET", wire.Accounts, "main", wire.Journal, query, nil)
		return page
	}
	call("nop", nil)
	call("zone/get_resource_records", map[string]any{"domain_name": "example.ru"})
	var all wire.Page
	for start := time.Now(); len(all.Entries) < 2 && time.Since(start) < 10*time.Second; {
		all = page("?after=0&wait=true")
	}
	if len(all.Entries) < 2 || all.Entries[0].AskedBy != "person" || all.Last != all.Entries[len(all.Entries)-1].Number {
		t.Fatalf("%+v", all)
	}
	for query, want := range map[string]string{"?function=zone/*": "zone/get_resource_records", "?domain=example.ru": "zone/get_resource_records", "?function=nop": "nop"} {
		if got := page(query).Entries; len(got) != 1 || got[0].Function != want {
			t.Errorf("%s: %+v", query, got)
		}
	}
	if got := page("?domain=nowhere.ru").Entries; len(got) != 0 {
		t.Errorf("%+v", got)
	}
	followed := make(chan wire.Page)
	go func() { followed <- page("?wait=true&function=get_user*&after=0") }()
	select {
	case early := <-followed:
		t.Fatalf("it does not wait: %+v", early)
	case <-time.After(300 * time.Millisecond):
	}
	call("get_user_id", nil)
	select {
	case came := <-followed:
		if len(came.Entries) != 1 || came.Entries[0].Function != "get_user_id" {
			t.Errorf("%+v", came)
		}
	case <-time.After(10 * time.Second):
		t.Error("what came was not told")
	}
	h.refused(http.StatusBadRequest, "GET", wire.Accounts, "main", wire.Journal, "?after=x", nil)
	h.refused(http.StatusBadRequest, "GET", wire.Accounts, "main", wire.Journal, "?function=[", nil)
}

func TestTheJournalOfAnAccountIsThatOfNoOther(t *testing.T) {
	other := webhooktest.Account("default", "other", "login")
	h := newHarness(t, other)
	h.wants(http.StatusOK, nil, "POST", wire.Accounts, "main", wire.RawRead, "", wire.Call{Function: "nop"})
	var page wire.Page
	for start := time.Now(); len(page.Entries) == 0 && time.Since(start) < 10*time.Second; {
		h.wants(http.StatusOK, &page, "GET", wire.Accounts, "main", wire.Journal, "", nil)
	}
	for _, entry := range page.Entries {
		if entry.Account != "default/main" {
			t.Errorf("%+v", entry)
		}
	}
	if code, text := h.ask("GET", wire.Accounts, "other", wire.Journal, "", nil); code == http.StatusOK && strings.Contains(string(text), "default/main") {
		t.Error(string(text))
	}
}

func TestAPlanIsOneOfTheObjectThatIsThereOrOfWhatWouldBe(t *testing.T) {
	there := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "there", Generation: 3, UID: "there"},
		Spec:       v1alpha1.DNSZoneSpec{AccountRef: v1alpha1.AccountReference{Name: "main"}, DomainName: "example.ru", ManagementPolicy: v1alpha1.PolicyObserve},
	}
	h := newHarness(t, there)
	spec := func(text string) string { return `{"spec":` + text + `}` }
	h.wants(http.StatusOK, nil, "POST", wire.DNSZones, "there", wire.Plan, "", "{}")
	if got := h.plan.(*v1alpha1.DNSZone); got.Generation != 3 || got.Spec.ManagementPolicy != v1alpha1.PolicyObserve {
		t.Errorf("%+v", got)
	}
	h.wants(http.StatusOK, nil, "POST", wire.DNSZones, "there", wire.Plan, "", spec(`{"accountRef":{"name":"main"},"domainName":"example.ru","records":[{"name":"www","a":["192.0.2.2"]}]}`))
	if got := h.plan.(*v1alpha1.DNSZone); got.Generation != 4 || got.UID != "there" || got.Spec.ManagementPolicy != v1alpha1.PolicyManage || len(got.Spec.Records) != 1 {
		t.Errorf("%+v", got)
	}
	for resource, text := range map[string]string{
		wire.DNSZones: `{"accountRef":{"name":"main"},"domainName":"example.ru"}`,
		wire.Domains:  `{"accountRef":{"name":"main"},"domainName":"example.ru","renewal":{"mode":"Operator","maxPrice":"1000"}}`,
		wire.Folders:  `{"accountRef":{"name":"main"},"members":[{"domainName":"example.ru"}]}`,
	} {
		h.refused(http.StatusNotFound, "POST", resource, "absent", wire.Plan, "", "{}")
		h.wants(http.StatusOK, nil, "POST", resource, "absent", wire.Plan, "", spec(text))
		if h.plan.GetUID() != "" || h.plan.GetName() != "absent" || h.plan.GetCreationTimestamp().Time.IsZero() {
			t.Errorf("%s: %+v", resource, h.plan)
		}
		if domain, is := h.plan.(*v1alpha1.Domain); is && (domain.Spec.Renewal.Years != 1 || domain.Spec.Renewal.BeforeDays != 30) {
			t.Errorf("%+v", domain.Spec.Renewal)
		}
	}
	for text, why := range map[string]string{
		`{"accountRef":{"name":"main"},"domainName":"other.ru"}`:                         "cannot change",
		`{"accountRef":{"name":"main"},"domainName":"example.ru","record":[]}`:           "unknown field",
		`{"accountRef":{"name":"main"},"domainName":"example.ru","records":"192.0.2.1"}`: "records",
	} {
		if status := h.refused(http.StatusBadRequest, "POST", wire.DNSZones, "there", wire.Plan, "", spec(text)); !strings.Contains(status.Message, why) {
			t.Errorf("%s: %s", text, status.Message)
		}
	}
}
