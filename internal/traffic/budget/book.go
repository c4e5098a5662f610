package budget

import (
	"maps"
	"slices"
	"time"
)

const (
	// budgetWindow is what a limit is about: any hour, wherever it begins (1.2).
	budgetWindow = time.Hour
	// slotLength is how finely requests are counted. One is forgotten an hour after the end of its
	// slot, so up to a slot too late and never too early.
	slotLength = time.Minute
	// blockLifetime is how long a process may spend from a block of requests.
	blockLifetime = 5 * time.Minute
	// maxReservations bounds the reservations of a ledger.
	maxReservations = 8
	// quietAfterLoss is how long only Interactive goes after a loss of the ledger that nobody witnessed: as long as anything counts.
	quietAfterLoss = budgetWindow + slotLength
	// restoredAfter is how much later than its own time a ledger may have been written. Later it was an older copy that somebody
	// has put back.
	restoredAfter = 2 * time.Minute
)

// slot is a piece of time: the number of slotLengths since 1970.
type slot int64

func slotOf(t time.Time) slot { return slot(t.Unix() / int64(slotLength/time.Second)) }

// start is the first moment of the slot.
func (s slot) start() time.Time { return time.Unix(int64(s)*int64(slotLength/time.Second), 0) }

// forgotten is when the requests of the slot no longer count.
func (s slot) forgotten() time.Time { return (s + 1).start().Add(budgetWindow) }

// slots counts requests by the slot in which they went.
type slots map[slot]int

// total counts the requests that are not forgotten yet.
func (s slots) total(now time.Time) int {
	total := 0
	for at, requests := range s {
		if now.Before(at.forgotten()) {
			total += requests
		}
	}
	return total
}

// add puts the requests of other into s.
func (s slots) add(other slots) {
	for at, requests := range other {
		s[at] += requests
	}
}

// prune drops what is forgotten.
func (s slots) prune(now time.Time) {
	maps.DeleteFunc(s, func(at slot, _ int) bool { return !now.Before(at.forgotten()) })
}

// whenFreed returns when so many requests will have been forgotten.
func (s slots) whenFreed(requests int, now time.Time) time.Time {
	if requests <= 0 {
		return now
	}
	for _, at := range slices.Sorted(maps.Keys(s)) {
		if !now.Before(at.forgotten()) {
			continue
		}
		if requests -= s[at]; requests <= 0 {
			return at.forgotten()
		}
	}
	return now.Add(budgetWindow)
}

// reservation is a block of requests that one process may spend. Until the process tells what it
// has really spent, all of it counts, and as if spent at the last moment.
type reservation struct {
	// holder names the process, and sequence its block; the first one has 1.
	holder   string
	sequence int64
	requests int
	// until is the end of the time in which it may be spent, in whole seconds.
	until time.Time
}

// raise lifts each slot to the larger of both counts.
func (s slots) raise(other slots) {
	for at, requests := range other {
		s[at] = max(s[at], requests)
	}
}

// subtract takes away what of other is in s.
func (s slots) subtract(other slots) {
	for at, requests := range other {
		if s[at] -= requests; s[at] <= 0 {
			delete(s, at)
		}
	}
}

// book is the content of a ledger.
type book struct {
	// owner is the name of the budget in full, of which the ledger's own name may be short; empty if nobody has said.
	owner string
	// line is drawn when a ledger is begun, and revision grows with each save, at least with the time: so that an older copy of it
	// is told from a later one, and from one that somebody has begun anew.
	line     string
	revision int64
	// savedAt is the time of the save as its process knew it, after the clock of the ledger's keeper; zero if it did not.
	savedAt time.Time
	// quietUntil is how long only Interactive goes, since nothing is known of what was spent; zero if that is known.
	quietUntil time.Time

	spent    slots
	reserved []reservation
	// former are the ledgers of other names whose requests are in spent already, each with its version.
	former map[string]string
	// frozenUntil and pause are the last freeze; zero if there is none.
	frozenUntil time.Time
	pause       time.Duration
}

// clone returns a copy that shares nothing.
func (b book) clone() book {
	b.spent = maps.Clone(b.spent)
	b.reserved = slices.Clone(b.reserved)
	b.former = maps.Clone(b.former)
	return b
}

// merge adds to a book that was loaded what this process knows of the ledger. Both may hold what the other lacks.
//
// Of two copies of one ledger the larger count holds, slot by slot; what was begun anew tells of other requests, which are added. A
// reservation that only the older copy has was settled since, unless it is the older one that was loaded.
func (b *book) merge(known book) {
	older := b.revision < known.revision
	switch {
	case known.line == "": // Nothing was known.
		return
	case b.line != known.line:
		b.spent.add(known.spent)
		older = true
	default:
		b.spent.raise(known.spent)
	}
	b.revision = max(b.revision, known.revision)
	if older {
		b.keepReservations(known.reserved)
	}
	if known.quietUntil.After(b.quietUntil) {
		b.quietUntil = known.quietUntil
	}
	if len(known.former) > 0 && b.former == nil {
		b.former = map[string]string{}
	}
	maps.Copy(b.former, known.former)
}

// keepReservations adds reservations, of which a later one of the same holder takes an earlier one's place.
func (b *book) keepReservations(known []reservation) {
	for _, r := range known {
		i := slices.IndexFunc(b.reserved, func(other reservation) bool { return other.holder == r.holder })
		switch {
		case i < 0:
			b.reserved = append(b.reserved, r)
		case b.reserved[i].sequence < r.sequence:
			b.reserved[i] = r
		}
	}
}

// counted is what counts at most: what was spent, and every reservation as if spent in full.
func (b book) counted() slots {
	all := maps.Clone(b.spent)
	for _, r := range b.reserved {
		all[slotOf(r.until)] += r.requests
	}
	return all
}

// withdraw removes the reservation of a holder and returns it; the zero value if there is none.
func (b *book) withdraw(holder string) reservation {
	i := slices.IndexFunc(b.reserved, func(r reservation) bool { return r.holder == holder })
	if i < 0 {
		return reservation{}
	}
	found := b.reserved[i]
	b.reserved = slices.Delete(b.reserved, i, i+1)
	return found
}

// fold makes room for one more reservation: the oldest are written off as spent in full, and what their
// holders tell, if they live, counts beside that.
func (b *book) fold() {
	slices.SortFunc(b.reserved, func(x, y reservation) int { return x.until.Compare(y.until) })
	for len(b.reserved) >= maxReservations {
		b.spent[slotOf(b.reserved[0].until)] += b.reserved[0].requests
		b.reserved = slices.Delete(b.reserved, 0, 1)
	}
}

// normalize drops what is forgotten at a time that has come for sure, and brings into the present what a clock that is ahead has
// written: nothing may count for longer than if it were spent at the latest time that it may be, or at the end of a block taken then.
func (b *book) normalize(certain, latest time.Time) {
	end := latest.Add(blockLifetime).Truncate(time.Second)
	for at, requests := range b.spent {
		if at > slotOf(end) {
			delete(b.spent, at)
			b.spent[slotOf(latest)] += requests
		}
	}
	b.spent.prune(certain)
	b.spent.gather(slotOf(end) - maxLedgerSlots + 1)
	kept := b.reserved[:0]
	for _, r := range b.reserved {
		if r.until.After(end) {
			r.until = end
		}
		if certain.Before(slotOf(r.until).forgotten()) {
			kept = append(kept, r)
		}
	}
	b.reserved = kept
	b.pause = min(b.pause, maxFreeze)
	if b.frozenUntil.After(latest.Add(maxFreeze)) {
		b.frozenUntil = latest.Add(maxFreeze)
	}
	if quiet := latest.Add(quietAfterLoss); b.quietUntil.After(quiet) {
		b.quietUntil = quiet
	}
}

// gather moves what lies before a slot into that slot, so that a ledger's slots fit into it.
func (s slots) gather(first slot) {
	for at, requests := range s {
		if at < first {
			delete(s, at)
			s[first] += requests
		}
	}
}
