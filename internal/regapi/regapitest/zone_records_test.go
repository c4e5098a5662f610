package regapitest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// additions are requests of the adding functions, what they store, and how the name servers serve it.
var additions = []struct {
	name, function, fields string
	stored                 Record
	owner                  string
	recordType             uint16
	served                 string
}{
	{"A at the apex", "add_alias", "subdomain=@ ipaddr=192.0.2.1", Record{Name: "@", Type: "A", Content: "192.0.2.1"}, "example.ru", dns.TypeA, "192.0.2.1"},
	{"A of every other name", "add_alias", "subdomain=* ipaddr=192.0.2.1", Record{Name: "*", Type: "A", Content: "192.0.2.1"}, "any.example.ru", dns.TypeA, "192.0.2.1"},
	{"A below a subdomain", "add_alias", "subdomain=*.Sub ipaddr=192.0.2.1", Record{Name: "*.sub", Type: "A", Content: "192.0.2.1"}, "x.sub.example.ru", dns.TypeA, "192.0.2.1"},
	{"AAAA in any form", "add_aaaa", "subdomain=www ipaddr=2001:DB8:0:0::1", Record{Name: "www", Type: "AAAA", Content: "2001:db8::1"}, "www.example.ru", dns.TypeAAAA, "2001:db8::1"},
	{"CAA for an authority", "add_caa", "subdomain=@ flags=128 tag=issue value=ca.example.com", Record{Name: "@", Type: "CAA", Content: `128 issue "ca.example.com"`}, "example.ru", dns.TypeCAA, `128 issue "ca.example.com"`},
	{"CAA for nobody", "add_caa", "subdomain=@ flags=0 tag=issue value=;", Record{Name: "@", Type: "CAA", Content: `0 issue ";"`}, "example.ru", dns.TypeCAA, `0 issue ";"`},
	{"CAA with an address for reports", "add_caa", "subdomain=@ flags=0 tag=iodef value=mailto:a@example.com", Record{Name: "@", Type: "CAA", Content: `0 iodef "mailto:a@example.com"`}, "example.ru", dns.TypeCAA, `0 iodef "mailto:a@example.com"`},
	{"CNAME", "add_cname", "subdomain=www canonical_name=Host.Example.NET", Record{Name: "www", Type: "CNAME", Content: "host.example.net."}, "www.example.ru", dns.TypeCNAME, "host.example.net."},
	{"CNAME to an IDN", "add_cname", "subdomain=www canonical_name=пример.рф", Record{Name: "www", Type: "CNAME", Content: "xn--e1afmkfd.xn--p1ai."}, "www.example.ru", dns.TypeCNAME, "xn--e1afmkfd.xn--p1ai."},
	{"HTTPS with parameters", "add_https", "subdomain=@ priority=1 target=. value=alpn=h3+ipv4hint=193.12.11.10,193.12.11.11", Record{Name: "@", Type: "HTTPS", Content: ". alpn=h3 ipv4hint=193.12.11.10,193.12.11.11", Priority: 1}, "example.ru", dns.TypeHTTPS, `1 . alpn="h3" ipv4hint="193.12.11.10,193.12.11.11"`},
	{"HTTPS as an alias", "add_https", "subdomain=@ priority=0 target=pool.example.net", Record{Name: "@", Type: "HTTPS", Content: "pool.example.net."}, "example.ru", dns.TypeHTTPS, "0 pool.example.net."},
	{"MX with its defaults", "add_mx", "mail_server=mail", Record{Name: "@", Type: "MX", Content: "mail.example.ru."}, "example.ru", dns.TypeMX, "0 mail.example.ru."},
	{"MX with an address", "add_mx", "subdomain=sub priority=10 mail_server=192.0.2.25", Record{Name: "sub", Type: "MX", Content: "192.0.2.25", Priority: 10}, "sub.example.ru", dns.TypeMX, "10 192.0.2.25."},
	{"TXT", "add_txt", "subdomain=_dmarc text=v=DMARC1;+p=none", Record{Name: "_dmarc", Type: "TXT", Content: "v=DMARC1; p=none"}, "_dmarc.example.ru", dns.TypeTXT, `"v=DMARC1; p=none"`},
	{"TXT with quotes and backslashes", "add_txt", `subdomain=q text=a"b\c`, Record{Name: "q", Type: "TXT", Content: `a"b\c`}, "q.example.ru", dns.TypeTXT, `"a\"b\\c"`},
	{"SRV with its defaults", "add_srv", "service=_sip._udp priority=0 port=5060 target=sip.example.ru", Record{Name: "_sip._udp", Type: "SRV", Content: "0 5060 sip.example.ru."}, "_sip._udp.example.ru", dns.TypeSRV, "0 0 5060 sip.example.ru."},
	{"SRV of a subdomain", "add_srv", "service=_sip._tcp.sub priority=5 weight=7 port=443 target=sip", Record{Name: "_sip._tcp.sub", Type: "SRV", Content: "7 443 sip.example.ru.", Priority: 5}, "_sip._tcp.sub.example.ru", dns.TypeSRV, "5 7 443 sip.example.ru."},
}

// fieldsOf reads "name=value name=value" where a plus stands for a space.
func fieldsOf(text string) []string {
	pairs := []string{"dname", "example.ru"}
	for _, field := range strings.Fields(text) {
		name, value, _ := strings.Cut(field, "=")
		pairs = append(pairs, name, strings.ReplaceAll(value, "+", " "))
	}
	return pairs
}

func TestAnAddedRecordIsStoredReadBackServedAndRemoved(t *testing.T) {
	for _, c := range additions {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.must(w.alice("zone/"+c.function, fieldsOf(c.fields)...))
			w.wantRecords("example.ru", c.stored)
			w.wantDNS(c.owner, c.recordType, "NOERROR", dns.Fqdn(c.owner)+" "+c.stored.Type+" "+c.served)
			read := w.rrs("example.ru")[0].(map[string]any)
			want := map[string]any{
				"subname": c.stored.Name, "rectype": c.stored.Type, "content": c.stored.Content, "prio": float64(c.stored.Priority), "state": "A",
			}
			if diff := cmp.Diff(want, read); diff != "" {
				t.Errorf("read back:\n%s", diff)
			}
			w.must(w.alice("zone/remove_record", "dname", "example.ru", "subdomain", c.stored.Name, "record_type", c.stored.Type,
				"content", c.stored.Content, "priority", fmt.Sprint(c.stored.Priority)))
			w.wantRecords("example.ru")
			w.wantDNS(c.owner, c.recordType, w.rcodeOfNothing(c.owner))
		})
	}
}

// rcodeOfNothing is the answer for a name without records: only the apex exists then.
func (w *world) rcodeOfNothing(owner string) string {
	if owner == "example.ru" {
		return "NOERROR"
	}
	return "NXDOMAIN"
}

func TestADelegatedSubdomainIsReferred(t *testing.T) {
	w := newWorld(t)
	for number, server := range []string{"ns1.tt.example.ru", "ns.example.net"} {
		w.must(w.alice("zone/add_ns", "dname", "example.ru", "subdomain", "tt", "dns_server", server, "record_number", fmt.Sprint(20-number)))
	}
	w.must(w.alice("zone/add_alias", "dname", "example.ru", "subdomain", "ns1.tt", "ipaddr", "192.0.2.53"))
	w.wantRecords("example.ru",
		Record{Name: "ns1.tt", Type: "A", Content: "192.0.2.53"}, Record{Name: "tt", Type: "NS", Content: "ns.example.net.", Priority: 19}, Record{Name: "tt", Type: "NS", Content: "ns1.tt.example.ru.", Priority: 20})
	response := w.AnswerDNS(new(dns.Msg).SetQuestion("www.tt.example.ru.", dns.TypeA))
	if response.Authoritative || len(response.Answer) != 0 {
		t.Errorf("not a referral: %v", response)
	}
	wantNS := []string{"tt.example.ru. NS ns1.tt.example.ru.", "tt.example.ru. NS ns.example.net."}
	if diff := cmp.Diff(wantNS, sections(response.Ns)); diff != "" {
		t.Errorf("authority:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"ns1.tt.example.ru. A 192.0.2.53"}, sections(response.Extra)); diff != "" {
		t.Errorf("glue:\n%s", diff)
	}
}

// fieldErrors are fields that are wrong, with the code of each.
var fieldErrors = []struct{ function, fields, code string }{
	{"add_alias", "ipaddr=192.0.2.1", "PARAMETER_MISSING"},
	{"add_alias", "subdomain=www", "PARAMETER_MISSING"},
	{"add_alias", "subdomain=www ipaddr=host.example.net", "IP_INVALID"},
	{"add_alias", "subdomain=www ipaddr=2001:db8::1", "IP_INVALID"},
	{"add_alias", "subdomain=-www ipaddr=192.0.2.1", "SUBD_INVALID"},
	{"add_alias", "subdomain=a..b ipaddr=192.0.2.1", "SUBD_INVALID"},
	{"add_alias", "subdomain=a.*.b ipaddr=192.0.2.1", "SUBD_INVALID"},
	{"add_alias", "subdomain=" + strings.Repeat("a", 64) + " ipaddr=192.0.2.1", "SUBD_INVALID"},
	{"add_alias", "subdomain=" + strings.Repeat("a.", 125) + "a ipaddr=192.0.2.1", "SUBD_INVALID"},
	{"add_alias", "subdomain=mаil ipaddr=192.0.2.1", "HAVE_MIXED_CODETABLES"}, // the a is Cyrillic
	{"add_aaaa", "subdomain=www ipaddr=192.0.2.1", "IP_INVALID"},
	{"add_aaaa", "subdomain=www ipaddr=fe80::1%eth0", "IP_INVALID"},
	{"add_caa", "subdomain=@ flags=1 tag=issue value=ca.example.com", "FLAGS_INVALID"},
	{"add_caa", "subdomain=@ flags=0 tag=isssue value=ca.example.com", "TAG_INVALID"},
	{"add_caa", "subdomain=@ flags=0 tag=issue value=http://ca", "CAA_INVALID"},
	{"add_caa", "subdomain=@ flags=0 tag=iodef value=nobody", "CAA_INVALID"},
	{"add_cname", "subdomain=www", "PARAMETER_MISSING"},
	{"add_cname", "subdomain=www canonical_name=192.0.2.1", "CNAME_INVALID"},
	{"add_cname", "subdomain=www canonical_name=a..b", "CNAME_INVALID"},
	{"add_https", "subdomain=@ target=.", "PRIORITY_INVALID"},
	{"add_https", "subdomain=@ priority=x target=.", "PRIORITY_INVALID"},
	{"add_https", "subdomain=@ priority=1", "PARAMETER_MISSING"},
	{"add_https", "subdomain=@ priority=1 target=a..b", "HTTPS_TARGET_INVALID"},
	{"add_https", "subdomain=@ priority=1 target=.+alpn=h2", "HTTPS_TARGET_INVALID"},
	{"add_https", "subdomain=@ priority=1 target=. value=color=red", "HTTPS_INVALID"},
	{"add_https", "subdomain=@ priority=1 target=. value=ipv4hint=x", "HTTPS_INVALID"},
	{"add_https", "subdomain=@ priority=1 target=. value=key65535=x", "HTTPS_INVALID"},
	{"add_https", "subdomain=@ priority=1 target=. value=alpn=h2;comment", "HTTPS_INVALID"},
	{"add_mx", "priority=0", "PARAMETER_MISSING"},
	{"add_mx", "mail_server=mail priority=11", "PRIORITY_INVALID"},
	{"add_mx", "mail_server=a..b", "MAILHOST_INVALID"},
	{"add_mx", "mail_server=mail priority=high", "PRIORITY_INVALID"},
	{"add_mx", "mail_server=mail priority=65536", "PRIORITY_INVALID"},
	{"add_ns", "subdomain=tt", "PARAMETER_MISSING"},
	{"add_ns", "subdomain=tt dns_server=192.0.2.1", "NSADDR_INVALID"},
	{"add_ns", "subdomain=@ dns_server=ns.example.net", "SUBD_INVALID"},
	{"add_ns", "subdomain=example.ru. dns_server=ns.example.net", "SUBD_INVALID"},
	{"add_alias", "subdomain=www.example.net. ipaddr=192.0.2.1", "SUBD_INVALID"},
	{"add_ns", "subdomain=tt dns_server=ns.example.net record_number=first", "PARAMETER_INCORRECT"},
	{"add_txt", "subdomain=@", "TEXT_NOT_FOUND"},
	{"add_txt", "subdomain=@ text=" + strings.Repeat("a", 2049), "TEXT_TOOLONG"},
	{"add_txt", "subdomain=@ text=привет", "TEXT_CONTAINS_INVALID_CHARACTERS"},
	{"add_txt", "subdomain=@ text=a\x01b", "TEXT_CONTAINS_INVALID_CHARACTERS"},
	{"add_srv", "priority=0 port=1 target=a.b", "SERVICE_INVALID"},
	{"add_srv", "service=sip.udp priority=0 port=1 target=a.b", "SERVICE_INVALID"},
	{"add_srv", "service=_sip._udp port=1 target=a.b", "PRIORITY_INVALID"},
	{"add_srv", "service=_sip._udp priority=0 weight=x port=1 target=a.b", "WEIGHT_INVALID"},
	{"add_srv", "service=_sip._udp priority=0 target=a.b", "PORT_INVALID"},
	{"add_srv", "service=_sip._udp priority=0 port=65536 target=a.b", "PORT_INVALID"},
	{"add_srv", "service=_sip._udp priority=0 port=1", "PARAMETER_MISSING"},
	{"add_srv", "service=_sip._udp priority=0 port=1 target=192.0.2.1", "PARAMETER_INCORRECT"},
	{"remove_record", "record_type=A", "PARAMETER_MISSING"},
	{"remove_record", "subdomain=@", "PARAMETER_MISSING"},
	{"remove_record", "subdomain=@ record_type=SOA", "INVALID_ZONE_RECORD_TYPE"},
	{"remove_record", "subdomain=@ record_type=MX priority=x", "PRIORITY_INVALID"},
	{"update_soa", "", "SOA_RECORD_INVALID"},
	{"update_soa", "ttl=1y", "SOA_RECORD_INVALID"},
	{"update_soa", "ttl=1d minimum_ttl=-1", "SOA_RECORD_INVALID"},
	{"update_soa", "ttl=99999w", "SOA_RECORD_INVALID"},
}

func TestFieldErrors(t *testing.T) {
	for _, c := range fieldErrors {
		t.Run(c.function+" "+c.fields[:min(len(c.fields), 60)], func(t *testing.T) {
			w := newWorld(t)
			got := w.alice("zone/"+c.function, fieldsOf(c.fields)...)
			element := got.element(t, 0)
			if got.Result != "success" || element["error_code"] != c.code || element["result"] != "error" || element["service_id"] != "501" {
				t.Errorf("answer %+v, want %s", got, c.code)
			}
			w.wantRecords("example.ru")
		})
	}
}

func TestTheLongestTextCanBeSet(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{TXTLimit: 5}))
	if code := w.alice("zone/add_txt", "dname", "example.ru", "subdomain", "@", "text", "123456").code(t); code != "TEXT_TOOLONG" {
		t.Errorf("code %q", code)
	}
	w.must(w.alice("zone/add_txt", "dname", "example.ru", "subdomain", "@", "text", "12345"))
}

func TestNothingStandsBesideACNAME(t *testing.T) {
	cases := []struct {
		name            string
		present         Record
		function, field string
		code            string
	}{
		{"data beside a CNAME", Record{Name: "www", Type: "CNAME", Content: "a.example.net."}, "add_alias", "subdomain=www ipaddr=192.0.2.1", "CONFLICT_CNAME"},
		{"a CNAME beside data", Record{Name: "www", Type: "A", Content: "192.0.2.1"}, "add_cname", "subdomain=www canonical_name=a.example.net", "CNAME_ANDOTHERDATA"},
		{"a CNAME beside another", Record{Name: "www", Type: "CNAME", Content: "a.example.net."}, "add_cname", "subdomain=www canonical_name=b.example.net", "CNAME_ANDOTHERDATA"},
		{"the same CNAME again", Record{Name: "www", Type: "CNAME", Content: "a.example.net."}, "add_cname", "subdomain=www canonical_name=a.example.net", ""},
		{"data at another name", Record{Name: "www", Type: "CNAME", Content: "a.example.net."}, "add_alias", "subdomain=ftp ipaddr=192.0.2.1", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.AddRecord("example.ru", c.present)
			if code := w.alice("zone/"+c.function, fieldsOf(c.field)...).code(t); code != c.code {
				t.Errorf("code %q, want %q", code, c.code)
			}
		})
	}
}

func TestAddingARecordAgain(t *testing.T) {
	www := Record{Name: "www", Type: "A", Content: "192.0.2.1"}
	for style, want := range map[DuplicateAddStyle]struct {
		code  string
		count int
	}{DuplicateIgnore: {"", 1}, DuplicateRefuse: {"PARAMETER_INCORRECT", 1}, DuplicateKeep: {"", 2}} {
		t.Run(string(style), func(t *testing.T) {
			w := newWorld(t, WithBehaviour(Behaviour{DuplicateAdd: style}))
			w.AddRecord("example.ru", www)
			if code := w.alice("zone/add_alias", fieldsOf("subdomain=www ipaddr=192.0.2.1")...).code(t); code != want.code {
				t.Errorf("code %q, want %q", code, want.code)
			}
			w.wantRecords("example.ru", slices.Repeat([]Record{www}, want.count)...)
		})
	}
}

func TestRemovingRecords(t *testing.T) {
	zone := []Record{
		{Name: "@", Type: "MX", Content: "a.example.net."}, {Name: "@", Type: "MX", Content: "a.example.net.", Priority: 10}, {Name: "@", Type: "MX", Content: "b.example.net.", Priority: 10},
		{Name: "@", Type: "TXT", Content: "one"}, {Name: "@", Type: "TXT", Content: "two"}, {Name: "www", Type: "AAAA", Content: "2001:db8::1"},
	}
	cases := []struct {
		name, fields string
		left         []int
	}{
		{"without content everything of the name and type goes", "subdomain=@ record_type=MX", []int{3, 4, 5}},
		{"without content a priority narrows", "subdomain=@ record_type=MX priority=10", []int{0, 3, 4, 5}},
		{"with content the priority is zero", "subdomain=@ record_type=MX content=a.example.net", []int{1, 2, 3, 4, 5}},
		{"with content and priority one record goes", "subdomain=@ record_type=mx priority=10 content=a.example.net.", []int{0, 2, 3, 4, 5}},
		{"a record without priority ignores it", "subdomain=@ record_type=TXT priority=77 content=one", []int{0, 1, 2, 4, 5}},
		{"text is found in its quotes", `subdomain=@ record_type=TXT content="two"`, []int{0, 1, 2, 3, 5}},
		{"an IPv6 address is found in any form", "subdomain=www record_type=AAAA content=2001:0db8:0:0:0:0:0:1", []int{0, 1, 2, 3, 4}},
		{"what is not there is a success", "subdomain=nobody record_type=A content=192.0.2.1", []int{0, 1, 2, 3, 4, 5}},
		{"content that cannot exist matches nothing", "subdomain=@ record_type=MX content=a..b", []int{0, 1, 2, 3, 4, 5}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.SetRecords("example.ru", zone)
			w.must(w.alice("zone/remove_record", fieldsOf(c.fields)...))
			want := []Record{}
			for _, index := range c.left {
				want = append(want, zone[index])
			}
			w.wantRecords("example.ru", want...)
		})
	}
}

func TestRemovingNothingCanBeAnError(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{MissingRemove: MissingRefuse}))
	if code := w.alice("zone/remove_record", fieldsOf("subdomain=www record_type=A")...).code(t); code != "PARAMETER_INCORRECT" {
		t.Errorf("code %q", code)
	}
}

func TestQuotedTextIsRemovedLiterallyFirst(t *testing.T) {
	w := newWorld(t)
	w.SetRecords("example.ru", []Record{{Name: "@", Type: "TXT", Content: `"a"`}, {Name: "@", Type: "TXT", Content: "a"}})
	w.must(w.alice("zone/remove_record", fieldsOf(`subdomain=@ record_type=TXT content="a"`)...))
	w.wantRecords("example.ru", Record{Name: "@", Type: "TXT", Content: "a"})
}

func TestContentsAreReadBackInTheFormAskedFor(t *testing.T) {
	cases := []struct {
		name      string
		behaviour Behaviour
		function  string
		fields    string
		want      string
	}{
		{"plain text", Behaviour{}, "add_txt", `subdomain=@ text=a"b`, `a"b`},
		{"quoted text", Behaviour{TXT: TXTQuoted}, "add_txt", `subdomain=@ text=a"b`, `"a\"b"`},
		{"compressed IPv6", Behaviour{}, "add_aaaa", "subdomain=@ ipaddr=2001:DB8:0::1", "2001:db8::1"},
		{"IPv6 as given", Behaviour{IPv6: IPv6Given}, "add_aaaa", "subdomain=@ ipaddr=2001:DB8:0::1", "2001:DB8:0::1"},
		{"expanded IPv6", Behaviour{IPv6: IPv6Expanded}, "add_aaaa", "subdomain=@ ipaddr=2001:DB8:0::1", "2001:0db8:0000:0000:0000:0000:0000:0001"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(c.behaviour))
			w.must(w.alice("zone/"+c.function, fieldsOf(c.fields)...))
			rrs := w.rrs("example.ru")
			content := rrs[0].(map[string]any)["content"].(string)
			if content != c.want {
				t.Errorf("content %s, want %s", content, c.want)
			}
			w.must(w.alice("zone/remove_record", "dname", "example.ru", "subdomain", "@", "record_type", w.Records("example.ru")[0].Type, "content", content))
			w.wantRecords("example.ru")
		})
	}
}
