package zone

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestEverySpellingOfARecordHasOneForm(t *testing.T) {
	for want, spellings := range map[Record][]regapi.ResourceRecord{
		{Name: "@", Type: A, Content: "192.0.2.1"}: {
			{Subname: "@", Rectype: "A", Content: "192.0.2.1"}, {Subname: "", Rectype: "a", Content: " 192.0.2.1 ", Prio: 10},
		},
		{Name: "www", Type: AAAA, Content: "2001:db8::1"}: {
			{Subname: "WWW", Rectype: "AAAA", Content: "2001:0DB8:0000:0000:0000:0000:0000:0001"}, {Subname: "www", Rectype: "AAAA", Content: "2001:db8:0:0::1"},
		},
		{Name: "xn--80a1acny", Type: CNAME, Content: "xn--e1afmkfd.xn--p1ai."}: {
			{Subname: "почта", Rectype: "CNAME", Content: "Пример.рф"}, {Subname: "xn--80a1acny", Rectype: "CNAME", Content: "xn--e1afmkfd.xn--p1ai."},
		},
		{Name: "@", Type: MX, Priority: 10, Content: "mx.example.ru."}: {
			{Subname: "@", Rectype: "MX", Content: "MX.example.ru", Prio: 10}, {Subname: "@", Rectype: "MX", Content: "mx.example.ru.", Prio: 10},
		},
		{Name: "_sip._tcp", Type: SRV, Priority: 1, Content: "5 5060 sip.example.ru."}: {
			{Subname: "_sip._tcp", Rectype: "SRV", Content: "5 5060 sip.example.ru", Prio: 1}, {Subname: "_sip._tcp", Rectype: "SRV", Content: "1 5 5060 sip.example.ru."},
		},
		{Name: "@", Type: CAA, Content: `0 issue "letsencrypt.org"`}: {
			{Subname: "@", Rectype: "CAA", Content: "0 issue letsencrypt.org"}, {Subname: "@", Rectype: "CAA", Content: `0 ISSUE "letsencrypt.org"`},
		},
		{Name: "@", Type: HTTPS, Priority: 1, Content: ". alpn=h2,h3 ipv4hint=192.0.2.1"}: {
			{Subname: "@", Rectype: "HTTPS", Content: `. ipv4hint=192.0.2.1 alpn="h2,h3"`, Prio: 1}, {Subname: "@", Rectype: "HTTPS", Content: "1 . alpn=h2,h3 ipv4hint=192.0.2.1"},
		},
		{Name: "alias", Type: HTTPS, Content: "other.example.com."}: {
			{Subname: "alias", Rectype: "HTTPS", Content: "other.example.com"}, {Subname: "alias", Rectype: "HTTPS", Content: "0 other.example.com."},
		},
		{Name: "t", Type: TXT, Content: "v=spf1 mx -all"}: {
			{Subname: "t", Rectype: "TXT", Content: "v=spf1 mx -all"}, {Subname: "t", Rectype: "TXT", Content: `"v=spf1 mx -all"`}, {Subname: "t", Rectype: "TXT", Content: `"v=spf1 " "mx -all"`},
		},
		{Name: "t", Type: TXT, Content: `half "quoted`}: {
			{Subname: "t", Rectype: "TXT", Content: `half "quoted`}, {Subname: "t", Rectype: "TXT", Content: `"half \"quoted"`},
		},
	} {
		for _, spelling := range spellings {
			if got := FromAPI(spelling); got != want {
				t.Errorf("%+v\n got %#v\nwant %#v", spelling, got, want)
			}
		}
	}
}

func TestTheActionOfARecordIsAsDocumented(t *testing.T) {
	for want, record := range map[string]Record{
		`{"subdomain":"@","ipaddr":"192.0.2.1"}`:                                                 addr("@", "192.0.2.1"),
		`{"subdomain":"www","ipaddr":"2001:db8::1"}`:                                             {Name: "www", Type: AAAA, Content: "2001:db8::1"},
		`{"subdomain":"www","canonical_name":"example.ru."}`:                                     host("www", "example.ru."),
		`{"subdomain":"@","priority":10,"mail_server":"mx.example.ru."}`:                         mail(10, "mx.example.ru."),
		`{"subdomain":"lab","dns_server":"ns1.example.com."}`:                                    {Name: "lab", Type: NS, Content: "ns1.example.com."},
		`{"subdomain":"t","text":"v=spf1 -all"}`:                                                 text("t", "v=spf1 -all"),
		`{"service":"_sip._tcp","priority":1,"weight":5,"port":5060,"target":"sip.example.ru."}`: {Name: "_sip._tcp", Type: SRV, Priority: 1, Content: "5 5060 sip.example.ru."},
		`{"subdomain":"@","flags":128,"tag":"issue","value":"letsencrypt.org"}`:                  {Name: "@", Type: CAA, Content: `128 issue "letsencrypt.org"`},
		`{"subdomain":"@","priority":1,"target":".","value":"alpn=h2,h3 ipv4hint=192.0.2.1"}`:    {Name: "@", Type: HTTPS, Priority: 1, Content: ". alpn=h2,h3 ipv4hint=192.0.2.1"},
	} {
		action, err := AddAction(record)
		if err != nil {
			t.Errorf("%s: %v", record, err)
			continue
		}
		if diff := cmp.Diff(parameters(t, []byte(want)), parameters(t, mustMarshal(t, action))); diff != "" {
			t.Errorf("%s (-want +got):\n%s", record, diff)
		}
		if back, ok := recordOf(action); !ok || back != record {
			t.Errorf("%s comes back as %s", record, back)
		}
	}
}

func TestARemovalAlwaysNamesTheContent(t *testing.T) {
	for _, rr := range []regapi.ResourceRecord{
		{Subname: "@", Rectype: "A", Content: "192.0.2.1"},
		{Subname: "@", Rectype: "MX", Content: "mx.example.ru.", Prio: 10},
		{Subname: "t", Rectype: "TXT", Content: `"quoted"`},
	} {
		got := parameters(t, mustMarshal(t, removeAction(rr)))
		if got["content"] != rr.Content || got["record_type"] != rr.Rectype || got["subdomain"] != rr.Subname {
			t.Errorf("%+v: %v", rr, got)
		}
	}
}

func TestAZoneShowsWhetherAnActionWasApplied(t *testing.T) {
	listed := []regapi.ResourceRecord{{Subname: "www", Rectype: "TXT", Content: `"quoted"`}}
	for name, test := range map[string]struct {
		action         regapi.Action
		applied, known bool
	}{
		"an addition that shows":           {regapi.AddTXT{Subdomain: "www", Text: "quoted"}, true, true},
		"an addition that does not":        {regapi.AddTXT{Subdomain: "www", Text: "other"}, false, true},
		"a removal of what is still there": {regapi.RemoveRecord{Subdomain: "www", RecordType: "TXT", Content: `"quoted"`}, false, true},
		"a removal of what is gone":        {regapi.RemoveRecord{Subdomain: "www", RecordType: "TXT", Content: "quoted"}, true, true},
		"an action that is not ours":       {regapi.AddSPF{Subdomain: "www", Text: "quoted"}, false, false},
	} {
		if applied, known := Applied(listed, test.action); applied != test.applied || known != test.known {
			t.Errorf("%s: applied %v, known %v", name, applied, known)
		}
	}
}

func TestASpecBecomesRecords(t *testing.T) {
	records, invalid := FromSpec([]v1alpha1.NameRecords{
		{Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.1"}, AAAA: []v1alpha1.IPv6Address{"2001:DB8:0::1"}, TXT: []v1alpha1.Text{"x"},
			MX: []v1alpha1.MX{{Priority: 10, Host: "MX.example.ru"}}, CAA: []v1alpha1.CAA{{Tag: "issue", Value: "letsencrypt.org"}}, HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "ipv4hint=192.0.2.1 alpn=h3"}}},
		{Name: "Почта", CNAME: "пример.рф."},
		{Name: "lab", NS: []v1alpha1.Host{"ns1.example.com"}},
		{Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Priority: 1, Weight: 5, Port: 5060, Target: "sip.example.ru"}}},
	}, "example.ru")
	want := []string{
		"@ A 192.0.2.1", "@ AAAA 2001:db8::1", `@ CAA 0 issue "letsencrypt.org"`, "@ HTTPS 1 . alpn=h3 ipv4hint=192.0.2.1", "@ MX 10 mx.example.ru.", `@ TXT "x"`,
		"_sip._tcp SRV 1 5 5060 sip.example.ru.", "lab NS ns1.example.com.", "xn--80a1acny CNAME xn--e1afmkfd.xn--p1ai.",
	}
	var got []string
	for _, record := range records {
		got = append(got, record.String())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("records (-want +got):\n%s", diff)
	}
	if len(invalid) > 0 {
		t.Errorf("invalid: %v", invalid)
	}
}

func TestASpecEntryThatCannotExistIsNamedAndTheOthersStay(t *testing.T) {
	for name, test := range map[string]struct {
		entries []v1alpha1.NameRecords
		want    string
	}{
		"a label that is too long":         {[]v1alpha1.NameRecords{{Name: strings.Repeat("x", 64), TXT: []v1alpha1.Text{"x"}}}, "more than 63 characters"},
		"a name that is too long":          {[]v1alpha1.NameRecords{{Name: strings.Repeat("abcdefg.", 31) + "a", TXT: []v1alpha1.Text{"x"}}}, "more than 253 characters"},
		"broken punycode":                  {[]v1alpha1.NameRecords{{Name: "xn--999999999", TXT: []v1alpha1.Text{"x"}}}, "check its spelling"},
		"two alphabets hidden in punycode": {[]v1alpha1.NameRecords{{Name: "xn--a-7sbc", TXT: []v1alpha1.Text{"x"}}}, "mixes Latin and Cyrillic letters"},
		"unknown HTTPS parameters":         {[]v1alpha1.NameRecords{{Name: "www", HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "colour=blue"}}}}, "not service parameters"},
		"one name in two spellings, CNAME": {[]v1alpha1.NameRecords{{Name: "WWW", CNAME: "a.example.com"}, {Name: "www", TXT: []v1alpha1.Text{"x"}}}, "merge the entries"},
	} {
		t.Run(name, func(t *testing.T) {
			good := v1alpha1.NameRecords{Name: "good", A: []v1alpha1.IPv4Address{"192.0.2.1"}}
			records, invalid := FromSpec(append(test.entries, good), "example.ru")
			if len(invalid) != 1 || !strings.Contains(invalid[0].Reason, test.want) {
				t.Errorf("invalid: %+v, want one with %q", invalid, test.want)
			}
			if len(records) == 0 || !SetOf(records...).Has(addr("good", "192.0.2.1")) {
				t.Errorf("records: %v", records)
			}
		})
	}
}

// FuzzFromAPI checks that reading never fails, gives a form that reads back as itself, and that what can be added is
// removed under the name that it was listed by.
func FuzzFromAPI(f *testing.F) {
	f.Add("www", "A", "192.0.2.1", 0)
	f.Add("", "TXT", `"a" "b"`, 0)
	f.Add("_sip._tcp", "SRV", "1 5 5060 sip.example.ru", 1)
	f.Add("@", "CAA", `0 issue "ca"`, 0)
	f.Add("@", "HTTPS", ". alpn=h3", 1)
	f.Add("почта", "MX", "mx.пример.рф", -1)
	f.Fuzz(func(t *testing.T, subname, rectype, content string, prio int) {
		record := FromAPI(regapi.ResourceRecord{Subname: subname, Rectype: rectype, Content: content, Prio: prio})
		if record.Type == TXT {
			return // A text in quotes inside quotes loses one layer at a time.
		}
		again := FromAPI(regapi.ResourceRecord{Subname: record.Name, Rectype: string(record.Type), Content: record.Content, Prio: int(record.Priority)})
		if again != record {
			t.Errorf("not stable: %#v then %#v", record, again)
		}
	})
}

func mustMarshal(t *testing.T, value any) []byte {
	t.Helper()
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func parameters(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(data, &fields); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	return fields
}
