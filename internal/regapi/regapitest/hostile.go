package regapitest

import (
	"fmt"
	"strings"
)

// HostileName gives the name of the n-th zone of an account as people have them: every third is not ASCII.
func HostileName(n int) string {
	if n%3 == 0 {
		return fmt.Sprintf("живой-%03d.рф", n)
	}
	return fmt.Sprintf("hostile-%03d.ru", n)
}

// HostileZone gives the records of the n-th zone of such an account, of all shapes that live zones have, with an SPF of one's own.
func HostileZone(n int, spf string) []Record {
	records := []Record{
		{Name: "@", Type: "TXT", Content: spf}, {Name: "@", Type: "CAA", Content: `0 issue "letsencrypt.org"`}, {Name: "@", Type: "CAA", Content: `0 iodef "mailto:a@example.com"`},
		{Name: "_sip._tcp", Type: "SRV", Content: "5 5060 sip.example.com.", Priority: 1}, {Name: "*.apps", Type: "CNAME", Content: "example.com."},
		{Name: "key._domainkey", Type: "TXT", Content: "v=DKIM1; k=rsa; p=" + strings.Repeat("MIIB", 150)}, {Name: "xn--80a1acny", Type: "A", Content: "192.0.2.3"},
	}
	switch n % 5 {
	case 0: // It takes no mail, and offers no service.
		return append(records, Record{Name: "@", Type: "MX", Content: "."}, Record{Name: "_imap._tcp", Type: "SRV", Content: "0 0 ."})
	case 1:
		for i := range 60 {
			records = append(records, Record{Name: fmt.Sprintf("host-%d", i), Type: "A", Content: fmt.Sprintf("192.0.2.%d", i)})
		}
		return records
	case 2:
		return append(records, Record{Name: "quoted", Type: "TXT", Content: `say "yes" to C:\dir`}, Record{Name: "under_score", Type: "A", Content: "192.0.2.4"}, Record{Name: "plus+sign", Type: "A", Content: "192.0.2.6"})
	case 3:
		return append(records, Record{Name: "@", Type: "HTTPS", Content: ". alpn=h2,h3", Priority: 1}, Record{Name: "_x_.y", Type: "A", Content: "192.0.2.5"})
	default:
		return append(records, Record{Name: "@", Type: "MX", Content: "mx.example.com.", Priority: 10}, Record{Name: "sub", Type: "NS", Content: "ns1.example.com."})
	}
}
