package zone

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// universe is every record that the fuzz test knows: small, so that records meet.
var universe = func() (records []Record) {
	for _, name := range []string{"@", "www", "*"} {
		for i := range 2 {
			records = append(records, addr(name, fmt.Sprintf("192.0.2.%d", i)))
		}
		records = append(records,
			host(name, "a.example.com."), host(name, "b.example.com."),
			text(name, "plain"), text(name, "v=spf1 -all"), text(name, "v=spf1 +all"),
			Record{Name: name, Type: MX, Priority: 10, Content: "mx.example.ru."},
			Record{Name: name, Type: MX, Priority: 20, Content: "mx.example.ru."},
		)
	}
	return append(records, Record{Name: "www", Type: AAAA, Content: "2001:db8::1"}, text("_acme-challenge", "token"), text("a-www", "heritage=external-dns,external-dns/owner=default"),
		Record{Name: "@", Type: NS, Content: "ns1.reg.ru."}, Record{Name: "sub", Type: NS, Content: "ns1.example.com."})
}()

func pick(bits uint32) []Record {
	var records []Record
	for i, record := range universe {
		if bits&(1<<i) != 0 {
			records = append(records, record)
		}
	}
	return records
}

// legal drops CNAMEs that do not stand alone, as every zone does.
func legal(records []Record) []Record {
	perName := map[string]int{}
	for _, record := range records {
		perName[record.Name]++
	}
	return slices.DeleteFunc(records, func(r Record) bool { return r.Type == CNAME && perName[r.Name] > 1 })
}

// declarable drops what no spec can name: the registrar's own, marks, and a second text of one kind.
func declarable(records []Record) []Record {
	var kept []Record
	for _, record := range legal(records) {
		second := record.Type == TXT && KindOf(record) != "" && slices.ContainsFunc(kept, func(k Record) bool { return sameUnit(k, record) })
		if !record.Registrar() && !isMark(record) && !second {
			kept = append(kept, record)
		}
	}
	return kept
}

// somePolicy gives one of the policies: the way to prune, and whether www and what is directly below it are protected.
func somePolicy(chosen uint8) Policy {
	policy := Policy{Prune: []Prune{PruneOwned, PruneAll, PruneNone}[chosen%3]}
	if chosen&4 != 0 {
		policy.Protected = patterns("www", "*.www")
	}
	policy.Ask = chosen&8 != 0
	return policy
}

// FuzzPlan lets an owner keep a zone while REG.API refuses, fails, shows late and loses answers, and while the owner's process
// dies; then it edits its declaration, and in the end gives the zone up.
func FuzzPlan(f *testing.F) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 64 {
		f.Add(random.Uint32(), random.Uint32(), random.Uint32(), random.Uint32(), random.Uint32()&random.Uint32()&random.Uint32(),
			random.Uint32()&random.Uint32(), uint8(random.Uint32()), uint8(random.Uint32()))
	}
	f.Fuzz(func(t *testing.T, first, second, owned, present, refused, passing uint32, killAfter, policy uint8) {
		store := newModel(legal(pick(present))...)
		o := &owner{store: store, owned: Ownership{Confirmed: SetOf(pick(owned & present)...)}, refused: map[Record]bool{}, policy: somePolicy(policy)}
		h := &history{T: t, owner: o, mine: membership(pick(owned & present)), refused: membership(pick(refused))}
		for round, bits := range []uint32{first, second} {
			declared := declarable(pick(bits))
			store.refused, store.failing, store.late = membership(pick(refused)), membership(pick(passing)), membership(pick(passing>>uint(round+1)))
			clear(o.refused) // a new generation
			store.killAfter = int(killAfter) - 1
			h.step(declared)
			store.killAfter = -1
			for range 6 {
				h.step(declared)
			}
			h.converged(declared)
		}
		h.giveUp()
	})
}

// history is a zone's life, and what must hold all along.
type history struct {
	*testing.T
	*owner
	mine    map[Record]bool // what the owner has created or declared so far
	refused map[Record]bool
}

// step is one attempt, which may end anywhere.
func (h *history) step(declared []Record) {
	h.Helper()
	before := h.store.records()
	h.store.removed = nil
	dying := h.store.killAfter > 0
	_, err := h.reconcile(declared)
	for _, record := range declared {
		h.mine[record] = true
	}
	for _, record := range h.store.removed {
		h.mayBeRemoved(record, declared)
	}
	if err == nil || !dying {
		h.noUnitIsEmpty(before, declared)
	}
}

func (h *history) mayBeRemoved(record Record, declared []Record) {
	h.Helper()
	related := slices.ContainsFunc(declared, func(d Record) bool { return sameUnit(d, record) })
	swapped := h.lastPlan.Swaps != nil
	switch {
	case slices.Contains(declared, record) && !swapped:
		h.Errorf("- %s: removes what is declared", record)
	case record.Registrar():
		h.Errorf("- %s: removes what is the registrar's", record)
	case h.policy.Prune == PruneNone || h.policy.Protects(record):
		h.Errorf("- %s: removes although it must not", record)
	case h.mine[record], related:
	case record.Name == "_acme-challenge" || isMark(record):
		h.Errorf("- %s: removes what ACME or external-dns needs", record)
	case h.policy.Prune != PruneAll:
		h.Errorf("- %s: removes what somebody else created", record)
	}
}

// noUnitIsEmpty looks at the units that are declared: one that held something holds something still, or what it held was not
// taken back, and is kept in mind.
func (h *history) noUnitIsEmpty(before, declared []Record) {
	h.Helper()
	for _, wanted := range declared {
		of := func(r Record) bool { return sameUnit(r, wanted) }
		told := func(r Record) bool { return of(r) && slices.Contains(h.taken, r) }
		if slices.ContainsFunc(before, of) && !slices.ContainsFunc(h.store.records(), of) && !slices.ContainsFunc(before, told) {
			h.Errorf("%s: its unit held something and is empty; before %v, now %v, plan %v", wanted, before, h.store.records(), h.lastPlan.Lines())
		}
	}
}

// converged looks at a zone whose faults are over: what is declared is there, or was refused or is blocked, and no unit answers
// with two values.
func (h *history) converged(declared []Record) {
	h.Helper()
	h.store.writes = 0
	// What could not be put back is tried every time.
	if _, err := h.reconcile(declared); err != nil || (h.store.writes > 0 && len(h.taken) == 0) {
		h.Errorf("the steady state writes %v, %v", h.lastPlan.Lines(), err)
	}
	for _, lost := range h.taken {
		if !h.refused[lost] {
			h.Errorf("%s: was taken away and could be put back", lost)
		}
	}
	for _, wanted := range declared {
		blocked := slices.ContainsFunc(h.lastPlan.Blocked, func(b Blocked) bool { return b.Record == wanted })
		asked := slices.ContainsFunc(h.lastPlan.Asked, func(a Record) bool { return sameUnit(a, wanted) })
		if !h.store.zone[wanted] && !h.refused[wanted] && !blocked && !asked {
			h.Errorf("%s: is not in the zone %v", wanted, h.store.records())
		}
		beside := slices.ContainsFunc(h.lastPlan.Beside, func(b Blocked) bool { return sameUnit(b.Record, wanted) })
		if !h.store.zone[wanted] || blocked || asked || beside {
			continue
		}
		for _, other := range h.store.records() {
			if sameUnit(other, wanted) && !slices.Contains(declared, other) {
				h.Errorf("%s: beside it stands %s; policy %+v, plan %v, blocked %v, zone %v, declared %v", wanted, other, h.policy, h.lastPlan.Lines(), h.lastPlan.Blocked, h.store.records(), declared)
			}
		}
	}
}

// giveUp removes what the owner holds: nothing that only it made may be left, and nothing of anybody else's may go.
func (h *history) giveUp() {
	h.Helper()
	h.store.removed = nil
	h.policy = Policy{}
	for range 3 {
		if _, err := h.reconcile(nil); err != nil {
			h.Error(err)
		}
	}
	for _, record := range h.store.removed {
		if !h.mine[record] {
			h.Errorf("- %s: removes what is somebody else's", record)
		}
	}
	for record := range h.store.zone {
		if h.owned.Has(record) && !record.Registrar() {
			h.Errorf("%s: is left behind", record)
		}
	}
}
