package externaldns

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/webhook/webhooktest"
)

func rrset(name, kind string, targets ...string) endpoint {
	return endpoint{DNSName: name, RecordType: kind, Targets: targets}
}

// markOf gives the ownership text that external-dns writes for an endpoint.
func markOf(e endpoint) endpoint {
	return endpoint{
		DNSName: strings.ToLower(e.RecordType) + "-" + e.DNSName, RecordType: "TXT",
		Targets: []string{`"heritage=external-dns,external-dns/owner=default"`}, Labels: map[string]string{ownedRecord: e.DNSName},
	}
}

func TestNegotiationNamesTheDomainsThatOptIn(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"), optedIn("пример.рф"),
		optedIn("other.ru", func(z *v1alpha1.DNSZone) { z.Spec.ExternalDNS = v1alpha1.ExternalDNSDisabled }))
	answered := h.ask("GET", "/", nil)
	if answered.contentType != mediaType {
		t.Errorf("Content-Type %q", answered.contentType)
	}
	if got, want := strings.TrimSpace(string(answered.body)), `{"include":["example.ru","xn--e1afmkfd.xn--p1ai"]}`; got != want {
		t.Errorf("filter %s, want %s", got, want)
	}
}

func TestWithoutAZoneTheFilterLetsNothingPass(t *testing.T) {
	h := newHarness(t, Settings{})
	if body := h.wantStatus(http.StatusOK, "GET", "/", nil); !strings.Contains(string(body), nothing) {
		t.Errorf("filter %s", body)
	}
	if body := h.wantStatus(http.StatusOK, "GET", "/records", nil); strings.TrimSpace(string(body)) != "[]" {
		t.Errorf("records %s", body)
	}
}

func TestTheOlderOfTwoObjectsForAZoneDecides(t *testing.T) {
	refusing := optedIn("example.ru", func(z *v1alpha1.DNSZone) {
		z.Spec.ExternalDNS, z.Name = v1alpha1.ExternalDNSDisabled, "older"
		z.CreationTimestamp.Time = time.Now().Add(-time.Hour)
	})
	h := newHarness(t, Settings{}, refusing)
	younger := optedIn("example.ru")
	younger.CreationTimestamp.Time = time.Now()
	if err := h.Kube.Create(t.Context(), younger); err != nil {
		t.Fatal(err)
	}
	if body := h.wantStatus(http.StatusOK, "GET", "/", nil); !strings.Contains(string(body), nothing) {
		t.Errorf("filter %s", body)
	}
}

func TestEveryTypeIsCreatedChangedAndDeletedAndThenNothingIsPlanned(t *testing.T) {
	for _, c := range []struct{ kind, name, first, second string }{
		{"A", "www.example.ru", "192.0.2.1", "192.0.2.2"},
		{"A", "*.example.ru", "192.0.2.1", "192.0.2.2"},
		{"A", "example.ru", "192.0.2.1", "192.0.2.2"},
		{"A", "Сайт.example.ru.", "192.0.2.1", "192.0.2.2"},
		{"AAAA", "www.example.ru", "2001:DB8:0::1", "2001:db8::2"},
		{"CNAME", "www.example.ru", "Target.example.com.", "цель.рф"},
		{"MX", "example.ru", "10 Mail.example.com.", "5 mail.example.com"},
		{"NS", "sub.example.ru", "NS1.example.com.", "ns2.example.com"},
		{"TXT", "www.example.ru", `"v=spf1 -all"`, `v=spf1 ~all`},
		{"SRV", "_sip._tcp.example.ru", "10 5 5060 Sip.example.com", "10 5 5061 sip.example.com."},
		{"CAA", "example.ru", `0 ISSUE letsencrypt.org`, `0 issue "example.com"`},
	} {
		t.Run(c.kind+" "+c.name, func(t *testing.T) {
			h := newHarness(t, Settings{}, optedIn("example.ru"))
			h.follow("example.ru")
			before := h.API.Records("example.ru")
			e := rrset(c.name, c.kind, c.first)
			e.RecordTTL, e.ProviderSpecific, e.SetIdentifier = 300, []property{{"webhook/x", "y"}}, "blue"
			name := h.adjust(e)[0].DNSName
			names := []string{name}

			for round, step := range []struct {
				endpoints []endpoint
				records   int
			}{{[]endpoint{e}, 1}, {[]endpoint{rrset(c.name, c.kind, c.second)}, 1}, {nil, 0}} {
				if h.sync(names, step.endpoints...).empty() {
					t.Errorf("round %d asked for nothing", round)
				}
				if again := h.sync(names, step.endpoints...); !again.empty() {
					t.Errorf("round %d: a second sync asks for %+v", round, again)
				}
				if got := len(h.API.Records("example.ru")) - len(before); got != step.records {
					t.Errorf("round %d: %d records, want %d", round, got, step.records)
				}
			}
			if diff := cmp.Diff(before, h.API.Records("example.ru")); diff != "" {
				t.Errorf("the zone is not as before (-before +after):\n%s", diff)
			}
		})
	}
}

func TestARepeatedRequestWritesNothing(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	asked := changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1", "192.0.2.2")}}
	h.apply(asked)
	before := h.Writes()
	h.apply(asked)
	if again := h.Writes() - before; before != 2 || again != 0 {
		t.Errorf("%d writes and %d more, want 2 and none", before, again)
	}
}

func TestNothingIsTouchedThatTheChangesDoNotName(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", []regapitest.Record{
		{Name: "www", Type: "A", Content: "192.0.2.1"}, {Name: "www", Type: "A", Content: "192.0.2.9"}, {Name: "mail", Type: "A", Content: "192.0.2.3"},
	})
	h.apply(changes{
		UpdateOld: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}, UpdateNew: []endpoint{rrset("www.example.ru", "A", "192.0.2.2")},
		Delete: []endpoint{rrset("gone.example.ru", "A", "192.0.2.1"), rrset("example.org", "A", "192.0.2.1")},
	})
	h.wantRecords("example.ru", "www A 192.0.2.2", "www A 192.0.2.9", "mail A 192.0.2.3")
}

func TestOwnershipTextsComeFirstAndGoLast(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	e := rrset("www.example.ru", "A", "192.0.2.1")
	h.apply(changes{Create: []endpoint{e, markOf(e)}})
	h.apply(changes{Delete: []endpoint{e, markOf(e)}})
	var got []string
	for _, entry := range h.API.Journal(regapitest.Writes()) {
		got = append(got, fmt.Sprint(entry.Function, " ", entry.Params["record_type"]))
	}
	want := []string{"zone/add_txt <nil>", "zone/add_alias <nil>", "zone/remove_record A", "zone/remove_record TXT"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	h.wantRecords("example.ru")
}

func TestAnAliasTakesThePlaceOfAnAddressAndBack(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	address, alias := rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.example.ru", "CNAME", "example.com")
	h.apply(changes{Create: []endpoint{address}})
	h.apply(changes{Delete: []endpoint{address}, Create: []endpoint{alias}})
	h.wantRecords("example.ru", "www CNAME example.com.")
	h.apply(changes{Delete: []endpoint{alias}, Create: []endpoint{address}})
	h.wantRecords("example.ru", "www A 192.0.2.1")
}

func TestTheLongestZoneGetsTheRecord(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"), optedIn("sub.example.ru"))
	for _, domain := range []string{"example.ru", "sub.example.ru"} {
		h.API.SetRecords(domain, nil)
	}
	h.apply(changes{Create: []endpoint{rrset("a.sub.example.ru", "A", "192.0.2.1"), rrset("a.notsub.example.ru", "A", "192.0.2.2")}})
	h.wantRecords("example.ru", "a.notsub A 192.0.2.2")
	h.wantRecords("sub.example.ru", "a A 192.0.2.1")
}

func TestNamesOfTheSpecAreOutOfReach(t *testing.T) {
	object := optedIn("example.ru", func(z *v1alpha1.DNSZone) {
		z.Spec.Records = []v1alpha1.NameRecords{{Name: "www", A: []v1alpha1.IPv4Address{"192.0.2.1"}}}
		z.Spec.Protected = []string{"*.internal"}
	})
	h := newHarness(t, Settings{}, object)
	records := []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}, {Name: "db.internal", Type: "A", Content: "192.0.2.2"}}
	h.API.SetRecords("example.ru", records)
	e := rrset("www.example.ru", "A", "192.0.2.7")
	h.apply(changes{
		Create: []endpoint{e, markOf(e)},
		Delete: []endpoint{rrset("www.example.ru", "A", "192.0.2.1"), rrset("db.internal.example.ru", "A", "192.0.2.2")},
	})
	if h.Writes() != 0 {
		t.Errorf("%d writes, want none", h.Writes())
	}
	told := h.eventText()
	for _, want := range []string{"www A 192.0.2.7", "db.internal A 192.0.2.2"} {
		if !strings.Contains(told, want) {
			t.Errorf("no event names %q:\n%s", want, told)
		}
	}
}

func TestOneRefusedRecordOfManyStopsNoOtherAndIsNotTriedAgain(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/add_cname", Code: "PARAMETER_INCORRECT"})
	var asked changes
	want := []string{}
	for i := range 20 {
		asked.Create = append(asked.Create, rrset(fmt.Sprintf("n%d.example.ru", i), "A", "192.0.2.1"))
		want = append(want, fmt.Sprintf("n%d A 192.0.2.1", i))
	}
	asked.Create = append(asked.Create, rrset("bad.example.ru", "CNAME", "example.com"), rrset("worse.example.ru", "A", "not an address"))
	h.apply(asked)
	h.wantRecords("example.ru", want...)
	told := h.eventText()
	if !strings.Contains(told, "bad CNAME example.com.") || !strings.Contains(told, "not an address") {
		t.Errorf("events %s", told)
	}
	before := h.Writes()
	h.apply(asked)
	if again, told := h.Writes()-before, h.eventText(); again != 0 || told != "" {
		t.Errorf("%d more writes, and events %q; want none", again, told)
	}
	h.API.ClearFaults()
	h.apply(changes{Create: []endpoint{rrset("bad.example.ru", "CNAME", "example.org")}})
	h.wantRecords("example.ru", append(want, "bad CNAME example.org.")...)
}

func TestASlowAPIGivesServiceUnavailableAndThenProgress(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: 300 * time.Millisecond}, optedIn("example.ru"))
	h.follow("example.ru")
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Function: "zone/*", Latency: 500 * time.Millisecond})
	asked := changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}}
	for range 2 { // Asked again while it works, it begins nothing new.
		h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", asked)
	}
	h.wait()
	if !slices.ContainsFunc(h.list(), func(e endpoint) bool { return e.DNSName == "www.example.ru" }) {
		t.Error("the records do not show the progress")
	}
	h.apply(asked)
	if h.Writes() != 1 {
		t.Errorf("%d writes, want 1", h.Writes())
	}
}

// wait waits for the work in the background.
func (h *harness) wait() {
	h.provider.mu.Lock()
	jobs := make([]*job, 0, len(h.provider.jobs))
	for _, current := range h.provider.jobs {
		jobs = append(jobs, current)
	}
	h.provider.mu.Unlock()
	for _, current := range jobs {
		<-current.done
	}
}

func TestAZoneThatCannotBeUsedStopsNoOther(t *testing.T) {
	denied := webhooktest.Account("default", "denied", "login", func(a *v1alpha1.Account) { a.Status.Conditions[0].Status = "False" })
	held := optedIn("held.ru", func(z *v1alpha1.DNSZone) {
		z.Spec.AccountRef.Name, z.Status.Claim = "denied", &v1alpha1.ZoneClaim{Login: tenancy.Login(denied), Rules: true}
	})
	h := newHarness(t, Settings{}, optedIn("example.ru"), held)
	if err := h.Kube.Create(t.Context(), denied); err != nil {
		t.Fatal(err)
	}
	h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.held.ru", "A", "192.0.2.1")}})
	if !slices.ContainsFunc(h.list(), func(e endpoint) bool { return e.DNSName == "www.example.ru" }) {
		t.Error("the good zone did not get its record")
	}
	if told := h.eventText(); !strings.Contains(told, "Account denied is not ready") {
		t.Errorf("events %s", told)
	}
}

func TestAnAPIThatIsDownGivesServiceUnavailable(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: 300 * time.Millisecond}, optedIn("example.ru"))
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultStatus})
	h.wantStatus(http.StatusServiceUnavailable, "GET", "/records", nil)
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
}

func TestWhatMayNotBeWrittenIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		settings Settings
		change   func(*v1alpha1.DNSZone)
	}{
		"dry run":                   {settings: Settings{DryRun: true}},
		"read-only":                 {settings: Settings{ReadOnly: true}},
		"paused":                    {change: paused("true")},
		"paused, spelled otherwise": {change: paused("Yes")},
		"paused, without a word":    {change: paused("")},
		"observed":                  {change: func(z *v1alpha1.DNSZone) { z.Spec.ManagementPolicy = v1alpha1.PolicyObserve }},
	} {
		t.Run(name, func(t *testing.T) {
			object := optedIn("example.ru")
			if c.change != nil {
				c.change(object)
			}
			h := newHarness(t, c.settings, object)
			h.apply(changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}})
			if h.Writes() != 0 {
				t.Errorf("%d writes", h.Writes())
			}
		})
	}
}

// The whole operator may be told to write nothing; external-dns is served the records, and the zone says why they stay as they are.
func TestUnderReadOnlyExternalDNSIsShownTheRecordsAndToldWhy(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.AddRecord("example.ru", regapitest.Record{Name: "www", Type: "A", Content: "192.0.2.7"})
	h.ReadOnly = true
	h.serve(Settings{})
	h.apply(changes{Create: []endpoint{rrset("api.example.ru", "A", "192.0.2.1")}, Delete: []endpoint{rrset("www.example.ru", "A", "192.0.2.7")}})
	if h.Writes() != 0 || !strings.Contains(h.eventText(), "--read-only") {
		t.Errorf("%d writes; events %s", h.Writes(), h.eventText())
	}
	if listed := h.list(); len(listed) != 1 || listed[0].DNSName != "www.example.ru" {
		t.Errorf("external-dns is shown %v", listed)
	}
}

func paused(value string) func(*v1alpha1.DNSZone) {
	return func(z *v1alpha1.DNSZone) { z.Annotations = map[string]string{v1alpha1.AnnotationPaused: value} }
}

func TestTheLimitOfChangesLeavesTheRestToLaterSyncs(t *testing.T) {
	h := newHarness(t, Settings{MaxChanges: 3}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	var asked changes
	for i := range 4 {
		asked.Create = append(asked.Create, rrset(fmt.Sprintf("n%d.example.ru", i), "A", "192.0.2.1", "192.0.2.2"))
	}
	for sync, want := range []int{2, 4, 6, 8, 8} {
		h.apply(asked)
		if got := len(h.API.Records("example.ru")); got != want {
			t.Fatalf("sync %d: %d records, want %d", sync, got, want)
		}
	}
}

func TestAThousandNewEndpointsCostOneWriteEach(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: time.Minute}, optedIn("example.ru"), optedIn("example.com"))
	h.follow("example.ru")
	h.follow("example.com")
	var asked changes
	for i := range 500 { // The same edit in two zones is one request.
		for _, domain := range []string{"example.ru", "example.com"} {
			asked.Create = append(asked.Create, rrset(fmt.Sprintf("n%d.%s", i, domain), "A", "192.0.2.1"))
		}
	}
	h.API.ResetJournal()
	h.list()
	h.apply(asked)
	h.list()
	calls := h.calls()
	writes, reads := calls["zone/add_alias"], calls["zone/get_resource_records"]
	if writes < 500 || writes > 502 || reads > 2 { // Each of the two zones is read back when it is done.
		t.Errorf("%d writes and %d reads, want 500 and one a zone", writes, reads)
	}
	delete(calls, "zone/add_alias")
	delete(calls, "zone/get_resource_records")
	if diff := cmp.Diff(map[string]int{"reseller_nop": 1}, calls); diff != "" {
		t.Errorf("other requests (-want +got):\n%s", diff)
	}
}
