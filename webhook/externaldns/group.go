package externaldns

import (
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// group is what an order wants of one name, and what is done about it.
type group struct {
	*planner
	adds, lost, removes       []wish
	marks, lostMarks, unmarks []wish

	// going are the records that are removed, unless their successors do not come; kept are those that stay.
	going, kept map[zone.Record]bool
	// coming are the records that are added, and undone those that stand and go again.
	coming, undone map[zone.Record]bool

	marking, adding, removing, unmarking []zone.Record
	swap                                 zone.Swap
	needs                                map[zone.Record][]zone.Record
}

func newGroup(p *planner) *group {
	return &group{
		planner: p, going: map[zone.Record]bool{}, kept: map[zone.Record]bool{}, coming: map[zone.Record]bool{},
		undone: map[zone.Record]bool{}, needs: map[zone.Record][]zone.Record{},
	}
}

func (g *group) cost() int {
	return len(g.marking) + len(g.adding) + len(g.removing) + len(g.unmarking) + len(g.swap.Taken) + len(g.swap.Given)
}

// classify finds out what has to go, and tells all names.
func (g *group) classify(going map[zone.Record]bool) {
	for _, w := range g.removes {
		record := w.record
		failure, failed := g.failed[zone.Change{Operation: zone.Remove, Record: record}]
		switch {
		case g.wanted[record] || !g.current.Has(record):
		case g.spec[record]:
			g.kept[record] = true
		case record.Registrar():
			g.keep(record, reasonRegistrar, "the name servers of the domain itself are the registrar's: the delegation of the domain changes them")
		case g.protected.Match(record.Name):
			g.keep(record, reasonProtected, "spec.protected of the DNSZone keeps the records of this name")
		case failed:
			g.kept[record] = true
			g.refusals = append(g.refusals, failure)
		default:
			g.going[record], going[record] = true, true
		}
	}
}

func (g *group) keep(record zone.Record, reason, message string) {
	g.kept[record] = true
	g.refuse(record, reason, message)
}

func (g *group) decide() {
	g.undo()
	for _, w := range g.adds {
		if !g.current.Has(w.record) && !g.coming[w.record] && g.mayAdd(w) {
			g.coming[w.record] = true
			g.staying[w.record.Name] = append(g.staying[w.record.Name], w.record)
		}
	}
	g.addMarks()
	g.removeRecords()
	for _, w := range g.adds {
		if g.coming[w.record] && !slices.Contains(g.swap.Given, w.record) {
			g.adding = append(g.adding, w.record)
		}
	}
	g.removeMarks()
}

// undo takes back what the order created before it was seen that somebody else has a record there.
func (g *group) undo() {
	for _, w := range g.adds {
		if by, ok := g.stranger(w); ok && g.added[w.record] && g.current.Has(w.record) {
			g.undone[w.record] = true
			g.removing = append(g.removing, w.record)
			g.refuseStranger(w, by)
		}
	}
}

// stranger finds a record of somebody else that a creation says is not there.
func (g *group) stranger(w wish) (by zone.Record, ok bool) {
	if !w.create {
		return zone.Record{}, false
	}
	for _, other := range g.at[w.record.Name] {
		if other.Type == w.record.Type && !g.wanted[other] && !g.unwanted[other] && !isMarkText(other) && !g.made(other) {
			return other, true
		}
	}
	return zone.Record{}, false
}

func (g *group) refuseStranger(w wish, by zone.Record) {
	g.refuse(w.record, reasonStranger, fmt.Sprintf(
		"%q stands there, which external-dns did not see when it planned and did not make; it would take that over: remove the record, or take the name out of external-dns's sources", by))
}

// mayAdd says whether anything speaks against a record that is not in the zone.
func (g *group) mayAdd(w wish) bool {
	if failure, failed := g.failed[zone.Change{Operation: zone.Add, Record: w.record}]; failed {
		g.refusals = append(g.refusals, failure)
		return false
	}
	if before, refused := g.refused(w.record); refused {
		g.refusals = append(g.refusals, before)
		return false
	}
	mark, unowned := g.badMark(w)
	stranger, beside := g.stranger(w)
	other, obstructed := obstacle(w.record, g.staying[w.record.Name])
	switch record := w.record; {
	case record.Registrar():
		g.refuse(record, reasonRegistrar, "the name servers of the domain itself are the registrar's: the delegation of the domain changes them")
	case record.Type == zone.CNAME && record.Name == "@":
		g.refuse(record, reasonApex, "the domain itself cannot be another name's alias, since it holds SOA and NS, and REG.RU has no ALIAS: give external-dns addresses for it, or move the site to a name such as www")
	case g.spec[record]:
		return false // It comes anyway.
	case g.declares(record):
		g.refuse(record, reasonSpec, "the DNSZone has records of its own of this name and type: take them out of its spec, or the name out of external-dns's sources")
	case record.Type == zone.CAA && g.hasMark(w):
		g.refuse(record, reasonCAA, "external-dns (0.22) cannot read its own ownership text of a CAA record, so that it would never change or remove it: put the record into spec.records of a DNSZone, or use another registry than txt for it")
	case unowned:
		g.refuse(record, reasonUnowned, fmt.Sprintf("its ownership text %q cannot be made, so that external-dns would never change or remove it", mark.Name))
	case beside:
		g.refuseStranger(w, stranger)
	case obstructed:
		g.refuse(record, reasonConflict, fmt.Sprintf("a CNAME shares its name with no other record, and %q stands there: remove one of the two", other))
	case g.unrepeatable(record):
		return false
	default:
		return true
	}
	return false
}

// unrepeatable says whether a record would take the place of one that could not be put back.
func (g *group) unrepeatable(record zone.Record) bool {
	for old := range g.going {
		_, err := zone.AddAction(old)
		if old.Name == record.Name && clash(old, record) && err != nil {
			g.refuse(record, reasonConflict, fmt.Sprintf("it would take the place of %q, which could not be put back if that failed: replace the record by hand", old))
			return true
		}
	}
	return false
}

// obstacle finds a record that a new one cannot stand beside.
func obstacle(record zone.Record, staying []zone.Record) (zone.Record, bool) {
	for _, other := range staying {
		if clash(record, other) {
			return other, true
		}
	}
	return zone.Record{}, false
}

func clash(a, b zone.Record) bool { return a.Type == zone.CNAME || b.Type == zone.CNAME }

// removeRecords removes what has to go, unless its successors do not come.
func (g *group) removeRecords() {
	for _, w := range g.removes {
		record := w.record
		if !g.going[record] || slices.Contains(g.removing, record) || slices.Contains(g.swap.Taken, record) {
			continue
		}
		heirs := g.heirs(record)
		coming := slices.DeleteFunc(slices.Clone(heirs), func(heir zone.Record) bool { return !g.coming[heir] })
		stands := slices.ContainsFunc(heirs, func(heir zone.Record) bool { return g.current.Has(heir) && !g.undone[heir] })
		switch {
		case len(heirs) > 0 && len(coming) == 0 && !stands: // What should take its place does not come.
			g.kept[record] = true
		case slices.ContainsFunc(coming, func(heir zone.Record) bool { return clash(record, heir) }):
			g.take(record, coming)
		default:
			g.removing = append(g.removing, record)
			if !stands && len(coming) > 0 {
				g.needs[record] = coming
			}
		}
	}
	g.swap.For = len(g.swap.Given)
}

// take makes a removal come first, if the ownership texts of what follows can be made.
func (g *group) take(record zone.Record, successors []zone.Record) {
	g.swap.Taken = append(g.swap.Taken, record)
	for _, heir := range successors {
		if !slices.Contains(g.swap.Given, heir) {
			g.swap.Given = append(g.swap.Given, heir)
		}
		if len(g.needs[heir]) > 0 {
			g.needs[record] = append(g.needs[record], g.needs[heir]...)
		}
	}
}

// heirs are the records of the order that take the place of another: those of its type, of addresses of either kind, and
// where a CNAME is among them all of the name.
func (g *group) heirs(record zone.Record) []zone.Record {
	var heirs []zone.Record
	for _, w := range slices.Concat(g.adds, g.lost) {
		heir := w.record
		sameKind := heir.Type == record.Type || (isAddress(heir.Type) && isAddress(record.Type))
		if heir.Name == record.Name && heir != record && (sameKind || clash(heir, record)) {
			heirs = append(heirs, heir)
		}
	}
	return heirs
}

func isAddress(kind zone.Type) bool { return kind == zone.A || kind == zone.AAAA }
