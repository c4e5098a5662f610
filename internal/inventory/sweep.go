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

// sweep reads everything that is followed, or only what has never been read. It reports whether everything was.
func (i *Inventory) sweep(ctx context.Context, whole bool) bool {
	before := i.Summary()
	s := sweep{inventory: i, asked: !whole, whole: whole || before.SweptAt.IsZero(), began: time.Now(), changed: map[string]bool{}}
	i.mu.Lock()
	i.begun++
	i.mu.Unlock()
	err := s.run(ctx)

	i.mu.Lock()
	i.ended++
	i.lastErr = err
	if s.whole {
		i.wholeErr, i.partialErr = err, nil
		i.failed++
		s.forgetUnfollowed()
	} else {
		i.partialErr = err
	}
	if s.whole && err == nil {
		i.summary.SweptAt, i.failed = time.Now(), 0
	}
	i.summary.Err = joined(i.wholeErr, i.partialErr)
	i.summary.Zones = s.followedZones()
	i.rest(err)
	for _, domain := range i.takeAwaited() {
		s.changed[domain] = true
	}
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
	return s.whole
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
	// asked says that somebody waits for it; whole, that it reads everything.
	asked, whole bool
	began        time.Time
	changed      map[string]bool
}

// run reads every part, whatever becomes of the others; unless a failure says that the rest would fail alike.
func (s *sweep) run(ctx context.Context) error {
	parts := []func(context.Context) error{s.readZones, s.list, s.readDelegations, s.readSigning, s.readRegistrants}
	if s.whole {
		parts = append(parts, s.readBalance)
	}
	var failure error
	for _, read := range parts {
		err := read(ctx)
		failure = joined(failure, err)
		if ctx.Err() != nil || regapi.IsDenied(err) || regapi.IsThrottled(err) {
			break
		}
	}
	return failure
}

// promise lets those who want to read a zone that the sweep reads wait for it. The lock is held.
func (s *sweep) promise(domains []string) {
	s.inventory.due = false // whoever comes from now on needs another one
	for _, domain := range domains {
		s.inventory.entries[domain].promised = true
	}
}

// keepPromises tells those who wait for their zones that all have been read that can be.
func (i *Inventory) keepPromises() {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, e := range i.entries {
		e.promised = false
	}
	i.proceed()
}

// proceed makes those who wait for their zones look. The lock is held.
func (i *Inventory) proceed() {
	close(i.progress)
	i.progress = make(chan struct{})
}

// joined is an error in one line, for a status; nil if both are.
func joined(first, second error) error {
	if first == nil || second == nil {
		return errors.Join(first, second)
	}
	return fmt.Errorf("%w; %w", first, second)
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
	began := time.Now()
	services, err := i.client.Service.GetList(ctx, regapi.ServTypeDomain)
	if err != nil {
		return fmt.Errorf("list the domains: %w", err)
	}
	byName := make(map[string]*regapi.ServiceListItem, len(services))
	for n := range services {
		name := regapi.CanonicalName(services[n].Domain)
		if name != "" && (byName[name] == nil || worse(&services[n], byName[name])) {
			byName[name] = &services[n]
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.domains, i.listing, i.listBegan, i.listedAt = slices.Sorted(maps.Keys(byName)), byName, began, time.Now()
	i.summary.Domains = len(byName)
	for domain, e := range i.entries {
		s.note(domain, e.listed && !reflect.DeepEqual(e.facts.Service, byName[domain]))
		e.facts.Service, e.listed = byName[domain], true
	}
	return nil
}

// badness puts the states of a service into an order. What is not known lies between good and bad.
var badness = map[regapi.State]int{regapi.Active: 0, regapi.Inactive: 2, regapi.Suspended: 3, regapi.Deleted: 4, regapi.Transferred: 4}

// worse reports whether an element is worse than another one of the same name: the list may not make a domain better than it
// is. Of two that are alike the one that expires earlier is the worse, and that of which it is not known.
func worse(a, b *regapi.ServiceListItem) bool {
	rank := func(state regapi.State) int {
		if bad, known := badness[state]; known {
			return bad
		}
		return 1
	}
	if rank(a.State) != rank(b.State) {
		return rank(a.State) > rank(b.State)
	}
	return a.ExpirationDate.Time().Before(b.ExpirationDate.Time())
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

// followed gives the aspects that are followed, by domain. The lock is held.
func (i *Inventory) followed() map[string]Aspect {
	followed := make(map[string]Aspect, len(i.entries))
	for _, f := range i.followers {
		followed[f.domain] |= f.aspects
	}
	return followed
}

// refs gives the domains whose aspect is followed, and in a partial sweep not known yet, in a stable order.
func (s *sweep) refs(aspect Aspect) []regapi.DomainRef {
	i := s.inventory
	i.mu.Lock()
	defer i.mu.Unlock()
	var wanted []string
	for domain, aspects := range i.followed() {
		if e := i.entries[domain]; aspects&aspect != 0 && e != nil && (s.whole || e.known&aspect == 0) {
			wanted = append(wanted, domain)
		}
	}
	if aspect == Records && s.asked {
		wanted = append(wanted, i.readAhead(wanted)...)
		s.promise(wanted)
	}
	slices.Sort(wanted)
	refs := make([]regapi.DomainRef, len(wanted))
	for n, domain := range wanted {
		refs[n] = regapi.ByName(domain)
	}
	return refs
}

// aheadWithin is how soon after a reading of new zones the next one says that more of them are being applied.
const aheadWithin = time.Minute

// readAhead gives domains of the account that nobody follows yet, for as many as a request has room that is made anyway. Who applies
// many objects does so over seconds or minutes, and each handful would need a reading of its own. The first handful is read alone. The lock
// is held.
func (i *Inventory) readAhead(wanted []string) (more []string) {
	if len(wanted) == 0 {
		return nil
	}
	last := i.readNewAt
	i.readNewAt = time.Now()
	size := i.sizes.zones.Next()
	room := (size - len(wanted)%size) % size
	if i.readNewAt.Sub(last) > aheadWithin {
		return nil
	}
	for _, domain := range i.domains {
		if len(more) == room {
			break
		}
		if i.listing[domain].State == regapi.Active && i.entries[domain] == nil {
			i.entries[domain] = &entry{facts: Facts{Service: i.listing[domain]}, listed: true}
			more = append(more, domain)
		}
	}
	return more
}

// forgetUnfollowed drops what the sweep has passed over since nobody follows it: it would only grow old. The lock is held.
func (s *sweep) forgetUnfollowed() {
	followed := s.inventory.followed()
	for domain, e := range s.inventory.entries {
		aspects := followed[domain]
		if aspects&Records == 0 && e.asked.Before(s.began) {
			e.facts.Zone = nil
			e.known &^= Records
		}
		if aspects&Delegation == 0 {
			e.facts.Delegation = nil
		}
		if aspects&Signing == 0 {
			e.facts.Signing = nil
		}
		if aspects&Registrant == 0 {
			e.facts.Registrant = nil
		}
		e.known &= aspects | Records
		if aspects == 0 && e.known == 0 {
			delete(s.inventory.entries, domain)
		}
	}
}

// followedZones counts the zones whose records are followed. The lock is held.
func (s *sweep) followedZones() int {
	zones := 0
	for _, aspects := range s.inventory.followed() {
		if aspects&Records != 0 {
			zones++
		}
	}
	return zones
}
