package purchase

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// The explorer's world: a registrar, a cluster whose etcd may be put back, two replicas of the operator, and people. It is small, so that every
// history of it can be followed.

// start is when every history begins: in the middle of a month, so that ceilings are of one.
var start = time.Date(2026, 5, 10, 9, 0, 0, 0, time.UTC)

const (
	price    = Amount(199_00)
	dearer   = Amount(300_00)
	dearest  = Amount(1999_00)
	maxPrice = Amount(450_00)
	userID   = "4711"
)

// firstDay is the last paid day of every domain at the beginning.
const firstDay = "2026-06-01"

// world is one state of everything.
type world struct {
	now    time.Time
	reg    registrar
	etcd   etcd
	saved  *etcd // a snapshot
	procs  [2]process
	flight []request
	left   faults
	leader int
	// forbidden says that a person does not consent to spending at present.
	forbidden bool
	broken    string
	// What a scenario sets and no history changes.
	ceiling   Amount
	operation Operation
	direct    bool
}

// faults are how often each may still happen.
type faults struct {
	kill, lose, late, after, save, restore, outage, edit, foreign, touch, auto, dear, limit int
}

// etcd is what the cluster holds.
type etcd struct {
	domains []domainObject
	orders  []orderObject
	ledger  Ledger
	version int
}

// domainObject asks for a renewal or a registration of the domain of its index.
type domainObject struct {
	exists  bool
	years   int
	offAt   time.Time // when the autorenew flag was switched off with success
	changed time.Time // when somebody last edited it
}

type orderObject struct {
	order   Order
	domain  int
	uid     string
	created time.Time
	version int
	record  Record
}

// process is a replica: what it has written and is about to do, and what it remembers.
type process struct {
	pending    bool
	step       Step
	uid        string
	version    int
	decided    time.Time
	remembered time.Time // the ledger's heartbeat
}

// request is one that was sent and will arrive later.
type request struct {
	act    Act
	domain int
	years  int
	key    string
	order  string
	bill   regapi.ID
	base   string
	sent   time.Time
}

func (w *world) clone() *world {
	c := *w
	c.reg = w.reg.clone()
	c.etcd = w.etcd.clone()
	c.flight = slices.Clone(w.flight)
	return &c // What is saved is never changed.
}

func (e etcd) clone() etcd {
	e.domains, e.orders = slices.Clone(e.domains), slices.Clone(e.orders)
	e.ledger.Entries, e.ledger.Beside = maps.Clone(e.ledger.Entries), maps.Clone(e.ledger.Beside)
	return e
}

// image is a state as bytes, up to what cannot matter.
type image struct {
	bytes []byte
	now   time.Time
}

func (i *image) text(texts ...string) {
	for _, text := range texts {
		i.bytes = append(append(i.bytes, text...), 0)
	}
}

func (i *image) number(numbers ...int64) {
	for _, number := range numbers {
		i.bytes = binary.AppendVarint(i.bytes, number)
	}
}

func (i *image) truth(truths ...bool) {
	for _, truth := range truths {
		if truth {
			i.bytes = append(i.bytes, 1)
		} else {
			i.bytes = append(i.bytes, 0)
		}
	}
}

// since writes how long ago something was, as far as that can matter: of what is more than half an hour old, whether it is settled.
func (i *image) since(times ...time.Time) {
	for _, t := range times {
		ago := i.now.Sub(t)
		switch {
		case t.IsZero():
			i.number(-1)
		case ago > Settling:
			i.number(-2)
		case ago > Dwell:
			i.number(-3)
		default:
			i.number(int64(ago / time.Second)) // A gap ends in the future, which is negative and even farther off.
		}
	}
}

// key names a world up to what cannot matter.
func (w *world) key() [16]byte {
	i := &image{now: w.now, bytes: make([]byte, 0, 512)}
	f := w.left
	for _, left := range []int{f.kill, f.lose, f.late, f.after, f.save, f.restore, f.outage, f.edit, f.foreign, f.touch, f.auto, f.dear, f.limit, w.leader} {
		i.number(int64(left))
	}
	i.truth(w.forbidden)
	w.reg.write(i)
	w.etcd.write(i)
	if w.saved != nil {
		i.text("saved")
		w.saved.write(i)
	}
	for _, p := range w.procs {
		i.truth(p.pending)
		i.since(p.remembered)
		if p.pending {
			i.text(p.uid, string(p.step.Do))
			i.number(int64(p.step.Amount))
			i.truth(p.version == w.versionOf(p.uid))
			i.since(p.decided)
			p.step.Record.write(i)
		}
	}
	for _, r := range w.flight {
		i.text("~", string(r.act), r.key, r.order, r.base)
		i.number(int64(r.domain), int64(r.years), int64(r.bill))
		i.since(r.sent)
	}
	sum := sha256.Sum256(i.bytes)
	return [16]byte(sum[:16])
}

func (e *etcd) write(i *image) {
	for _, d := range e.domains {
		i.truth(d.exists, d.offAt.IsZero())
		i.number(int64(d.years))
		i.since(d.changed)
	}
	for _, o := range e.orders {
		i.text(o.uid, o.order.Base)
		i.number(int64(o.order.Years))
		i.since(o.created)
		o.record.write(i)
	}
	l := e.ledger
	i.since(l.Heartbeat, l.GapUntil)
	i.truth(l.Watching)
	for _, uid := range slices.Sorted(maps.Keys(l.Entries)) {
		i.text(uid)
		i.number(int64(l.Entries[uid].Amount))
		i.truth(l.Entries[uid].Kept, l.Entries[uid].Epoch == l.Epoch)
	}
	i.number(int64(len(l.Beside)))
}

func (r *Record) write(i *image) {
	i.text(string(r.State), string(r.Reason))
	i.number(int64(r.Price), int64(min(r.Calls, 2)), int64(r.Bill.ID), int64(r.Bill.Price), int64(r.Cost))
	i.since(r.LookedAt, r.PlacingAt, r.Bill.KnownAt, r.PayingAt, r.PaidAt, r.OddSince)
	i.truth(r.Bill.Removing, r.Bill.Removed)
}

func (w *world) versionOf(uid string) int {
	if o := w.find(uid); o != nil {
		return o.version
	}
	return 0
}

func (w *world) find(uid string) *orderObject {
	for i := range w.etcd.orders {
		if w.etcd.orders[i].uid == uid {
			return &w.etcd.orders[i]
		}
	}
	return nil
}

func (w *world) fail(format string, args ...any) {
	if w.broken == "" {
		w.broken = fmt.Sprintf(format, args...)
	}
}
