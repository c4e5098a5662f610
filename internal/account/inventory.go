package account

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Aspect is a part of what REG.API knows of a domain. Each costs one request per thousand domains and sweep.
type Aspect uint8

// The aspects.
const (
	// Records are the records and lifetimes of the zone (9.11).
	Records Aspect = 1 << iota
	// Delegation is the list of name servers (8.19).
	Delegation
	// Signing is the state of DNSSEC (10.2).
	Signing
)

const (
	// sweepLinger lets objects that appear together share the requests for what is not known of them yet.
	sweepLinger = 250 * time.Millisecond
	// sweepRetry is the wait after a sweep that failed for a passing reason.
	sweepRetry = time.Minute
	// listFresh is how long the list of domains serves partial sweeps.
	listFresh = 30 * time.Second
)

// Facts are what the inventory knows of one domain.
type Facts struct {
	// Service is the domain among the services of the account (7.8); nil if the account's list lacks it.
	Service *regapi.ServiceListItem
	// Zone holds the records; nil if nobody follows them. Its Err may be set.
	Zone *regapi.ZoneRecords
	// Delegation holds the name servers; nil if nobody follows them. Its Err may be set.
	Delegation *regapi.DomainNSS
	// Signing holds the state of DNSSEC; nil if nobody follows it. Its Err may be set.
	Signing *regapi.DomainDNSSEC
}

// Summary is what the inventory knows of the account as a whole.
type Summary struct {
	// SweptAt is when a sweep last succeeded; zero while the numbers below are not known.
	SweptAt time.Time
	// Domains that the account holds, and Zones whose records are followed.
	Domains, Zones int
	// Balance of the account.
	Balance regapi.Balance
	// Err of the last sweep; nil after one that succeeded.
	Err error
}

// Inventory knows the domains of one account. One background sweep reads by list calls everything that somebody follows,
// so that N objects cost N/1000 requests per aspect and sweep, and whoever follows a domain is woken only when
// something about it has changed. It has to Run.
type Inventory struct {
	client   *regapi.Client
	interval time.Duration
	// changed is called without a lock held: with a domain, or with "" for the account as a whole.
	changed func(domain string)
	kick    chan struct{}

	mu        sync.Mutex
	followers map[string]follower
	entries   map[string]*entry
	listedAt  time.Time
	summary   Summary
	swept     chan struct{} // closed and replaced after every sweep
	stopped   bool
}

type follower struct {
	domain  string
	aspects Aspect
}

type entry struct {
	facts Facts
	// known says which aspects have been read; listed, whether the list of domains has been.
	known  Aspect
	listed bool
	// learned is when somebody told the zone's records beside the sweeps, after a write.
	learned time.Time
}

// NewInventory gives an inventory that sweeps at the interval.
func NewInventory(client *regapi.Client, interval time.Duration, changed func(domain string)) *Inventory {
	return &Inventory{
		client: client, interval: interval, changed: changed,
		kick:      make(chan struct{}, 1),
		followers: map[string]follower{},
		entries:   map[string]*entry{},
		swept:     make(chan struct{}),
	}
}

// Follow says that somebody wants to know aspects of a domain (in canonical form), and be woken when they change. The name
// tells followers apart; following again replaces.
func (i *Inventory) Follow(name, domain string, aspects Aspect) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.followers[name] = follower{domain, aspects}
	if i.entries[domain] == nil {
		i.entries[domain] = &entry{}
	}
}

// Unfollow forgets a follower, and the domain if it was the last.
func (i *Inventory) Unfollow(name string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	gone, ok := i.followers[name]
	if !ok {
		return
	}
	delete(i.followers, name)
	for _, other := range i.followers {
		if other.domain == gone.domain {
			return
		}
	}
	delete(i.entries, gone.domain)
}

// Errors of an inventory that cannot tell anything.
var (
	errNotFollowed = errors.New("the domain is no longer followed")
	errStopped     = errors.New("the account's connection has been replaced")
)

// Facts gives what is known of a domain that is followed. What has never been read is read now, together with everything
// else that waits; then the error is that of the reading.
func (i *Inventory) Facts(ctx context.Context, domain string, aspects Aspect) (Facts, error) {
	for {
		facts, known, swept, err := i.look(domain, aspects)
		if known || err != nil {
			return facts, err
		}
		i.askForSweep()
		select {
		case <-swept:
		case <-ctx.Done():
			return Facts{}, ctx.Err()
		}
		if failure := i.Summary().Err; failure != nil {
			if facts, known, _, _ := i.look(domain, aspects); known {
				return facts, nil
			}
			return Facts{}, failure
		}
	}
}

// askForSweep asks for a sweep of what has never been read.
func (i *Inventory) askForSweep() {
	select {
	case i.kick <- struct{}{}:
	default: // One is due already.
	}
}

func (i *Inventory) look(domain string, aspects Aspect) (facts Facts, known bool, swept <-chan struct{}, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	switch {
	case e == nil:
		return Facts{}, false, nil, errNotFollowed
	case e.listed && e.known&aspects == aspects:
		return e.facts, true, nil, nil
	case i.stopped:
		return Facts{}, false, nil, errStopped
	default:
		return Facts{}, false, i.swept, nil
	}
}

// Zone gives the records of a zone as they were last read, if they were.
func (i *Inventory) Zone(domain string) (regapi.ZoneRecords, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	if e == nil || e.facts.Zone == nil {
		return regapi.ZoneRecords{}, false
	}
	return *e.facts.Zone, true
}

// LearnZone takes over records that somebody has read beside the sweeps.
func (i *Inventory) LearnZone(domain string, zone regapi.ZoneRecords) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	if e == nil {
		return // Nobody follows it.
	}
	e.facts.Zone, e.learned = &zone, time.Now()
	e.known |= Records
}

// Summary gives what is known of the account.
func (i *Inventory) Summary() Summary {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.summary
}

// Run sweeps until the context ends. It begins with what has never been read, together with what is followed by then.
func (i *Inventory) Run(ctx context.Context) {
	defer i.stop()
	i.askForSweep()
	whole := time.NewTimer(jitter(i.interval))
	defer whole.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-whole.C:
			i.sweep(regapi.WithPriority(ctx, regapi.Background), true)
			whole.Reset(i.nextSweep())
		case <-i.kick:
			if !sleep(ctx, sweepLinger) {
				return
			}
			i.sweep(regapi.WithPriority(ctx, regapi.Change), false)
		}
	}
}

// stop sends away who waits for a sweep that will never come.
func (i *Inventory) stop() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.stopped = true
	close(i.swept)
	i.swept = make(chan struct{})
}

// nextSweep is the interval, or less after a sweep that failed.
func (i *Inventory) nextSweep() time.Duration {
	err := i.Summary().Err
	if wait, ok := regapi.RetryAfter(err); ok {
		return min(wait, i.interval)
	}
	if err != nil {
		return min(jitter(sweepRetry), i.interval)
	}
	return jitter(i.interval)
}

// jitter spreads sweeps of many accounts by a tenth to both sides.
func jitter(d time.Duration) time.Duration { return d - d/10 + rand.N(d/5+1) }

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

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
	i.listedAt = time.Now()
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
			e.facts.Zone = &zones[n]
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
