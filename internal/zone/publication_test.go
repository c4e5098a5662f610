package zone

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// nameServer answers questions over TCP with the sections of lines in zone-file notation that zone gives, and counts them.
func nameServer(t *testing.T, zone func(name string, kind uint16) sections) (address string, asked *atomic.Int32) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int32)
	started, stopped := make(chan struct{}), make(chan error)
	server := &dns.Server{Listener: listener, NotifyStartedFunc: func() { close(started) }, Handler: dns.HandlerFunc(func(w dns.ResponseWriter, query *dns.Msg) {
		asked.Add(1)
		reply := zone(query.Question[0].Name, query.Question[0].Qtype)
		answer := new(dns.Msg).SetRcode(query, reply.rcode)
		answer.Authoritative = len(reply.authority) == 0
		answer.Answer, answer.Ns, answer.Extra = lines(t, reply.answer), lines(t, reply.authority), lines(t, reply.additional)
		if err := w.WriteMsg(answer); err != nil {
			t.Errorf("answer: %v", err)
		}
	})}
	go func() { stopped <- server.ActivateAndServe() }()
	<-started
	t.Cleanup(func() {
		if err := errors.Join(server.Shutdown(), <-stopped); err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String(), asked
}

// sections are those of an answer.
type sections struct {
	rcode                         int
	answer, authority, additional []string
}

func lines(t *testing.T, texts []string) []dns.RR {
	var rrs []dns.RR
	for _, text := range texts {
		rr, err := dns.NewRR(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		rrs = append(rrs, rr)
	}
	return rrs
}

func wantMissing(t *testing.T, records []Record, want string, servers ...string) {
	t.Helper()
	missing, err := Publication{Servers: servers}.Missing(t.Context(), "example.ru", records)
	if err != nil || join(sorted(missing)) != want {
		t.Errorf("missing %q (%v), want %q", join(missing), err, want)
	}
}

// delegated is what a user declares who gives lab to name servers of its own, and forgets a site there.
var delegated = []Record{
	addr("www", "192.0.2.1"), addr("*", "192.0.2.9"),
	ns("lab", "ns1.lab.example.ru."), ns("lab", "ns.example.com."), addr("ns1.lab", "192.0.2.53"), aaaa("ns1.lab", "2001:db8::53"),
	addr("www.lab", "192.0.2.2"), text("lab", "v=spf1 -all"), addr("*.lab", "192.0.2.3"),
}

func TestADelegationWithGlueIsPublishedAsSoonAsTheNameServersRefer(t *testing.T) {
	clock := regapitest.NewManualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	_, simulator := newTarget(t, regapitest.WithClock(clock), regapitest.WithPublishDelay(time.Minute))
	simulator.SetRecords("example.ru", listed(delegated))
	wantMissing(t, delegated, "* A 192.0.2.9; lab NS ns.example.com.; lab NS ns1.lab.example.ru.; "+
		"ns1.lab A 192.0.2.53; ns1.lab AAAA 2001:db8::53; www A 192.0.2.1", simulator.DNSAddr())
	clock.Advance(time.Minute)
	wantMissing(t, delegated, "", simulator.DNSAddr())
}

func TestADelegationThatIsTakenBackIsPublishedAsSoonAsTheNamesResolve(t *testing.T) {
	clock := regapitest.NewManualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	_, simulator := newTarget(t, regapitest.WithClock(clock), regapitest.WithPublishDelay(time.Minute))
	simulator.SetRecords("example.ru", listed(delegated))
	clock.Advance(time.Minute)
	mine := []Record{addr("lab", "192.0.2.1"), addr("www.lab", "192.0.2.2")}
	simulator.SetRecords("example.ru", listed(mine))
	wantMissing(t, mine, "lab A 192.0.2.1; www.lab A 192.0.2.2", simulator.DNSAddr())
	clock.Advance(time.Minute)
	wantMissing(t, mine, "", simulator.DNSAddr())
}

func TestNobodyIsAskedForWhatADelegationHides(t *testing.T) {
	server, asked := nameServer(t, func(string, uint16) sections {
		return sections{authority: []string{"lab.example.ru. 60 IN NS ns1.example.com."}}
	})
	wantMissing(t, []Record{ns("lab", "ns1.example.com."), addr("lab", "192.0.2.1"), addr("www.lab", "192.0.2.1"), text("*.lab", "x")}, "", server)
	if n := asked.Load(); n != 1 {
		t.Errorf("%d questions, want that for the NS alone", n)
	}
}

func TestADelegationThatNobodyDeclaredIsToldByItsNS(t *testing.T) {
	standing := []Record{ns("lab", "ns1.lab.example.ru."), addr("ns1.lab", "192.0.2.53"), addr("www.lab", "192.0.2.1")}
	_, simulator := newTarget(t)
	simulator.SetRecords("example.ru", listed(standing))
	declared := standing[1:]
	wantMissing(t, declared, "www.lab A 192.0.2.1", simulator.DNSAddr())
	wantMissing(t, NewDelegations("example.ru", standing).Answered(declared), "", simulator.DNSAddr())
}

func TestGlueThatOneNameServerLacksIsMissing(t *testing.T) {
	serve := func(additional ...string) string {
		server, _ := nameServer(t, func(string, uint16) sections {
			return sections{authority: []string{"LAB.example.ru. 60 IN NS NS1.lab.example.ru."}, additional: additional}
		})
		return server
	}
	records := []Record{ns("lab", "ns1.lab.example.ru."), addr("ns1.lab", "192.0.2.53")}
	complete, other := serve("NS1.lab.example.ru. 60 IN A 192.0.2.53"), serve("ns1.lab.example.ru. 60 IN A 192.0.2.99")
	wantMissing(t, records, "", complete)
	wantMissing(t, records, "ns1.lab A 192.0.2.53", complete, serve())
	wantMissing(t, records, "ns1.lab A 192.0.2.53", other, complete)
}

func TestADelegationToTheSameNameServersIsReadFromTheirAnswer(t *testing.T) {
	server, _ := nameServer(t, func(_ string, kind uint16) sections {
		return map[uint16]sections{
			dns.TypeNS: {answer: []string{"lab.example.ru. 60 IN NS ns1.lab.example.ru."}},
			dns.TypeA:  {answer: []string{"ns1.lab.example.ru. 60 IN A 192.0.2.53"}},
		}[kind]
	})
	wantMissing(t, []Record{ns("lab", "ns1.lab.example.ru."), addr("ns1.lab", "192.0.2.53")}, "", server)
}

func TestWhatIsNotThereIsMissingHoweverItIsSaid(t *testing.T) {
	const soa = "example.ru. 60 IN SOA ns1.reg.ru. hostmaster.ns1.reg.ru. 1 1 1 1 1"
	for name, reply := range map[string]sections{
		"no such name":              {rcode: dns.RcodeNameError, authority: []string{soa}},
		"nothing of that type":      {authority: []string{soa}},
		"nothing at all":            {},
		"refused":                   {rcode: dns.RcodeRefused},
		"another value":             {answer: []string{"www.example.ru. 60 IN A 192.0.2.99"}},
		"an alias":                  {answer: []string{"www.example.ru. 60 IN CNAME web.example.ru.", "web.example.ru. 60 IN A 192.0.2.1"}},
		"a referral":                {authority: []string{"www.example.ru. 60 IN NS ns1.example.ru."}, additional: []string{"ns1.example.ru. 60 IN A 192.0.2.1"}},
		"the address of some host":  {answer: []string{"www.example.ru. 60 IN NS web.example.ru."}, additional: []string{"web.example.ru. 60 IN A 192.0.2.1"}},
		"an address somewhere else": {additional: []string{"www. 60 IN A 192.0.2.1", "www.example.ru.example.ru. 60 IN A 192.0.2.1"}},
	} {
		t.Run(name, func(t *testing.T) {
			server, _ := nameServer(t, func(string, uint16) sections { return reply })
			wantMissing(t, []Record{addr("www", "192.0.2.1")}, "www A 192.0.2.1", server)
		})
	}
}

func TestEveryKindOfRecordIsRecognisedInDNS(t *testing.T) {
	records := []Record{
		addr("@", "192.0.2.1"), aaaa("@", "2001:db8::1"), addr("*", "192.0.2.9"), addr("deep.down", "192.0.2.2"),
		{Name: "@", Type: MX, Content: "."}, {Name: "mail", Type: MX, Priority: 10, Content: "mail.example.com."},
		{Name: "www", Type: CNAME, Content: "example.ru."}, {Name: "*.alias", Type: CNAME, Content: "example.ru."},
		{Name: "_imap._tcp", Type: SRV, Content: "0 0 ."}, {Name: "_sip._tcp", Type: SRV, Priority: 10, Content: "5 5060 sip.example.com."},
		{Name: "@", Type: CAA, Content: `0 issue "letsencrypt.org"`}, {Name: "b", Type: CAA, Content: `128 issue ";"`},
		{Name: "@", Type: HTTPS, Priority: 1, Content: ". alpn=h2,h3"}, {Name: "alias", Type: HTTPS, Content: "pool.example.net."},
		text("@", "v=spf1 mx -all"), text("q", `say "yes" to C:\dir; please`), text("long", strings.Repeat("0123456789", 60)),
		ns("lab", "ns1.example.com."),
	}
	_, simulator := newTarget(t)
	simulator.SetRecords("example.ru", listed(records))
	wantMissing(t, records, "", simulator.DNSAddr())
	simulator.SetRecords("example.ru", nil)
	for _, record := range records {
		wantMissing(t, []Record{record}, record.String(), simulator.DNSAddr())
	}
}

func TestALargeZoneIsCheckedHereAndThere(t *testing.T) {
	server, asked := nameServer(t, func(name string, _ uint16) sections {
		return sections{answer: []string{name + " 60 IN A 192.0.2.1"}}
	})
	var records []Record
	for n := range 1000 {
		records = append(records, addr(fmt.Sprintf("host%d", n), "192.0.2.1"))
	}
	wantMissing(t, records, "", server)
	if n := asked.Load(); n != maxQuestions {
		t.Errorf("%d questions, want %d", n, maxQuestions)
	}
}

func TestNameServersThatCannotBeAskedAreToldFromRecordsThatAreMissing(t *testing.T) {
	missing, err := Publication{Servers: []string{"127.0.0.1:1"}}.Missing(t.Context(), "example.ru", delegated)
	if !errors.Is(err, ErrUnreachable) || len(missing) > 0 {
		t.Errorf("missing %v, error %v", missing, err)
	}
}
