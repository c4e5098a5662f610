package zone

import (
	"maps"
	"slices"
)

// NewPlan compares what an owner declares with what the zone holds.
//
// What is declared is owned: the unit (see UnitOf) of a declared record answers with what is declared and nothing else. A
// declared record that stands already becomes the owner's without a write, and values of somebody else in its unit are
// replaced. What the owner holds and does not declare any more is removed. Everything else stays, unless the policy says to
// prune all; and with it, what belongs to an ACME client, to external-dns or to the registrar. Protected names lose nothing
// under any policy.
//
// Nothing is removed to make room for what does not come: a unit whose declared records are all missing or blocked keeps what
// it holds, and the removal of a replaced value needs one of the additions of its unit. Where a CNAME comes or goes the removal
// has to come first, since REG.API refuses a CNAME beside other records (9.5); then the plan has a Swap, which says what to put
// back.
//
// Additions come before the other removals, so that a name never lacks an answer in between.
func NewPlan(declared Declaration, owned Ownership, current []Record, policy Policy) Plan {
	p := &planner{owned: owned, policy: policy, declared: membership(declared.Records), missing: membership(declared.Missing), spared: map[string][]Record{}}
	p.readMarks(current)
	for _, record := range policy.Spared {
		p.spared[record.Name] = append(p.spared[record.Name], record)
	}
	names := map[string]*nameplan{}
	at := func(name string) *nameplan {
		if names[name] == nil {
			names[name] = &nameplan{planner: p}
		}
		return names[name]
	}
	for record := range p.declared {
		at(record.Name).declared = append(at(record.Name).declared, record)
	}
	for record := range p.missing {
		if !p.declared[record] {
			at(record.Name).declared = append(at(record.Name).declared, record)
		}
	}
	for record := range membership(current) {
		if !record.Registrar() {
			at(record.Name).current = append(at(record.Name).current, record)
		}
	}
	var plan Plan
	for _, name := range slices.Sorted(maps.Keys(names)) {
		names[name].decide()
		names[name].addTo(&plan)
	}
	return plan.inOrder()
}

// planner is what the names of a zone share.
type planner struct {
	declared, missing map[Record]bool
	owned             Ownership
	policy            Policy
	marks             marks
	spared            map[string][]Record // by name
}

// readMarks finds what external-dns says it manages. A text of the owner's own marks nothing, whatever it says.
func (p *planner) readMarks(current []Record) {
	var texts, standing []Record
	for _, record := range current {
		switch {
		case p.owned.Has(record):
		case isMark(record) && p.declared[record]:
		case isMark(record):
			texts = append(texts, record)
		default:
			standing = append(standing, record)
		}
	}
	p.marks = findMarks(texts, standing)
}

// verdict is what happens to a record that the zone holds and nobody declares.
type verdict int

const (
	// leave: it belongs to somebody who is known.
	leave verdict = iota
	// unmanaged: it belongs to nobody who is known, and stays.
	unmanaged
	// drop: it goes, and nothing takes its place.
	drop
	// replace: it goes if a record takes its place.
	replace
)

// nameplan decides for the records of one name.
type nameplan struct {
	*planner
	declared, current []Record

	verdicts map[Record]verdict
	blocked  map[Record]Blocked
	beside   []Blocked
	asked    map[Record]bool // values of somebody else that wait for approval
	waiting  map[Record]bool // declared records that wait with them
	adding   []Record        // in their order
}

func (n *nameplan) decide() {
	sorted(n.declared)
	sorted(n.current)
	n.verdicts, n.blocked = map[Record]verdict{}, map[Record]Blocked{}
	n.asked, n.waiting = map[Record]bool{}, map[Record]bool{}
	for _, record := range n.current {
		if !n.isDeclared(record) {
			n.verdicts[record] = n.judge(record)
		}
	}
	// What is not added keeps what it would replace, which in turn may keep something else from being added.
	for settled := false; !settled; {
		n.findAdditions()
		settled = n.keepWhatNothingReplaces()
	}
}

func (n *nameplan) isDeclared(record Record) bool {
	return n.planner.declared[record] || n.missing[record]
}

// related gives the declared records of a record's unit.
func (n *nameplan) related(record Record) []Record {
	return slices.DeleteFunc(slices.Clone(n.declared), func(d Record) bool { return !sameUnit(d, record) })
}

// judge decides what becomes of a record that is not declared, and what that means for those that are.
func (n *nameplan) judge(record Record) verdict {
	own, related := n.owned.Has(record), n.related(record)
	kept := n.policy.Prune == PruneNone || n.policy.Protects(record)
	switch {
	case n.policy.Kept.Has(record) || slices.ContainsFunc(n.spared[record.Name], func(s Record) bool { return sameUnit(s, record) }):
		return leave
	case len(related) > 0 && kept:
		n.block(related, record, obstacleProtected)
		return leave
	case len(related) > 0 && own:
		return replace
	case len(related) > 0:
		return n.judgeForeign(record, related)
	case own && kept:
		return leave
	case own:
		return drop
	case isChallenge(record.Name) || isMark(record) || n.marks.mayClaim(record) || n.policy.External.Has(record):
		return leave
	case n.policy.Prune == PruneAll && !kept:
		return drop
	default:
		return unmanaged
	}
}

// judgeForeign decides about a value of somebody else in a declared unit.
func (n *nameplan) judgeForeign(record Record, related []Record) verdict {
	if mark, claimed := n.claimed(record); claimed {
		if n.holdsUnit(record) {
			n.beside = append(n.beside, Blocked{Record: related[0], By: record, why: obstacleBeside})
		} else {
			n.block(related, mark, obstacleExternalDNS)
		}
		return leave
	}
	if n.policy.Contested[UnitOf(record)] {
		n.block(related, record, obstacleContested)
		return leave
	}
	asks := n.policy.AskAlways || record.Type == CAA || (n.policy.Ask && !n.holdsUnit(record))
	if asks && !n.policy.Approved.Has(record) {
		n.asked[record] = true
		for _, declared := range related {
			n.waiting[declared] = true
		}
		return leave
	}
	return replace
}

// claimed gives the text by which a record is external-dns's, or the record itself where it is known to have made it.
func (n *nameplan) claimed(record Record) (Record, bool) {
	if n.policy.External.Has(record) {
		return record, true
	}
	return n.marks.claims(record)
}

// holdsUnit says whether the owner holds anything of the unit of a record.
func (n *nameplan) holdsUnit(record Record) bool {
	holds := func(other Record) bool { return sameUnit(other, record) && n.owned.Has(other) }
	return slices.ContainsFunc(n.current, holds) || slices.ContainsFunc(n.declared, holds)
}

func (n *nameplan) block(records []Record, by Record, why obstacle) {
	for _, record := range records {
		if _, already := n.blocked[record]; !already {
			n.blocked[record] = Blocked{Record: record, By: by, why: why, own: n.owned.Has(by)}
		}
	}
}

// stands says whether the zone holds a record.
func (n *nameplan) stands(record Record) bool { return slices.Contains(n.current, record) }

// findAdditions decides which declared records are added.
func (n *nameplan) findAdditions() {
	n.adding = nil
	for _, record := range n.declared {
		if n.stands(record) || n.missing[record] || n.waiting[record] {
			continue
		}
		if _, blocked := n.blocked[record]; blocked {
			continue
		}
		if mark, claimed := n.marks.claims(record); claimed && !n.holdsUnit(record) {
			n.block([]Record{record}, mark, obstacleExternalDNS)
			continue
		}
		if by, why, ok := n.obstacleTo(record); ok {
			n.block([]Record{record}, by, why)
			continue
		}
		n.adding = append(n.adding, record)
	}
}

// obstacleTo finds a record that a new one cannot stand beside, or cannot take the place of.
func (n *nameplan) obstacleTo(record Record) (by Record, why obstacle, ok bool) {
	if record.Type == CNAME && record.Name == apex {
		return record, obstacleApex, true
	}
	for _, other := range n.current {
		if record.Type != CNAME && other.Type != CNAME {
			continue
		}
		verdict, judged := n.verdicts[other]
		if !judged || verdict == leave || verdict == unmanaged {
			return other, obstacleAlias, true
		}
		if _, err := AddAction(other); err != nil {
			return other, obstacleUnrepeatable, true
		}
	}
	return Record{}, 0, false
}

// keepWhatNothingReplaces makes values stay whose unit gets nothing else, and says whether that changes nothing.
func (n *nameplan) keepWhatNothingReplaces() (settled bool) {
	settled = true
	for record, verdict := range n.verdicts {
		if verdict == replace && !slices.ContainsFunc(n.related(record), n.willStand) {
			n.verdicts[record] = leave
			settled = false
		}
	}
	return settled
}

// willStand says whether a declared record stands, or is added.
func (n *nameplan) willStand(record Record) bool {
	return n.stands(record) || slices.Contains(n.adding, record)
}

// addTo puts the decisions for the name into a plan.
func (n *nameplan) addTo(plan *Plan) {
	var removals []Record
	for _, record := range n.current {
		if !isChallenge(record.Name) && !isMark(record) {
			plan.held++
		}
		switch verdict, judged := n.verdicts[record]; {
		case !judged:
			n.adopt(plan, record)
		case verdict == unmanaged:
			plan.Unmanaged = append(plan.Unmanaged, record)
		case verdict == drop:
			removals = append(removals, record)
			if !isChallenge(record.Name) && !isMark(record) {
				plan.lost = append(plan.lost, record)
			}
		case verdict == replace:
			removals = append(removals, record)
			if !n.owned.Has(record) {
				plan.Replaced = append(plan.Replaced, record)
			}
		case n.asked[record]:
			plan.Asked = append(plan.Asked, record)
		}
	}
	for _, record := range n.declared {
		if blocked, ok := n.blocked[record]; ok {
			plan.Blocked = append(plan.Blocked, blocked)
		}
	}
	plan.Beside = append(plan.Beside, n.beside...)
	n.schedule(plan, removals)
}

// adopt makes a declared record that stands the owner's, unless its unit is somebody else's or waits.
func (n *nameplan) adopt(plan *Plan, record Record) {
	_, claimed := n.claimed(record)
	_, blocked := n.blocked[record]
	if !n.owned.Has(record) && !n.waiting[record] && !blocked && (!claimed || n.holdsUnit(record)) {
		plan.Adopted = append(plan.Adopted, record)
	}
}

// schedule orders the changes of the name.
func (n *nameplan) schedule(plan *Plan, removals []Record) {
	additions := n.adding
	comes := slices.ContainsFunc(additions, func(r Record) bool { return r.Type == CNAME })
	var swap Swap
	for _, record := range removals {
		if len(additions) > 0 && (comes || record.Type == CNAME) {
			swap.Taken = append(swap.Taken, record)
			continue
		}
		plan.Changes = append(plan.Changes, Change{Remove, record})
		if n.verdicts[record] == replace && !slices.ContainsFunc(n.related(record), n.stands) {
			plan.need(record, slices.DeleteFunc(n.related(record), func(d Record) bool { return !slices.Contains(n.adding, d) }))
		}
	}
	if len(swap.Taken) > 0 {
		plan.swap(n.completed(swap, additions))
		return
	}
	for _, record := range additions {
		plan.Changes = append(plan.Changes, Change{Add, record})
	}
}

// completed puts the additions into a swap: first what takes the place of what is taken; that is everything where nothing of
// it is of a declared unit.
func (n *nameplan) completed(swap Swap, additions []Record) Swap {
	var others []Record
	for _, record := range additions {
		replaces := func(taken Record) bool { return n.verdicts[taken] == replace && sameUnit(taken, record) }
		if slices.ContainsFunc(swap.Taken, replaces) {
			swap.Given = append(swap.Given, record)
		} else {
			others = append(others, record)
		}
	}
	swap.For = len(swap.Given)
	if swap.For == 0 {
		swap.For = len(others)
	}
	swap.Given = append(swap.Given, others...)
	return swap
}

func (p *Plan) swap(swap Swap) {
	p.Swaps = append(p.Swaps, swap)
	for _, record := range swap.Given[swap.For:] {
		p.need(record, swap.Given[:swap.For])
	}
}

func (p *Plan) need(record Record, additions []Record) {
	if p.Needs == nil {
		p.Needs = map[Record][]Record{}
	}
	p.Needs[record] = additions
}

// inOrder puts the swaps first, each with its removals and additions side by side; then come all additions, then all removals.
func (p Plan) inOrder() Plan {
	var changes, removals []Change
	for _, swap := range p.Swaps {
		for _, record := range swap.Taken {
			changes = append(changes, Change{Remove, record})
		}
		for _, record := range swap.Given {
			changes = append(changes, Change{Add, record})
		}
	}
	for _, change := range p.Changes {
		if change.Operation == Add {
			changes = append(changes, change)
		} else {
			removals = append(removals, change)
		}
	}
	p.Changes = slices.Concat(changes, removals)
	return p
}
