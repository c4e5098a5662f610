package batch

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// How long a call in bulk waits for company that is known to come, and how often it looks whether that is still so. A request
// is dearer than the time of work that nobody waits for, and much dearer when few are left.
const (
	// gatherQuiet is how long nobody may have come, and gatherMost how long the first may have waited while others come. Where objects wait for a
	// busy API server between two calls, they come slowly. gatherScarce is how long the first waits in any case while little is left of the hour.
	gatherQuiet  = 2 * time.Second
	gatherMost   = 20 * time.Second
	gatherScarce = 10 * time.Second
	gatherLook   = 50 * time.Millisecond
	// fewZones is how many zones of an ordinary account wait for company although no two of their edits are equal yet.
	fewZones = 8
)

// Backlog tells how many calls are known to be under way, those that wait here included, and whether little is left of the
// hour. A call in bulk waits for those that do not wait here yet; see [InBulk].
type Backlog func() (calls int, scarce bool)

// WithBacklog lets calls in bulk wait for each other. Without it they wait no longer than others.
func WithBacklog(backlog Backlog) Option { return func(o *options) { o.backlog = backlog } }

type bulkKey struct{}

// InBulk marks the calls of a context as a part of much work that was found together: a first list, a mass change, a wake-up.
// They wait until everybody at work waits, a request is full, or nobody has come for two seconds; for twenty at most, and while little
// is left of the hour for ten, whether anybody comes or not. A single edit that a person waits for is no such call.
func InBulk(ctx context.Context) context.Context { return context.WithValue(ctx, bulkKey{}, true) }

// IsInBulk says whether a context was marked like that.
func IsInBulk(ctx context.Context) bool { return ctx.Value(bulkKey{}) != nil }

// Crew counts the objects of a login that are worked on, for a [Backlog]: each may make a call. Work that no worker has begun does not
// count, so that nobody waits for work that waits for him. The zero value is ready, and safe for concurrent use.
type Crew struct{ working atomic.Int64 }

// Begin takes note of a worker that begins; the function that it gives, of its end.
func (c *Crew) Begin() (end func()) {
	c.working.Add(1)
	return sync.OnceFunc(func() { c.working.Add(-1) })
}

// Calls is how many calls are under way or may come.
func (c *Crew) Calls() int { return int(c.working.Load()) }

// gather gives the moment until which the calls of a desk wait for company that is coming; it is not ok if they do not. z.mu is
// held.
func (z *Zones) gather(d *desk, now time.Time) (until time.Time, ok bool) {
	if z.options.backlog == nil || d.priority == traffic.Interactive {
		return time.Time{}, false
	}
	calls := map[uint64]bool{}
	var oldest, newest time.Time
	for t := range z.waiting() {
		calls[t.number] = true
		if t.priority != d.priority {
			continue
		}
		if !t.bulk {
			return time.Time{}, false // and they go along with it
		}
		if oldest.IsZero() || t.arrived.Before(oldest) {
			oldest = t.arrived
		}
		newest = later(newest, t.arrived)
	}
	coming, scarce := z.options.backlog()
	if coming <= len(calls) || z.full() || z.gathersInVain() {
		return time.Time{}, false
	}
	until = earlier(oldest.Add(gatherMost), newest.Add(gatherQuiet))
	if scarce {
		until = oldest.Add(gatherScarce)
	}
	return until, until.After(now)
}

// readsCanWait says whether the reads that wait are all of much work, and edits of it wait, too: what is edited is read again, so that one reading of
// all of it comes after the edits. z.mu is held.
func (z *Zones) readsCanWait(m moment) bool {
	if len(z.reads) >= z.sizes.reads.Next() {
		return false
	}
	for t := range z.reads.tickets {
		if !t.bulk || m.now.Sub(t.arrived) >= gatherMost {
			return false
		}
	}
	for t := range z.records.tickets {
		if t.bulk && t.priority == m.turn && !t.resting(m.now) {
			return true
		}
	}
	return false
}

// full says whether a request would leave something behind already.
func (z *Zones) full() bool {
	actions := 0
	for _, zone := range z.records {
		actions += len(zone.waiting)
	}
	return len(z.reads) >= z.sizes.reads.Next() || len(z.records) >= z.options.limits.Zones || actions >= z.sizes.lists.Next()
}

// gathersInVain says whether nothing that waits can share a request with what comes: edits of an ordinary account have to be
// equal for that.
func (z *Zones) gathersInVain() bool {
	if z.capability != Ordinary || len(z.reads) > 0 || len(z.times) > 0 || len(z.records) < fewZones {
		return false
	}
	first := map[string]bool{}
	for _, zone := range z.records {
		if len(zone.waiting) == 0 {
			continue
		}
		if first[zone.waiting[0].key()] {
			return false
		}
		first[zone.waiting[0].key()] = true
	}
	return true
}
