package budget

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"
)

// Bounds of what a ledger may hold; anything beyond is malformed.
const (
	maxLedgerBytes   = 16 << 10
	maxLedgerSlots   = 256
	maxLedgerHolders = 4 * maxReservations
	maxHolderBytes   = 64
	maxOwnerBytes    = 128
	maxFormers       = 16
	// maxRequests is the highest limit, and the highest count.
	maxRequests = 1_000_000
)

// ledgerFormat is the number of the format below. A later format must keep these members and their
// meaning and only add to them: then an operator that is rolled back still reads the ledger, and
// nobody is locked out for an hour by a change of ours.
const ledgerFormat = 1

var errMalformedLedger = errors.New("the ledger is malformed")

// bookJSON is a book as it is saved. Times are seconds since 1970.
type bookJSON struct {
	Format     int    `json:"format"`
	Owner      string `json:"owner,omitempty"`
	Line       string `json:"line,omitempty"`
	Revision   int64  `json:"revision,omitempty"`
	SavedAt    int64  `json:"savedAt,omitempty"`
	QuietUntil int64  `json:"quietUntil,omitempty"`
	// From is the slot of the first of Spent, which are consecutive.
	From        int64             `json:"from,omitempty"`
	Spent       []int             `json:"spent,omitempty"`
	Reserved    []reservationJSON `json:"reserved,omitempty"`
	FrozenUntil int64             `json:"frozenUntil,omitempty"`
	PauseSecs   int64             `json:"pauseSeconds,omitempty"`
	Former      map[string]string `json:"former,omitempty"`
}

type reservationJSON struct {
	Holder   string `json:"holder"`
	Sequence int64  `json:"sequence"`
	Requests int    `json:"requests"`
	Until    int64  `json:"until"`
}

// encode writes a normalized book.
func (b book) encode() ([]byte, error) {
	data := bookJSON{
		Format: ledgerFormat, Owner: b.owner, Line: b.line, Revision: b.revision, Former: b.former,
		SavedAt: seconds(b.savedAt), QuietUntil: seconds(b.quietUntil),
	}
	if taken := slices.Sorted(maps.Keys(b.spent)); len(taken) > 0 {
		first, last := taken[0], taken[len(taken)-1]
		data.From, data.Spent = int64(first), make([]int, last-first+1)
		for at, requests := range b.spent {
			data.Spent[at-first] = min(requests, maxRequests) // more is as good as used up anyway
		}
	}
	for _, r := range b.reserved {
		data.Reserved = append(data.Reserved, reservationJSON{r.holder, r.sequence, r.requests, r.until.Unix()})
	}
	if !b.frozenUntil.IsZero() {
		data.FrozenUntil, data.PauseSecs = b.frozenUntil.Unix(), int64(b.pause/time.Second)
	}
	return json.Marshal(data)
}

// seconds since 1970; 0 for no time.
func seconds(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// timeOf is the reverse of seconds.
func timeOf(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

// decodeBook reads a book; no data are an empty one. The book still has to be normalized.
func decodeBook(raw []byte) (book, error) {
	decoded := book{spent: slots{}}
	if len(raw) == 0 {
		return decoded, nil
	}
	var data bookJSON
	if len(raw) > maxLedgerBytes || json.Unmarshal(raw, &data) != nil || !data.valid() {
		return book{}, errMalformedLedger
	}
	decoded.owner, decoded.line, decoded.revision, decoded.former = data.Owner, data.Line, data.Revision, data.Former
	decoded.savedAt, decoded.quietUntil = timeOf(data.SavedAt), timeOf(data.QuietUntil)
	for i, requests := range data.Spent {
		if requests > 0 {
			decoded.spent[slot(data.From)+slot(i)] = requests
		}
	}
	for _, r := range data.Reserved {
		decoded.reserved = append(decoded.reserved, reservation{r.Holder, r.Sequence, r.Requests, time.Unix(r.Until, 0)})
	}
	if data.FrozenUntil > 0 {
		decoded.frozenUntil, decoded.pause = time.Unix(data.FrozenUntil, 0), time.Duration(data.PauseSecs)*time.Second
	}
	return decoded, nil
}

// valid reports whether all numbers are within bounds, so that no sum of them can overflow.
func (d bookJSON) valid() bool {
	const lastSecond = int64(1) << 40 // some 35,000 years
	within := func(value, limit int64) bool { return value >= 0 && value <= limit }
	sound := d.Format >= 1 && within(d.From, lastSecond/60) &&
		len(d.Spent) <= maxLedgerSlots && len(d.Reserved) <= maxLedgerHolders &&
		within(d.FrozenUntil, lastSecond) && within(d.PauseSecs, lastSecond/1_000) &&
		within(d.SavedAt, lastSecond) && within(d.QuietUntil, lastSecond) && within(d.Revision, lastSecond*1_000) &&
		len(d.Owner) <= maxOwnerBytes && len(d.Line) <= maxHolderBytes && len(d.Former) <= maxFormers
	for _, requests := range d.Spent {
		sound = sound && within(int64(requests), maxRequests)
	}
	for _, r := range d.Reserved {
		sound = sound && r.Holder != "" && len(r.Holder) <= maxHolderBytes && r.Sequence > 0 &&
			within(int64(r.Requests), maxRequests) && within(r.Until, lastSecond)
	}
	return sound
}
