package zone

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// Operation is what a change does with its record.
type Operation string

// The operations.
const (
	Add    Operation = "add"
	Remove Operation = "remove"
)

// Change is one step of a plan.
type Change struct {
	Operation Operation
	Record    Record
}

// String gives the change as a line of a diff in zone-file notation.
func (c Change) String() string {
	if c.Operation == Remove {
		return "- " + c.Record.String()
	}
	return "+ " + c.Record.String()
}

// Ownership names the records that an owner created, and may therefore remove.
type Ownership struct {
	// Confirmed records were read back from the zone after the owner had added them.
	Confirmed Set
	// Pending records were about to be added when the owner was last heard of.
	Pending Set
}

// Has says whether the owner created the record, or was about to.
func (o Ownership) Has(record Record) bool {
	return o.Confirmed.Has(record) || o.Pending.Has(record)
}

// Blocked is a desired record that cannot be added as long as another one stands.
type Blocked struct {
	Record Record
	// By is a record of somebody else.
	By Record
	// externalDNS says that By marks the name as one of external-dns.
	externalDNS bool
}

// Reason says why and what to do.
func (b Blocked) Reason() string {
	if b.externalDNS {
		return fmt.Sprintf("external-dns manages this name, as %q says: remove the record here, or the source that external-dns takes it from", b.By)
	}
	return fmt.Sprintf("a CNAME shares its name with no other record, and %q stands there, which this object did not create: remove one of the two", b.By)
}

// Plan is what has to change in a zone, in this order.
type Plan struct {
	Changes []Change
	Blocked []Blocked
}

// Removed gives the records that the plan removes.
func (p Plan) Removed() []Record { return recordsOf(p.Changes, Remove) }

// Lines gives the changes as a diff in zone-file notation.
func (p Plan) Lines() []string {
	lines := make([]string, len(p.Changes))
	for i, change := range p.Changes {
		lines[i] = change.String()
	}
	return lines
}

// Hash names exactly this plan, for somebody to approve it.
func (p Plan) Hash() string {
	sum := sha256.Sum256([]byte(strings.Join(p.Lines(), "\n")))
	return hex.EncodeToString(sum[:6])
}

// Added gives the records that the plan adds.
func (p Plan) Added() []Record { return recordsOf(p.Changes, Add) }

func recordsOf(changes []Change, operation Operation) []Record {
	var records []Record
	for _, change := range changes {
		if change.Operation == operation {
			records = append(records, change.Record)
		}
	}
	return records
}

// NewPlan compares what the owner desires with what the zone holds.
//
// A record is removed when the owner created it and no longer desires it, or when it took the place of a confirmed
// record that the owner still desires: same name and type, and no more such strangers than confirmed records that
// vanished. Every other record stays, unless the policy says to prune all; and with it, what belongs to an ACME client or
// to external-dns. Protected names lose nothing under any policy, and no name gains anything that external-dns manages.
//
// Removals that make room for a CNAME, or that take a CNAME away from under a new record, come first, because REG.API
// refuses a CNAME beside other records (9.5). Then come all additions, then the other removals, so that a name never
// lacks an answer in between.
func NewPlan(desired []Record, owned Ownership, current []Record, policy Policy) Plan {
	p := planner{
		desired: membership(desired),
		current: membership(current),
		owned:   owned,
		policy:  policy,
	}
	// A text of the owner's own marks nothing, whatever it says.
	p.elsewhere = findExternalDNS(slices.DeleteFunc(slices.Clone(current), func(r Record) bool { return p.desired[r] || owned.Has(r) }))
	p.findRemovals()
	p.findAdditions()
	return p.order()
}

type planner struct {
	desired, current map[Record]bool
	owned            Ownership
	policy           Policy
	elsewhere        externalDNS

	remove, add map[Record]bool
	blocked     []Blocked
}

func membership(records []Record) map[Record]bool {
	members := make(map[Record]bool, len(records))
	for _, record := range records {
		members[record] = true
	}
	return members
}

type rrset struct {
	name string
	kind Type
}

func (p *planner) findRemovals() {
	p.remove = map[Record]bool{}
	vanished, strangers := map[rrset][]Record{}, map[rrset][]Record{}
	for record := range p.current {
		switch {
		case p.desired[record] || p.policy.Prune == PruneNone || p.policy.Protects(record):
		case p.owned.Has(record):
			p.remove[record] = true
		case p.belongsElsewhere(record):
		case p.policy.Prune == PruneAll:
			p.remove[record] = true
		default:
			key := rrset{record.Name, record.Type}
			strangers[key] = append(strangers[key], record)
		}
	}
	for record := range p.desired {
		if !p.current[record] && p.owned.Confirmed.Has(record) {
			key := rrset{record.Name, record.Type}
			vanished[key] = append(vanished[key], record)
		}
	}
	for key, lost := range vanished {
		for _, record := range replacements(lost, strangers[key]) {
			p.remove[record] = true
		}
	}
}

// belongsElsewhere says whether a record that the owner did not create is one of those that give it no trouble and must not
// be removed by any policy.
func (p *planner) belongsElsewhere(record Record) bool {
	return p.elsewhere.mayManage(record.Name) || isChallenge(record.Name) || p.policy.Kept.Has(record) || (record.Name == apex && record.Type == "SOA")
}

// replacements gives the strangers that took the place of vanished records of the same name and type; none when there
// are more candidates than places, since then somebody added at least one of them.
func replacements(vanished, strangers []Record) []Record {
	var candidates []Record
	places := 0
	for _, lost := range vanished {
		if slices.ContainsFunc(strangers, func(s Record) bool { return s.replaces(lost) }) {
			places++
		}
	}
	for _, stranger := range strangers {
		if slices.ContainsFunc(vanished, stranger.replaces) {
			candidates = append(candidates, stranger)
		}
	}
	if len(candidates) > places {
		return nil
	}
	return candidates
}

func (p *planner) findAdditions() {
	staying := map[string][]Record{}
	for record := range p.current {
		if !p.remove[record] {
			staying[record.Name] = append(staying[record.Name], record)
		}
	}
	p.add = map[Record]bool{}
	for record := range p.desired {
		if p.current[record] {
			continue
		}
		if by, managed := p.elsewhere.manages(record.Name); managed {
			p.blocked = append(p.blocked, Blocked{Record: record, By: by, externalDNS: true})
			continue
		}
		if by, ok := obstacle(record, staying[record.Name]); ok {
			p.blocked = append(p.blocked, Blocked{Record: record, By: by})
			continue
		}
		p.add[record] = true
	}
}

// obstacle finds a record that a new one cannot stand beside.
func obstacle(record Record, staying []Record) (Record, bool) {
	slices.SortFunc(staying, Compare)
	for _, other := range staying {
		if record.Type == CNAME || other.Type == CNAME {
			return other, true
		}
	}
	return Record{}, false
}

func (p *planner) order() Plan {
	adding := map[string]bool{}  // names that gain a record
	aliased := map[string]bool{} // names that gain a CNAME
	for record := range p.add {
		adding[record.Name] = true
		aliased[record.Name] = aliased[record.Name] || record.Type == CNAME
	}
	var first, last, additions []Change
	for record := range p.remove {
		change := Change{Remove, record}
		if aliased[record.Name] || (record.Type == CNAME && adding[record.Name]) {
			first = append(first, change)
		} else {
			last = append(last, change)
		}
	}
	for record := range p.add {
		additions = append(additions, Change{Add, record})
	}
	for _, changes := range [][]Change{first, additions, last} {
		slices.SortFunc(changes, func(a, b Change) int { return Compare(a.Record, b.Record) })
	}
	slices.SortFunc(p.blocked, func(a, b Blocked) int { return Compare(a.Record, b.Record) })
	return Plan{Changes: slices.Concat(first, additions, last), Blocked: p.blocked}
}
