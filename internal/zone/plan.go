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

// Swap is a name at which removals have to come first, because a CNAME shares its name with nothing (9.5, CONFLICT_CNAME).
type Swap struct {
	// Taken are the records that are removed, and come back if nothing comes of the others.
	Taken []Record
	// Given are the records that are added. Those that take the place of what is taken come first, and the others need one
	// of them.
	Given []Record
	// For is how many of Given take the place of what is taken.
	For int
}

// Plan is what has to change in a zone.
type Plan struct {
	// Changes in their order: swaps, additions, removals.
	Changes []Change
	// Needs has, for a change that must not be made in vain, the additions of which one has to come about before it: for a
	// removal those that take its place, and for an addition beside a swap those that the swap is for.
	Needs map[Record][]Record
	// Swaps are the names that are empty for a moment.
	Swaps []Swap

	// Blocked are the declared records that cannot be added as things stand.
	Blocked []Blocked
	// Beside are declared records that answer together with a value of external-dns, which is left.
	Beside []Blocked
	// Adopted are the declared records that the zone holds already, and that are the owner's from now on.
	Adopted []Record
	// Replaced are the values of somebody else that are removed because the owner declares their unit.
	Replaced []Record
	// Asked are the values of somebody else that would be replaced, and wait for approval; with them waits their unit.
	Asked []Record
	// Unmanaged are the records that nobody is known to manage.
	Unmanaged []Record

	// lost are the removed records whose place nothing takes, and held is how many records the guard counts in the zone.
	lost []Record
	held int
}

// Removed gives the records that the plan removes.
func (p Plan) Removed() []Record { return recordsOf(p.Changes, Remove) }

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

// Lines gives the changes as a diff in zone-file notation.
func (p Plan) Lines() []string {
	lines := make([]string, len(p.Changes))
	for i, change := range p.Changes {
		lines[i] = change.String()
	}
	return lines
}

// Hash names exactly this plan, for somebody to approve it once: the number tells it from the same plan that was approved
// before.
func (p Plan) Hash(number int) string { return hashOf(p.Lines(), number) }

// HashOf names exactly these records, as Hash names a plan.
func HashOf(records []Record, number int) string {
	lines := make([]string, len(records))
	for i, record := range records {
		lines[i] = record.String()
	}
	return hashOf(lines, number)
}

func hashOf(lines []string, number int) string {
	text := strings.Join(lines, "\n")
	if number > 0 {
		text += fmt.Sprintf("\n%d", number)
	}
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}

// Blocked is a declared record that is not added as things stand.
type Blocked struct {
	Record Record
	// By is the record that stands in the way.
	By  Record
	why obstacle
	own bool // By is the owner's own
}

// obstacle is a way in which one record keeps another from being added.
type obstacle int

const (
	obstacleAlias obstacle = iota
	obstacleExternalDNS
	obstacleProtected
	obstacleContested
	obstacleUnrepeatable
	obstacleApex
	obstacleBeside
)

// Contested says that somebody else insists on another value.
func (b Blocked) Contested() bool { return b.why == obstacleContested }

// Reason says why and what to do.
func (b Blocked) Reason() string {
	whose := "which this object did not create"
	if b.own {
		whose = "which this object created and has to keep"
	}
	switch b.why {
	case obstacleExternalDNS:
		return fmt.Sprintf("external-dns manages this, as %q says: remove the record here, or the source that external-dns takes it from", b.By)
	case obstacleProtected:
		return fmt.Sprintf("it would take the place of %q, which spec.protected or prune: None keeps: lift that for this name, or declare the record that stands", b.By)
	case obstacleContested:
		return fmt.Sprintf("somebody else sets %q again and again: find out who, and change the spec, or take the record out of it", b.By)
	case obstacleBeside:
		return fmt.Sprintf("external-dns manages %q beside it, so that the name answers with both: remove the record here, or the source that external-dns takes it from", b.By)
	case obstacleApex:
		return "the domain itself cannot be another name's alias, since it holds SOA and NS, and REG.RU has no ALIAS: use a, aaaa, or https with priority 0"
	case obstacleUnrepeatable:
		return fmt.Sprintf("it would take the place of %q, which could not be put back if that failed: replace the record by hand", b.By)
	default:
		return fmt.Sprintf("a CNAME shares its name with no other record, and %q stands there, %s: remove one of the two", b.By, whose)
	}
}

func membership(records []Record) map[Record]bool {
	members := make(map[Record]bool, len(records))
	for _, record := range records {
		members[record] = true
	}
	return members
}

func sorted(records []Record) []Record {
	slices.SortFunc(records, Compare)
	return records
}
