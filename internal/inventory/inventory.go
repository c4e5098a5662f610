package inventory

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
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
	// Registrant is who the domain is registered to, and whether that is hidden (7.10).
	Registrant
)

const (
	// sweepLinger lets objects that appear together share the requests for what is not known of them yet: a sweep begins when
	// none has appeared for so long, and after sweepGather at the latest. Of several that have appeared more are likely to follow, for
	// which it is longer: crowdLinger.
	sweepLinger = 250 * time.Millisecond
	crowdLinger = time.Second
	sweepGather = 10 * time.Second
	// crowd is how many objects are several.
	crowd = 8
	// sweepRetry is the wait after a sweep that failed for a passing reason; it doubles, up to the interval.
	sweepRetry   = time.Minute
	maxDoublings = 6
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
	// Registrant holds the contacts and whether they are hidden; nil if nobody follows them. Its Err may be set.
	Registrant *regapi.Registrant
}

// Summary is what the inventory knows of the account as a whole.
type Summary struct {
	// SweptAt is when a sweep of everything that is followed last succeeded; zero while the numbers below are not known.
	SweptAt time.Time
	// Domains that the account holds, and Zones whose records are followed.
	Domains, Zones int
	// Balance of the account.
	Balance regapi.Balance
	// Err of the last sweep of everything, and of those since that read what was not known yet; nil if they succeeded.
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
	// domains that the account holds, and what the list told of each, as listed at listedAt by a request that was about to be made at listBegan.
	domains             []string
	listing             map[string]*regapi.ServiceListItem
	listBegan, listedAt time.Time
	// appeared counts the times that somebody followed what is not known.
	appeared int
	// readNewAt is when zones were last read that had appeared.
	readNewAt time.Time
	// due says that a sweep of what is not known will begin; progress is closed and replaced when it has read the zones.
	due      bool
	progress chan struct{}
	summary  Summary
	// lastErr is that of the last sweep, whole or not; the others are those that the summary shows.
	lastErr, wholeErr, partialErr error
	begun, ended                  int // sweeps; those that have ended are the first ones
	failed                        int // whole sweeps in a row
	// vainly counts the sweeps in a row that failed, whole or not; nobody has another one begin before restUntil.
	vainly    int
	restUntil time.Time

	swept   chan struct{} // closed and replaced after every sweep
	stopped bool
	sizes   sizes // for the sweep alone
}

// sizes is how much the next request for each aspect may hold.
type sizes struct{ zones, delegations, signing, registrants *portion.Size }

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
	// asked is when the reading of the zone's records began, and written when somebody last wrote the zone.
	asked, written time.Time
	// wanted are the aspects that somebody has followed; promised says that the sweep under way reads the records.
	wanted   Aspect
	promised bool
	// awaited says that somebody is to be woken by the end of a sweep that begins after so many others.
	awaited      bool
	awaitedAfter int
}

// has says whether everything is known that somebody wants of a domain.
func (e *entry) has(aspects Aspect) bool { return e.listed && e.known&aspects == aspects }

// New gives an inventory that sweeps at the interval.
func New(client *regapi.Client, interval time.Duration, changed func(domain string)) *Inventory {
	return &Inventory{
		client: client, interval: interval, changed: changed,
		kick:      make(chan struct{}, 1),
		followers: map[string]follower{},
		entries:   map[string]*entry{},
		swept:     make(chan struct{}),
		progress:  make(chan struct{}),
		due:       true, // Run begins with one
		sizes: sizes{
			zones: portion.New(regapi.MaxObjects), delegations: portion.New(regapi.MaxObjects), signing: portion.New(regapi.MaxObjects),
			registrants: portion.New(regapi.MaxObjects),
		},
	}
}

// Follow says that somebody wants to know aspects of a domain (in canonical form), and be woken when they change. The name
// tells followers apart; following again replaces.
func (i *Inventory) Follow(name, domain string, aspects Aspect) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.followers[name] = follower{domain, aspects}
	e := i.entries[domain]
	if e == nil {
		e = &entry{}
		i.entries[domain] = e
	}
	if !e.listed && time.Since(i.listedAt) < listFresh {
		e.facts.Service, e.listed = i.listing[domain], true
	}
	e.wanted |= aspects
	if e.known&aspects != aspects {
		i.appeared++
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
		begun := i.askForSweep()
		select {
		case <-swept:
		case <-ctx.Done():
			return Facts{}, ctx.Err()
		}
		if failure := i.failure(begun); failure != nil {
			if facts, known, _, _ := i.look(domain, aspects); known {
				return facts, nil
			}
			return Facts{}, failure
		}
	}
}

// askForSweep asks for a sweep of what has never been read, and tells how many have begun so far: it is none of these.
func (i *Inventory) askForSweep() (begun int) {
	i.mu.Lock()
	i.due = true
	begun = i.begun
	i.mu.Unlock()
	select {
	case i.kick <- struct{}{}:
	default: // One is due already.
	}
	return begun
}

func (i *Inventory) look(domain string, aspects Aspect) (facts Facts, known bool, swept <-chan struct{}, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	switch {
	case e == nil:
		return Facts{}, false, nil, errNotFollowed
	case e.has(aspects):
		return e.facts, true, nil, nil
	case i.stopped:
		return Facts{}, false, nil, errStopped
	default:
		return Facts{}, false, i.swept, nil
	}
}

// Domains gives the names of the account's domains, in canonical form and in order, as the last list showed them (7.8). It
// waits for the first list; then the error is that of the sweep.
func (i *Inventory) Domains(ctx context.Context) ([]string, error) {
	for {
		i.mu.Lock()
		domains, listed, stopped, swept := i.domains, !i.listedAt.IsZero(), i.stopped, i.swept
		i.mu.Unlock()
		if listed {
			return domains, nil
		}
		if stopped {
			return nil, errStopped
		}
		begun := i.askForSweep()
		select {
		case <-swept:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if failure := i.failure(begun); failure != nil && !i.listed() {
			return nil, failure
		}
	}
}

// Listing gives the domains of the account by their names in canonical form, as the last list showed them (7.8). It waits as Domains does. Nobody
// may change it.
func (i *Inventory) Listing(ctx context.Context) (map[string]*regapi.ServiceListItem, error) {
	if _, err := i.Domains(ctx); err != nil {
		return nil, err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.listing, nil
}

// Summary gives what is known of the account.
func (i *Inventory) Summary() Summary {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.summary
}

// failure is the error of the last sweep, nil if that is one of those that had begun already.
func (i *Inventory) failure(begun int) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ended <= begun {
		return nil
	}
	return i.lastErr
}

func (i *Inventory) listed() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return !i.listedAt.IsZero()
}

// Run sweeps until the context ends. It begins with what has never been read, together with what is followed by then.
func (i *Inventory) Run(ctx context.Context) {
	defer i.stop()
	i.askForSweep()
	whole := time.NewTimer(pause.Jittered(i.interval))
	defer whole.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-whole.C:
			i.serveKicks()
			i.sweep(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Background), traffic.BySweep), true)
			whole.Reset(i.nextSweep())
		case <-i.kick:
			if !i.gather(ctx) {
				return
			}
			i.serveKicks()
			if i.sweep(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.BySweep), false) {
				whole.Reset(i.nextSweep())
			}
		}
	}
}

// serveKicks is for a sweep about to begin, which serves whoever has asked for one before: it follows what is to be read.
func (i *Inventory) serveKicks() {
	select {
	case <-i.kick:
	default:
	}
}

// gather waits until those who appear together have appeared. It returns false when the context has ended.
func (i *Inventory) gather(ctx context.Context) bool {
	first := i.appearances()
	for start := time.Now(); ; {
		before := i.appearances()
		linger := sweepLinger
		if before-first >= crowd {
			linger = crowdLinger
		}
		if !pause.For(ctx, linger) {
			return false
		}
		if i.appearances() == before || time.Since(start) >= sweepGather {
			return true
		}
	}
}

func (i *Inventory) appearances() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.appeared
}

// stop sends away who waits for a sweep that will never come.
func (i *Inventory) stop() {
	i.mu.Lock()
	i.stopped = true
	close(i.swept)
	i.swept = make(chan struct{})
	i.proceed()
	waiting := i.takeAwaited()
	i.mu.Unlock()
	for _, domain := range waiting {
		i.changed(domain)
	}
}

// nextSweep is the interval, or less after a sweep that failed.
func (i *Inventory) nextSweep() time.Duration {
	err := i.Summary().Err
	if wait, ok := traffic.RetryAfter(err); ok {
		return min(wait, i.interval)
	}
	if failed := i.failedSweeps(); failed > 0 {
		return min(pause.Jittered(sweepRetry<<min(failed-1, maxDoublings)), i.interval)
	}
	return pause.Jittered(i.interval)
}

// failedSweeps is how many whole sweeps in a row have failed.
func (i *Inventory) failedSweeps() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.failed
}
