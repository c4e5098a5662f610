package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// queryTimeout bounds a question to a name server.
	queryTimeout = 3 * time.Second
	// queriesAtOnce bounds the questions that are under way.
	queriesAtOnce = 8
	// maxQuestions bounds how much of a large zone is checked; what is checked is spread over it.
	maxQuestions = 100
)

// ErrUnreachable says that no authoritative name server could be asked.
var ErrUnreachable = errors.New("the authoritative name servers cannot be asked")

// Publication asks the authoritative name servers of zones what they answer. It makes no request to REG.API.
type Publication struct {
	// Servers as host:port; all of them have to answer as expected.
	Servers []string
}

// Missing gives the records, of those that the zone should serve, that some server does not answer with yet.
func (p Publication) Missing(ctx context.Context, domain string, records []Record) ([]Record, error) {
	questions := questionsFor(records)
	missing := make([][]Record, len(questions))
	failures := make([]error, len(questions))
	var wait sync.WaitGroup
	slots := make(chan struct{}, queriesAtOnce)
	for n, question := range questions {
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			missing[n], failures[n] = p.missingOf(ctx, domain, question)
		})
	}
	wait.Wait()
	if err := errors.Join(failures...); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	return slices.Concat(missing...), nil
}

// rrset is a record set.
type rrset struct {
	name string
	kind Type
}

// question is an RRset to ask for.
type question struct {
	rrset
	records []Record
}

func questionsFor(records []Record) []question {
	byRRset := map[rrset][]Record{}
	for _, record := range records {
		key := rrset{record.Name, record.Type}
		byRRset[key] = append(byRRset[key], record)
	}
	questions := make([]question, 0, len(byRRset))
	for key, members := range byRRset {
		questions = append(questions, question{key, members})
	}
	slices.SortFunc(questions, func(a, b question) int { return Compare(a.records[0], b.records[0]) })
	if len(questions) <= maxQuestions {
		return questions
	}
	spread := make([]question, maxQuestions)
	for n := range spread {
		spread[n] = questions[n*len(questions)/maxQuestions]
	}
	return spread
}

func (p Publication) missingOf(ctx context.Context, domain string, q question) ([]Record, error) {
	absent := map[Record]bool{}
	for _, server := range p.Servers {
		answered, err := ask(ctx, server, domain, q.rrset)
		if err != nil {
			return nil, err
		}
		for _, record := range q.records {
			if !answered[record] {
				absent[record] = true
			}
		}
	}
	var missing []Record
	for _, record := range q.records {
		if absent[record] {
			missing = append(missing, record)
		}
	}
	return missing, nil
}

// ask gives the records that a server answers with, in canonical form.
func ask(ctx context.Context, server, domain string, set rrset) (map[Record]bool, error) {
	query := new(dns.Msg)
	query.SetQuestion(fullName(set.name, domain), dns.StringToType[string(set.kind)])
	query.RecursionDesired = false
	// TCP, since a set of texts seldom fits into a datagram.
	exchange := dns.Client{Net: "tcp", Timeout: queryTimeout}
	answer, _, err := exchange.ExchangeContext(ctx, query, server)
	if err != nil {
		return nil, fmt.Errorf("ask %s", server) // The network's own words differ from one time to the next.
	}
	records := map[Record]bool{}
	for _, rr := range slices.Concat(answer.Answer, answer.Ns) { // A delegation is answered by referral.
		if record, ok := fromDNS(rr, domain); ok {
			records[record] = true
		}
	}
	return records, nil
}

func fullName(name, domain string) string {
	if name == apex {
		return dns.Fqdn(domain)
	}
	return dns.Fqdn(name + "." + domain)
}

// fromDNS gives the canonical form of an answer.
func fromDNS(rr dns.RR, domain string) (Record, bool) {
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

// unescapeDNS takes off the backslashes that miekg/dns puts before characters that are special in zone files.
func unescapeDNS(text string) string {
	if !strings.Contains(text, `\`) {
		return text
	}
	var plain strings.Builder
	for i := 0; i < len(text); i++ {
		if text[i] == '\\' && i+1 < len(text) {
			i++
		}
		plain.WriteByte(text[i])
	}
	return plain.String()
}
