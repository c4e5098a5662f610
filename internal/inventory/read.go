package inventory

import (
	"context"
	"fmt"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// reading is one aspect of many domains, which is read by a list function. R is what the function tells of one of them.
type reading[R any] struct {
	function, noun string
	aspect         Aspect
	size           *portion.Size
	read           func(ctx context.Context, refs ...regapi.DomainRef) ([]R, error)
	// failed is what is known of a domain that failed.
	failed func(regapi.DomainResult) R
	// take puts what was read into an entry, and reports whether it has changed.
	take func(e *entry, result *R, asked time.Time) (changed bool)
}

func (s *sweep) readZones(ctx context.Context) error {
	i := s.inventory
	defer i.keepPromises()
	return readAll(ctx, s, reading[regapi.ZoneRecords]{
		function: "zone/get_resource_records", noun: "the records", aspect: Records, size: i.sizes.zones,
		read:   i.client.Zone.GetResourceRecords,
		failed: func(result regapi.DomainResult) regapi.ZoneRecords { return regapi.ZoneRecords{DomainResult: result} },
		take: func(e *entry, zone *regapi.ZoneRecords, asked time.Time) bool {
			if e.learned.After(asked) {
				return false // A write has read the zone since.
			}
			changed := e.known&Records != 0 && !sameZone(e.facts.Zone, zone)
			e.facts.Zone, e.asked = compact(zone), asked
			return changed
		},
	})
}

func (s *sweep) readDelegations(ctx context.Context) error {
	i := s.inventory
	return readAll(ctx, s, reading[regapi.DomainNSS]{
		function: "domain/get_nss", noun: "the name servers", aspect: Delegation, size: i.sizes.delegations,
		read:   i.client.Domain.GetNSS,
		failed: func(result regapi.DomainResult) regapi.DomainNSS { return regapi.DomainNSS{DomainResult: result} },
		take: func(e *entry, delegation *regapi.DomainNSS, _ time.Time) bool {
			changed := e.known&Delegation != 0 && !sameDelegation(e.facts.Delegation, delegation)
			e.facts.Delegation = delegation
			return changed
		},
	})
}

func (s *sweep) readSigning(ctx context.Context) error {
	i := s.inventory
	return readAll(ctx, s, reading[regapi.DomainDNSSEC]{
		function: "dnssec/get_status", noun: "the state of DNSSEC", aspect: Signing, size: i.sizes.signing,
		read:   i.client.DNSSEC.GetStatus,
		failed: func(result regapi.DomainResult) regapi.DomainDNSSEC { return regapi.DomainDNSSEC{DomainResult: result} },
		take: func(e *entry, state *regapi.DomainDNSSEC, _ time.Time) bool {
			changed := e.known&Signing != 0 && !sameSigning(e.facts.Signing, state)
			e.facts.Signing = state
			return changed
		},
	})
}

func (s *sweep) readRegistrants(ctx context.Context) error {
	i := s.inventory
	return readAll(ctx, s, reading[regapi.Registrant]{
		function: "service/get_details", noun: "the registrants", aspect: Registrant, size: i.sizes.registrants,
		read: func(ctx context.Context, refs ...regapi.DomainRef) ([]regapi.Registrant, error) {
			return regapi.RegistrantsOf(ctx, i.client, refs...)
		},
		failed: func(result regapi.DomainResult) regapi.Registrant { return regapi.Registrant{DomainResult: result} },
		take: func(e *entry, registrant *regapi.Registrant, _ time.Time) bool {
			changed := e.known&Registrant != 0 && !sameRegistrant(e.facts.Registrant, registrant)
			e.facts.Registrant = registrant
			return changed
		},
	})
}

// readAll reads an aspect of everything that the sweep is about, in portions. A portion that fails as a whole is halved, and
// only a domain that was alone is to blame. What may pass is asked again twice, unless a smaller portion tells more.
func readAll[R any](ctx context.Context, s *sweep, r reading[R]) error {
	refs := s.refs(r.aspect)
	for tries := 1; len(refs) > 0; {
		part := refs[:min(r.size.Next(), len(refs))]
		asked := time.Now()
		results, err := r.read(traffic.Once(ctx), part...)
		if err == nil {
			r.size.Passed(len(part))
			r.keep(s, part, results, asked)
			refs, tries = refs[len(part):], 1
			continue
		}
		divisible := regapi.Divisible(err)
		if len(part) == 1 || !divisible {
			delay, again := traffic.RetryDelay(tries)
			if tries++; again && traffic.Repeatable(r.function, err) && pause.IfTime(ctx, delay) {
				continue
			}
		}
		if !divisible {
			return fmt.Errorf("read %s: %w", r.noun, err)
		}
		switch r.size.Failed(len(part), regapi.Strained(err)) {
		case portion.Halve:
		case portion.Blame:
			alone := regapi.DomainResult{Ref: part[0], Domain: part[0].Name, Err: err}
			r.keep(s, part, []R{r.failed(alone)}, asked)
			refs, tries = refs[1:], 1
		case portion.GiveUp:
			return fmt.Errorf("read %s: %s", r.noun, err) //nolint:errorlint // what was refused is nobody's in particular
		}
	}
	return nil
}

// keep puts what was read into the entries of domains that are still followed.
func (r reading[R]) keep(s *sweep, refs []regapi.DomainRef, results []R, asked time.Time) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	for n, ref := range refs {
		if e := s.inventory.entries[ref.Name]; e != nil {
			s.note(ref.Name, r.take(e, &results[n], asked))
			e.known |= r.aspect
		}
	}
}

// ListBegan is when the list of domains that is known was about to be asked for: it tells nothing of what has changed since. It is zero where none is known.
func (i *Inventory) ListBegan() time.Time {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.listBegan
}
