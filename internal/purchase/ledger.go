package purchase

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"time"
)

// Ledger is the money of a login: what is promised and spent by month. It is kept in one object per user id, and changed by compare-and-swap.
// The zero value is a ledger that nobody has begun.
type Ledger struct {
	// Began is when it was begun. What was spent before that in its month is not known, and so it is closed until Opened says of the month that
	// a person has told (23).
	Began  time.Time `json:"began"`
	Opened string    `json:"opened,omitempty"`
	// Month is the present one. It never goes backwards (7).
	Month string `json:"month"`
	// Epoch counts the gaps: after one every open order books again (22).
	Epoch int `json:"epoch"`
	// Heartbeat is when somebody last watched, Watching says that an order was open then, and GapUntil is when the last gap is over (9).
	Heartbeat time.Time `json:"heartbeat"`
	Watching  bool      `json:"watching,omitempty"`
	GapUntil  time.Time `json:"gapUntil,omitzero"`
	// Touched is when the ledger was last written, by the registrar's clock: the API server writes down when that was by its own (7).
	Touched time.Time `json:"touched,omitzero"`
	// Holder is the Deployment that the open orders of the login belong to (3).
	Holder string `json:"holder,omitempty"`
	// Announced are the orders that the operator has made, by name, with the digest of what they buy.
	Announced map[string]string `json:"announced,omitempty"`
	// Entries by the order's UID (19).
	Entries map[string]Entry `json:"entries,omitempty"`
	// Beside is what was spent beside the orders: told by a person, or seen by the sweep (22).
	Beside map[string]Entry `json:"beside,omitempty"`
}

// Entry is what is booked for one order.
type Entry struct {
	Order  string `json:"order"`
	Month  string `json:"month"`
	Amount Amount `json:"amount"`
	Epoch  int    `json:"epoch"`
	// Kept says that the order is closed, and its money spent or perhaps spent.
	Kept bool `json:"kept,omitempty"`
}

// Moscow is where the registrar's months are. It has had no summer time since 2014.
var Moscow = time.FixedZone("MSK", 3*60*60)

// MonthOf gives the month that a moment is in, such as 2026-05.
func MonthOf(now time.Time) string { return now.In(Moscow).Format("2006-01") }

// ParseLedger reads what Encode wrote; nothing at all is a ledger that nobody has begun.
func ParseLedger(text string) (*Ledger, error) {
	l := &Ledger{}
	if text == "" {
		return l, nil
	}
	if err := json.Unmarshal([]byte(text), l); err != nil {
		return nil, fmt.Errorf("the spending ledger cannot be read: %w", err)
	}
	return l, nil
}

// Clone is a ledger of its own that says the same.
func (l *Ledger) Clone() *Ledger {
	clone := *l
	clone.Announced, clone.Entries, clone.Beside = maps.Clone(l.Announced), maps.Clone(l.Entries), maps.Clone(l.Beside)
	return &clone
}

// Encode gives the ledger as text.
func (l *Ledger) Encode() (string, error) {
	text, err := json.Marshal(l)
	return string(text), err
}

// Watch tells the ledger that somebody watches at a moment, and whether an order is open. It opens a gap where nobody has watched an open order for
// too long, or where the object is older than what the caller remembers of it, and turns the month over. It says whether the ledger has to be
// written: at rest it has not.
func (l *Ledger) Watch(now time.Time, older, open bool) bool {
	silence := now.Sub(l.Heartbeat)
	// Of two that watch at a time the one who read the clock first may come last.
	gap := older || silence < -DecisionLife || (l.Watching && silence > MaxSilence)
	switch {
	case l.Began.IsZero():
		l.Began, gap = now, open // Orders without their ledger.
	case gap, open != l.Watching, open && (silence >= HeartbeatEvery || MonthOf(now) > l.Month):
	default:
		return false
	}
	if gap {
		l.Epoch++
		l.GapUntil = now.Add(Settling)
	}
	l.Month = max(l.Month, MonthOf(now))
	if l.Watching = open; gap || now.After(l.Heartbeat) { // Whoever has seen a later one would take this for a gap.
		l.Heartbeat = now
	}
	l.forget()
	return true
}

// Claim makes a Deployment the one that the login's orders belong to (3). Another one's open orders stay its own, unless nobody has watched them for
// longer than effects take to show: then it is gone. Changed says that the ledger has to be written.
func (l *Ledger) Claim(holder string, now time.Time, open bool) (changed, held bool) {
	switch {
	case l.Holder == holder:
		return false, true
	case l.Holder != "" && open && now.Sub(l.Heartbeat) <= Settling:
		return false, false
	default:
		l.Holder = holder
		return true, true
	}
}

const (
	// entryMonths is how many months before the present one a closed order's entry is kept: no ceiling asks for it any more, and ten thousand orders a
	// year have to fit into one object.
	entryMonths = 2
	// besideMonths is that of what was spent beside the orders, which sweeps may show for a year.
	besideMonths = 13
)

// forget drops entries of months that no ceiling asks for any more.
func (l *Ledger) forget() {
	month, err := time.Parse("2006-01", l.Month)
	if err != nil {
		return
	}
	oldest := func(months int) string { return month.AddDate(0, -months, 0).Format("2006-01") }
	entries, beside := oldest(entryMonths), oldest(besideMonths)
	maps.DeleteFunc(l.Entries, func(_ string, e Entry) bool { return e.Kept && e.Month < entries })
	maps.DeleteFunc(l.Beside, func(_ string, e Entry) bool { return e.Month < beside })
}

// Touch notes when the ledger is written.
func (l *Ledger) Touch(now time.Time) { l.Touched = now }

// Announce notes an order before it is made, and says whether that is new.
func (l *Ledger) Announce(order Order) bool {
	if l.IsAnnounced(order) {
		return false
	}
	if l.Announced == nil {
		l.Announced = map[string]string{}
	}
	l.Announced[order.Name()] = order.Digest(0)
	delete(l.Announced, Name(order.Domain, order.Ordinal-1)) // It is closed, or this one would not be made.
	return true
}

// IsAnnounced says whether an order is one that the operator has made.
func (l *Ledger) IsAnnounced(order Order) bool { return l.Announced[order.Name()] == order.Digest(0) }

// Gap says whether a gap is open (9).
func (l *Ledger) Gap(now time.Time) bool { return now.Before(l.GapUntil) }

// Closed says that nobody knows what was spent in the month (23).
func (l *Ledger) Closed() bool {
	return l.Began.IsZero() || (MonthOf(l.Began) == l.Month && l.Opened != l.Month)
}

// Open takes a person's word for what was spent in the present month before the ledger began.
func (l *Ledger) Open(spent Amount) {
	l.Opened = l.Month
	l.Note("before the ledger began in "+l.Month, spent)
}

// Note books what was spent beside the orders in the present month, once under each name.
func (l *Ledger) Note(name string, amount Amount) bool {
	if _, known := l.Beside[name]; known {
		return false
	}
	if l.Beside == nil {
		l.Beside = map[string]Entry{}
	}
	l.Beside[name] = Entry{Order: name, Month: l.Month, Amount: amount, Epoch: l.Epoch, Kept: true}
	return true
}

// Sum is what is booked in the present month beside one order. Open entries of older months and epochs count too: they may be paid yet (20).
func (l *Ledger) Sum(beside string) Amount {
	var sum Amount
	for uid, e := range l.Entries {
		if uid != beside && (e.Month == l.Month || !e.Kept) {
			sum += e.Amount
		}
	}
	for _, e := range l.Beside {
		if e.Month == l.Month {
			sum += e.Amount
		}
	}
	return sum
}

// Totals are what was spent in a month, and what open orders have reserved, of whatever month that was (20).
func (l *Ledger) Totals(month string) (spent, reserved Amount) {
	for _, e := range l.Entries {
		switch {
		case !e.Kept:
			reserved += e.Amount
		case e.Month == month:
			spent += e.Amount
		}
	}
	for _, e := range l.Beside {
		if e.Month == month {
			spent += e.Amount
		}
	}
	return spent, reserved
}

// Funds gives what the ledger says of an order under a ceiling of today.
func (l *Ledger) Funds(uid string, ceiling Amount) Funds {
	f := Funds{Closed: l.Closed(), Free: max(ceiling-l.Sum(uid), 0)}
	e, ok := l.Entries[uid]
	f.Entry, f.Kept = ok && !e.Kept, ok && e.Kept
	if f.Entry && e.Month == l.Month && e.Epoch == l.Epoch {
		f.Booked = e.Amount
	}
	return f
}

// ErrCeiling says that the ceiling leaves too little.
var ErrCeiling = errors.New("the month's ceiling leaves too little")

// Book promises an amount for an order in the present month and epoch. Booking again replaces, so that it may be repeated (19).
func (l *Ledger) Book(uid, order string, amount, ceiling Amount) error {
	if f := l.Funds(uid, ceiling); f.Closed || f.Free < amount {
		return ErrCeiling
	}
	if l.Entries == nil {
		l.Entries = map[string]Entry{}
	}
	l.Entries[uid] = Entry{Order: order, Month: l.Month, Amount: amount, Epoch: l.Epoch}
	return nil
}

// Release takes an order's entry out, once the order is closed or blocked.
func (l *Ledger) Release(uid string) { delete(l.Entries, uid) }

// Keep makes the entry of a closed order final: it has cost so much.
func (l *Ledger) Keep(uid, order string, cost Amount) {
	e, booked := l.Entries[uid]
	if !booked {
		e = Entry{Month: l.Month, Epoch: l.Epoch}
	}
	if l.Entries == nil {
		l.Entries = map[string]Entry{}
	}
	if cost == 0 {
		cost = e.Amount // Nobody knows; what was promised stands for it.
	}
	l.Entries[uid] = Entry{Order: order, Month: e.Month, Amount: cost, Epoch: e.Epoch, Kept: true}
}

// KeepLost makes the entries of orders final that are not there any more: nobody can tell what they cost.
func (l *Ledger) KeepLost(isLost func(uid string, e Entry) bool) bool {
	changed := false
	for uid, e := range l.Entries {
		if !e.Kept && isLost(uid, e) {
			e.Kept, changed = true, true
			l.Entries[uid] = e
		}
	}
	return changed
}
