package main

import (
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/yaml"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func TestEveryTypeOfRecordIsExpectedAsDNSWritesIt(t *testing.T) {
	long := strings.Repeat("x", maxTXTString+1)
	for name, test := range map[string]struct {
		records v1alpha1.NameRecords
		want    []string
	}{
		"addresses of the domain itself": {
			v1alpha1.NameRecords{Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.1"}, AAAA: []v1alpha1.IPv6Address{"2001:db8:0:0::1"}},
			[]string{"xn--e1afmkfd.xn--p1ai. A 192.0.2.1", "xn--e1afmkfd.xn--p1ai. AAAA 2001:db8::1"},
		},
		"names in Unicode": {
			v1alpha1.NameRecords{Name: "почта", CNAME: "пример.рф"},
			[]string{"xn--80a1acny.xn--e1afmkfd.xn--p1ai. CNAME xn--e1afmkfd.xn--p1ai."},
		},
		"a wildcard": {
			v1alpha1.NameRecords{Name: "*", MX: []v1alpha1.MX{{Priority: 10, Host: "mx.example.ru."}}},
			[]string{"*.xn--e1afmkfd.xn--p1ai. MX 10 mx.example.ru."},
		},
		"a delegation": {
			v1alpha1.NameRecords{Name: "lab", NS: []v1alpha1.Host{"ns.example.ru"}},
			[]string{"lab.xn--e1afmkfd.xn--p1ai. NS ns.example.ru."},
		},
		"a text that DNS cuts": {
			v1alpha1.NameRecords{Name: "@", TXT: []v1alpha1.Text{v1alpha1.Text(long)}},
			[]string{`xn--e1afmkfd.xn--p1ai. TXT "` + long[1:] + `" "x"`},
		},
		"a service": {
			v1alpha1.NameRecords{Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Priority: 1, Weight: 2, Port: 3, Target: "sip.example.ru"}}},
			[]string{"_sip._tcp.xn--e1afmkfd.xn--p1ai. SRV 1 2 3 sip.example.ru."},
		},
		"an authority": {
			v1alpha1.NameRecords{Name: "@", CAA: []v1alpha1.CAA{{Flags: 128, Tag: "issue", Value: ";"}}},
			[]string{`xn--e1afmkfd.xn--p1ai. CAA 128 issue ";"`},
		},
		"how to connect": {
			v1alpha1.NameRecords{Name: "@", HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h2,h3 ipv4hint=192.0.2.1"}}},
			[]string{`xn--e1afmkfd.xn--p1ai. HTTPS 1 . alpn="h2,h3" ipv4hint="192.0.2.1"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			zone := &v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{DomainName: "пример.рф", Records: []v1alpha1.NameRecords{test.records}}}
			records, err := expectedRecords(zone)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, withoutTTL(records)); diff != "" {
				t.Errorf("expected records (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTheSampleZoneHasEveryTypeOfRecord, so that the demo tries each of them against the API server, REG.API and a name server.
func TestTheSampleZoneHasEveryTypeOfRecord(t *testing.T) {
	text, err := os.ReadFile("../../config/samples/dnszone.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var zone v1alpha1.DNSZone
	if err := yaml.UnmarshalStrict(text, &zone); err != nil {
		t.Fatal(err)
	}
	records, err := expectedRecords(&zone)
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]bool{"Name": true} // The field that is no type.
	for _, record := range records {
		expected[dns.TypeToString[record.Header().Rrtype]] = true
	}
	types := reflect.TypeFor[v1alpha1.NameRecords]()
	for i := range types.NumField() {
		if field := types.Field(i).Name; !expected[field] {
			t.Errorf("the sample has no %s, or the demo does not expect it", field)
		}
	}
}

func TestRecordsAreCheckedByContentNumberAndTTLWhateverTheirOrder(t *testing.T) {
	one, other := parse(t, "a.example.ru. 60 IN A 192.0.2.1"), parse(t, "a.example.ru. 60 IN A 192.0.2.2")
	for name, test := range map[string]struct {
		served []dns.RR
		same   bool
	}{
		"another order": {[]dns.RR{other, one}, true},
		"another TTL":   {[]dns.RR{parse(t, "a.example.ru. 3600 IN A 192.0.2.1"), other}, false},
		"one is absent": {[]dns.RR{one}, false},
		"one more":      {[]dns.RR{one, other, parse(t, "a.example.ru. 60 IN A 192.0.2.3")}, false},
		"another value": {[]dns.RR{one, parse(t, "a.example.ru. 60 IN A 192.0.2.3")}, false},
		"a second copy": {[]dns.RR{one, one}, false},
		"nothing":       {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			if same := sameRecords([]dns.RR{one, other}, test.served); same != test.same {
				t.Errorf("sameRecords = %t, want %t", same, test.same)
			}
		})
	}
}

func TestAnyTTLWillDoWhereTheZoneLeavesItOpen(t *testing.T) {
	for name, test := range map[string]struct {
		soa  *v1alpha1.SOA
		same bool
	}{
		"open":           {nil, true},
		"as served":      {&v1alpha1.SOA{TTL: &metav1.Duration{Duration: time.Hour}}, true},
		"not as served":  {&v1alpha1.SOA{TTL: &metav1.Duration{Duration: time.Minute}}, false},
		"only a minimum": {&v1alpha1.SOA{MinimumTTL: &metav1.Duration{Duration: time.Minute}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			records, err := expectedRecords(&v1alpha1.DNSZone{Spec: v1alpha1.DNSZoneSpec{
				DomainName: "example.ru", SOA: test.soa,
				Records: []v1alpha1.NameRecords{{Name: "a", A: []v1alpha1.IPv4Address{"192.0.2.1"}}},
			}})
			if err != nil {
				t.Fatal(err)
			}
			if same := sameRecords(records, []dns.RR{parse(t, "a.example.ru. 3600 IN A 192.0.2.1")}); same != test.same {
				t.Errorf("sameRecords = %t, want %t", same, test.same)
			}
		})
	}
}

func parse(t *testing.T, text string) dns.RR {
	t.Helper()
	record, err := dns.NewRR(text)
	if err != nil {
		t.Fatal(err)
	}
	return record
}

// withoutTTL writes records as zone-file lines of owner, type and content.
func withoutTTL(records []dns.RR) []string {
	var lines []string
	for _, record := range records {
		header := record.Header()
		content := strings.TrimPrefix(record.String(), header.String())
		lines = append(lines, header.Name+" "+dns.TypeToString[header.Rrtype]+" "+content)
	}
	return lines
}
