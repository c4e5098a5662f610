package externaldns

import (
	"fmt"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// wish is one record that external-dns wants to be there, or to be gone.
type wish struct {
	record zone.Record
	// of is the name, relative to the zone, that the record is about: that of the record itself, or for an ownership text that
	// of the endpoint which the text is for.
	of string
	// mark says that the record is an ownership text.
	mark bool
	// replaced says that other records shall take the place of a record that shall be gone.
	replaced bool
}

// order is what one sync wants of one zone.
type order struct {
	domain      string
	add, remove []wish
	invalid     []refusal
}

// refusal is a record that is not created, or not removed, though external-dns asked for it.
type refusal struct {
	// Record in zone-file notation, or as external-dns wrote it where it cannot be read.
	Record string
	// Reason in one word, and Message with what to do.
	Reason, Message string
	// of is the name that the record is about.
	of string
}

// Reasons of refusals that are not error codes of REG.API.
const (
	reasonInvalid   = "Invalid"
	reasonSpec      = "SpecHasTheName"
	reasonConflict  = "ConflictingRecord"
	reasonProtected = "Protected"
	reasonHeld      = "WritesHeld"
)

// sortOut gives the orders of a sync by zone. Endpoints outside of every zone are dropped; external-dns sends them when it
// asked for the domains before a DNSZone opted out.
func sortOut(asked changes, zones servedZones) map[string]*order {
	orders := map[string]*order{}
	for _, list := range []struct {
		endpoints     []endpoint
		add, replaced bool
	}{{asked.Create, true, false}, {asked.UpdateNew, true, false}, {asked.UpdateOld, false, true}, {asked.Delete, false, false}} {
		for i := range list.endpoints {
			domain, name, ok := zones.find(list.endpoints[i].DNSName)
			if !ok {
				continue
			}
			if orders[domain] == nil {
				orders[domain] = &order{domain: domain}
			}
			orders[domain].take(&list.endpoints[i], name, list.add, list.replaced)
		}
	}
	return orders
}

func (o *order) take(e *endpoint, name string, add, replaced bool) {
	w := wish{of: name, replaced: replaced}
	if owner := e.Labels[ownedRecord]; owner != "" && e.RecordType == string(zone.TXT) {
		w.mark = true
		if canonical, err := zone.CanonicalDomain(owner); err == nil {
			w.of = relative(canonical, o.domain)
		}
	}
	for _, target := range e.Targets {
		var err error
		w.record, err = recordOf(name, o.domain, e.RecordType, target)
		switch {
		case err == nil && add:
			o.add = append(o.add, w)
		case err == nil:
			o.remove = append(o.remove, w)
		case add: // What cannot be read cannot be in the zone, so that its removal needs nothing.
			line := strings.Join([]string{name, e.RecordType, target}, " ")
			o.invalid = append(o.invalid, refusal{Record: line, Reason: reasonInvalid, Message: err.Error(), of: w.of})
		}
	}
}

// rules are what bounds an order in its zone.
type rules struct {
	// spec holds the records that the DNSZone itself asks for, and specNames their names.
	spec      map[zone.Record]bool
	specNames map[string]bool
	policy    zone.Policy
	// refused tells what REG.API refused before.
	refused func(zone.Record) bool
	// limit of changes; 0 for none.
	limit int
}

func newRules(object *v1alpha1.DNSZone, domain string) rules {
	records, _ := zone.FromSpec(object.Spec.Records, domain)
	r := rules{spec: map[zone.Record]bool{}, specNames: map[string]bool{}}
	for _, record := range records {
		r.spec[record], r.specNames[record.Name] = true, true
	}
	for _, pattern := range object.Spec.Protected {
		if canonical, err := zone.CanonicalRelative(pattern, domain); err == nil {
			pattern = canonical
		}
		r.policy.Protected = append(r.policy.Protected, pattern)
	}
	return r
}

// planner turns an order into changes of a zone.
type planner struct {
	*order
	rules
	current zone.Snapshot

	// barred names have a record that is not created; neither are its marks, and nothing there is removed to be replaced.
	barred   map[string]bool
	staying  map[string][]zone.Record
	added    map[zone.Record]bool
	removed  map[zone.Record]bool
	refusals []refusal
}

// plan gives the changes that an order needs in a zone, in their order, and what of the order is refused. It names no record
// that the order does not name. A plan for what the plan has reached is empty.
func (o *order) plan(current zone.Snapshot, r rules) ([]zone.Change, []refusal) {
	p := &planner{order: o, rules: r, current: current,
		barred: map[string]bool{}, staying: map[string][]zone.Record{}, added: map[zone.Record]bool{}, removed: map[zone.Record]bool{}}
	p.refusals = slices.Clone(o.invalid)
	for _, refused := range o.invalid {
		p.barred[refused.of] = true
	}
	p.barRefused()
	p.findRemovals()
	p.findAdditions(false)
	p.findAdditions(true)
	p.keepReplaced()
	return p.limited(p.changes()), p.refusals
}

// barRefused bars the names of records that are known not to come about.
func (p *planner) barRefused() {
	for _, w := range p.add {
		switch {
		case p.specNames[w.of] || p.specNames[w.record.Name]:
			p.barred[w.of] = true
			if !w.mark && !p.spec[w.record] {
				p.refuse(w, reasonSpec, "the DNSZone has records of its own for this name: take them out of its spec, or the name out of external-dns")
			}
		case p.refused(w.record):
			p.barred[w.of] = true
		}
	}
}

func (p *planner) refuse(w wish, reason, message string) {
	p.refusals = append(p.refusals, refusal{Record: w.record.String(), Reason: reason, Message: message, of: w.of})
}

func (p *planner) findRemovals() {
	wanted := map[zone.Record]bool{}
	for _, w := range p.add {
		wanted[w.record] = true
	}
	for _, w := range p.remove {
		switch {
		case wanted[w.record] || !p.current.Has(w.record) || p.spec[w.record] || (w.replaced && p.barred[w.of]):
		case p.policy.Protects(w.record):
			p.refuse(w, reasonProtected, "spec.protected of the DNSZone keeps the records of this name")
		default:
			p.removed[w.record] = true
		}
	}
	for _, record := range p.current.Records() {
		if !p.removed[record] {
			p.staying[record.Name] = append(p.staying[record.Name], record)
		}
	}
}

// findAdditions goes through the marks, or through all other records: a name that gets no record gets no mark either, which
// would keep the DNSZone from having the name.
func (p *planner) findAdditions(marks bool) {
	for _, w := range p.add {
		if w.mark != marks || p.barred[w.of] || p.current.Has(w.record) || p.added[w.record] {
			continue
		}
		if other, ok := obstacle(w.record, p.staying[w.record.Name]); ok {
			p.barred[w.of] = true
			p.refuse(w, reasonConflict, fmt.Sprintf("a CNAME shares its name with no other record, and %q stands there: remove one of the two", other))
			continue
		}
		p.added[w.record] = true
		p.staying[w.record.Name] = append(p.staying[w.record.Name], w.record)
	}
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

// keepReplaced takes back the removals of records whose successors turned out not to come.
func (p *planner) keepReplaced() {
	for _, w := range p.remove {
		if w.replaced && p.barred[w.of] {
			delete(p.removed, w.record)
		}
	}
}

// changes puts the plan into its order. Ownership texts come before the records that they are for, and go after them:
// external-dns never again touches a record that stands there without one.
func (p *planner) changes() []zone.Change {
	adding, aliased := map[string]bool{}, map[string]bool{}
	for record := range p.added {
		adding[record.Name] = true
		aliased[record.Name] = aliased[record.Name] || record.Type == zone.CNAME
	}
	var first, marks, additions, removals, unmarks []zone.Change
	for _, w := range p.remove {
		change := zone.Change{Operation: zone.Remove, Record: w.record}
		switch {
		case !p.removed[w.record]:
			continue
		case aliased[w.record.Name] || (w.record.Type == zone.CNAME && adding[w.record.Name]):
			// REG.API refuses a CNAME while another record holds the name (9.5, CONFLICT_CNAME).
			first = append(first, change)
		case w.mark:
			unmarks = append(unmarks, change)
		default:
			removals = append(removals, change)
		}
		delete(p.removed, w.record) // Named twice, it is removed once.
	}
	for _, w := range p.add {
		change := zone.Change{Operation: zone.Add, Record: w.record}
		switch {
		case !p.added[w.record]:
			continue
		case w.mark:
			marks = append(marks, change)
		default:
			additions = append(additions, change)
		}
		delete(p.added, w.record)
	}
	parts := [][]zone.Change{first, marks, additions, removals, unmarks}
	for _, part := range parts {
		slices.SortFunc(part, func(a, b zone.Change) int { return zone.Compare(a.Record, b.Record) })
	}
	return slices.Concat(parts...)
}

// limited gives the changes of as many names as the limit allows, and of one at least; no name is left half-way. The rest
// comes with the next sync.
func (p *planner) limited(all []zone.Change) []zone.Change {
	if p.limit == 0 || len(all) <= p.limit {
		return all
	}
	perName := map[string]int{}
	for _, change := range all {
		perName[change.Record.Name]++
	}
	left, chosen := p.limit, map[string]bool{}
	for _, change := range all {
		name := change.Record.Name
		if !chosen[name] && (perName[name] <= left || len(chosen) == 0) {
			chosen[name] = true
			left -= perName[name]
		}
	}
	return slices.DeleteFunc(all, func(change zone.Change) bool { return !chosen[change.Record.Name] })
}
