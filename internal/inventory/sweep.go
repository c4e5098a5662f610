package inventory

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// sweep reads everything that is followed, or only what has never been read.
func (i *Inventory) sweep(ctx context.Context, whole bool) {
	s := sweep{inventory: i, whole: whole, changed: map[string]bool{}}
	before := i.Summary()
	err := s.run(ctx)

	i.mu.Lock()
	if i.summary.Err = err; err == nil {
		i.summary.SweptAt = time.Now()
	}
	i.summary.Zones = s.followedZones()
	accountChanged := !sameSummary(before, i.summary)
	close(i.swept)
	i.swept = make(chan struct{})
	i.mu.Unlock()

	for domain := range s.changed {
		i.changed(domain)
	}
	if accountChanged {
		i.changed("")
	}
}

func sameSummary(a, b Summary) bool {
	sameErr := (a.Err == nil) == (b.Err == nil) && regapi.ClassOf(a.Err) == regapi.ClassOf(b.Err)
	a.Err, b.Err = nil, nil
	sameKnowledge := a.SweptAt.IsZero() == b.SweptAt.IsZero()
	a.SweptAt, b.SweptAt = time.Time{}, time.Time{}
	return sameErr && sameKnowledge && a == b
}

// sweep is one pass over an inventory.
type sweep struct {
	inventory *Inventory
	whole     bool
	changed   map[string]bool
}

func (s *sweep) run(ctx context.Context) error {
	if err := s.list(ctx); err != nil {
		return err
	}
	if err := s.readZones(ctx); err != nil {
		return err
	}
	if err := s.readDelegations(ctx); err != nil {
		return err
	}
	if err := s.readSigning(ctx); err != nil {
		return err
	}
	if !s.whole && !s.inventory.Summary().SweptAt.IsZero() {
		return nil
	}
	return s.readBalance(ctx)
}

// list reads which domains the account holds, with one request for all of them (7.8).
func (s *sweep) list(ctx context.Context) error {
	i := s.inventory
	i.mu.Lock()
	fresh := !s.whole && time.Since(i.listedAt) < listFresh && s.allListed()
	i.mu.Unlock()
	if fresh {
		return nil
	}
	services, err := i.client.Service.GetList(ctx, regapi.ServTypeDomain)
	if err != nil {
		return fmt.Errorf("list the domains: %w", err)
	}
	byName := make(map[string]*regapi.ServiceListItem, len(services))
	for n := range services {
		byName[regapi.CanonicalName(services[n].Domain)] = &services[n]
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.domains, i.listedAt = slices.Sorted(maps.Keys(byName)), time.Now()
	i.summary.Domains = len(services)
	for domain, e := range i.entries {
		s.note(domain, e.listed && !reflect.DeepEqual(e.facts.Service, byName[domain]))
		e.facts.Service, e.listed = byName[domain], true
	}
	return nil
}

// allListed says whether the last list covers every domain that is followed now. The lock is held.
func (s *sweep) allListed() bool {
	for _, e := range s.inventory.entries {
		if !e.listed {
			return false
		}
	}
	return true
}

// note remembers to wake the followers of a domain.
func (s *sweep) note(domain string, changed bool) {
	if changed {
		s.changed[domain] = true
	}
}

func (s *sweep) readZones(ctx context.Context) error {
	i := s.inventory
	for refs := range slices.Chunk(s.refs(Records), regapi.MaxObjects) {
		asked := time.Now()
		zones, err := i.client.Zone.GetResourceRecords(ctx, refs...)
		if err != nil {
			return fmt.Errorf("read the records: %w", err)
		}
		s.each(refs, func(domain string, e *entry, n int) {
			if e.learned.After(asked) {
				return // A write has read the zone since.
			}
			s.note(domain, e.known&Records != 0 && !sameZone(e.facts.Zone, &zones[n]))
			e.facts.Zone, e.asked = &zones[n], asked
			e.known |= Records
		})
	}
	return nil
}

func (s *sweep) readDelegations(ctx context.Context) error {
	i := s.inventory
	for refs := range slices.Chunk(s.refs(Delegation), regapi.MaxObjects) {
		delegations, err := i.client.Domain.GetNSS(ctx, refs...)
		if err != nil {
			return fmt.Errorf("read the name servers: %w", err)
		}
		s.each(refs, func(domain string, e *entry, n int) {
			s.note(domain, e.known&Delegation != 0 && !sameDelegation(e.facts.Delegation, &delegations[n]))
			e.facts.Delegation = &delegations[n]
			e.known |= Delegation
		})
	}
	return nil
}

func (s *sweep) readSigning(ctx context.Context) error {
	i := s.inventory
	for refs := range slices.Chunk(s.refs(Signing), regapi.MaxObjects) {
		states, err := i.client.DNSSEC.GetStatus(ctx, refs...)
		if err != nil {
			return fmt.Errorf("read the state of DNSSEC: %w", err)
		}
		s.each(refs, func(domain string, e *entry, n int) {
			s.note(domain, e.known&Signing != 0 && !sameSigning(e.facts.Signing, &states[n]))
			e.facts.Signing = &states[n]
			e.known |= Signing
		})
	}
	return nil
}

func (s *sweep) readBalance(ctx context.Context) error {
	i := s.inventory
	balance, err := i.client.User.GetBalance(ctx, "")
	if err != nil {
		return fmt.Errorf("read the balance: %w", err)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.summary.Balance = balance
	return nil
}

// refs gives the domains whose aspect is followed, and in a partial sweep not known yet, in a stable order.
func (s *sweep) refs(aspect Aspect) []regapi.DomainRef {
	i := s.inventory
	i.mu.Lock()
	defer i.mu.Unlock()
	wanted := map[string]bool{}
	for _, f := range i.followers {
		e := i.entries[f.domain]
		if f.aspects&aspect != 0 && e != nil && (s.whole || e.known&aspect == 0) {
			wanted[f.domain] = true
		}
	}
	var refs []regapi.DomainRef
	for _, domain := range slices.Sorted(maps.Keys(wanted)) {
		refs = append(refs, regapi.ByName(domain))
	}
	return refs
}

// each visits, under the lock, the entries of domains that are still followed.
func (s *sweep) each(refs []regapi.DomainRef, visit func(domain string, e *entry, n int)) {
	s.inventory.mu.Lock()
	defer s.inventory.mu.Unlock()
	for n, ref := range refs {
		if e := s.inventory.entries[ref.Name]; e != nil {
			visit(ref.Name, e, n)
		}
	}
}

// followedZones counts the zones whose records are followed. The lock is held.
func (s *sweep) followedZones() int {
	zones := map[string]bool{}
	for _, f := range s.inventory.followers {
		if f.aspects&Records != 0 {
			zones[f.domain] = true
		}
	}
	return len(zones)
}

// sameZone compares what a follower could care about: the order of records means nothing.
func sameZone(a, b *regapi.ZoneRecords) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && a.SOA == b.SOA && sameRecords(a.Records, b.Records)
}

func sameRecords(a, b []regapi.ResourceRecord) bool {
	if len(a) != len(b) {
		return false
	}
	counts := make(map[regapi.ResourceRecord]int, len(a))
	for _, record := range a {
		counts[record]++
	}
	for _, record := range b {
		counts[record]--
		if counts[record] < 0 {
			return false
		}
	}
	return true
}

func sameDelegation(a, b *regapi.DomainNSS) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && reflect.DeepEqual(a.NSS, b.NSS)
}

func sameSigning(a, b *regapi.DomainDNSSEC) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && a.Status == b.Status
}

func sameError(a, b error) bool {
	var first, second *regapi.Error
	if errors.As(a, &first) && errors.As(b, &second) {
		return first.Code == second.Code
	}
	return (a == nil) == (b == nil)
}
