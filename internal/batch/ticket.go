package batch

import (
	"cmp"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// ticket is the place of a call in the queue.
type ticket struct {
	number   uint64 // in order of arrival
	priority traffic.Priority
	askers   traffic.Askers
	arrived  time.Time
	bulk     bool      // part of much work, so that it may wait for more of it
	due      time.Time // the end of its linger
	rest     time.Time // before which it must not be sent again; zero for what was never sent
	deadline time.Time // of its context; zero for none
}

// moment is when a request is cut, and whose turn it is.
type moment struct {
	now  time.Time
	turn traffic.Priority
}

func (t ticket) urgency() ticket { return t }

// compare puts the more urgent one first: what the turn was given to, then by priority, then what has lingered long enough,
// then by age.
func (t ticket) compare(other ticket, m moment) int {
	return cmp.Or(
		compareFlags(t.priority == m.turn, other.priority == m.turn),
		cmp.Compare(other.priority, t.priority),
		compareFlags(!t.due.After(m.now), !other.due.After(m.now)),
		cmp.Compare(t.number, other.number),
	)
}

// compareFlags puts the one that has it first.
func compareFlags(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}

func (t ticket) resting(now time.Time) bool { return t.rest.After(now) }

// leaves is when it may be sent.
func (t ticket) leaves() time.Time {
	if t.rest.After(t.due) {
		return t.rest
	}
	return t.due
}

// repose is how often something was sent in vain, and the rest before the next try.
type repose struct {
	tries int
	until time.Time
	// others says that REG.API answered others meanwhile, so that the cause may lie in what was sent.
	others bool
}

// again reports whether there is another try after a failure, and begins the rest before it.
func (r *repose) again(function string, err error) bool {
	delay, again := traffic.RetryDelay(r.tries + 1)
	if !again || !traffic.Repeatable(function, err) {
		return false
	}
	r.tries++
	r.until = time.Now().Add(delay)
	return true
}

// chooseUrgent gives at most limit of the items, the most urgent first.
func chooseUrgent[T interface{ urgency() ticket }](items []T, limit int, m moment) []T {
	slices.SortFunc(items, func(a, b T) int { return a.urgency().compare(b.urgency(), m) })
	return items[:min(limit, len(items))]
}
