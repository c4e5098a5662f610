package account

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// locateLinger lets those who ask at the same time share a request.
	locateLinger = 250 * time.Millisecond
	// locatedFor is how long an answer serves those who ask again.
	locatedFor = 10 * time.Minute
	// wantedFor is how long after the last question a domain is asked for along with others.
	wantedFor = 30 * time.Minute
	// goneFor is how long an answer serves those who know that their domain is gone, and goneWantedFor for how long they are asked for along with others:
	// they look a few times a day, each at a moment of its own.
	goneFor, goneWantedFor = 3 * time.Hour, 12 * time.Hour
)

// locator asks for domains that the list of the account lacks: they may be deleted or have moved away, which the list does not tell
// (7.7, 7.8), or may never have been there. However many there are, they cost a request per thousand and ten minutes. The zero
// value is ready to use.
type locator struct {
	mu      sync.Mutex
	domains map[string]*location
	asking  *asking // nil if nobody asks
}

// location is what is known of a domain.
type location struct {
	info    regapi.ServiceInfo
	askedAt time.Time
	// wanted is until when it is asked for along with others.
	wanted time.Time
}

// asking is a request under way, which whoever came first makes for all.
type asking struct {
	done chan struct{} // closed when err is there
	err  error
}

// Locate tells about a domain that the list of the account lacks. What concerns the domain alone is the Err of the answer.
func (c *Connection) Locate(ctx context.Context, domain string) (regapi.ServiceInfo, error) {
	return c.locate(ctx, domain, locatedFor, wantedFor)
}

// LocateGone is Locate for a domain that was deleted or has moved away when it was last asked for. An answer of the last hours serves, so that all of them
// together cost a few requests a day.
func (c *Connection) LocateGone(ctx context.Context, domain string) (regapi.ServiceInfo, error) {
	return c.locate(ctx, domain, goneFor, goneWantedFor)
}

func (c *Connection) locate(ctx context.Context, domain string, within, wanted time.Duration) (regapi.ServiceInfo, error) {
	for {
		info, known, others := c.absent.look(domain, within, wanted)
		switch {
		case known:
			return info, nil
		case others == nil:
			err := c.locateAll(ctx)
			c.absent.finish(err)
			if err != nil {
				return regapi.ServiceInfo{}, err
			}
			continue
		}
		select {
		case <-others.done:
			if others.err != nil {
				return regapi.ServiceInfo{}, others.err
			}
		case <-ctx.Done():
			return regapi.ServiceInfo{}, fmt.Errorf("ask for the domain: %w", ctx.Err())
		}
	}
}

// LocateAgain is Locate with an answer that nobody has got before.
func (c *Connection) LocateAgain(ctx context.Context, domain string) (regapi.ServiceInfo, error) {
	c.absent.forget(domain)
	return c.Locate(ctx, domain)
}

func (l *locator) forget(domain string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.domains, domain)
}

// look gives what is known of a domain since so long, or who is asking; with neither the caller has to ask.
func (l *locator) look(domain string, within, wanted time.Duration) (info regapi.ServiceInfo, known bool, others *asking) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.domains == nil {
		l.domains = map[string]*location{}
	}
	found := l.domains[domain]
	if found == nil {
		found = &location{}
		l.domains[domain] = found
	}
	found.wanted = time.Now().Add(wanted)
	if !found.askedAt.IsZero() && time.Since(found.askedAt) < found.serves(within) {
		return found.info, true, nil
	}
	if l.asking == nil {
		l.asking = &asking{done: make(chan struct{})}
		return regapi.ServiceInfo{}, false, nil
	}
	return regapi.ServiceInfo{}, false, l.asking
}

// serves is for how long an answer serves: a domain that is gone stays away for hours, and whatever else is said of it may pass in minutes.
func (l *location) serves(within time.Duration) time.Duration {
	gone := l.info.State == regapi.Deleted || l.info.State == regapi.Transferred || regapi.IsNotFound(l.info.Err)
	if gone {
		return within
	}
	return min(within, locatedFor)
}

// finish lets those go on who wait for a request.
func (l *locator) finish(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.asking.err = err
	close(l.asking.done)
	l.asking = nil
}

// locateAll asks for every domain that somebody has lately asked for, as far as they fit into a request.
func (c *Connection) locateAll(ctx context.Context) error {
	if !pause.For(ctx, locateLinger) {
		return fmt.Errorf("ask for the domain: %w", ctx.Err())
	}
	domains := c.absent.due()
	refs := make([]regapi.DomainRef, len(domains))
	for i, domain := range domains {
		refs[i] = regapi.ByName(domain)
	}
	infos, err := c.Client.Service.GetInfo(ctx, refs...)
	if err != nil {
		return err
	}
	c.absent.learn(domains, infos)
	return nil
}

// due gives the domains to ask for, those first of which least is known.
func (l *locator) due() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	maps.DeleteFunc(l.domains, func(_ string, d *location) bool { return !time.Now().Before(d.wanted) })
	domains := slices.SortedFunc(maps.Keys(l.domains), func(a, b string) int {
		return cmp.Or(l.domains[a].askedAt.Compare(l.domains[b].askedAt), cmp.Compare(a, b))
	})
	return domains[:min(len(domains), regapi.MaxObjects)]
}

func (l *locator) learn(domains []string, infos []regapi.ServiceInfo) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, domain := range domains {
		if d := l.domains[domain]; d != nil {
			d.info, d.askedAt = infos[i], time.Now()
		}
	}
}
