package manifest_test

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/plugin/manifest"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const domain = "xn--e1afmkfd.xn--p1ai" // пример.рф

var settings = manifest.Settings{Namespace: "team", Account: v1alpha1.AccountReference{Name: "main"}, Policy: v1alpha1.PolicyObserve}

// hostile are records of all shapes that a live zone has.
func hostile() []zone.Record {
	records := []zone.Record{
		{Name: "@", Type: zone.A, Content: "192.0.2.1"}, {Name: "@", Type: zone.AAAA, Content: "2001:db8::1"},
		{Name: "@", Type: zone.MX, Content: "."}, {Name: "mail", Type: zone.MX, Priority: 10, Content: "mx.example.ru."}, {Name: "mail", Type: zone.MX, Content: "."},
		{Name: "@", Type: zone.CAA, Content: `0 issue ";"`}, {Name: "@", Type: zone.CAA, Content: `128 iodef "mailto:a@example.ru"`},
		{Name: "@", Type: zone.HTTPS, Priority: 1, Content: ". alpn=h2,h3 ipv4hint=192.0.2.1"}, {Name: "@", Type: zone.TXT, Content: "v=spf1 mx -all"},
		{Name: "_sip._tcp", Type: zone.SRV, Priority: 1, Content: "5 5060 sip.example.ru."}, {Name: "_none._tcp", Type: zone.SRV, Content: "0 0 ."},
		{Name: "mail._domainkey", Type: zone.TXT, Content: "v=DKIM1; k=rsa; p=" + strings.Repeat("MIIB", 180)},
		{Name: "quoted", Type: zone.TXT, Content: `say "yes" to C:\dir`}, {Name: "*", Type: zone.A, Content: "192.0.2.2"}, {Name: "*.apps", Type: zone.CNAME, Content: "example.ru."},
		{Name: "xn--80a1acny", Type: zone.A, Content: "192.0.2.3"}, {Name: "a+b", Type: zone.A, Content: "192.0.2.4"}, {Name: "_x_.y", Type: zone.A, Content: "192.0.2.5"},
		{Name: "sub", Type: zone.NS, Content: "ns1.example.com."}, {Name: "www." + domain, Type: zone.A, Content: "192.0.2.6"},
	}
	for n := range 60 {
		records = append(records, zone.Record{Name: "many", Type: zone.A, Content: fmt.Sprintf("192.0.2.%d", n+10)}, zone.Record{Name: "many", Type: zone.TXT, Content: fmt.Sprintf("text-%d", n)})
	}
	return records
}

func TestAnImportDeclaresEveryRecordAsItStands(t *testing.T) {
	object, left := settings.Zone(domain, hostile(), "primer")
	if len(left) != 0 {
		t.Errorf("left out: %v", left)
	}
	holds(t, object, hostile())
	if object.Spec.DomainName != "пример.рф" || !slices.ContainsFunc(object.Spec.Records, func(e v1alpha1.NameRecords) bool { return e.Name == "почта" }) {
		t.Errorf("the domain is written %s", object.Spec.DomainName)
	}
	text, err := manifest.YAML(&object)
	if err != nil || bytes.Contains(text, []byte("status")) {
		t.Errorf("%v\n%s", err, text)
	}
}

// holds wants an object to declare exactly these records.
func holds(t *testing.T, object v1alpha1.DNSZone, want []zone.Record) {
	t.Helper()
	got, invalid := zone.FromSpec(object.Spec.Records, domain)
	if diff := cmp.Diff(slices.SortedFunc(slices.Values(want), zone.Compare), got); diff != "" || len(invalid) > 0 {
		t.Errorf("invalid: %v, (-want +got):\n%s", invalid, diff)
	}
}

func TestWhatIsSomebodysOrCannotBeSaidIsLeftOutWithTheReason(t *testing.T) {
	mine := zone.Record{Name: "www", Type: zone.A, Content: "192.0.2.1"}
	strange := map[zone.Record]string{
		{Name: "@", Type: zone.NS, Content: "ns1.reg.ru."}:                                     "the registrar's own",
		{Name: "@", Type: "SOA", Content: "ns1.reg.ru. hostmaster 1 2 3 4 5"}:                  "the registrar's own",
		{Name: "_acme-challenge", Type: zone.TXT, Content: "abc"}:                              "an ACME challenge",
		{Name: "app", Type: zone.A, Content: "192.0.2.7"}:                                      "external-dns",
		{Name: "a-app", Type: zone.TXT, Content: "heritage=external-dns,external-dns/owner=x"}: "external-dns",
		{Name: "old", Type: "PTR", Content: "example.ru."}:                                     "type PTR",
		{Name: "two", Type: zone.TXT, Content: "v=spf1 -all"}:                                  "leave one of them",
		{Name: "two", Type: zone.TXT, Content: "v=spf1 mx -all"}:                               "leave one of them",
		{Name: "cyr", Type: zone.TXT, Content: "привет"}:                                       "no printable ASCII",
		{Name: "own", Type: zone.TXT, Content: `"quoted"`}:                                     "",
		{Name: "short", Type: zone.CNAME, Content: "localhost."}:                               "",
		{Name: "caa", Type: zone.CAA, Content: `1 contactemail "a@example.ru"`}:                "flags",
		{Name: "sip", Type: zone.SRV, Content: "1 5060 sip.example.ru."}:                       "starts with its service",
		{Name: "long", Type: zone.TXT, Content: strings.Repeat("x", 2049)}:                     "2048",
		{Name: "alias", Type: zone.HTTPS, Priority: 0, Content: "a.example.ru. alpn=h2"}:       "priority 0",
		{Name: "sp ace", Type: zone.A, Content: "192.0.2.8"}:                                   "characters",
	}
	records := []zone.Record{mine}
	for record := range strange {
		records = append(records, record)
	}
	object, left := settings.Zone(domain, records, "primer")
	found := map[string]string{}
	for _, l := range left {
		found[l.Record] = l.Why
	}
	got, _ := zone.FromSpec(object.Spec.Records, domain)
	for record, why := range strange {
		told, isLeft := found[record.String()]
		switch {
		case why == "" && isLeft == slices.Contains(got, record):
			t.Errorf("%s is both declared and left out, or neither: %q", record, told)
		case why != "" && (!isLeft || !strings.Contains(told, strings.TrimPrefix(why, "no ")) || slices.Contains(got, record)):
			t.Errorf("%s: %q", record, told)
		}
	}
	if !slices.Contains(got, mine) {
		t.Errorf("%s is gone", mine)
	}
}

func TestAZoneFileIsReadBackAsItWasWritten(t *testing.T) {
	var file bytes.Buffer
	if err := manifest.WriteZoneFile(&file, domain, 3600, hostile()); err != nil {
		t.Fatal(err)
	}
	of, records, left, err := manifest.ReadZoneFile(&file, "file", "")
	if err != nil || of != domain || len(left) > 0 {
		t.Fatalf("%s, %v, %v", of, left, err)
	}
	if diff := cmp.Diff(slices.SortedFunc(slices.Values(hostile()), zone.Compare), records); diff != "" {
		t.Error(diff)
	}
}

func TestAZoneFileOfBINDBecomesTheZoneThatItMeans(t *testing.T) {
	file, err := os.Open("testdata/example.ru.zone")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	of, records, left, err := manifest.ReadZoneFile(file, "example.ru.zone", "")
	if err != nil || of != "example.ru" {
		t.Fatal(of, err)
	}
	want := []zone.Record{
		{Name: "@", Type: zone.A, Content: "192.0.2.1"}, {Name: "@", Type: zone.MX, Priority: 10, Content: "mail.example.ru."}, {Name: "@", Type: zone.NS, Content: "ns1.reg.ru."},
		{Name: "@", Type: zone.TXT, Content: "v=spf1 mx -all"}, {Name: "long", Type: zone.TXT, Content: strings.Repeat("a", 300)}, {Name: "www", Type: zone.CNAME, Content: "example.ru."},
	}
	if diff := cmp.Diff(want, records); diff != "" || len(left) != 2 {
		t.Errorf("left %v\n%s", left, diff)
	}
	for name, text := range map[string]string{"no origin": "www A 192.0.2.1\n", "no address": "$ORIGIN example.ru.\nwww A nonsense\n"} {
		if _, _, _, err := manifest.ReadZoneFile(strings.NewReader(text), name, ""); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestObjectsOfDomainsWithOneNameGetTwo(t *testing.T) {
	names := manifest.Names{}
	if a, b := names.Of("a-b.ru"), names.Of("a.b.ru"); a != "a-b-ru" || b != "a.b.ru" {
		t.Error(a, b)
	}
}

// FuzzImport holds what is imported against what stood there: declared is what was there, and what is not declared is said to be left out.
func FuzzImport(f *testing.F) {
	for _, r := range hostile() {
		f.Add(r.Name, string(r.Type), r.Priority, r.Content)
	}
	f.Fuzz(func(t *testing.T, name, kind string, priority uint16, content string) {
		record := zone.FromAPI(manifestAPI(name, kind, priority, content))
		object, left := settings.Zone(domain, []zone.Record{record}, "primer")
		got, invalid := zone.FromSpec(object.Spec.Records, domain)
		if len(invalid) > 0 || len(got)+len(left) != 1 || (len(got) == 1 && got[0] != record) {
			t.Errorf("%q became %v, invalid %v, left out %v", record, got, invalid, left)
		}
	})
}

func manifestAPI(name, kind string, priority uint16, content string) regapi.ResourceRecord {
	return regapi.ResourceRecord{Subname: name, Rectype: kind, Prio: int(priority), Content: content}
}
