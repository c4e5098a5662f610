package zone

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func TestARecordThatSaysThatNothingIsOfferedIsKept(t *testing.T) {
	records, invalid := FromSpec([]v1alpha1.NameRecords{
		{Name: "@", MX: []v1alpha1.MX{{Host: "."}}},
		{Name: "_imap._tcp", SRV: []v1alpha1.SRV{{Target: "."}}},
	}, "example.ru")
	want := []Record{{Name: "@", Type: MX, Content: "."}, {Name: "_imap._tcp", Type: SRV, Content: "0 0 ."}}
	if len(invalid) > 0 || len(records) != 2 || records[0] != want[0] || records[1] != want[1] {
		t.Errorf("records %v, invalid %+v", records, invalid)
	}
}

func TestAnEntryNamesTheSameRecordHoweverItsNameIsSpelled(t *testing.T) {
	var entries []v1alpha1.NameRecords
	for _, name := range []string{"почта", "xn--80a1acny", "Почта.Пример.РФ", "почта.xn--e1afmkfd.xn--p1ai."} {
		entries = append(entries, v1alpha1.NameRecords{Name: name, A: []v1alpha1.IPv4Address{"192.0.2.1"}})
	}
	records, invalid := FromSpec(entries, idnZone)
	if len(invalid) > 0 || len(records) != 1 || records[0] != addr("xn--80a1acny", "192.0.2.1") {
		t.Errorf("records %v, invalid %+v", records, invalid)
	}
}

func TestTheDomainItselfIsTheDomainItselfHoweverItIsSpelled(t *testing.T) {
	for want, entry := range map[string]v1alpha1.NameRecords{
		"cannot be a cname":       {Name: "Example.ru", CNAME: "www.example.com"},
		"ns delegates":            {Name: "example.ru.", NS: []v1alpha1.Host{"ns1.example.com"}},
		"no host for NS":          {Name: "lab", NS: []v1alpha1.Host{"."}},
		"no host for CNAME":       {Name: "www", CNAME: "."},
		"is not in the zone of":   {Name: "www.example.com.", A: []v1alpha1.IPv4Address{"192.0.2.1"}},
		"remove the extra dot":    {Name: "www", CNAME: "a..b"},
		"'@' is in no host name":  {Name: "@", MX: []v1alpha1.MX{{Host: "post@example.ru"}}},
		"'*' is in no host name":  {Name: "@", HTTPS: []v1alpha1.HTTPS{{Target: "*.example.ru"}}},
		"not an address":          {Name: "@", HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: "192.0.2.1"}}},
		"has a space":             {Name: "lab", NS: []v1alpha1.Host{"ns 1.example.com"}},
		"value: the text is":      {Name: "@", CAA: []v1alpha1.CAA{{Tag: "issue", Value: `""`}}},
		"are not service":         {Name: "@", HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h2\n. HTTPS 1 ."}}},
		"write key=value pairs":   {Name: "@", HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h2 ; port=1"}}},
		"more than 63 characters": {Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Port: 1, Target: v1alpha1.Host(strings.Repeat("x", 64) + ".ru")}}},
	} {
		records, invalid := FromSpec([]v1alpha1.NameRecords{entry}, "example.ru")
		if len(records) > 0 || len(invalid) != 1 || !strings.Contains(invalid[0].Reason, want) {
			t.Errorf("%+v: %v, %+v; want %q", entry, records, invalid, want)
		}
	}
}

func TestCAAValuesAreReadWithAndWithoutQuotes(t *testing.T) {
	records, invalid := FromSpec([]v1alpha1.NameRecords{
		{Name: "a", CAA: []v1alpha1.CAA{{Tag: "issue", Value: `"letsencrypt.org"`}, {Tag: "issue", Value: "letsencrypt.org "}}},
		{Name: "b", CAA: []v1alpha1.CAA{{Tag: "issue", Value: ";"}, {Tag: "issue", Value: `";"`}, {Tag: "issue", Value: `\;`}}},
	}, "example.ru")
	want := []Record{{Name: "a", Type: CAA, Content: `0 issue "letsencrypt.org"`}, {Name: "b", Type: CAA, Content: `0 issue ";"`}}
	if len(invalid) > 0 || len(records) != 2 || records[0] != want[0] || records[1] != want[1] {
		t.Errorf("records %v, invalid %+v", records, invalid)
	}
}

func TestTwoTextsOfOneKindAreBothRefusedAndNameEachOther(t *testing.T) {
	records, invalid := FromSpec([]v1alpha1.NameRecords{
		{Name: "@", TXT: []v1alpha1.Text{"v=spf1 mx -all", "google-site-verification=a", "google-site-verification=b"}},
		{Name: "example.ru", TXT: []v1alpha1.Text{"V=SPF1 -all"}},
		{Name: "shop", TXT: []v1alpha1.Text{"v=spf1 -all", `"v=spf1 -all"`}},
		{Name: "_dmarc", TXT: []v1alpha1.Text{"v=DMARC1; p=none"}},
	}, "example.ru")
	if len(records) != 4 || !SetOf(records...).Has(text("shop", "v=spf1 -all")) || !SetOf(records...).Has(text("_dmarc", "v=DMARC1; p=none")) {
		t.Errorf("records: %v", records)
	}
	if len(invalid) != 2 {
		t.Fatalf("invalid: %+v", invalid)
	}
	for i, other := range []string{"v=spf1 mx -all", "V=SPF1 -all"} {
		if !strings.Contains(invalid[i].Reason, other) || KindOf(invalid[i].Wanted) != "v=spf1" || invalid[i].Wanted.Content == other {
			t.Errorf("%+v does not name %q", invalid[i], other)
		}
	}
}

func TestAnInvalidEntrySaysForWhichUnitItWas(t *testing.T) {
	_, invalid := FromSpec([]v1alpha1.NameRecords{
		{Name: "WWW.example.ru", CNAME: "a..b"},
		{Name: "@", TXT: []v1alpha1.Text{`v=spf1 "привет"`}},
		{Name: "a..b", A: []v1alpha1.IPv4Address{"192.0.2.1"}},
	}, "example.ru")
	units := map[string]string{}
	for _, entry := range invalid {
		units[entry.Wanted.Name+" "+string(entry.Wanted.Type)] = KindOf(entry.Wanted)
	}
	if kind, ok := units["@ TXT"]; len(units) != 3 || !ok || kind != "v=spf1" {
		t.Errorf("units: %v", units)
	}
	if _, ok := units["www CNAME"]; !ok {
		t.Errorf("units: %v", units)
	}
}

func TestAnInvalidEntryIsShownWithinBounds(t *testing.T) {
	long := v1alpha1.Text(strings.Repeat("\u0001ж", 1000))
	_, invalid := FromSpec([]v1alpha1.NameRecords{{Name: "t", TXT: []v1alpha1.Text{long}}}, "example.ru")
	if len(invalid) != 1 || utf8.RuneCountInString(invalid[0].Record) > maxShown || !utf8.ValidString(invalid[0].Record) {
		t.Errorf("%+v", invalid)
	}
}
