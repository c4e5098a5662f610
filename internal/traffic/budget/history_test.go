package budget

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"
	"time"
)

// historyLimit is the limit of the budgets in a history; small, so that it is reached.
const historyLimit = 100

// history is what happens to a ledger and to the processes that use it. Its clock is the true one, and the keeper's.
type history struct {
	t         *testing.T
	now       time.Time
	ledger    keptLedger
	processes []*historyProcess
	starts    int
	sent      []time.Time
	// tampered is the process that alone knows what was in the ledger before somebody put something else in its place.
	tampered *historyProcess
}

// historyProcess is a process with clocks of its own.
type historyProcess struct {
	*Budget
	purse     *Purse
	wallAhead time.Duration
	asleep    time.Duration
	began     time.Time
}

// keptLedger is a ledger whose keeper tells the time, in whole seconds, and which fails as it is told.
type keptLedger struct {
	h       *history
	data    []byte
	version int
	savedAt time.Time
	copies  [][]byte
	fail    string // "before" the next save is made, or "after" it
}

var errKept = errors.New("out of reach")

func (l *keptLedger) Load(context.Context) ([]byte, Stamp, error) { return l.data, l.stamp(), nil }

func (l *keptLedger) stamp() Stamp {
	if l.data == nil {
		return Stamp{}
	}
	return Stamp{Version: strconv.Itoa(l.version), Time: l.savedAt.Truncate(time.Second)}
}

func (l *keptLedger) put(data []byte) {
	l.data, l.savedAt = data, l.h.now
	l.version++
}

func (l *keptLedger) Save(_ context.Context, data []byte, version string) (Stamp, error) {
	fail := l.fail
	l.fail = ""
	if fail == "before" {
		return Stamp{}, errKept
	}
	if version != l.stamp().Version {
		return Stamp{}, ErrConflict
	}
	l.put(data)
	l.copies = append(l.copies[max(0, len(l.copies)-50):], data)
	if fail == "after" {
		return Stamp{}, errKept
	}
	return l.stamp(), nil
}

func (l *keptLedger) Delete(_ context.Context, version string) error {
	if version != l.stamp().Version {
		return ErrConflict
	}
	l.data = nil
	return nil
}

func (h *history) start(wallAhead time.Duration) {
	if len(h.processes) >= 2 {
		return
	}
	if h.tampered != nil && !h.knowsLatest(h.tampered) {
		h.end(h.tampered, true) // Two that know different things of one hour are more than anybody can put right.
	}
	h.tampered = nil
	p := &historyProcess{wallAhead: wallAhead, began: h.now}
	wall := func() time.Time { return h.now.Add(p.wallAhead) }
	steady := func() time.Duration { return h.now.Sub(p.began) - p.asleep }
	p.Budget = New(historyLimit, WithLedger(&h.ledger), WithClock(wall, steady), WithExpectedLedger())
	if h.starts++; h.starts == 1 {
		p.expected = false
	}
	p.purse = NewPurse(p.Budget, nil)
	h.processes = append(h.processes, p)
}

// end ends a process: killed, or in good order.
func (h *history) end(p *historyProcess, killed bool) {
	if !killed {
		_ = p.Close(h.t.Context()) // It fails where the ledger does.
	}
	h.forgive(p)
	for i, other := range h.processes {
		if other == p {
			h.processes = append(h.processes[:i], h.processes[i+1:]...)
			return
		}
	}
}

// forgive forgets what was sent if the one who knows it ends, before he has told: that is the exception, in which only Interactive
// goes for an hour.
func (h *history) forgive(gone *historyProcess) {
	if h.tampered != gone {
		return
	}
	if !h.knowsLatest(gone) {
		h.sent = nil
	}
	h.tampered = nil
}

func (h *history) knowsLatest(p *historyProcess) bool {
	return p.loaded && p.attempt == p.block.sequence && p.version == h.ledger.stamp().Version
}

// tamper puts something else in the place of the ledger, while one process knows what was in it, and no other works.
func (h *history) tamper(data []byte) {
	if len(h.processes) != 1 || !h.knowsLatest(h.processes[0]) {
		return
	}
	h.tampered = h.processes[0]
	h.ledger.put(data)
}

// spend sends requests as fast as they go, of the highest priority.
func (h *history) spend(p *historyProcess, requests int) {
	for tries := 0; requests > 0 && tries < 500; tries++ {
		o := p.purse.Offer(Interactive, 1)
		switch {
		case o.Err != nil || !o.Due():
			return
		case o.NeedsLedger():
			o.UseLedger(h.t.Context())
			continue
		}
		paid := p.purse.Pay(Interactive)
		if paid == nil {
			continue
		}
		requests--
		h.sent = append(h.sent, h.now)
		p.purse.Settle(paid, Outcome{Answered: true})
		h.check()
		h.now = h.now.Add(10 * time.Millisecond)
	}
}

func (h *history) check() {
	first := 0
	for h.now.Sub(h.sent[first]) >= time.Hour {
		first++
	}
	if h.sent = h.sent[first:]; len(h.sent) > historyLimit {

		h.t.Fatalf("%d requests within an hour", len(h.sent))
	}
}

// do makes something happen.
func (h *history) do(what, how byte) {
	ahead := (time.Duration(how) - 128) * time.Minute
	if len(h.processes) == 0 {
		h.start(ahead)
		return
	}
	p := h.processes[int(how)%len(h.processes)]
	switch what % 12 {
	case 0, 1, 2:
		h.spend(p, int(how)/2)
	case 3, 4:
		h.now = h.now.Add(time.Duration(how) * 10 * time.Second)
	case 5:
		h.end(p, true)
	case 6:
		h.end(p, false)
	case 7:
		h.start(ahead)
	case 8:
		p.wallAhead = ahead
	case 9: // The machine sleeps, and its wall clock goes on. That one set back by just as much hides it, which no minute does here.
		asleep := time.Duration(how)*20*time.Second + 7*time.Second
		h.now = h.now.Add(asleep)
		p.asleep += asleep
	case 10:
		h.ledger.fail = []string{"before", "after"}[how%2]
	case 11:
		h.replace(how)
	}
}

// replace puts back an older copy, deletes the ledger, or breaks it.
func (h *history) replace(how byte) {
	switch how % 4 {
	case 0:
		h.tamper(nil)
	case 1:
		h.tamper([]byte("<html>"))
	default:
		if copies := h.ledger.copies; len(copies) > 0 {
			h.tamper(copies[int(how)%len(copies)])
		}
	}
}

func live(t *testing.T, events []byte) *history {
	h := &history{t: t, now: time.Unix(1_800_000_000, 0)}
	h.ledger.h = h
	for i := 0; i+1 < len(events) && i < 400; i += 2 {
		h.do(events[i], events[i+1])
	}
	return h
}

func FuzzNoHistoryLetsAnHourPassTheLimit(f *testing.F) {
	for _, seed := range []string{
		"\x07\x80\x00\xff\x0b\x02\x00\xff\x00\xff",                 // An older copy is put back, and the process goes on.
		"\x07\x80\x00\xff\x0b\x00\x00\xff\x00\xff",                 // It is deleted.
		"\x07\x80\x00\xff\x08\xff\x00\xff\x08\x00\x00\xff",         // The clock is set forward, and back.
		"\x07\x80\x00\xff\x09\xff\x00\xff\x05\x00\x07\x80\x00\xff", // The machine sleeps; another process follows.
		"\x07\xbc\x00\xff\x05\x00\x07\x44\x00\xff",                 // Clocks that are an hour ahead and behind.
		"\x07\x80\x00\x10\x0a\x01\x00\xff\x07\x80\x00\xff\x01\xff", // A save whose answer is lost, and a handover.
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, events []byte) { live(t, events) })
}

func TestNoHistoryLetsAnHourPassTheLimit(t *testing.T) {
	requests := 0
	for seed := range uint64(400) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			dice := rand.New(rand.NewPCG(seed, 13))
			events := make([]byte, 300)
			for i := range events {
				events[i] = byte(dice.IntN(256))
			}
			requests += len(live(t, events).sent)
		})
	}
	if requests < 4000 {
		t.Errorf("%d requests in the last hours: too few to show anything", requests)
	}
}
