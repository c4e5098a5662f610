package purchase

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// move is one thing that may happen next.
type move struct {
	name   string
	happen func(*world)
}

// moves lists everything that may happen in a world.
func (w *world) moves(rules blind) []move {
	var moves []move
	add := func(name string, happen func(*world)) { moves = append(moves, move{name, happen}) }
	busy := w.procs[w.leader].pending
	if !busy {
		moves = append(moves, w.stepsOf(rules)...)
	}
	quiet := len(moves) == 0
	for n, p := range w.procs {
		if p.pending {
			moves = append(moves, w.sends(n, rules)...)
		}
	}
	if busy && w.left.kill > 0 {
		add("hand over", func(w *world) { w.left.kill--; w.leader = 1 - w.leader })
	}
	for i, b := range w.reg.bills {
		if b.paid && !b.shown {
			add("effect shows", func(w *world) { w.show(&w.reg.bills[i]) })
		}
	}
	for i, r := range w.flight {
		add("late "+string(r.act), func(w *world) { w.arrive(i) })
	}
	moves = append(moves, w.people()...)
	moves = append(moves, w.backups()...)
	return append(moves, w.time(quiet)...)
}

// fresh says whether a process has just decided something: if it is stopped now, that is the last moment for it.
func (w *world) fresh() bool {
	return slices.ContainsFunc(w.procs[:], func(p process) bool { return p.pending && p.decided.Equal(w.now) })
}

// stepsOf are the next steps of the open orders that change anything.
func (w *world) stepsOf(rules blind) (moves []move) {
	uids := []string{""}
	for _, o := range w.etcd.orders {
		uids = append(uids, o.uid)
	}
	for _, uid := range uids {
		if w.clone().decide(uid, rules, nil) {
			moves = append(moves, move{"step of " + uid, func(w *world) { w.decide(uid, rules, nil) }})
			if uid == "" {
				return moves // What the leader does at once.
			}
		}
		moves = append(moves, w.surprises(uid, rules)...)
	}
	return moves
}

// surprises are the next steps of an order amid whose Look a request arrives that was sent before.
func (w *world) surprises(uid string, rules blind) (moves []move) {
	if uid == "" {
		return nil
	}
	for i, r := range w.flight {
		for at := 1; at < len(looks); at++ { // Before the first read it is no surprise.
			name := fmt.Sprintf("step of %s, late %s before read %d", uid, r.act, at)
			moves = append(moves, move{name, func(w *world) {
				w.decide(uid, rules, func(read int) {
					if read == at {
						w.arrive(i)
					}
				})
			}})
		}
	}
	return moves
}

// arrive carries out a request that was sent before.
func (w *world) arrive(i int) {
	r := w.flight[i]
	w.flight = append(w.flight[:i:i], w.flight[i+1:]...)
	w.execute(r)
}

// sends are the fates of a request.
func (w *world) sends(n int, rules blind) (moves []move) {
	what := string(w.procs[n].step.Do)
	add := func(name string, left func(*faults) *int, reach func(*world, request) Answer) {
		if left != nil && *left(&w.left) == 0 {
			return
		}
		moves = append(moves, move{what + name, func(w *world) {
			if left != nil {
				*left(&w.left)--
			}
			w.send(n, rules, func(r request) Answer { return reach(w, r) })
		}})
	}
	add("", nil, (*world).execute)
	add(", answer lost", func(f *faults) *int { return &f.lose }, func(w *world, r request) Answer { w.execute(r); return Answer{Err: errLost} })
	add(", request lost", func(f *faults) *int { return &f.lose }, func(*world, request) Answer { return Answer{Err: errLost} })
	add(", late", func(f *faults) *int { return &f.late }, func(w *world, r request) Answer {
		w.flight = append(w.flight[:len(w.flight):len(w.flight)], r)
		return Answer{Err: errLost}
	})
	add(", error after success", func(f *faults) *int { return &f.after }, func(w *world, r request) Answer {
		w.execute(r)
		return refused("INTERNAL_ERROR")
	})
	if w.left.kill > 0 {
		moves = append(moves, move{"kill before " + what, func(w *world) { w.left.kill--; w.procs[n] = process{} }})
	}
	return moves
}

// time passes: less than a decision lives is no time at all; a minute is more, half an hour a gap, a day longer than effects take.
func (w *world) time(free bool) (moves []move) {
	for _, by := range []time.Duration{time.Minute, 31 * time.Minute, Settling + time.Minute} {
		if ((free && by > time.Minute) || (by == time.Minute && w.fresh())) && w.mayPass(by) {
			moves = append(moves, move{"wait " + by.String(), func(w *world) { w.watch(); w.now = w.now.Add(by); w.beat() }})
		}
		if w.left.outage > 0 && by > MaxSilence && w.mayPass(by) {
			moves = append(moves, move{"down for " + by.String(), func(w *world) {
				w.left.outage--
				w.now, w.procs = w.now.Add(by), [2]process{}
			}})
		}
	}
	return moves
}

// mayPass says whether nothing has to happen before: effects show, and requests arrive, within the time that the rules count on.
func (w *world) mayPass(by time.Duration) bool {
	for _, b := range w.reg.bills {
		if b.paid && !b.shown && w.now.Add(by).Sub(b.paidAt) > Settling {
			return false
		}
	}
	for _, r := range w.flight {
		if w.now.Add(by).Sub(r.sent) > Settling {
			return false
		}
	}
	return true
}

// beat is the heartbeat of a process that ran all the time.
func (w *world) beat() {
	if w.etcd.ledger.Watching {
		w.etcd.ledger.Heartbeat = w.now
		w.procs[w.leader].remembered = w.now
	}
}

// people act beside the operator.
func (w *world) people() (moves []move) {
	add := func(name string, left func(*faults) *int, act func(*world)) {
		if *left(&w.left) > 0 {
			moves = append(moves, move{name, func(w *world) { *left(&w.left)--; act(w) }})
		}
	}
	edit := func(f *faults) *int { return &f.edit }
	d := w.etcd.domains[0]
	if len(w.etcd.orders) > 0 {
		add(fmt.Sprint("exists: ", !d.exists), edit, func(w *world) { e := &w.etcd.domains[0]; e.exists, e.changed = !e.exists, w.now })
		add(fmt.Sprint("years: ", 3-d.years), edit, func(w *world) { e := &w.etcd.domains[0]; e.years, e.changed = 3-e.years, w.now })
	}
	if !w.operation.Keyed() {
		add("a person's bill", func(f *faults) *int { return &f.foreign }, func(w *world) { w.writeBill(price) })
	}
	if w.reg.services[0].autoFlag && w.expiry(0) == firstDay {
		add("autorenew", func(f *faults) *int { return &f.auto }, func(w *world) {
			b := w.writeBill(price)
			b.auto = true
			w.pay(b, false)
		})
	}
	for i, b := range w.reg.bills {
		if b.paid || b.gone {
			continue
		}
		touch := func(f *faults) *int { return &f.touch }
		add(fmt.Sprint("a person pays ", b.id), touch, func(w *world) { w.pay(&w.reg.bills[i], false) })
		add(fmt.Sprint("a person deletes ", b.id), touch, func(w *world) { w.reg.bills[i].gone = true })
	}
	if len(w.etcd.orders) > 0 {
		limit := func(f *faults) *int { return &f.limit }
		add(fmt.Sprint("forbidden: ", !w.forbidden), limit, func(w *world) { w.forbidden = !w.forbidden })
	}
	if len(w.etcd.orders) > 0 && len(w.reg.bills) == 0 {
		dear := func(f *faults) *int { return &f.dear }
		add("dearer", dear, func(w *world) { w.reg.services[0].price = dearer })
		add("far dearer", dear, func(w *world) { w.reg.services[0].price = dearest })
	}
	return moves
}

// writeBill is a bill that somebody else asked for.
func (w *world) writeBill(price Amount) *bill {
	w.reg.bills = append(w.reg.bills, bill{domain: 0, years: 1, price: price, askedFor: w.expiry(0), born: w.now})
	made := &w.reg.bills[len(w.reg.bills)-1]
	made.id = regapi.ID(200 + len(w.reg.bills))
	return made
}

// backups are taken and put back; what runs goes on, or does not.
func (w *world) backups() (moves []move) {
	if w.saved == nil && w.left.save > 0 {
		moves = append(moves, move{"snapshot", func(w *world) { w.left.save--; s := w.etcd.clone(); w.saved = &s }})
	}
	if w.saved != nil && w.left.restore > 0 {
		restore := func(w *world) { w.left.restore--; w.etcd, w.saved = w.saved.clone(), nil }
		moves = append(moves,
			move{"restore, restarted", func(w *world) { restore(w); w.procs = [2]process{} }},
			move{"restore, running", restore})
	}
	return moves
}

// check holds a state against what must never be said.
func (w *world) check() {
	for _, o := range w.etcd.orders {
		for _, b := range w.reg.bills {
			if b.order == o.uid && b.byUs && (o.record.State == Withdrawn || o.record.State == Refused) {
				w.fail("called %s, and paid", o.record.State)
			}
		}
		if o.record.State == Settled && o.record.Reason == Effect && !w.isPaid(o.domain) {
			w.fail("called settled, and not paid")
		}
	}
}

func (w *world) isPaid(domain int) bool {
	for _, b := range w.reg.bills {
		if b.domain == domain && b.paid {
			return true
		}
	}
	return false
}

// found is what an exploration came to.
type found struct {
	states  int
	settled bool
	// broken is the shortest history that breaks a promise.
	broken []string
}

// explore follows every history of a world, breadth first, up to so many states.
func explore(first *world, rules blind, limit int) found {
	type node struct {
		world *world
		from  int
		by    string
	}
	nodes, seen, result := []node{{first, -1, ""}}, map[[16]byte]bool{first.key(): true}, found{}
	for i := 0; i < len(nodes) && len(nodes) < limit; i++ {
		for _, m := range nodes[i].world.moves(rules) {
			next := nodes[i].world.clone()
			m.happen(next)
			next.check()
			if key := next.key(); !seen[key] {
				seen[key] = true
				nodes = append(nodes, node{next, i, m.name})
			}
			for _, o := range next.etcd.orders {
				result.settled = result.settled || (o.record.State == Settled && o.record.Reason == Effect)
			}
			if next.broken != "" {
				history := []string{m.name + " -> " + next.broken}
				for at := i; at > 0; at = nodes[at].from {
					history = append([]string{nodes[at].by}, history...)
				}
				result.broken, result.states = history, len(nodes)
				return result
			}
		}
		nodes[i].world = nil
	}
	result.states = len(nodes)
	return result
}

func (f found) String() string { return strings.Join(f.broken, "\n  ") }
