package regapitest

import (
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// samePortAttempts bounds the search for a port that is free for both UDP and TCP.
const samePortAttempts = 20

// Sizes of DNS answers over UDP: without EDNS (RFC 1035), and the most that is sent with it, which fits common path MTUs.
const (
	plainUDPSize   = dns.MinMsgSize
	largestUDPSize = 1232
)

func (s *Server) startDNS() error {
	packets, stream, err := listenBoth(s.dnsListen)
	if err != nil {
		return err
	}
	s.dnsAddress = packets.LocalAddr()
	s.dns = []*dns.Server{
		{PacketConn: packets, Handler: dns.HandlerFunc(s.serveDNS)},
		{Listener: stream, Handler: dns.HandlerFunc(s.serveDNS)},
	}
	for _, server := range s.dns {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		s.serving.Go(func() {
			if err := server.ActivateAndServe(); err != nil {
				s.logger.Error("DNS server stopped", "error", err)
			}
		})
		<-started // a server that has not started cannot be shut down
	}
	return nil
}

// listenBoth listens on one port for UDP and TCP. With port 0 the one that UDP got may be taken for TCP: then it tries another.
func listenBoth(address string) (net.PacketConn, net.Listener, error) {
	var failure error
	for range samePortAttempts {
		packets, err := net.ListenPacket("udp", address)
		if err != nil {
			return nil, nil, fmt.Errorf("listen for DNS over UDP: %w", err)
		}
		stream, err := net.Listen("tcp", packets.LocalAddr().String())
		if err == nil {
			return packets, stream, nil
		}
		failure = fmt.Errorf("listen for DNS over TCP: %w", err)
		if err := packets.Close(); err != nil {
			return nil, nil, err
		}
	}
	return nil, nil, failure
}

func (s *Server) serveDNS(w dns.ResponseWriter, query *dns.Msg) {
	answer := s.AnswerDNS(query)
	if _, udp := w.RemoteAddr().(*net.UDPAddr); udp {
		answer.Truncate(udpSize(query))
	}
	if err := w.WriteMsg(answer); err != nil {
		s.logger.Debug("DNS answer not sent", "error", err)
	}
}

func udpSize(query *dns.Msg) int {
	if options := query.IsEdns0(); options != nil {
		return min(max(int(options.UDPSize()), plainUDPSize), largestUDPSize)
	}
	return plainUDPSize
}

// AnswerDNS answers a query as the registrar's name servers would at this moment, without any listener. The answer is not truncated.
func (s *Server) AnswerDNS(query *dns.Msg) *dns.Msg {
	answer := new(dns.Msg)
	answer.SetReply(query)
	answer.Compress = true
	options := query.IsEdns0()
	if options != nil {
		answer.SetEdns0(largestUDPSize, options.Do())
	}
	switch {
	case query.Opcode != dns.OpcodeQuery:
		answer.Rcode = dns.RcodeNotImplemented
	case options != nil && options.Version() != 0:
		answer.Rcode = dns.RcodeBadVers
	case len(query.Question) != 1:
		answer.Rcode = dns.RcodeFormatError
	default:
		s.resolve(query.Question[0], answer)
	}
	s.metrics.countQuery(query, answer)
	return answer
}

// resolve finds the zone that a question falls into and lets it answer. Zones that are not delegated here are refused, as unknown ones are.
func (s *Server) resolve(question dns.Question, answer *dns.Msg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	s.state.catchUp(now)
	if s.answerAsParent(question, now, answer) {
		return
	}
	d := s.zoneOf(question.Name)
	transfer := question.Qtype == dns.TypeAXFR || question.Qtype == dns.TypeIXFR
	if d == nil || question.Qclass != dns.ClassINET || transfer {
		answer.Rcode = dns.RcodeRefused
		return
	}
	d.zone.Answer(question, now, answer)
}

// answerAsParent answers for the zones above: what they hold of a domain's keys, wherever its name servers are. DNSKEY, which is the domain's own,
// is there too where the registrar's name servers serve it. It tells whether that was asked.
func (s *Server) answerAsParent(question dns.Question, now time.Time, answer *dns.Msg) bool {
	d := s.state.domains[strings.TrimSuffix(dns.CanonicalName(question.Name), ".")]
	if d == nil || d.State == stateInactive || question.Qclass != dns.ClassINET {
		return false
	}
	header := dns.RR_Header{Name: question.Name, Rrtype: question.Qtype, Class: dns.ClassINET, Ttl: d.zone.SOA().TTL}
	holds := d.dnssec.settle(now)
	switch question.Qtype {
	case dns.TypeDS:
		for _, ds := range holds.atParent() {
			shown := *ds
			shown.Hdr = header
			answer.Answer = append(answer.Answer, &shown)
		}
	case dns.TypeDNSKEY:
		if !d.served() {
			return false
		}
		for _, key := range holds.keys {
			shown := *key.DNSKEY
			shown.Hdr = header
			answer.Answer = append(answer.Answer, &shown)
		}
	}
	answer.Authoritative = len(answer.Answer) > 0
	return answer.Authoritative
}

// zoneOf returns the domain with the longest name that ends the asked one.
func (s *Server) zoneOf(asked string) *domain {
	name := dns.CanonicalName(asked)
	for offset, end := 0, false; !end; offset, end = dns.NextLabel(name, offset) {
		if d := s.state.domains[strings.TrimSuffix(name[offset:], ".")]; d != nil && d.served() {
			return d
		}
	}
	return nil
}
