package externaldns

import (
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
}

// order is what one sync wants of one zone.
type order struct {
	domain      string
	add, remove []wish
	// lost are records to add that cannot be read, and invalid says why. They have a name, a type and no content.
	lost    []wish
	invalid []refusal
}

// refusal is a record that is not created, or not removed, though external-dns asked for it.
type refusal struct {
	// Record in zone-file notation, or as external-dns wrote it where it cannot be read.
	Record string
	// Reason in one word, and Message with what to do.
	Reason, Message string
}

// Reasons of refusals that are not error codes of REG.API.
const (
	reasonInvalid   = "Invalid"
	reasonStray     = "OwnershipOutsideTheZone"
	reasonSpec      = "SpecHasTheName"
	reasonConflict  = "ConflictingRecord"
	reasonProtected = "Protected"
	reasonHeld      = "WritesHeld"
)

// sortOut gives the orders of a sync by zone. Endpoints outside of every zone are dropped; external-dns sends them when it
// asked for the domains before a DNSZone opted out.
func sortOut(asked changes, zones servedZones) ordersByZone {
	orders := ordersByZone{}
	for _, list := range []struct {
		endpoints []endpoint
		add       bool
	}{{asked.Create, true}, {asked.UpdateNew, true}, {asked.UpdateOld, false}, {asked.Delete, false}} {
		for i := range list.endpoints {
			e := &list.endpoints[i]
			domain, name, ok := zones.find(e.DNSName)
			if !ok {
				if owner, _, served := zones.find(e.Labels[ownedRecord]); served && list.add {
					orders.of(owner).strayed(e)
				}
				continue
			}
			orders.of(domain).take(e, name, list.add)
		}
	}
	return orders
}

// ordersByZone are orders by the domain of their zone.
type ordersByZone map[string]*order

func (o ordersByZone) of(domain string) *order {
	if o[domain] == nil {
		o[domain] = &order{domain: domain}
	}
	return o[domain]
}

// strayed takes note of an ownership text for a record of the zone that would lie outside of it, as mx-example.ru does.
func (o *order) strayed(e *endpoint) {
	o.invalid = append(o.invalid, refusal{
		Record: e.DNSName + " TXT", Reason: reasonStray,
		Message: "this ownership text would lie outside of the zone, so that external-dns never owns its record: give external-dns --txt-prefix=_edns-%{record_type}. with its final dot",
	})
}

// isMark says whether an endpoint is an ownership text of the registry txt, which says whose it is whether or not it is
// encrypted; a text in clear is one even if it does not.
func isMark(e *endpoint) bool {
	if e.RecordType != string(zone.TXT) {
		return false
	}
	return e.Labels[ownedRecord] != "" || (len(e.Targets) > 0 && strings.HasPrefix(unquoted(e.Targets[0]), heritage))
}

func (o *order) take(e *endpoint, name string, add bool) {
	w := wish{of: name, mark: isMark(e)}
	if canonical, err := zone.CanonicalDomain(e.Labels[ownedRecord]); w.mark && err == nil {
		w.of = zone.Relative(canonical, o.domain)
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
			o.invalid = append(o.invalid, refusal{Record: line, Reason: reasonInvalid, Message: err.Error()})
			w.record = zone.Record{Name: name, Type: zone.Type(e.RecordType)}
			o.lost = append(o.lost, w)
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
	// rehearse plans as if everything that is added came about.
	rehearse bool
}

// progress is what has come of an order so far. The zero value is the beginning.
type progress struct {
	// failed are the changes that did not come about.
	failed map[zone.Change]bool
	// taken are records that were removed, and come back if what should follow does not.
	taken map[zone.Record]bool
	// names that the limit lets this sync touch; nil for all.
	names map[string]bool
}

// newRules gives what a DNSZone bounds, which may be nil.
func newRules(object *v1alpha1.DNSZone, domain string) rules {
	r := rules{spec: map[zone.Record]bool{}, specNames: map[string]bool{}}
	if object == nil {
		return r
	}
	records, _ := zone.FromSpec(object.Spec.Records, domain)
	for _, record := range records {
		r.spec[record], r.specNames[record.Name] = true, true
	}
	r.policy.Protected, _ = zone.ReadPatterns(object.Spec.Protected, domain)
	return r
}
