package regapitest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

// startServer starts a simulator on real sockets, with the account alice and her example.ru.
func startServer(t *testing.T, options ...Option) *Server {
	t.Helper()
	s, err := Start(options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	s.AddAccount(Account{Login: "alice", Password: "secret"})
	s.AddDomain("alice", Domain{Name: "example.ru", ServiceID: 501})
	return s
}

func ask(t *testing.T, s *Server, network string, query *dns.Msg) *dns.Msg {
	t.Helper()
	client := dns.Client{Net: network, Timeout: 5 * time.Second}
	response, _, err := client.Exchange(query, s.DNSAddr())
	if err != nil {
		t.Fatal(err)
	}
	return response
}

func TestDNSAnswersOverUDPAndTCPOnOnePort(t *testing.T) {
	s := startServer(t)
	s.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	for _, network := range []string{"udp", "tcp"} {
		response := ask(t, s, network, new(dns.Msg).SetQuestion("WwW.ExAmPlE.ru.", dns.TypeA))
		if !response.Authoritative || response.Rcode != dns.RcodeSuccess {
			t.Errorf("%s: %v", network, response)
		}
		if diff := cmp.Diff([]string{"WwW.ExAmPlE.ru. A 192.0.2.1"}, sections(response.Answer)); diff != "" {
			t.Errorf("%s:\n%s", network, diff)
		}
	}
}

func TestTheApexHasSOAAndTheRegistrarsNameServers(t *testing.T) {
	w := newWorld(t)
	w.wantDNS("example.ru", dns.TypeNS, "NOERROR", "example.ru. NS ns1.reg.ru.", "example.ru. NS ns2.reg.ru.")
	serial := w.SOA("example.ru").Serial
	w.wantDNS("example.ru", dns.TypeSOA, "NOERROR",
		fmt.Sprintf("example.ru. SOA ns1.reg.ru. hostmaster.ns1.reg.ru. %d 14400 3600 604800 43200", serial))
}

func TestNamesInAZoneResolveAsTheStandardsSay(t *testing.T) {
	zone := []Record{
		{Name: "@", Type: "A", Content: "192.0.2.1"}, {Name: "*", Type: "A", Content: "192.0.2.9"}, {Name: "www", Type: "CNAME", Content: "example.ru."}, {Name: "deep.down", Type: "A", Content: "192.0.2.2"},
		{Name: "loop1", Type: "CNAME", Content: "loop2.example.ru."}, {Name: "loop2", Type: "CNAME", Content: "loop1.example.ru."}, {Name: "out", Type: "CNAME", Content: "host.example.net."},
		{Name: "lost", Type: "CNAME", Content: "x.down.example.ru."}, {Name: "*.alias", Type: "CNAME", Content: "example.ru."}, {Name: "txt", Type: "TXT", Content: "a"}, {Name: "child", Type: "NS", Content: "ns.example.net."},
		{Name: "tochild", Type: "CNAME", Content: "a.child.example.ru."},
	}
	cases := []struct {
		name       string
		recordType uint16
		rcode      string
		answer     []string
	}{
		{"example.ru", dns.TypeA, "NOERROR", []string{"example.ru. A 192.0.2.1"}},
		{"example.ru", dns.TypeAAAA, "NOERROR", nil},
		{"anything.example.ru", dns.TypeA, "NOERROR", []string{"anything.example.ru. A 192.0.2.9"}},
		{"a.b.example.ru", dns.TypeA, "NOERROR", []string{"a.b.example.ru. A 192.0.2.9"}},
		{"anything.example.ru", dns.TypeTXT, "NOERROR", nil},
		{"txt.example.ru", dns.TypeA, "NOERROR", nil},         // an exact name hides the wildcard
		{"down.example.ru", dns.TypeA, "NOERROR", nil},        // so does a name that is there only for those below it
		{"other.down.example.ru", dns.TypeA, "NXDOMAIN", nil}, // and it is the closest encloser, without a wildcard of its own
		{"below.txt.example.ru", dns.TypeA, "NXDOMAIN", nil},  // nor has txt one
		{"below.www.example.ru", dns.TypeA, "NXDOMAIN", nil},  // nor an alias
		{"www.example.ru", dns.TypeA, "NOERROR", []string{"www.example.ru. CNAME example.ru.", "example.ru. A 192.0.2.1"}},
		{"www.example.ru", dns.TypeCNAME, "NOERROR", []string{"www.example.ru. CNAME example.ru."}},
		{"www.example.ru", dns.TypeTXT, "NOERROR", []string{"www.example.ru. CNAME example.ru."}},
		{"a.alias.example.ru", dns.TypeA, "NOERROR", []string{"a.alias.example.ru. CNAME example.ru.", "example.ru. A 192.0.2.1"}},
		{"out.example.ru", dns.TypeA, "NOERROR", []string{"out.example.ru. CNAME host.example.net."}},
		{"lost.example.ru", dns.TypeA, "NXDOMAIN", []string{"lost.example.ru. CNAME x.down.example.ru."}},
		{"tochild.example.ru", dns.TypeA, "NOERROR", []string{"tochild.example.ru. CNAME a.child.example.ru."}},
		{"child.example.ru", dns.TypeDS, "NOERROR", nil},
		{"www.example.ru", dns.TypeANY, "NOERROR", []string{"www.example.ru. CNAME example.ru."}},
		{"nobody.ru", dns.TypeA, "REFUSED", nil},
		{"ru", dns.TypeNS, "REFUSED", nil},
		{".", dns.TypeNS, "REFUSED", nil},
		{"example.ru", dns.TypeAXFR, "REFUSED", nil},
	}
	w := newWorld(t)
	w.SetRecords("example.ru", zone)
	for _, c := range cases {
		t.Run(c.name+" "+dns.TypeToString[c.recordType], func(t *testing.T) {
			w.t = t
			w.wantDNS(c.name, c.recordType, c.rcode, c.answer...)
		})
	}
	const longest = 8 // CNAMEs in one answer
	if rcode, chain := w.dig("loop1.example.ru", dns.TypeA); rcode != "NOERROR" || len(chain) != longest {
		t.Errorf("a loop: %s %v", rcode, chain)
	}
}

func TestNegativeAnswersCarryTheSOA(t *testing.T) {
	w := newWorld(t)
	w.SetSOA("example.ru", "1d", "300")
	for _, name := range []string{"nobody.example.ru.", "example.ru."} {
		response := w.AnswerDNS(new(dns.Msg).SetQuestion(name, dns.TypeA))
		if len(response.Ns) != 1 || response.Ns[0].Header().Rrtype != dns.TypeSOA || response.Ns[0].Header().Ttl != 300 {
			t.Errorf("%s: authority %v", name, response.Ns)
		}
	}
}

func TestOnlyQueriesForTheInternetAreAnswered(t *testing.T) {
	chaos := new(dns.Msg).SetQuestion("example.ru.", dns.TypeA)
	chaos.Question[0].Qclass = dns.ClassCHAOS
	notify := new(dns.Msg).SetNotify("example.ru.")
	future := new(dns.Msg).SetQuestion("example.ru.", dns.TypeA).SetEdns0(4096, false)
	future.IsEdns0().SetVersion(1)
	w := newWorld(t)
	for query, want := range map[*dns.Msg]int{
		chaos: dns.RcodeRefused, notify: dns.RcodeNotImplemented, future: dns.RcodeBadVers, new(dns.Msg): dns.RcodeFormatError,
	} {
		if got := w.AnswerDNS(query).Rcode; got != want {
			t.Errorf("%v: %s", query, dns.RcodeToString[got])
		}
	}
}

func TestZonesOfOtherNameServersAreRefused(t *testing.T) {
	w := newWorld(t)
	w.SetDelegation("example.ru", "ns.example.net")
	w.wantDNS("example.ru", dns.TypeSOA, "REFUSED")
	w.SetDelegation("example.ru", "NS1.REG.RU.", "ns2.reg.ru")
	w.wantDNS("example.ru", dns.TypeNS, "NOERROR", "example.ru. NS ns1.reg.ru.", "example.ru. NS ns2.reg.ru.")
}

func TestTheMostSpecificZoneAnswers(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("bob", Domain{Name: "sub.example.ru", Records: []Record{{Name: "@", Type: "A", Content: "192.0.2.7"}}})
	w.AddRecord("example.ru", Record{Name: "*", Type: "A", Content: "192.0.2.1"})
	w.wantDNS("sub.example.ru", dns.TypeA, "NOERROR", "sub.example.ru. A 192.0.2.7")
}

func TestLongTextsAreSplitAndLongAnswersCut(t *testing.T) {
	s := startServer(t)
	long := strings.Repeat("0123456789", 90)
	s.AddRecord("example.ru", Record{Name: "long", Type: "TXT", Content: long})
	query := new(dns.Msg).SetQuestion("long.example.ru.", dns.TypeTXT)
	if response := ask(t, s, "udp", query); !response.Truncated || len(response.Answer) != 0 {
		t.Errorf("plain UDP: %v", response)
	}
	for network, query := range map[string]*dns.Msg{"tcp": query, "udp": query.Copy().SetEdns0(4096, false)} {
		response := ask(t, s, network, query)
		if response.Truncated || len(response.Answer) != 1 {
			t.Fatalf("%s: %v", network, response)
		}
		parts := response.Answer[0].(*dns.TXT).Txt
		if len(parts) != 4 || len(parts[0]) != 255 || strings.Join(parts, "") != long {
			t.Errorf("%s: %q", network, parts)
		}
	}
}

func TestChangesAppearInDNSAfterThePublicationDelay(t *testing.T) {
	w := newWorld(t, WithPublishDelay(time.Minute))
	w.must(w.alice("zone/add_alias", fieldsOf("subdomain=www ipaddr=192.0.2.1")...))
	w.wantRecords("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	w.clock.Advance(30 * time.Second)
	w.must(w.alice("zone/add_alias", fieldsOf("subdomain=www ipaddr=192.0.2.2")...))
	w.clock.Advance(29 * time.Second)
	w.wantDNS("www.example.ru", dns.TypeA, "NXDOMAIN")
	w.clock.Advance(time.Second)
	w.wantDNS("www.example.ru", dns.TypeA, "NOERROR", "www.example.ru. A 192.0.2.1")
	w.clock.Advance(30 * time.Second)
	w.wantDNS("www.example.ru", dns.TypeA, "NOERROR", "www.example.ru. A 192.0.2.1", "www.example.ru. A 192.0.2.2")
}

func TestTheSerialGrowsWithEachRequestThatChangesAZone(t *testing.T) {
	w := newWorld(t)
	before := w.SOA("partner.ru").Serial
	w.must(w.bobJSON("zone/update_records", `{"dname":"partner.ru","action_list":[
		{"action":"add_alias","subdomain":"a","ipaddr":"192.0.2.1"},{"action":"add_alias","subdomain":"b","ipaddr":"192.0.2.1"}]}`))
	w.must(w.bob("zone/get_resource_records", "dname", "partner.ru"))
	w.must(w.bobJSON("zone/add_alias", `{"dname":"partner.ru","subdomain":"a","ipaddr":"192.0.2.1"}`))
	if after := w.SOA("partner.ru").Serial; after != before+1 {
		t.Errorf("serial %d after %d", after, before)
	}
}

func FuzzEveryQueryIsAnswered(f *testing.F) {
	for _, name := range []string{"www.example.ru.", "x.example.ru.", `a\.b\;.example.ru.`, "ru.", "."} {
		wire, err := new(dns.Msg).SetQuestion(name, dns.TypeA).Pack()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	f.Fuzz(func(t *testing.T, wire []byte) {
		query := new(dns.Msg)
		if query.Unpack(wire) != nil {
			return
		}
		w := newWorld(t)
		w.SetRecords("example.ru", []Record{{Name: "*", Type: "A", Content: "192.0.2.1"}, {Name: "www", Type: "CNAME", Content: "example.ru."}, {Name: "sub", Type: "NS", Content: "ns.sub.example.ru."}})
		if _, err := w.AnswerDNS(query).Pack(); err != nil {
			t.Errorf("%v: %v", query, err)
		}
	})
}
