package budget

import "time"

// clock tells the time as a budget needs it: once not too late, for what is forgotten, and once not too early, for what is noted.
//
// Three clocks take part. The wall clock jumps when somebody sets it; the steady one may stand still while the machine sleeps; and
// whoever keeps the ledger has one that all processes share. As soon as a save has told that one, it is what counts.
type clock struct {
	wall   func() time.Time
	steady func() time.Duration

	began reading // of this process's own clocks
	// kept is the latest time of the ledger's keeper that is known. asked is the time of the last save by this process, and what
	// the own clocks showed when it began; exact says that there was one.
	kept, asked reading
	exact       bool
}

// reading is a time, and what the own clocks showed then.
type reading struct {
	at     time.Time
	wall   time.Time
	steady time.Duration
}

// resolution is how much of a time its keeper may leave out: the API server gives whole seconds.
const resolution = time.Second

func newClock(wall func() time.Time, steady func() time.Duration) clock {
	c := clock{wall: wall, steady: steady}
	c.began = c.read()
	c.began.at = c.began.wall
	return c
}

// systemClock follows the clocks of this machine.
func systemClock() clock {
	start := time.Now()
	wall := func() time.Time { return time.Now().Round(0) }
	return newClock(wall, func() time.Duration { return time.Since(start) })
}

// read looks at the own clocks.
func (c *clock) read() reading { return reading{wall: c.wall(), steady: c.steady()} }

// steadyFrom is a reading's time as the steady clock carries it on.
func (c *clock) steadyFrom(r reading) time.Time { return r.at.Add(c.steady() - r.steady) }

// furthestFrom is a reading's time as the clock carries it on that has come further since.
func (c *clock) furthestFrom(r reading) time.Time {
	return r.at.Add(max(c.steady()-r.steady, c.wall().Sub(r.wall)))
}

// own is the time by the own clocks: the earlier and the later.
func (c *clock) own() (earlier, later time.Time) {
	steady, wall := c.steadyFrom(c.began), c.wall()
	if steady.Before(wall) {
		return steady, wall
	}
	return wall, steady
}

// parting is how far the own clocks may go apart before nobody knows which of them is right.
const parting = 2 * time.Second

// blind says that the keeper has a time which is not known: no save has told it yet, or the own clocks have parted since. Till one
// tells it nothing can be noted as of the right time.
func (c *clock) blind() bool {
	if c.kept.at.IsZero() {
		return false
	}
	apart := (c.steady() - c.asked.steady) - c.wall().Sub(c.asked.wall)
	return !c.exact || apart.Abs() > parting
}

// certain is a time that has come for sure: what is forgotten by then may be thrown away.
func (c *clock) certain() time.Time {
	if !c.kept.at.IsZero() {
		return c.steadyFrom(c.kept)
	}
	earlier, _ := c.own()
	return earlier
}

// now is the time that decides what may go. Where the ledger has a keeper's time, nothing goes before a save has told it.
func (c *clock) now() time.Time {
	certain := c.certain()
	if earlier, _ := c.own(); !c.exact && earlier.After(certain) {
		return earlier
	}
	return certain
}

// latest is a time that has not passed yet: what is noted as of then does not count for too short a time.
func (c *clock) latest() time.Time {
	_, later := c.own()
	if c.exact {
		later = c.furthestFrom(c.asked).Add(resolution)
	}
	if certain := c.certain(); certain.After(later) {
		return certain
	}
	return later
}

// learnSave takes over the time of a save that began when the own clocks showed asked. A keeper without a time tells nothing.
func (c *clock) learnSave(kept time.Time, asked reading) {
	if kept.IsZero() {
		return
	}
	c.kept, c.asked, c.exact = c.read(), asked, true
	c.kept.at, c.asked.at = kept, kept
}

// learnLoad takes over the time of a save that somebody has made some time ago.
func (c *clock) learnLoad(kept time.Time) {
	if kept.IsZero() || (!c.kept.at.IsZero() && !kept.After(c.certain())) {
		return
	}
	c.kept = c.read()
	c.kept.at = kept
}
