package purchase

import (
	"errors"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// blind hides from the machine what a rule stands on. Its zero value hides nothing.
type blind struct {
	input    func(w *world, o *orderObject, in *Input)
	ageless  bool // old decisions are sent, too (8)
	sweepOff bool // what was renewed without an order is not booked (22)
	keyless  bool // keys are made up anew (6)
}

// errLost is an answer that never came.
var errLost = errors.New("no answer")

// watch is what the leader does before anything else: the ledger's heartbeat.
func (w *world) watch() (wrote bool) {
	open := false
	for _, o := range w.etcd.orders {
		open = open || !o.record.State.Closed()
	}
	p := &w.procs[w.leader]
	older := p.remembered.After(w.etcd.ledger.Heartbeat)
	wrote = w.etcd.ledger.Watch(w.now, older, open)
	p.remembered = w.etcd.ledger.Heartbeat
	return wrote
}

// makeOrders does what the controller of Domains does: the flag, then the next order where none is open.
func (w *world) makeOrders() (made bool) {
	for i := range w.etcd.domains {
		d := &w.etcd.domains[i]
		if !d.exists || len(w.etcd.orders) >= 4 {
			continue
		}
		if d.offAt.IsZero() {
			w.reg.services[i].autoFlag, d.offAt, made = false, w.now, true
		}
		ordinal, wanted := 1, w.wants(i)
		for _, o := range w.etcd.orders {
			if o.domain != i {
				continue
			}
			ordinal = o.order.Ordinal + 1
			if !o.record.State.Closed() || o.record.State == Refused || (o.record.State == Settled && o.order.Base == w.base(i)) {
				wanted = false
			}
		}
		if wanted {
			w.etcd.version++
			made = true
			next := Order{
				Domain: domainName(i), Ordinal: ordinal, UserID: userID, Operation: w.operation, ServiceID: regapi.ID(i + 1), Base: w.base(i),
				Years: d.years, Direct: w.direct,
			}
			if w.operation.Keyed() {
				next.ServiceID, next.Base = 0, ""
			}
			w.etcd.orders = append(w.etcd.orders, orderObject{order: next, domain: i, uid: fmt.Sprintf("%d.%d", i, ordinal), created: w.now, version: w.etcd.version})
		}
	}
	return made
}

func domainName(i int) string { return string(rune('a'+i)) + ".ru" }

// wants says whether a domain is due.
func (w *world) wants(i int) bool {
	if w.operation.Keyed() {
		return w.reg.services[i].state == ""
	}
	return w.expiry(i) == firstDay
}

func (w *world) base(i int) string { return w.expiry(i) }

// asks says whether somebody asks for an order now.
func (w *world) asks(o *orderObject) bool {
	d := w.etcd.domains[o.domain]
	return d.exists && d.years == o.order.Years
}

// input reads everything that a decision stands on. Amid is what happens before each read of the Look; nil is nothing.
func (w *world) input(o *orderObject, amid func(read int)) Input {
	l := &w.etcd.ledger
	in := Input{
		Order: o.order, Record: o.record, Now: w.now, Settling: Settling, Dwell: Dwell, Gap: l.Gap(w.now),
		Intent: Intent{Asked: w.asks(o), Allowed: !w.forbidden, MaxPrice: maxPrice},
		Funds:  l.Funds(o.uid, w.ceiling),
	}
	if d := w.etcd.domains[o.domain]; d.exists && !d.offAt.IsZero() {
		in.Since = latest(o.created, d.offAt, l.GapUntil)
	}
	reads := looks
	if o.record.State == Paying && !w.operation.Keyed() {
		reads = slices.Concat([]read{(*world).seeOwnBill}, looks)
	}
	seen := Seen{}
	for n, see := range reads {
		if amid != nil {
			amid(n)
		}
		see(w, o, &seen)
		if in.Seen = seen; Told(in) {
			break
		}
	}
	in.Seen.Complete = true
	return in
}

// read is one of those that a Look is made of, and looks are all of them, in the controller's order.
type read func(*world, *orderObject, *Seen)

var looks = []read{(*world).seeService, (*world).seeBills, (*world).seeOwnBill, (*world).seeBalance, (*world).seePrice}

func (w *world) seeService(o *orderObject, seen *Seen) {
	s := w.reg.services[o.domain]
	switch {
	case !w.reg.keyed:
		seen.ServiceID, seen.State, seen.Expiry = regapi.ID(o.domain+1), regapi.Active, w.expiry(o.domain)
	case s.state != "" && s.key == o.order.Key():
		seen.ServiceID, seen.State = 7, s.state
	case s.state != "":
		seen.Elsewhere = true
	}
}

func (w *world) seeBills(o *orderObject, seen *Seen) {
	for _, b := range w.unpaid(o.domain) {
		if b.id == o.record.Bill.ID {
			seen.OwnPrice = b.price
		}
		switch {
		case w.reg.keyed && b.key == o.order.Key():
			seen.KeyBill = Bill{ID: b.id, Price: b.price}
		case b.id != o.record.Bill.ID:
			seen.ForeignBill = b.id
		}
	}
}

func (w *world) seeOwnBill(o *orderObject, seen *Seen) { seen.OwnBill = w.ownBill(o.record.Bill.ID) }

func (w *world) seeBalance(_ *orderObject, seen *Seen) { seen.Balance = w.reg.balance }

func (w *world) seePrice(o *orderObject, seen *Seen) {
	seen.ListPrice = price * Amount(o.order.Years)
	if o.record.Bill.ID != 0 {
		seen.ListPrice = o.record.Price
	}
}

func (w *world) ownBill(id regapi.ID) BillStatus {
	b := w.bill(id)
	switch {
	case id == 0:
		return BillUnknown
	case b == nil || b.gone:
		return BillNotFound
	case b.paid:
		return BillPaid
	default:
		return BillUnpaid
	}
}

// decide lets the leader take the next step of an order, up to the act, whatever happens amid its Look. It says whether anything changed.
func (w *world) decide(uid string, rules blind, amid func(read int)) (changed bool) {
	changed = w.watch()
	changed = w.makeOrders() || changed
	o, p := w.find(uid), &w.procs[w.leader]
	if o == nil {
		return changed
	}
	in := w.input(o, amid)
	if rules.input != nil {
		rules.input(w, o, &in)
	}
	step := Decide(in)
	if step.Record != o.record {
		w.etcd.version++
		o.record, o.version, changed = step.Record, w.etcd.version, true
	}
	switch step.Do {
	case Place, Pay, Remove:
		*p = process{pending: true, step: step, uid: uid, version: o.version, decided: w.now, remembered: p.remembered}
	case Book:
		w.bookBeside(rules)
		_ = w.etcd.ledger.Book(uid, o.order.Name(), step.Amount, w.ceiling)
	case Release:
		w.etcd.ledger.Release(uid)
	case Keep:
		w.etcd.ledger.Keep(uid, o.order.Name(), step.Amount)
	}
	return changed || step.Do != Nothing
}

// bookBeside books what shows as renewed without an order that says so, before anything else is booked (22).
func (w *world) bookBeside(rules blind) {
	for i, s := range w.reg.services {
		if rules.sweepOff || s.years == 0 && s.state != regapi.Active {
			continue
		}
		known := s.years == 0
		for _, o := range w.etcd.orders {
			known = known || (o.domain == i && (o.record.Cost > 0 || o.record.Reason == PayerUnknown))
		}
		if !known {
			w.etcd.ledger.Note(domainName(i), s.price*Amount(max(s.years, 1)))
		}
	}
}

// send lets a process do what it has decided. What becomes of it is for the caller to say.
func (w *world) send(n int, rules blind, reach func(request) Answer) {
	p := w.procs[n]
	w.procs[n] = process{remembered: p.remembered}
	if !rules.ageless && w.now.Sub(p.decided) > DecisionLife {
		return // It looks again instead.
	}
	written := w.find(p.uid)
	if written == nil {
		written = &orderObject{}
		return
	}
	o := *written
	r := request{act: p.step.Do, domain: o.domain, years: o.order.Years, key: o.order.Key(), order: p.uid, bill: p.step.Record.Bill.ID, base: o.order.Base, sent: w.now}
	if rules.keyless {
		r.key = fmt.Sprint("made up ", p.uid, w.etcd.version)
	}
	if r.act != Remove {
		w.checkIntent(&o, r)
	}
	answer := reach(r)
	if o.version != p.version {
		return // Somebody else has written it since.
	}
	record := Answered(o.order, p.step.Record, r.act, answer, w.now)
	if record != o.record {
		w.etcd.version++
		written.record, written.version = record, w.etcd.version
	}
}

// checkIntent holds what is sent against who asks for it.
func (w *world) checkIntent(o *orderObject, r request) {
	moves := r.act == Pay || w.direct || w.reg.bankIgnored
	if moves && !w.asks(o) && w.now.Sub(w.etcd.domains[o.domain].changed) > DecisionLife {
		w.fail("%s for what nobody asks any more", r.act)
	}
	for _, b := range w.reg.bills {
		if r.act == Pay && b.domain == o.domain && !b.paid && !b.gone && b.id != r.bill && w.now.Sub(b.born) > Settling {
			w.fail("paid beside a bill of somebody else")
		}
	}
}
