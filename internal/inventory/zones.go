package inventory

import (
	"context"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Zone gives the records of a zone as they were last read, if they were, and not before its last write through this connection:
// what a write whose answer was lost has done is not known until somebody looks.
func (i *Inventory) Zone(domain string) (regapi.ZoneRecords, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	if e == nil || e.facts.Zone == nil || e.asked.Before(e.written) {
		return regapi.ZoneRecords{}, false
	}
	return *e.facts.Zone, true
}

type atOnceKey struct{}

// AtOnce marks the calls of a context as those of somebody who waits for one zone alone, and should not wait for a sweep of thousands.
func AtOnce(ctx context.Context) context.Context { return context.WithValue(ctx, atOnceKey{}, true) }

type asSweptKey struct{}

// AsSwept marks the calls of a context as those of somebody to whom a sweep's reading will do before a write, if nothing was written since and it
// is not old: see [SweptWithin].
func AsSwept(ctx context.Context) context.Context { return context.WithValue(ctx, asSweptKey{}, true) }

// TakesSwept says whether a context was marked like that.
func TakesSwept(ctx context.Context) bool { return ctx.Value(asSweptKey{}) != nil }

// SweptWithin is how old a reading may be by which many zones are written: about as long as it takes to write the zones of a large account that a
// sweep has read together. Afterwards a zone is read again in any case.
const SweptWithin = 5 * time.Minute

// FirstZone gives the records of a zone that nobody has read or written yet, from the sweep that is about to read them, so that
// a start takes one reading. It is not ok, and the caller has to read for himself, where no sweep is due, or it failed; and
// for those who cannot wait for others: see AtOnce.
func (i *Inventory) FirstZone(ctx context.Context, domain string) (zone regapi.ZoneRecords, ok bool) {
	if traffic.PriorityOf(ctx) == traffic.Interactive || ctx.Value(atOnceKey{}) != nil {
		return regapi.ZoneRecords{}, false
	}
	for waited := false; ; waited = true {
		i.mu.Lock()
		e, progress := i.entries[domain], i.progress
		known := e != nil && e.facts.Zone != nil
		if known && waited {
			zone = *e.facts.Zone
		}
		coming := e != nil && e.wanted&Records != 0 && e.written.IsZero() && !i.stopped && (i.due || e.promised)
		i.mu.Unlock()
		if known || !coming {
			return zone, known && waited
		}
		select {
		case <-progress:
		case <-ctx.Done():
			return regapi.ZoneRecords{}, false
		}
	}
}

// ExpectZone asks for a sweep that reads a zone which nobody has read yet, so that it is read together with what else appears.
func (i *Inventory) ExpectZone(domain string) {
	i.mu.Lock()
	e := i.entries[domain]
	unread := e != nil && e.wanted&Records != 0 && e.facts.Zone == nil && e.written.IsZero() && !e.promised && !i.stopped
	i.mu.Unlock()
	if unread {
		i.askForSweep()
	}
}

// LearnZone takes over records that somebody has asked for beside the sweeps.
func (i *Inventory) LearnZone(domain string, zone regapi.ZoneRecords, asked time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	if e == nil {
		return // Nobody follows it.
	}
	e.facts.Zone, e.learned, e.asked = compact(&zone), time.Now(), asked
	e.known |= Records
}

// RecentZone gives the records of a zone if they were asked for within so long, and after the last write through this
// connection.
func (i *Inventory) RecentZone(domain string, within time.Duration) (regapi.ZoneRecords, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	e := i.entries[domain]
	if e == nil || e.facts.Zone == nil || time.Since(e.asked) > within || !e.asked.After(e.written) {
		return regapi.ZoneRecords{}, false
	}
	return *e.facts.Zone, true
}

// NoteWrite remembers that what is known of a zone's records is older than a write, whatever came of it.
func (i *Inventory) NoteWrite(domain string) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if e := i.entries[domain]; e != nil {
		e.written = time.Now()
	}
}
