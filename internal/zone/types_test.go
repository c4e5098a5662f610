package zone

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// oneOfEach has one record of each type, as a spec writes it.
var oneOfEach = v1alpha1.NameRecords{
	A: []v1alpha1.IPv4Address{"192.0.2.1"}, AAAA: []v1alpha1.IPv6Address{"2001:db8::1"}, CNAME: "www.example.com",
	MX: []v1alpha1.MX{{Priority: 10, Host: "mx.example.ru"}}, NS: []v1alpha1.Host{"ns1.example.com"}, TXT: []v1alpha1.Text{"v=spf1 mx -all"},
	SRV:   []v1alpha1.SRV{{Priority: 1, Weight: 5, Port: 5060, Target: "sip.example.ru"}},
	CAA:   []v1alpha1.CAA{{Tag: "issue", Value: "letsencrypt.org"}},
	HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h2,h3"}},
}

// TestEveryTypeOfRecordGoesAllTheWay follows a record from the spec into a request, and back from a name server: a type that is
// left out on the way would be lost, or written again and again, or never seen as published.
func TestEveryTypeOfRecordGoesAllTheWay(t *testing.T) {
	page, err := os.ReadFile("../../docs/dnszone.md")
	if err != nil {
		t.Fatal(err)
	}
	all := reflect.ValueOf(oneOfEach)
	for i := range all.NumField() {
		field := all.Type().Field(i).Name
		if field == "Name" {
			continue
		}
		t.Run(field, func(t *testing.T) {
			entry := v1alpha1.NameRecords{Name: "_sip._tcp"}
			reflect.ValueOf(&entry).Elem().Field(i).Set(all.Field(i))
			records, invalid := FromSpec([]v1alpha1.NameRecords{entry}, "example.ru")
			if len(records) != 1 || records[0].Type != Type(field) || len(invalid) > 0 {
				t.Fatalf("oneOfEach in a spec gives %v, invalid %v", records, invalid)
			}
			record := records[0]
			if action, err := AddAction(record); err != nil {
				t.Error(err)
			} else if back, ok := recordOf(action); !ok || back != record {
				t.Errorf("the action %T comes back as %q, not as %q", action, back, record)
			}
			served, err := dns.NewRR(strings.Replace(record.String(), " ", ".example.ru. IN ", 1))
			if err != nil {
				t.Fatal(err)
			}
			if back, ok := FromDNS(served, "example.ru"); !ok || back != record {
				t.Errorf("served, it comes back as %q, not as %q", back, record)
			}
			if !strings.Contains(string(page), "`"+strings.ToLower(field)+"`") {
				t.Error("docs/dnszone.md does not describe it")
			}
		})
	}
}
