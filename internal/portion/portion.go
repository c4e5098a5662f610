package portion

// Verdict is what to do with a list that failed as a whole.
type Verdict int

const (
	// Halve: ask again, in smaller portions.
	Halve Verdict = iota
	// Blame: the failure is that of the only element.
	Blame
	// GiveUp: nothing gets through any more, so that the cause lies elsewhere. What waits has to fail, and none of it is to
	// blame.
	GiveUp
)

const (
	// maxFailures is how many requests in a row may fail as a whole: enough to halve the largest list down to one element.
	maxFailures = 16
	// maxBlamed is how many elements in a row are blamed. That many that are all bad are a bad account.
	maxBlamed = 32
	// maxHold is how many portions of a size pass at most before a larger one is tried.
	maxHold = 256
)

// Size is how much the next request may hold. Make it with [New].
type Size struct {
	most, next int
	// failures and blamed elements in a row; elsewhere says that they became too many.
	failures, blamed int
	elsewhere        bool
	// suspects is how many of the elements that wait hold what spoiled the last portion; 0 if it is not among them.
	suspects int
	// limit is how much REG.API has been able to answer. After hold portions of that size twice as much is tried.
	limit, hold, passed int
}

// New gives a size that has not met any failure.
func New(most int) *Size { return &Size{most: most, next: most, limit: most, hold: 1} }

// Next is how much the next request may hold.
func (s *Size) Next() int { return s.next }

// Passed takes note of a portion that REG.API took, whatever became of its elements. What failed before, and has not been sent
// again, holds the cause: that is halved further. Once the cause has been alone the portions grow again.
func (s *Size) Passed(count int) {
	if s.elsewhere {
		*s = *New(s.most)
		return
	}
	s.failures, s.blamed, s.suspects = 0, 0, max(s.suspects-count, 0)
	if count >= s.limit && s.limit < s.most {
		if s.passed++; s.passed >= s.hold {
			s.limit, s.passed = min(2*s.limit, s.most), 0
		}
	}
	if s.limit == s.most {
		s.hold = max(s.hold/2, 1)
	}
	if s.suspects > 0 {
		s.next = max(s.suspects/2, 1)
	} else {
		s.next = min(2*s.next, s.limit)
	}
}

// Failed takes note of a portion that failed as a whole. Strain says that it was too large or too slow, so that no element has
// to be the cause.
func (s *Size) Failed(count int, strain bool) Verdict {
	if s.failures >= maxFailures || s.blamed >= maxBlamed {
		s.elsewhere = true
		return GiveUp
	}
	if count > 1 || strain {
		s.failures++
	} else {
		s.failures, s.blamed = 0, s.blamed+1
	}
	if strain {
		if s.failures == 1 { // the following ones are about the same
			s.hold = min(2*s.hold, maxHold)
		}
		s.limit, s.passed, s.suspects = max(count/2, 1), 0, 0
	}
	if count <= 1 {
		s.suspects = 0
		return Blame
	}
	if !strain {
		s.suspects = count
	}
	s.next = count / 2
	return Halve
}
