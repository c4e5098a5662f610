package budget

import (
	"maps"
	"math"
	"time"
)

const (
	// claimGrace is how long a purse whose caller has gone away has its turn kept for it, and claimScatter which part of the wait
	// more: callers scatter their waits.
	claimGrace   = 15 * time.Second
	claimScatter = 8
	// deafAfter is how long such claims of a purse do not count after one that was not used.
	deafAfter = 10 * time.Minute
	// countedAfter is how long what was served goes on to count when nobody waits any more.
	countedAfter = 10 * time.Minute
	// maxLead is which part of the limit a purse may be ahead of another that waits with a lower priority.
	maxLead = 10
	// whileItWaits is the end of a claim by somebody who waits.
	whileItWaits = time.Duration(math.MaxInt64)
)

// shares divides a budget evenly among the purses that pay from it, while there is not enough for all of them: a purse that has
// been served more than one that waits lets that one go first. Higher priorities go before lower ones still, as far as the lead
// of one purse over another stays small. Times are those of a steady clock. The budget's lock guards it; the zero value is ready.
type shares struct {
	// claims are those of the purses that wait, by priority: when each ends.
	claims map[*Purse]*[Priorities]time.Duration
	// served counts requests since somebody began to wait; ended is when the last claim did.
	served map[*Purse]int
	ended  time.Duration
	// deaf are the purses that have not come when it was their turn.
	deaf map[*Purse]time.Duration
}

// claim notes that a purse waits.
func (s *shares) claim(p *Purse, priority Priority, now, until time.Duration) {
	if until != whileItWaits && now < s.deaf[p] {
		return
	}
	if s.claims == nil || (len(s.claims) == 0 && now-s.ended > countedAfter) {
		s.claims, s.served = map[*Purse]*[Priorities]time.Duration{}, map[*Purse]int{}
	}
	if s.claims[p] == nil {
		s.join(p)
		s.claims[p] = &[Priorities]time.Duration{}
	}
	s.claims[p][priority] = max(s.claims[p][priority], until)
}

// join lets a purse begin where those are that wait, or that have waited: what it did not take before is not owed to it.
func (s *shares) join(p *Purse) {
	least := math.MaxInt
	for other := range s.claims {
		least = min(least, s.served[other])
	}
	if len(s.claims) == 0 {
		for _, served := range s.served {
			least = min(least, served)
		}
	}
	if least < math.MaxInt {
		s.served[p] = max(s.served[p], least)
	}
}

// serve notes that a purse has paid, and says whether somebody waited for anything.
func (s *shares) serve(p *Purse, now time.Duration) bool {
	if s.served == nil || (len(s.claims) == 0 && now-s.ended > countedAfter) {
		return false
	}
	waited := len(s.claims) > 0
	s.join(p)
	s.served[p]++
	s.drop(p, now)
	return waited
}

// quit ends a claim, and says whether that was one.
func (s *shares) quit(p *Purse, priority Priority, now time.Duration) bool {
	claims := s.claims[p]
	if claims == nil || claims[priority] != whileItWaits {
		return false
	}
	claims[priority] = 0
	if *claims == ([Priorities]time.Duration{}) {
		s.drop(p, now)
	}
	return true
}

func (s *shares) drop(p *Purse, now time.Duration) {
	if _, ok := s.claims[p]; ok {
		delete(s.claims, p)
		s.ended = now
	}
}

// holdsBack tells how long a purse has to leave the turn to another, and with hold that nobody knows.
func (s *shares) holdsBack(p *Purse, priority Priority, limit int, now time.Duration) (wait time.Duration, hold bool) {
	for other, claims := range s.claims {
		lead := s.served[p] - s.served[other]
		if other == p || lead <= 0 {
			continue
		}
		end, counts := s.endOf(other, claims, priority, lead > limit/maxLead, now)
		switch {
		case !counts:
		case end == whileItWaits:
			hold = true
		default:
			wait = max(wait, end-now)
		}
	}
	return wait, hold
}

// endOf gives the end of a purse's claims that count against a priority: with any of them against every one. Claims that have ended
// unused are dropped.
func (s *shares) endOf(p *Purse, claims *[Priorities]time.Duration, against Priority, all bool, now time.Duration) (end time.Duration, counts bool) {
	for priority, until := range claims {
		if until != 0 && until <= now {
			claims[priority] = 0
			s.setDeaf(p, now+deafAfter)
			continue
		}
		if until != 0 && (all || Priority(priority) >= against) {
			end, counts = max(end, until), true
		}
	}
	if *claims == ([Priorities]time.Duration{}) {
		s.drop(p, now)
	}
	return end, counts
}

func (s *shares) setDeaf(p *Purse, until time.Duration) {
	if s.deaf == nil {
		s.deaf = map[*Purse]time.Duration{}
	}
	maps.DeleteFunc(s.deaf, func(_ *Purse, other time.Duration) bool { return other <= until-deafAfter })
	s.deaf[p] = until
}
