package zone

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
)

// queryTimeout bounds a question to a name server.
const queryTimeout = 3 * time.Second

// ask gives the records that a server answers with, in canonical form.
func ask(ctx context.Context, server, domain string, set rrset) (map[Record]bool, error) {
	// TCP, since a set of texts seldom fits into a datagram, nor does all glue of a referral.
	exchange := dns.Client{Net: "tcp", Timeout: queryTimeout}
	answer, _, err := exchange.ExchangeContext(ctx, queryFor(domain, set), server)
	if err != nil {
		return nil, fmt.Errorf("ask %s", server) // The network's own words differ from one time to the next.
	}
	return readAnswer(answer, domain, set), nil
}

func queryFor(domain string, set rrset) *dns.Msg {
	query := new(dns.Msg)
	query.SetQuestion(fullName(set.name, domain), dns.StringToType[string(set.kind)])
	query.RecursionDesired = false
	return query
}

// readAnswer gives the records of the set that was asked for, in canonical form.
//
// A referral has them elsewhere than an answer: the NS of the delegation in the authority section, and the addresses of these
// name servers, the glue, in the additional section (RFC 1034, 4.3.2). A server that serves the delegated zone as well has
// either in the answer.
func readAnswer(answer *dns.Msg, domain string, set rrset) map[Record]bool {
	section := answer.Answer
	switch {
	case set.kind == NS:
		section = slices.Concat(answer.Answer, answer.Ns)
	case isAddress(set.kind):
		section = slices.Concat(answer.Answer, answer.Extra)
	}
	owner := fullName(set.name, domain)
	records := map[Record]bool{}
	for _, rr := range section {
		if !strings.EqualFold(rr.Header().Name, owner) {
			continue
		}
		if record, ok := FromDNS(rr, domain); ok && record.Type == set.kind {
			records[record] = true
		}
	}
	return records
}

func fullName(name, domain string) string {
	if name == apex {
		return dns.Fqdn(domain)
	}
	return dns.Fqdn(name + "." + domain)
}

// FromDNS gives the canonical form of a record of DNS, of an answer or of a zone file, and says whether its type is one of ours.
func FromDNS(rr dns.RR, domain string) (Record, bool) {
	record := Record{Name: Relative(strings.ToLower(strings.TrimSuffix(rr.Header().Name, ".")), domain), Type: Type(dns.TypeToString[rr.Header().Rrtype])}
	switch data := rr.(type) {
	case *dns.A:
		record.Content = lenientAddress(data.A.String())
	case *dns.AAAA:
		record.Content = lenientAddress(data.AAAA.String())
	case *dns.CNAME:
		record.Content = lenientHost(data.Target)
	case *dns.NS:
		record.Content = lenientHost(data.Ns)
	case *dns.MX:
		record.Priority, record.Content = data.Preference, lenientHost(data.Mx)
	case *dns.TXT:
		record.Content = unescapeDNS(strings.Join(data.Txt, ""))
	case *dns.SRV:
		record.Priority = data.Priority
		record.Content = srvContent(fmt.Sprint(data.Weight), fmt.Sprint(data.Port), lenientHost(data.Target))
	case *dns.CAA:
		record.Content = caaContent(int(data.Flag), data.Tag, unescapeDNS(data.Value))
	case *dns.HTTPS:
		record.Priority = data.Priority
		record.Content = lenientHost(data.Target) + serviceParams(data.Value)
	default:
		return Record{}, false
	}
	return record, true
}

// unescapeDNS takes off the backslashes that miekg/dns puts before characters that are special in zone files, and reads the numbers that it
// writes for bytes that are not printable.
func unescapeDNS(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] != '\\' || i+1 == len(text) {
			plain.WriteByte(text[i])
			continue
		}
		if i+3 < len(text) {
			if number, err := strconv.ParseUint(text[i+1:i+4], 10, 8); err == nil {
				plain.WriteByte(byte(number))
				i += 3
				continue
			}
		}
		i++
		plain.WriteByte(text[i])
	}
	return plain.String()
}
