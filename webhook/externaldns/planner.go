package externaldns

import (
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// A record only goes once its successor stands. So an order that replaces records takes two passes: the first adds, and
// after the zone has been read back the second removes, if what was added is there.
//
// Where one of the two is a CNAME the name has to be free first (9.5, CONFLICT_CNAME). Then the first pass removes and adds,
// and if nothing came of the additions the second puts back what was removed.

// plan is one pass of an order.
type plan struct {
	// now are the changes to make, in their order.
	now []zone.Change
	// taken are those of the removals that may have to be undone: what makes room for a successor, and ownership texts.
	taken []zone.Record
	// refusals are what of the order does not come about.
	refusals []refusal
	// names that the pass, and those that follow it, may touch; nil for all.
	names map[string]bool
}

// step is a change, and the name that it is about.
type step struct {
	zone.Change
	of    string
	stage stage
	// waits says that the change is for a later pass.
	waits bool
}

// stage orders the changes of a pass. Ownership texts come before the records that they are for, and go after them:
// external-dns never again touches a record that stands there without one.
type stage int

const (
	stageClear stage = iota
	stageMark
	stageAdd
	stageRemove
	stageUnmark
)

// planner makes a plan.
type planner struct {
	*order
	rules
	progress
	current zone.Snapshot

	// wanted are the records to add, and unwanted those to remove; what is in both stays.
	wanted, unwanted map[zone.Record]bool
	// going are the records that somebody wants gone, nobody wants, and nothing keeps.
	going map[zone.Record]bool
	// coming are the records that stand or are about to.
	coming map[zone.Record]bool
	// byName holds the records of the order that are to be added, but for marks, by the names that they are about; added holds
	// all of them by their own names.
	byName map[string][]zone.Record
	added  map[string][]zone.Record
	// staying are the records of a name that will stand beside new ones.
	staying map[string][]zone.Record
	// kept are names that a record stays at which the order wants gone, for now or for good.
	kept     map[string]bool
	planned  map[zone.Change]bool
	steps    []step
	refusals []refusal
}

// plan gives the next pass of an order. It names no record that the order does not name. For what it has reached it is empty.
func (o *order) plan(current zone.Snapshot, r rules, done progress) plan {
	p := &planner{order: o, rules: r, progress: done, current: current, refusals: slices.Clone(o.invalid),
		wanted: map[zone.Record]bool{}, unwanted: map[zone.Record]bool{}, going: map[zone.Record]bool{}, coming: map[zone.Record]bool{},
		byName: map[string][]zone.Record{}, added: map[string][]zone.Record{}, staying: map[string][]zone.Record{},
		kept: map[string]bool{}, planned: map[zone.Change]bool{}}
	p.sort()
	p.findAdditions(false)
	p.findAdditions(true)
	p.findRemovals(false)
	p.findRemovals(true)
	return p.result()
}

// sort finds out what has to go, and what it would leave standing.
func (p *planner) sort() {
	for _, w := range slices.Concat(p.add, p.lost) {
		p.wanted[w.record] = true
		p.added[w.record.Name] = append(p.added[w.record.Name], w.record)
		if !w.mark {
			p.byName[w.of] = append(p.byName[w.of], w.record)
		}
	}
	for _, w := range p.remove {
		p.unwanted[w.record] = true
		switch {
		case p.wanted[w.record] || p.spec[w.record] || !p.allowed(w.of):
		case !p.current.Has(w.record):
			p.going[w.record] = p.taken[w.record]
		case p.policy.Protects(w.record):
			p.kept[w.of] = true
			p.refuse(w, reasonProtected, "spec.protected of the DNSZone keeps the records of this name")
		case p.failed[zone.Change{Operation: zone.Remove, Record: w.record}]:
			p.kept[w.of] = true
		default:
			p.going[w.record] = true
		}
	}
	for _, record := range p.current.Records() {
		p.coming[record] = !p.going[record]
		if !p.going[record] {
			p.staying[record.Name] = append(p.staying[record.Name], record)
		}
	}
}

// allowed says whether the limit lets this sync touch a name.
func (p *planner) allowed(name string) bool { return p.names == nil || p.names[name] }

func (p *planner) refuse(w wish, reason, message string) {
	p.refusals = append(p.refusals, refusal{Record: w.record.String(), Reason: reason, Message: message})
}

// findAdditions goes through the marks, or through all other records.
func (p *planner) findAdditions(marks bool) {
	for _, w := range p.add {
		if w.mark != marks || p.current.Has(w.record) || !p.mayAdd(w) {
			continue
		}
		if other, ok := obstacle(w.record, p.staying[w.record.Name]); ok {
			p.refuse(w, reasonConflict, fmt.Sprintf("a CNAME shares its name with no other record, and %q stands there: remove one of the two", other))
			continue
		}
		p.coming[w.record] = true
		p.staying[w.record.Name] = append(p.staying[w.record.Name], w.record)
		if marks {
			p.step(zone.Add, w, stageMark)
		} else {
			p.step(zone.Add, w, stageAdd)
		}
	}
}

// mayAdd says whether anything speaks against a record that is not in the zone.
func (p *planner) mayAdd(w wish) bool {
	switch {
	case !p.allowed(w.of):
		return false
	case p.specNames[w.of] || p.specNames[w.record.Name]:
		if !w.mark && !p.spec[w.record] {
			p.refuse(w, reasonSpec, "the DNSZone has records of its own for this name: take them out of its spec, or the name out of external-dns")
		}
		return false
	case p.refused(w.record) || p.failed[zone.Change{Operation: zone.Add, Record: w.record}]:
		return false
	default:
		// A name that gets no record gets no mark either, which would keep the DNSZone from having the name.
		return !w.mark || !p.hopeless(w.of)
	}
}

// hopeless says whether the order has records for a name, and none of them stands or comes.
func (p *planner) hopeless(name string) bool {
	return len(p.byName[name]) > 0 && !slices.ContainsFunc(p.byName[name], func(r zone.Record) bool { return p.coming[r] })
}

// obstacle finds a record that a new one cannot stand beside.
func obstacle(record zone.Record, staying []zone.Record) (zone.Record, bool) {
	for _, other := range staying {
		if record.Type == zone.CNAME || other.Type == zone.CNAME {
			return other, true
		}
	}
	return zone.Record{}, false
}

// findRemovals goes through all records but marks, or through the marks, which stay as long as one of their records does.
func (p *planner) findRemovals(marks bool) {
	for _, w := range p.remove {
		if w.mark == marks && p.going[w.record] {
			p.removal(w)
		}
	}
	if !marks {
		return
	}
	for _, w := range p.add { // A mark comes before its record. Where the record did not come the mark, if it is new, goes again.
		if w.mark && p.current.Has(w.record) && !p.unwanted[w.record] && p.allowed(w.of) && p.hopelessForGood(w.of) {
			p.step(zone.Remove, w, stageUnmark)
		}
	}
}

// hopelessForGood says whether REG.API refused all records that the order has for a name.
func (p *planner) hopelessForGood(name string) bool {
	return p.hopeless(name) && !slices.ContainsFunc(p.byName[name], func(r zone.Record) bool { return r.Content != "" && !p.refused(r) })
}

func (p *planner) removal(w wish) {
	stands, comes, clashes := p.successors(w.record)
	switch {
	case !p.current.Has(w.record): // It was taken away. A mark comes back only for a record that is kept.
		if !stands && !comes && (!w.mark || p.kept[w.of]) {
			p.kept[w.of] = true
			p.putBack(w)
		}
	case comes && clashes && !stands:
		p.kept[w.of] = !p.rehearse
		p.step(zone.Remove, w, stageClear)
	case w.mark && p.kept[w.of]:
	case stands || (comes && p.rehearse):
		p.step(zone.Remove, w, stageOf(w))
	case comes:
		p.kept[w.of] = true
		p.wait(w)
	case len(p.heirs(w.record)) > 0: // What should take its place does not come.
		p.kept[w.of] = true
	default:
		p.step(zone.Remove, w, stageOf(w))
	}
}

func stageOf(w wish) stage {
	if w.mark {
		return stageUnmark
	}
	return stageRemove
}

// successors says whether a record that takes the place of another stands, or comes, and cannot stand beside it.
func (p *planner) successors(record zone.Record) (stands, comes, clashes bool) {
	for _, heir := range p.heirs(record) {
		stands = stands || p.current.Has(heir)
		if p.coming[heir] {
			comes = true
			clashes = clashes || record.Type == zone.CNAME || heir.Type == zone.CNAME
		}
	}
	return stands, comes, clashes
}

// heirs are the records of the order that take the place of another: those of its type, of addresses of either kind, and
// where a CNAME is among them all of the name.
func (p *planner) heirs(record zone.Record) []zone.Record {
	return slices.DeleteFunc(slices.Clone(p.added[record.Name]), func(heir zone.Record) bool {
		alias := record.Type == zone.CNAME || heir.Type == zone.CNAME
		return !alias && heir.Type != record.Type && (!isAddress(heir.Type) || !isAddress(record.Type))
	})
}

func isAddress(kind zone.Type) bool { return kind == zone.A || kind == zone.AAAA }

// putBack adds what was taken away, if it still can stand.
func (p *planner) putBack(w wish) {
	if _, ok := obstacle(w.record, p.staying[w.record.Name]); ok || p.failed[zone.Change{Operation: zone.Add, Record: w.record}] {
		return
	}
	p.staying[w.record.Name] = append(p.staying[w.record.Name], w.record)
	p.step(zone.Add, w, stageAdd)
}

// step plans a change, once.
func (p *planner) step(operation zone.Operation, w wish, at stage) {
	change := zone.Change{Operation: operation, Record: w.record}
	if !p.planned[change] {
		p.planned[change] = true
		p.steps = append(p.steps, step{Change: change, of: w.of, stage: at})
	}
}

// wait plans a removal for a later pass.
func (p *planner) wait(w wish) {
	p.steps = append(p.steps, step{Change: zone.Change{Operation: zone.Remove, Record: w.record}, of: w.of, waits: true})
}

// result puts the steps of this pass into their order.
func (p *planner) result() plan {
	made := plan{refusals: p.refusals, names: p.names}
	if p.names == nil && p.limit > 0 && len(p.steps) > p.limit {
		made.names = p.choose()
	}
	steps := slices.DeleteFunc(p.steps, func(s step) bool { return s.waits || (made.names != nil && !made.names[s.of]) })
	slices.SortFunc(steps, func(a, b step) int {
		if a.stage != b.stage {
			return int(a.stage - b.stage)
		}
		return zone.Compare(a.Record, b.Record)
	})
	for _, s := range steps {
		made.now = append(made.now, s.Change)
		if s.stage == stageClear || s.stage == stageUnmark {
			made.taken = append(made.taken, s.Record)
		}
	}
	return made
}

// choose gives as many names as the limit allows, and one at least; none is left half-way. The rest comes with later syncs.
func (p *planner) choose() map[string]bool {
	costs := map[string]int{}
	var names []string
	for _, s := range p.steps {
		if costs[s.of] == 0 {
			names = append(names, s.of)
		}
		costs[s.of]++
	}
	slices.Sort(names)
	left, chosen := p.limit, map[string]bool{}
	for _, name := range names {
		if costs[name] <= left || len(chosen) == 0 {
			chosen[name] = true
			left -= costs[name]
		}
	}
	return chosen
}
