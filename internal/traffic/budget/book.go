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

// book is the content of a ledger.
type book struct {
	spent    slots
	reserved []reservation
	// frozenUntil and pause are the last freeze; zero if there is none.
	frozenUntil time.Time
	pause       time.Duration
}

// clone returns a copy that shares nothing.
func (b book) clone() book {
	b.spent = maps.Clone(b.spent)
	b.reserved = slices.Clone(b.reserved)
	return b
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

// fold makes room for one more reservation: the oldest are written off as spent in full. Their
// holders, if they live, find out when they look for them.
func (b *book) fold() {
	slices.SortFunc(b.reserved, func(x, y reservation) int { return x.until.Compare(y.until) })
	for len(b.reserved) >= maxReservations {
		b.spent[slotOf(b.reserved[0].until)] += b.reserved[0].requests
		b.reserved = slices.Delete(b.reserved, 0, 1)
	}
}

// normalize drops what is forgotten, and brings into the present what a clock that is ahead has
// written: nothing may count for longer than if it were spent now or at the end of a block taken now.
func (b *book) normalize(now time.Time) {
	latest := now.Add(blockLifetime).Truncate(time.Second)
	for at, requests := range b.spent {
		if at > slotOf(latest) {
			delete(b.spent, at)
			b.spent[slotOf(now)] += requests
		}
	}
	b.spent.prune(now)
	kept := b.reserved[:0]
	for _, r := range b.reserved {
		if r.until.After(latest) {
			r.until = latest
		}
		if now.Before(slotOf(r.until).forgotten()) {
			kept = append(kept, r)
		}
	}
	b.reserved = kept
	b.pause = min(b.pause, maxFreeze)
	if b.frozenUntil.After(now.Add(maxFreeze)) {
		b.frozenUntil = now.Add(maxFreeze)
	}
}
