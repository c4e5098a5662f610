package dnszone

import (
	"strings"
	"time"

	"github.com/miekg/dns"
)

// maxChase bounds the chain of CNAMEs that one answer follows.
const maxChase = 8

// Times of the SOA record that no function of the API shows, in seconds.
const (
	soaRefresh = 14400
	soaRetry   = 3600
	soaExpire  = 604800
)

// resolver answers from one version of one zone (RFC 1034, 4.3.2).
type resolver struct {
	zone  string
	soa   SOA
	nodes map[string][]record
}

// Answer fills in what the name servers say at the given time to a question that falls into the zone.
func (z *Zone) Answer(question dns.Question, now time.Time, answer *dns.Msg) {
	visible := z.visible(now)
	resolver{zone: z.name, soa: visible.soa, nodes: visible.nodes()}.answer(question, answer)
}

func (z resolver) answer(question dns.Question, answer *dns.Msg) {
	answer.Authoritative = true
	owner := question.Name
	for range maxChase {
		name := z.relative(owner)
		if cut, ok := z.delegation(name); ok && (cut != name || question.Qtype != dns.TypeDS) {
			z.refer(cut, answer)
			return
		}
		records, exists := z.lookup(name)
		if !exists {
			answer.Rcode = dns.RcodeNameError
			z.deny(answer)
			return
		}
		found := z.of(owner, name, question.Qtype, records)
		if len(found) > 0 {
			answer.Answer = append(answer.Answer, found...)
			return
		}
		alias := z.of(owner, name, dns.TypeCNAME, records)
		if len(alias) == 0 {
			z.deny(answer)
			return
		}
		answer.Answer = append(answer.Answer, alias[0])
		owner = alias[0].(*dns.CNAME).Target
		if !dns.IsSubDomain(dns.Fqdn(z.zone), owner) {
			return
		}
	}
}

// relative turns an absolute name into one of the zone: "@" for the zone itself.
func (z resolver) relative(name string) string {
	name = trimDot(dns.CanonicalName(name))
	if name == z.zone {
		return "@"
	}
	return strings.TrimSuffix(name, "."+z.zone)
}

func (z resolver) absolute(name string) string {
	if name == "@" {
		return dns.Fqdn(z.zone)
	}
	return dns.Fqdn(name + "." + z.zone)
}

func trimDot(name string) string { return strings.TrimSuffix(name, ".") }

// delegation returns the name nearest to the zone's own, at or above the given one, that was given to other name servers. A wildcard gives
// nothing away: what NS there mean is undefined (RFC 4592, 4.2), and they are served as any other records are.
func (z resolver) delegation(name string) (string, bool) {
	if name == "@" {
		return "", false
	}
	labels := strings.Split(name, ".")
	for i := len(labels) - 1; i >= 0; i-- {
		if labels[i] == "*" {
			continue
		}
		cut := strings.Join(labels[i:], ".")
		for _, r := range z.nodes[cut] {
			if r.Type == "NS" {
				return cut, true
			}
		}
	}
	return "", false
}

// refer answers with the name servers of a delegated name, and their addresses as far as the zone has them.
func (z resolver) refer(cut string, answer *dns.Msg) {
	answer.Authoritative = len(answer.Answer) > 0 // of the CNAMEs on the way, if there were any
	answer.Ns = append(answer.Ns, z.of(z.absolute(cut), cut, dns.TypeNS, z.nodes[cut])...)
	for _, rr := range answer.Ns {
		host := rr.(*dns.NS).Ns
		if !dns.IsSubDomain(dns.Fqdn(z.zone), host) {
			continue
		}
		name := z.relative(host)
		for _, family := range []uint16{dns.TypeA, dns.TypeAAAA} {
			answer.Extra = append(answer.Extra, z.of(host, name, family, z.nodes[name])...)
		}
	}
}

// lookup returns the records that a name has: its own, or those of the wildcard at its closest encloser (RFC 4592, 3.3.1). A name that exists only
// because there are names below it has none.
func (z resolver) lookup(name string) ([]record, bool) {
	if records, exists := z.node(name); exists {
		return records, true
	}
	labels := strings.Split(name, ".")
	for i := 1; i <= len(labels); i++ {
		encloser, wildcard := "@", "*"
		if i < len(labels) {
			encloser = strings.Join(labels[i:], ".")
			wildcard = "*." + encloser
		}
		if _, exists := z.node(encloser); exists {
			records, synthesized := z.nodes[wildcard]
			return records, synthesized
		}
	}
	return nil, false
}

// node returns the records at a name and tells whether the name exists: the apex always does, and so does whatever has names below it.
func (z resolver) node(name string) ([]record, bool) {
	if records, ok := z.nodes[name]; ok || name == "@" {
		return records, true
	}
	for other := range z.nodes {
		if strings.HasSuffix(other, "."+name) {
			return nil, true
		}
	}
	return nil, false
}

// of returns the records of a type, or all for ANY, under the owner name that was asked for, and each once, however often the zone holds it
// (RFC 2181, 5).
func (z resolver) of(owner, name string, recordType uint16, records []record) []dns.RR {
	found := []dns.RR{}
	every := recordType == dns.TypeANY
	if name == "@" && (every || recordType == dns.TypeSOA) {
		found = append(found, z.soaRecord(owner, z.soa.TTL))
	}
	if name == "@" && (every || recordType == dns.TypeNS) {
		for _, server := range NameServers {
			header := dns.RR_Header{Name: owner, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: z.soa.TTL}
			found = append(found, &dns.NS{Hdr: header, Ns: dns.Fqdn(server)})
		}
	}
	for _, r := range records {
		if !every && dns.StringToType[r.Type] != recordType {
			continue
		}
		if rr, err := r.rr(owner, z.soa.TTL); err == nil && rr != nil {
			found = append(found, rr)
		}
	}
	return dns.Dedup(found, nil)
}

func (z resolver) soaRecord(owner string, ttl uint32) dns.RR {
	return &dns.SOA{
		Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: ttl},
		Ns:  dns.Fqdn(NameServers[0]), Mbox: "hostmaster." + dns.Fqdn(NameServers[0]), Serial: z.soa.Serial,
		Refresh: soaRefresh, Retry: soaRetry, Expire: soaExpire, Minttl: z.soa.MinimumTTL,
	}
}

// deny adds the SOA that says how long to remember that there is nothing (RFC 2308, 3).
func (z resolver) deny(answer *dns.Msg) {
	answer.Ns = append(answer.Ns, z.soaRecord(dns.Fqdn(z.zone), min(z.soa.TTL, z.soa.MinimumTTL)))
}
