package inventory

import "time"

const (
	// firstRest is how long a sweep that failed is taken for an answer by those who would have another one begin; it doubles with
	// every failure, up to lastRest. Otherwise those that a failure wakes would have sweeps begin without end.
	firstRest = 2 * time.Second
	lastRest  = 64 * time.Second
)

// Expect is for who does not want to wait for [Inventory.Facts]. It says whether a domain that is followed has yet to be read: then a sweep
// is under way or about to begin, and its end wakes who follows the domain, whatever came of it. Otherwise what is wanted is known, or the
// error says why it is not.
func (i *Inventory) Expect(domain string, aspects Aspect) (coming bool, err error) {
	asks := false
	i.mu.Lock()
	e := i.entries[domain]
	switch {
	case e == nil:
		err = errNotFollowed
	case e.has(aspects):
	case i.stopped:
		err = errStopped
	case i.lastErr != nil && time.Now().Before(i.restUntil):
		err = i.lastErr
	default:
		asks, coming = !e.awaited, true
	}
	if asks { // Who asks again is served by the same sweep.
		e.awaited, e.awaitedAfter = true, i.begun
	}
	i.mu.Unlock()
	if asks {
		i.askForSweep()
	}
	return coming, err
}

// takeAwaited gives the domains that somebody waits for, and that a sweep has passed which began later. The lock is held.
func (i *Inventory) takeAwaited() (domains []string) {
	for domain, e := range i.entries {
		if e.awaited && (e.awaitedAfter < i.ended || i.stopped) {
			e.awaited = false
			domains = append(domains, domain)
		}
	}
	return domains
}

// rest takes note of how a sweep has ended. The lock is held.
func (i *Inventory) rest(failure error) {
	if failure == nil {
		i.vainly, i.restUntil = 0, time.Time{}
		return
	}
	i.restUntil = time.Now().Add(min(firstRest<<min(i.vainly, maxDoublings), lastRest))
	i.vainly++
}
