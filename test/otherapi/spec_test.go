package otherapi_test

import (
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/test/otherapi"
)

// foreign records were there before the operator, each at a name and of a type that no spec declares, but for the text.
var foreign = []otherapi.Record{
	{Name: "legacy", Type: "A", Content: "192.0.2.200"},
	{Name: "legacy", Type: "AAAA", Content: "2001:db8::200"},
	{Name: "@", Type: "TXT", Content: "site-verification=0123456789"},
	{Name: "old", Type: "MX", Priority: 0, Content: "mx.old.example.net"},
	{Name: "_ldap._tcp", Type: "SRV", Priority: 0, Content: "0 389 ldap.old.example.net"},
	{Name: "old", Type: "CAA", Content: "0 issue pki.example.net"},
}

// untouched is what a zone holds beside what a spec declares.
func untouched() []string {
	lines := []string{"@ NS ns1.reg.ru", "@ NS ns2.reg.ru"}
	for _, record := range foreign {
		lines = append(lines, record.String())
	}
	slices.Sort(lines)
	return lines
}

// goal is a spec, and what the zone has to hold because of it: written down twice by hand, lest a codec be held against itself.
type goal struct {
	records  []v1alpha1.NameRecords
	held     []string
	ttl, min int
}

// want is all that the zone has to hold.
func (g goal) want() []string {
	all := append(untouched(), g.held...)
	slices.Sort(all)
	return all
}

func (g goal) soa() *v1alpha1.SOA {
	return &v1alpha1.SOA{
		TTL:        &metav1.Duration{Duration: time.Duration(g.ttl) * time.Second},
		MinimumTTL: &metav1.Duration{Duration: time.Duration(g.min) * time.Second},
	}
}

var longText = "v=DKIM1; k=rsa; p=" + strings.Repeat("MIIBIjANBgkq", 30)

// applied has records of every type. The priority is the highest that the instance takes.
func applied(mx int32, mxText string) goal {
	return goal{ttl: 3600, min: 600, records: []v1alpha1.NameRecords{
		{
			Name: "@", A: []v1alpha1.IPv4Address{"192.0.2.1"}, AAAA: []v1alpha1.IPv6Address{"2001:db8::1"},
			MX:    []v1alpha1.MX{{Priority: mx, Host: "mail.example.com"}},
			TXT:   []v1alpha1.Text{"v=spf1 include:spf.example.com -all"},
			CAA:   []v1alpha1.CAA{{Tag: "issue", Value: "ca.example.com"}},
			HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h2,h3"}},
		},
		{Name: "www", CNAME: "web.example.com"},
		{Name: "blog", A: []v1alpha1.IPv4Address{"192.0.2.3"}},
		{Name: "api", A: []v1alpha1.IPv4Address{"192.0.2.4", "192.0.2.5"}},
		{Name: "почта", A: []v1alpha1.IPv4Address{"192.0.2.6"}},
		{Name: "*", A: []v1alpha1.IPv4Address{"192.0.2.7"}},
		{Name: "sub", NS: []v1alpha1.Host{"ns1.example.net", "ns2.example.net"}},
		{Name: "key._domainkey", TXT: []v1alpha1.Text{v1alpha1.Text(longText)}},
		{Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Priority: 10, Weight: 5, Port: 5060, Target: "sip.example.com"}}},
	}, held: []string{
		"@ A 192.0.2.1", "@ AAAA 2001:db8::1", "@ MX " + mxText + " mail.example.com", "@ TXT v=spf1 include:spf.example.com -all",
		"@ CAA 0 issue ca.example.com", "@ HTTPS 1 . alpn=h2,h3", "www CNAME web.example.com", "blog A 192.0.2.3", "api A 192.0.2.4",
		"api A 192.0.2.5", "xn--80a1acny A 192.0.2.6", "* A 192.0.2.7", "sub NS ns1.example.net", "sub NS ns2.example.net",
		"key._domainkey TXT " + longText, "_sip._tcp SRV 10 5 5060 sip.example.com",
	}}
}

// changed replaces a value of every type, swaps a CNAME and an address both ways, and takes and gives names.
func changed() goal {
	return goal{ttl: 7200, min: 600, records: []v1alpha1.NameRecords{
		{
			Name: "@", A: []v1alpha1.IPv4Address{"198.51.100.1"}, AAAA: []v1alpha1.IPv6Address{"2001:db8:0:1::1"},
			MX:    []v1alpha1.MX{{Priority: 5, Host: "mail.example.com"}},
			TXT:   []v1alpha1.Text{"v=spf1 include:spf.example.net -all"},
			CAA:   []v1alpha1.CAA{{Tag: "issue", Value: "ca.example.net"}, {Tag: "iodef", Value: "mailto:sec@example.com"}},
			HTTPS: []v1alpha1.HTTPS{{Priority: 1, Target: ".", Params: "alpn=h2"}},
		},
		{Name: "www", A: []v1alpha1.IPv4Address{"198.51.100.2"}},
		{Name: "blog", CNAME: "blog.пример.com"},
		{Name: "api", A: []v1alpha1.IPv4Address{"192.0.2.5"}},
		{Name: "новое", CNAME: "web.example.com"},
		{Name: "sub", NS: []v1alpha1.Host{"ns1.example.net", "ns3.example.net"}},
		{Name: "key._domainkey", TXT: []v1alpha1.Text{v1alpha1.Text(longText + "AQAB")}},
		{Name: "_sip._tcp", SRV: []v1alpha1.SRV{{Priority: 10, Weight: 5, Port: 5061, Target: "sip.example.com"}}},
	}, held: []string{
		"@ A 198.51.100.1", "@ AAAA 2001:db8:0:1::1", "@ MX 5 mail.example.com", "@ TXT v=spf1 include:spf.example.net -all",
		"@ CAA 0 issue ca.example.net", "@ CAA 0 iodef mailto:sec@example.com", "@ HTTPS 1 . alpn=h2", "www A 198.51.100.2",
		"blog CNAME blog.xn--e1afmkfd.com", "api A 192.0.2.5", "xn--b1agweb CNAME web.example.com", "sub NS ns1.example.net",
		"sub NS ns3.example.net", "key._domainkey TXT " + longText + "AQAB", "_sip._tcp SRV 10 5 5061 sip.example.com",
	}}
}
