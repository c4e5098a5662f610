package externaldns

import (
	"maps"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// A record only goes once its successor stands, and only comes once its ownership text does. zone.Edits says that as what a
// change needs, so that an order takes one pass, whose list holds texts, additions, removals, and texts again. Where a CNAME
// takes or leaves a name the old record has to go first (9.5, CONFLICT_CNAME), which makes a swap: the editor puts back what it
// took if nothing comes of it.
//
// A second pass tidies up after what did not come about: it takes away texts whose records did not come, puts back those whose
// records did not go, and undoes the creation of what turns out to stand beside somebody else's record.

// plan is one pass of an order.
type plan struct {
	edits zone.Edits
	// unmarked are the ownership texts among the removals.
	unmarked []zone.Record
	// refusals are what of the order does not come about.
	refusals []refusal
	// names that the pass, and those that follow it, may touch; nil for all.
	names map[string]bool
}

// planner makes a plan. What the order wants of one name does not depend on what it wants of another, but that no record can
// stand beside a CNAME.
type planner struct {
	*order
	rules
	progress
	current zone.Snapshot

	groups map[string]*group
	// wanted are the records to add, and unwanted those to remove; what is in both stays.
	wanted, unwanted map[zone.Record]bool
	// at has the records of the zone by name, and staying those that will stand beside new ones.
	at, staying map[string][]zone.Record
	refusals    []refusal
}

// plan gives the next pass of an order. It names no record that the order does not name. For what it has reached it is empty.
func (o *order) plan(current zone.Snapshot, r rules, done progress) plan {
	p := &planner{
		order: o, rules: r, progress: done, current: current, refusals: slices.Clone(o.invalid), groups: map[string]*group{},
		wanted: map[zone.Record]bool{}, unwanted: map[zone.Record]bool{}, at: map[string][]zone.Record{}, staying: map[string][]zone.Record{},
	}
	p.gather()
	names := slices.Sorted(maps.Keys(p.groups))
	going := map[zone.Record]bool{}
	for _, name := range names {
		p.groups[name].classify(going)
	}
	for _, record := range current.Records() {
		p.at[record.Name] = append(p.at[record.Name], record)
		if !going[record] {
			p.staying[record.Name] = append(p.staying[record.Name], record)
		}
	}
	for _, name := range names {
		p.groups[name].decide()
	}
	return p.result(names)
}

// gather sorts the wishes by the names that they are about.
func (p *planner) gather() {
	for _, list := range []struct {
		wishes []wish
		put    func(*group, wish)
	}{
		{p.add, func(g *group, w wish) { p.wanted[w.record] = true; put(&g.marks, &g.adds, w) }},
		{p.lost, func(g *group, w wish) { p.wanted[w.record] = true; put(&g.lostMarks, &g.lost, w) }},
		{p.remove, func(g *group, w wish) { p.unwanted[w.record] = true; put(&g.unmarks, &g.removes, w) }},
	} {
		for _, w := range list.wishes {
			if p.names != nil && !p.names[w.of] {
				continue
			}
			if p.groups[w.of] == nil {
				p.groups[w.of] = newGroup(p)
			}
			list.put(p.groups[w.of], w)
		}
	}
}

func put(marks, others *[]wish, w wish) {
	if w.mark {
		*marks = append(*marks, w)
	} else {
		*others = append(*others, w)
	}
}

func (p *planner) refuse(record zone.Record, reason, message string) {
	p.refusals = append(p.refusals, refusal{Record: record.String(), Reason: reason, Message: message})
}

// result puts the changes of all names into their order.
func (p *planner) result(names []string) plan {
	made := plan{refusals: p.refusals, names: p.names}
	if total := p.cost(names); p.names == nil && p.limit > 0 && total > p.limit {
		made.names = p.choose(names)
		names = slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !made.names[name] })
	}
	edits := zone.Edits{Needs: map[zone.Record][]zone.Record{}}
	change := func(operation zone.Operation, pick func(*group) []zone.Record) {
		for _, name := range names {
			records := pick(p.groups[name])
			slices.SortFunc(records, zone.Compare)
			for _, record := range slices.Compact(records) {
				edits.Changes = append(edits.Changes, zone.Change{Operation: operation, Record: record})
			}
		}
	}
	change(zone.Add, func(g *group) []zone.Record { return g.marking })
	for _, name := range names {
		g := p.groups[name]
		maps.Copy(edits.Needs, g.needs)
		made.unmarked = append(made.unmarked, g.unmarking...)
		if len(g.swap.Taken) == 0 {
			continue
		}
		edits.Swaps = append(edits.Swaps, g.swap)
		for _, record := range g.swap.Taken {
			edits.Changes = append(edits.Changes, zone.Change{Operation: zone.Remove, Record: record})
		}
		for _, record := range g.swap.Given {
			edits.Changes = append(edits.Changes, zone.Change{Operation: zone.Add, Record: record})
		}
	}
	change(zone.Add, func(g *group) []zone.Record { return g.adding })
	change(zone.Remove, func(g *group) []zone.Record { return g.removing })
	change(zone.Remove, func(g *group) []zone.Record { return g.unmarking })
	made.edits = edits
	return made
}

func (p *planner) cost(names []string) (total int) {
	for _, name := range names {
		total += p.groups[name].cost()
	}
	return total
}

// choose gives as many names as the limit allows, and one at least; none is left half-way. The rest comes with later syncs.
func (p *planner) choose(names []string) map[string]bool {
	left, chosen := p.limit, map[string]bool{}
	for _, name := range names {
		if cost := p.groups[name].cost(); cost > 0 && (cost <= left || len(chosen) == 0) {
			chosen[name] = true
			left -= cost
		}
	}
	return chosen
}
