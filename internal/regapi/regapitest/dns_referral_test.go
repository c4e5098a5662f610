package regapitest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"
)

// delegating is a zone that gives names away, and holds records at and below them all the same.
var delegating = []Record{
	{Name: "@", Type: "A", Content: "192.0.2.1"},
	{Name: "*", Type: "A", Content: "192.0.2.9"},
	{Name: "ns", Type: "AAAA", Content: "2001:db8::53"},
	{Name: "to-lab", Type: "CNAME", Content: "www.lab.example.ru."},
	{Name: "lab", Type: "NS", Content: "ns1.lab.example.ru."},
	{Name: "lab", Type: "NS", Content: "ns.example.ru."},
	{Name: "lab", Type: "A", Content: "192.0.2.2"},
	{Name: "lab", Type: "TXT", Content: "hidden"},
	{Name: "ns1.lab", Type: "A", Content: "192.0.2.53"},
	{Name: "ns1.lab", Type: "AAAA", Content: "2001:db8::1:53"},
	{Name: "ns1.lab", Type: "TXT", Content: "hidden"},
	{Name: "www.lab", Type: "A", Content: "192.0.2.3"},
	{Name: "*.lab", Type: "A", Content: "192.0.2.4"},
	{Name: "deep.lab", Type: "NS", Content: "ns.example.com."},
	{Name: "self", Type: "NS", Content: "self.example.ru."},
	{Name: "self", Type: "A", Content: "192.0.2.54"},
	{Name: "by.sibling", Type: "NS", Content: "ns1.lab.example.ru."},
	{Name: "out", Type: "NS", Content: "ns.example.com."},
}

// referral is what a name server says of a name that it has given away.
type referral struct{ answer, authority, additional []string }

func TestANameServerRefersForWhatIsDelegated(t *testing.T) {
	lab := referral{
		authority:  []string{"lab.example.ru. NS ns1.lab.example.ru.", "lab.example.ru. NS ns.example.ru."},
		additional: []string{"ns1.lab.example.ru. A 192.0.2.53", "ns1.lab.example.ru. AAAA 2001:db8::1:53", "ns.example.ru. AAAA 2001:db8::53"},
	}
	self := referral{authority: []string{"self.example.ru. NS self.example.ru."}, additional: []string{"self.example.ru. A 192.0.2.54"}}
	out := referral{authority: []string{"out.example.ru. NS ns.example.com."}}
	alias := lab
	alias.answer = []string{"to-lab.example.ru. CNAME www.lab.example.ru."}
	cases := []struct {
		name string
		kind uint16
		want referral
	}{
		{"lab", dns.TypeNS, lab}, {"lab", dns.TypeA, lab}, {"lab", dns.TypeTXT, lab}, {"lab", dns.TypeANY, lab}, {"lab", dns.TypeSOA, lab},
		{"www.lab", dns.TypeA, lab}, {"nobody.lab", dns.TypeA, lab}, {"*.lab", dns.TypeA, lab}, {"www.lab", dns.TypeDS, lab},
		{"ns1.lab", dns.TypeA, lab}, {"ns1.lab", dns.TypeTXT, lab}, {"deep.lab", dns.TypeNS, lab}, {"deep.lab", dns.TypeDS, lab},
		{"to-lab", dns.TypeA, alias},
		{"self", dns.TypeA, self}, {"below.self", dns.TypeA, self},
		{"out", dns.TypeNS, out}, {"out", dns.TypeA, out}, {"a.b.out", dns.TypeA, out},
		{"by.sibling", dns.TypeNS, referral{authority: []string{"by.sibling.example.ru. NS ns1.lab.example.ru."}, additional: lab.additional[:2]}},
	}
	w := newWorld(t)
	w.SetRecords("example.ru", delegating)
	for _, c := range cases {
		t.Run(c.name+" "+dns.TypeToString[c.kind], func(t *testing.T) {
			response := w.AnswerDNS(new(dns.Msg).SetQuestion(c.name+".example.ru.", c.kind))
			got := referral{sections(response.Answer), sections(response.Ns), sections(response.Extra)}
			if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(referral{}), cmpopts.EquateEmpty()); diff != "" {
				t.Error(diff)
			}
			// What it says itself on the way, an alias, it says with authority.
			if response.Rcode != dns.RcodeSuccess || response.Authoritative != (len(c.want.answer) > 0) {
				t.Errorf("%s, authoritative %v", dns.RcodeToString[response.Rcode], response.Authoritative)
			}
		})
	}
}

func TestANameServerAnswersForWhatStandsBesideADelegation(t *testing.T) {
	w := newWorld(t)
	w.SetRecords("example.ru", delegating)
	w.wantDNS("other.example.ru", dns.TypeA, "NOERROR", "other.example.ru. A 192.0.2.9")
	w.wantDNS("sibling.example.ru", dns.TypeA, "NOERROR") // It exists for the name below it alone.
	w.wantDNS("other.sibling.example.ru", dns.TypeA, "NXDOMAIN")
	for _, name := range []string{"lab", "self", "by.sibling"} { // DS are the parent's.
		response := w.AnswerDNS(new(dns.Msg).SetQuestion(name+".example.ru.", dns.TypeDS))
		if !response.Authoritative || response.Rcode != dns.RcodeSuccess || len(response.Ns) != 1 || response.Ns[0].Header().Rrtype != dns.TypeSOA {
			t.Errorf("DS of %s: %v", name, response)
		}
	}
}

func TestAWildcardDelegatesNothing(t *testing.T) {
	w := newWorld(t)
	w.SetRecords("example.ru", []Record{
		{Name: "*", Type: "NS", Content: "ns.example.com."}, {Name: "*", Type: "A", Content: "192.0.2.9"},
	})
	w.wantDNS("*.example.ru", dns.TypeNS, "NOERROR", "*.example.ru. NS ns.example.com.")
	w.wantDNS("*.example.ru", dns.TypeA, "NOERROR", "*.example.ru. A 192.0.2.9")
	w.wantDNS("any.example.ru", dns.TypeA, "NOERROR", "any.example.ru. A 192.0.2.9")
}

func TestARecordThatAZoneHoldsTwiceIsServedOnce(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{DuplicateAdd: DuplicateKeep}))
	for range 2 {
		w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
		w.AddRecord("example.ru", Record{Name: "lab", Type: "NS", Content: "ns.lab.example.ru."})
		w.AddRecord("example.ru", Record{Name: "ns.lab", Type: "A", Content: "192.0.2.53"})
	}
	w.wantDNS("www.example.ru", dns.TypeA, "NOERROR", "www.example.ru. A 192.0.2.1")
	response := w.AnswerDNS(new(dns.Msg).SetQuestion("lab.example.ru.", dns.TypeNS))
	if len(response.Ns) != 1 || len(response.Extra) != 1 {
		t.Errorf("referral: %v", response)
	}
}
