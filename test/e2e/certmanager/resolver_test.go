package certmanager

import (
	"net"
	"sync"
	"testing"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/test/e2e/harness"
)

// maxAliases bounds a chain of CNAMEs.
const maxAliases = 8

// resolver answers from the simulator's zones, and follows CNAMEs from one to the other, as a certificate authority's own
// resolver does. The simulator's answers end at the border of a zone.
type resolver struct{ api *regapitest.Server }

// startResolver starts a resolver, and returns its address (host:port) for UDP and TCP.
func startResolver(t *testing.T, api *regapitest.Server) string {
	t.Helper()
	address := harness.FreeAddress(t)
	packets, err := net.ListenPacket("udp", address)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range []*dns.Server{{PacketConn: packets}, {Listener: listener}} {
		server.Handler = resolver{api}
		var serving sync.WaitGroup
		serving.Go(func() { _ = server.ActivateAndServe() }) // ends with an error when it is closed
		t.Cleanup(func() {
			_ = server.Shutdown() // fails when it has not started yet
			packets.Close()
			listener.Close()
			serving.Wait()
		})
	}
	return address
}

// ServeDNS answers a question.
func (r resolver) ServeDNS(client dns.ResponseWriter, query *dns.Msg) {
	answer := new(dns.Msg).SetReply(query)
	name, recordType := query.Question[0].Name, query.Question[0].Qtype
	for range maxAliases {
		found := r.api.AnswerDNS(new(dns.Msg).SetQuestion(name, recordType))
		if found.Rcode == dns.RcodeRefused {
			found = fromAbove(name, recordType)
		}
		answer.Rcode, answer.Ns = found.Rcode, found.Ns
		answer.Answer = append(answer.Answer, found.Answer...)
		alias, ok := lastOf(found.Answer).(*dns.CNAME)
		if !ok || recordType == dns.TypeCNAME {
			break
		}
		name = alias.Target
	}
	_ = client.WriteMsg(answer) // a client that has left misses nothing
}

// fromAbove answers for what no zone of the simulator has: such names do not exist, and only top-level domains have a zone.
func fromAbove(name string, recordType uint16) *dns.Msg {
	answer := new(dns.Msg).SetQuestion(name, recordType)
	if dns.CountLabel(name) > 1 {
		answer.Rcode = dns.RcodeNameError
	} else if recordType == dns.TypeSOA {
		answer.Answer = []dns.RR{&dns.SOA{
			Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 60}, Ns: "ns.invalid.", Mbox: "hostmaster.invalid.", Minttl: 60,
		}}
	}
	return answer
}

func lastOf(records []dns.RR) dns.RR {
	if len(records) == 0 {
		return nil
	}
	return records[len(records)-1]
}
