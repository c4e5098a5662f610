package externaldns

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// refuse makes REG.API refuse one function for good.
func (h *harness) refuse(function string) {
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: function, Code: "PARAMETER_INCORRECT"})
}

// update gives the changes that external-dns sends, with the registry txt, for one endpoint whose targets change.
func update(from, to endpoint) changes {
	return changes{UpdateOld: []endpoint{from, markOf(from)}, UpdateNew: []endpoint{to, markOf(to)}}
}

// replace gives the changes for an endpoint whose type changes.
func replace(from, to endpoint) changes {
	return changes{Delete: []endpoint{from, markOf(from)}, Create: []endpoint{to, markOf(to)}}
}

const mark = "heritage=external-dns,external-dns/owner=default"

func TestAnOldRecordOnlyGoesOnceItsSuccessorStands(t *testing.T) {
	a1, a2 := rrset("www.example.ru", "A", "192.0.2.1"), rrset("www.example.ru", "A", "192.0.2.2")
	a23 := rrset("www.example.ru", "A", "192.0.2.2", "192.0.2.3")
	v6, alias, bad := rrset("www.example.ru", "AAAA", "2001:db8::1"), rrset("www.example.ru", "CNAME", "example.com"), rrset("www.example.ru", "A", "no address")
	for name, c := range map[string]struct {
		from    endpoint
		asked   changes
		refused string
		want    []string
	}{
		"another address":                {a1, update(a1, a2), "", []string{"www A 192.0.2.2", "a-www TXT " + mark}},
		"another address, refused":       {a1, update(a1, a2), "zone/add_alias", []string{"www A 192.0.2.1", "a-www TXT " + mark}},
		"another address, unreadable":    {a1, update(a1, bad), "", []string{"www A 192.0.2.1", "a-www TXT " + mark}},
		"one address more":               {a1, update(a1, a23), "", []string{"www A 192.0.2.2", "www A 192.0.2.3", "a-www TXT " + mark}},
		"the other family":               {a1, replace(a1, v6), "", []string{"www AAAA 2001:db8::1", "aaaa-www TXT " + mark}},
		"the other family, refused":      {a1, replace(a1, v6), "zone/add_aaaa", []string{"www A 192.0.2.1", "a-www TXT " + mark}},
		"a CNAME for addresses":          {a23, replace(a23, alias), "", []string{"www CNAME example.com.", "cname-www TXT " + mark}},
		"a CNAME for addresses, refused": {a23, replace(a23, alias), "zone/add_cname", []string{"www A 192.0.2.2", "www A 192.0.2.3", "a-www TXT " + mark}},
		"an address for a CNAME":         {alias, replace(alias, a1), "", []string{"www A 192.0.2.1", "a-www TXT " + mark}},
		"an address for a CNAME, refused": {alias, replace(alias, a1), "zone/add_alias",
			[]string{"www CNAME example.com.", "cname-www TXT " + mark}},
		"an unreadable address for a CNAME": {alias, replace(alias, bad), "", []string{"www CNAME example.com.", "cname-www TXT " + mark}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, Settings{}, optedIn("example.ru"))
			h.API.SetRecords("example.ru", nil)
			h.follow("example.ru")
			h.apply(changes{Create: []endpoint{c.from, markOf(c.from)}})
			if c.refused != "" {
				h.refuse(c.refused)
			}
			for range 3 { // As often as the refusal makes external-dns ask again.
				h.apply(c.asked)
				h.wantRecords("example.ru", c.want...)
			}
			before := h.Writes()
			h.apply(c.asked)
			if again := h.Writes() - before; again != 0 {
				t.Errorf("%d more writes once everything is settled", again)
			}
		})
	}
}

func TestAnOldTextOfAPartnerStaysWhereTheNewOneIsRefused(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.usePartner("example.ru")
	old, long := rrset("www.example.ru", "TXT", "old"), rrset("www.example.ru", "TXT", strings.Repeat("x", 3000))
	h.apply(changes{Create: []endpoint{old, markOf(old)}})
	h.apply(update(old, long))
	h.wantRecords("example.ru", "www TXT old", "txt-www TXT "+mark)
}

func TestARecordThatCannotBeRemovedKeepsItsMark(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	e := rrset("www.example.ru", "A", "192.0.2.1")
	h.apply(changes{Create: []endpoint{e, markOf(e)}})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultElementError, Function: "zone/remove_record", Code: "PARAMETER_INCORRECT", Count: 1})
	h.apply(changes{Delete: []endpoint{e, markOf(e)}})
	h.wantRecords("example.ru", "www A 192.0.2.1", "a-www TXT "+mark)
}

func TestANewNameThatIsRefusedKeepsNoMark(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.refuse("zone/add_alias")
	e := rrset("www.example.ru", "A", "192.0.2.1")
	h.apply(changes{Create: []endpoint{e, markOf(e)}})
	h.wantRecords("example.ru")
}

func TestARecordWhoseOwnershipTextLiesOutsideOfTheZoneIsNotMade(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	e := rrset("example.ru", "MX", "10 mail.example.com")
	other := rrset("www.example.ru", "A", "192.0.2.1")
	h.apply(changes{Create: []endpoint{e, markOf(e), other, markOf(other)}})
	h.wantRecords("example.ru", "www A 192.0.2.1", "a-www TXT "+mark)
	if told := h.eventText(); !strings.Contains(told, "mx-example.ru TXT") || !strings.Contains(told, "@ MX 10 mail.example.com.: its ownership text") || !strings.Contains(told, "--txt-prefix") {
		t.Errorf("events %s", told)
	}
	h.apply(changes{Create: []endpoint{e, markOf(e)}})
	if told := h.eventText(); told != "" {
		t.Errorf("told again: %s", told)
	}
}

// encrypted is an ownership text as external-dns writes it with --txt-encrypt-enabled; what it says is nobody's business here.
const encrypted = "h2wMrMVs7Lq7Z0l0Xo1jvZxCYrJ1zXJkqK0b9Qp4y0QwVgq6sJ1nE0Jm5o3c2Q7xXxqk3O4Vb2k9nQ0pT6c="

func TestOwnershipTextsOfEveryFormAreMarks(t *testing.T) {
	labelled := map[string]string{ownedRecord: "www.example.ru"}
	for name, m := range map[string]endpoint{
		"in clear":      {DNSName: "_edns.a-www.example.ru", Targets: []string{`"` + mark + `"`}, Labels: labelled},
		"encrypted":     {DNSName: "_edns.a-www.example.ru", Targets: []string{`"` + encrypted + `"`}, Labels: labelled},
		"after a name":  {DNSName: "www-a.example.ru", Targets: []string{`"` + mark + `"`}, Labels: labelled},
		"old":           {DNSName: "www-old.example.ru", Targets: []string{`"` + mark + `"`}},
		"for any (*) …": {DNSName: "a-any.example.ru", Targets: []string{`"` + mark + `"`}, Labels: map[string]string{ownedRecord: "*.example.ru"}},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, Settings{}, optedIn("example.ru"))
			h.API.SetRecords("example.ru", nil)
			h.follow("example.ru")
			m.RecordType = "TXT"
			e := rrset("www.example.ru", "A", "192.0.2.1")
			h.apply(changes{Create: []endpoint{e, m}})
			h.apply(changes{Delete: []endpoint{e, m}})
			var got []string
			for _, entry := range h.API.Journal(regapitest.Writes()) {
				got = append(got, fmt.Sprint(entry.Function, " ", entry.Params["record_type"]))
			}
			want := []string{"zone/add_txt <nil>", "zone/add_alias <nil>", "zone/remove_record A", "zone/remove_record TXT"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			h.wantRecords("example.ru")
		})
	}
}

func TestAGoodRecordOfANameWithABadOneArrives(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.apply(changes{Create: []endpoint{
		rrset("www.example.ru", "A", "192.0.2.1", "no address"), rrset("www.example.ru", "NAPTR", `100 50 "s" "http" "" example.ru.`),
		rrset("mx.example.ru", "MX", "10 mail.example.com"),
	}})
	h.wantRecords("example.ru", "www A 192.0.2.1", "mx MX mail.example.com.")
}

// The sync's own reading is trusted for a while. Here somebody adds a CNAME, and the wanted record of another name, after it.
func TestWhatSomebodyElseChangedSinceTheLastReadingIsNoLastingRefusal(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.follow("example.ru")
	h.API.SetRecords("example.ru", []regapitest.Record{{Name: "www", Type: "CNAME", Content: "example.com."}, {Name: "mail", Type: "A", Content: "192.0.2.1"}})
	asked := changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1"), rrset("mail.example.ru", "A", "192.0.2.1")}}
	h.apply(asked)
	if told := h.eventText(); !strings.Contains(told, "a CNAME shares its name") || strings.Contains(told, "mail A 192.0.2.1:") {
		t.Errorf("events %s", told)
	}
	h.API.SetRecords("example.ru", nil)
	h.reread("example.ru")
	h.apply(asked)
	h.wantRecords("example.ru", "www A 192.0.2.1", "mail A 192.0.2.1")
}

// reread makes the inventory know a zone as it is now.
func (h *harness) reread(domain string) {
	h.Helper()
	if _, err := h.Connection().ReadZone(h.Context(), domain); err != nil {
		h.Fatal(err)
	}
}

// usePartner makes the account a Partner's, as the Account's controller finds out, with an empty zone that is known.
func (h *harness) usePartner(domain string) {
	h.Helper()
	h.API.SetPartner(login, true)
	h.API.SetRecords(domain, nil)
	h.follow(domain)
	if kind, err := h.Connection().Zones.Probe(h.Context()); err != nil || kind != batch.Partner {
		h.Fatalf("the account is %s: %v", kind, err)
	}
}

// calls gives the functions called since the journal was reset, with how often.
func (h *harness) calls() map[string]int {
	calls := map[string]int{}
	for _, entry := range h.API.Journal() {
		calls[entry.Function]++
	}
	return calls
}

// thousand gives a thousand endpoints, with as many different records.
func thousand(address string) []endpoint {
	endpoints := make([]endpoint, 1000)
	for i := range endpoints {
		endpoints[i] = rrset(fmt.Sprintf("n%d.example.ru", i), "A", address)
	}
	return endpoints
}

func TestAThousandNewEndpointsOfAPartnerCostTwoRequests(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: time.Minute}, optedIn("example.ru"))
	h.usePartner("example.ru")
	h.API.ResetJournal()
	h.list()
	h.apply(changes{Create: thousand("192.0.2.1")})
	h.list()
	if diff := cmp.Diff(map[string]int{"zone/update_records": 1, "zone/get_resource_records": 1}, h.calls()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

func TestAThousandUpdatesOfAPartnerCostThreeRequests(t *testing.T) {
	h := newHarness(t, Settings{AnswerWithin: time.Minute}, optedIn("example.ru"))
	h.usePartner("example.ru")
	h.apply(changes{Create: thousand("192.0.2.1")})
	h.API.ResetJournal()
	h.apply(changes{UpdateOld: thousand("192.0.2.1"), UpdateNew: thousand("192.0.2.2")})
	if diff := cmp.Diff(map[string]int{"zone/update_records": 2, "zone/get_resource_records": 1}, h.calls()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if got := len(h.API.Records("example.ru")); got != 1000 {
		t.Errorf("%d records", got)
	}
}

func TestNothingIsTrustedAfterAWriteWhoseAnswerWasLost(t *testing.T) {
	h := newHarness(t, Settings{}, optedIn("example.ru"))
	h.API.SetRecords("example.ru", nil)
	h.follow("example.ru")
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/add_alias", Count: 1})
	asked := changes{Create: []endpoint{rrset("www.example.ru", "A", "192.0.2.1")}}
	h.wantStatus(http.StatusServiceUnavailable, "POST", "/records", asked)
	h.apply(asked)
	if got := h.API.Calls("zone/add_alias"); got != 1 {
		t.Errorf("added %d times, want once", got)
	}
}
