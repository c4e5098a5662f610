package purchase

import "time"

// Waits are how long orders wait for what others may have done.
type Waits struct {
	// Settling and SettlingLate are how long effects take to show, and Dwell how long a bill's number is written before it is paid: the constants of
	// these names, but in tests.
	Settling, SettlingLate, Dwell time.Duration
	// Patience is how old a Look may be on which an order rests that is in the hands of others. Again is how soon an order is looked at again that may
	// have a step to take, and some order of each login (9); Resting, one that has none for so long.
	Patience, Again, Resting time.Duration
}

// patience is that of orders in the hands of others. An order whose own turn it is looks each time.
const patience = 30 * time.Minute

// resting bounds the rest of an order that has no step to take for longer.
const resting = time.Hour

// TheWaits are those of the rules, where shrunk is 0. A test whose registrar shows effects sooner gives how soon; everything shrinks alike.
func TheWaits(shrunk time.Duration) Waits {
	if shrunk == 0 {
		return Waits{Settling: Settling, SettlingLate: SettlingLate, Dwell: Dwell, Patience: patience, Again: HeartbeatEvery, Resting: resting}
	}
	scaled := func(d time.Duration) time.Duration {
		return time.Duration(float64(d) * float64(shrunk) / float64(Settling))
	}
	return Waits{
		Settling: shrunk, SettlingLate: scaled(SettlingLate), Dwell: scaled(Dwell), Patience: max(scaled(patience), time.Second),
		Again: max(scaled(HeartbeatEvery), time.Second), Resting: max(scaled(resting), time.Second),
	}
}

// SettlingFor is how long to wait for effects at a moment (10). Until is the last day on which the order can be made; the zero time is none.
func (w Waits) SettlingFor(now, until time.Time) time.Duration {
	if !until.IsZero() && now.After(until.AddDate(0, 0, 1-LastDays)) {
		return w.SettlingLate
	}
	return w.Settling
}
