package dnszone

import (
	"net/url"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"
)

// query is the parameters of an action as a form carries them.
type query url.Values

// Text leaves out what was given more than once, which is a list.
func (q query) Text(name string) string {
	if len(q[name]) != 1 {
		return ""
	}
	return q[name][0]
}

func FuzzWhateverAZoneAcceptsIsServed(f *testing.F) {
	for _, seed := range []struct{ action, query string }{
		{"add_alias", "subdomain=@&ipaddr=192.0.2.1"},
		{"add_alias", "subdomain=*&ipaddr=192.0.2.1"},
		{"add_alias", "subdomain=*.Sub&ipaddr=192.0.2.1"},
		{"add_aaaa", "subdomain=www&ipaddr=2001:DB8:0:0::1"},
		{"add_caa", "subdomain=@&flags=128&tag=issue&value=ca.example.com"},
		{"add_caa", "subdomain=@&flags=0&tag=issue&value=%3B"},
		{"add_caa", "subdomain=@&flags=0&tag=iodef&value=mailto:a@example.com"},
		{"add_cname", "subdomain=www&canonical_name=Host.Example.NET"},
		{"add_cname", "subdomain=www&canonical_name=пример.рф"},
		{"add_https", "subdomain=@&priority=1&target=.&value=alpn=h3+ipv4hint=193.12.11.10,193.12.11.11"},
		{"add_https", "subdomain=@&priority=0&target=pool.example.net"},
		{"add_mx", "mail_server=mail"},
		{"add_mx", "subdomain=sub&priority=10&mail_server=192.0.2.25"},
		{"add_txt", "subdomain=_dmarc&text=v=DMARC1%3B+p=none"},
		{"add_txt", "subdomain=q&text=a%22b%5Cc"},
		{"add_srv", "service=_sip._udp&priority=0&port=5060&target=sip.example.ru"},
		{"add_srv", "service=_sip._tcp.sub&priority=5&weight=7&port=443&target=sip"},
	} {
		f.Add(seed.action, seed.query)
	}
	f.Fuzz(func(t *testing.T, action, form string) {
		do, ok := Actions[action]
		fields, err := url.ParseQuery(form)
		if !ok || err != nil {
			return
		}
		z := New("example.ru", time.Time{})
		if _, refused := do(z, query(fields), behaviour.Behaviour{}); refused != nil {
			return
		}
		for _, added := range z.records {
			again, refused := newRecord("example.ru", added.Record)
			if refused != nil || again.Record != added.Record {
				t.Errorf("%+v became %+v: %v", added.Record, again.Record, refused)
			}
			rr, err := added.rr("name.example.ru.", 60)
			if err != nil || rr == nil {
				t.Fatalf("%+v cannot be served: %v", added.Record, err)
			}
			if _, err := dns.PackRR(rr, make([]byte, dns.MaxMsgSize), 0, nil, false); err != nil {
				t.Errorf("%+v cannot be sent: %v", added.Record, err)
			}
		}
	})
}
