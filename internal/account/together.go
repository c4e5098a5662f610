package account

import (
	"context"
	"fmt"
	"sync"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// ListCall is a function of REG.API that does the same to each domain of a list.
type ListCall func(ctx context.Context, refs ...regapi.DomainRef) ([]regapi.DomainResult, error)

// parties are those who gather for a request, by what they ask for. The zero value is ready to use.
type parties struct {
	mu   sync.Mutex
	open map[string]*party
}

// party is a list of domains for which the same is done. Whoever came first makes the request for all.
type party struct {
	refs    []regapi.DomainRef // complete when the party has left
	done    chan struct{}      // closed when the others are there
	results []regapi.DomainResult
	err     error
	// called says that the request was made.
	called bool
}

// Together does to a domain what others have done to theirs within the same moment, with one request for all. What says what is done, with everything
// that the request holds beside the domains: those meet who say the same. A refusal that concerns the domain alone is given to it alone, and where a
// request fails as a whole that one of many may be to blame for, each makes its own.
func (c *Connection) Together(ctx context.Context, what, domain string, call ListCall) error {
	ref := regapi.ByName(domain)
	for {
		joined, place := c.parties.join(what, ref)
		if place == 0 {
			c.parties.lead(ctx, what, joined, call)
		}
		select {
		case <-joined.done:
		case <-ctx.Done():
			return fmt.Errorf("wait for the other domains of a request: %w", ctx.Err())
		}
		switch {
		case !joined.called && place > 0:
			continue // Whoever led the party had to go.
		case joined.err == nil && place < len(joined.results):
			return joined.results[place].Err
		case len(joined.refs) > 1 && regapi.Divisible(joined.err):
			results, err := call(ctx, ref)
			if err != nil || len(results) == 0 {
				return err
			}
			return results[0].Err
		default:
			return joined.err
		}
	}
}

// join gives the party for what is to be done, and the place of the domain in it.
func (p *parties) join(what string, ref regapi.DomainRef) (joined *party, place int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		p.open = map[string]*party{}
	}
	joined = p.open[what]
	if joined == nil || len(joined.refs) == regapi.MaxObjects {
		joined = &party{done: make(chan struct{})}
		p.open[what] = joined
	}
	joined.refs = append(joined.refs, ref)
	return joined, len(joined.refs) - 1
}

// lead waits for others and makes the request for all who have come.
func (p *parties) lead(ctx context.Context, what string, led *party, call ListCall) {
	defer close(led.done)
	waited := pause.For(ctx, locateLinger)
	p.mu.Lock()
	if p.open[what] == led {
		delete(p.open, what)
	}
	p.mu.Unlock()
	if !waited {
		led.err = fmt.Errorf("wait for the other domains of a request: %w", ctx.Err())
		return
	}
	led.called = true
	led.results, led.err = call(ctx, led.refs...)
}
