package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

const (
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

// Missing gives the records, of those that the zone should serve, that some server does not answer with yet. It does not ask
// for what the delegations among these records hide. Where the zone may hold others, pass what Delegations.Answered leaves.
func (p Publication) Missing(ctx context.Context, domain string, records []Record) ([]Record, error) {
	questions := questionsFor(NewDelegations(domain, records).Answered(records))
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
