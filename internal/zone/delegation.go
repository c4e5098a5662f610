package zone

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// ds is a type that REG.API adds by functions of its own. It is the parent's data at the name of a delegation (RFC 4035, 3.1.4.1).
const ds Type = "DS"

// Delegations are the names of a zone that other name servers answer for. The zone's own name servers refer to those for the
// name and all below it, whatever else the zone holds there (RFC 1034, 4.3.2).
type Delegations struct {
	domain string
	// hosts has the name servers by the name of the delegation. One delegation below another is not among them, since nobody is
	// referred to it.
	hosts map[string]map[string]bool
}

// NewDelegations finds the delegations among all that a zone holds, declared or not. domain is canonical.
//
// The zone's own name delegates nothing, nor does a wildcard, for whose NS there is no definition (RFC 4592, 4.2): it hides
// nothing here.
func NewDelegations(domain string, records []Record) Delegations {
	d := Delegations{domain: domain, hosts: map[string]map[string]bool{}}
	for _, record := range records {
		if record.Type != NS || record.Name == apex || isWildcard(record.Name) {
			continue
		}
		if d.hosts[record.Name] == nil {
			d.hosts[record.Name] = map[string]bool{}
		}
		d.hosts[record.Name][record.Content] = true
	}
	for _, name := range slices.Collect(maps.Keys(d.hosts)) {
		if over, _ := d.Over(name); over != name {
			delete(d.hosts, name)
		}
	}
	return d
}

func isWildcard(name string) bool { return name == "*" || strings.HasPrefix(name, "*.") }

// Over gives the delegation that a name falls under: the one nearest to the domain, at the name or above it.
func (d Delegations) Over(name string) (delegation string, ok bool) {
	for above, more := name, true; more; _, above, more = strings.Cut(above, ".") {
		if d.hosts[above] != nil {
			delegation, ok = above, true
		}
	}
	return delegation, ok
}

// standing is what a delegation makes of a record.
type standing int

const (
	// answered: asked for the record, a name server answers with it, or it refers, with the record in the referral.
	answered standing = iota
	// maybeAnswered: the address of a name server of another delegation, which a referral there need not bring (RFC 9471, 3.2).
	maybeAnswered
	// occluded: never.
	occluded
)

func (d Delegations) standing(record Record) standing {
	delegation, ok := d.Over(record.Name)
	if !ok {
		return answered
	}
	if record.Name == delegation && (record.Type == NS || record.Type == ds) {
		return answered
	}
	if !isAddress(record.Type) {
		return occluded
	}
	host := fullName(record.Name, d.domain)
	if d.hosts[delegation][host] {
		return answered // RFC 9471, 3.1: glue that a referral has to bring.
	}
	for _, hosts := range d.hosts {
		if hosts[host] {
			return maybeAnswered
		}
	}
	return occluded
}

// Answered gives those of the records that the zone's name servers have to answer with, be it in a referral.
func (d Delegations) Answered(records []Record) []Record {
	var visible []Record
	for _, record := range records {
		if d.standing(record) == answered {
			visible = append(visible, record)
		}
	}
	return visible
}

// Occlusion is a delegation and what it hides.
type Occlusion struct {
	// Delegation is the name that other name servers answer for, relative to the zone.
	Delegation string
	// Records are never answered, sorted.
	Records []Record
}

// shownOccluded is how many records an Occlusion names.
const shownOccluded = 3

// String says what is hidden and what to do about it.
func (o Occlusion) String() string {
	shown := make([]string, 0, shownOccluded)
	for _, record := range o.Records[:min(len(o.Records), shownOccluded)] {
		shown = append(shown, record.String())
	}
	list := strings.Join(shown, "; ")
	if more := len(o.Records) - len(shown); more > 0 {
		list += fmt.Sprintf("; and %d more", more)
	}
	return fmt.Sprintf("never answered, since the NS records of %s delegate that name and all below it to other name servers: %s: "+
		"move them to the zone there, or remove the NS records of %s", o.Delegation, list, o.Delegation)
}

// Occluded gives those of the records that no name server of the zone ever answers with, by the delegations that hide them.
// Addresses of the name servers that a delegation names are not among them: they are its glue.
func (d Delegations) Occluded(records []Record) []Occlusion {
	hidden := map[string][]Record{}
	for _, record := range records {
		if d.standing(record) == occluded {
			delegation, _ := d.Over(record.Name)
			hidden[delegation] = append(hidden[delegation], record)
		}
	}
	var occlusions []Occlusion
	for delegation, records := range hidden {
		slices.SortFunc(records, Compare)
		occlusions = append(occlusions, Occlusion{delegation, records})
	}
	slices.SortFunc(occlusions, func(a, b Occlusion) int { return cmp.Compare(a.Delegation, b.Delegation) })
	return occlusions
}
