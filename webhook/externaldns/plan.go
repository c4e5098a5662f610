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
	// kind is the type that the record is about; "" for an ownership text that can be about any of the name's.
	kind zone.Type
	// mark says that the record is an ownership text.
	mark bool
	// create says that external-dns has seen nothing of the name and type.
	create bool
}

// about says whether one of two wishes for a name is the ownership text of the other.
func (w wish) about(other wish) bool {
	return w.of == other.of && (w.kind == other.kind || w.kind == "" || other.kind == "")
}

// order is what one sync wants of one zone.
type order struct {
	domain      string
	add, remove []wish
	// lost are records to add that cannot be read. They have a name, a type and no content. Ownership texts among them can also
	// lie outside of the zone, and then their name is a complete one.
	lost []wish
	// invalid says why they are lost.
	invalid []refusal
}

// refusal is a record that is not created, or not removed, though external-dns asked for it.
type refusal struct {
	// Record in zone-file notation, or as external-dns wrote it where it cannot be read.
	Record string
	// Reason in one word, and Message with what to do.
	Reason, Message string
	// final says that REG.API refused the record itself.
	final bool
}

// Reasons of refusals that are not error codes of REG.API.
const (
	reasonInvalid   = "Invalid"
	reasonStray     = "OwnershipOutsideTheZone"
	reasonUnowned   = "OwnershipRefused"
	reasonCAA       = "OwnershipUnreadable"
	reasonSpec      = "SpecHasTheName"
	reasonStranger  = "SomebodyElsesRecord"
	reasonConflict  = "ConflictingRecord"
	reasonApex      = "AliasOfTheDomain"
	reasonRegistrar = "RegistrarsRecord"
	reasonProtected = "Protected"
	reasonHeld      = "WritesHeld"
	reasonEmpty     = "NameEmpty"
)

// sortOut gives the orders of a sync by zone. Endpoints outside of every zone are dropped; external-dns sends them when it
// asked for the domains before a DNSZone opted out.
func sortOut(asked changes, zones servedZones) ordersByZone {
	orders := ordersByZone{}
	for _, list := range []struct {
		endpoints   []endpoint
		add, create bool
	}{{asked.Create, true, true}, {asked.UpdateNew, true, false}, {asked.UpdateOld, false, false}, {asked.Delete, false, false}} {
		for i := range list.endpoints {
			e := &list.endpoints[i]
			domain, name, ok := zones.find(e.DNSName)
			if !ok {
				if owner, of, served := zones.find(e.Labels[ownedRecord]); served && list.add {
					orders.of(owner).strayed(e, of)
				}
				continue
			}
			orders.of(domain).take(e, name, list.add, list.create)
		}
	}
	for _, o := range orders {
		o.readMarks()
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

// strayed takes note of an ownership text for a record of the zone that would lie outside of it, as mx-example.ru does, or that
// has a name which is none.
func (o *order) strayed(e *endpoint, of string) {
	message := "this ownership text would lie outside of the zone, so that external-dns would never own its record: give external-dns --txt-prefix=_edns-%{record_type}. with its final dot"
	if strings.HasPrefix(of, "*") {
		message = "this ownership text has a star within its name, which REG.RU cannot keep, so that external-dns would never own its record: give external-dns --txt-wildcard-replacement=_wildcard"
	}
	o.invalid = append(o.invalid, refusal{Record: e.DNSName + " TXT", Reason: reasonStray, Message: message})
	o.lost = append(o.lost, wish{record: zone.Record{Name: e.DNSName, Type: zone.TXT}, of: of, mark: true})
}

// isMark says whether an endpoint is an ownership text of the registry txt, which says whose it is whether or not it is
// encrypted; a text in clear is one even if it does not.
func isMark(e *endpoint) bool {
	if e.RecordType != string(zone.TXT) {
		return false
	}
	return e.Labels[ownedRecord] != "" || (len(e.Targets) > 0 && strings.HasPrefix(unquoted(e.Targets[0]), heritage))
}

func (o *order) take(e *endpoint, name string, add, create bool) {
	w := wish{of: name, kind: zone.Type(e.RecordType), mark: isMark(e), create: create}
	if w.mark {
		w.kind = ""
	}
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

// readMarks finds out for the ownership texts which of the records of their name they are about.
func (o *order) readMarks() {
	kinds := map[string]map[zone.Type]bool{}
	for _, list := range [][]wish{o.add, o.remove, o.lost} {
		for _, w := range list {
			if kinds[w.of] == nil {
				kinds[w.of] = map[zone.Type]bool{}
			}
			if !w.mark {
				kinds[w.of][w.kind] = true
			}
		}
	}
	for _, list := range [][]wish{o.add, o.remove, o.lost} {
		for i := range list {
			if w := &list[i]; w.mark {
				w.kind = markedKind(w.record.Name, w.of, kinds[w.of])
			}
		}
	}
}

// markedKind gives the type that the name of an ownership text holds besides the name that it is about, and "" where it can be
// about several of those that there are.
func markedKind(mark, of string, kinds map[zone.Type]bool) zone.Type {
	isSeparator := func(r rune) bool { return strings.ContainsRune("-._*@", r) }
	words := map[string]int{}
	for word := range strings.FieldsFuncSeq(strings.ToLower(mark), isSeparator) {
		words[word]++
	}
	for word := range strings.FieldsFuncSeq(of, isSeparator) {
		words[word]--
	}
	var found []zone.Type
	for kind := range kinds {
		if words[strings.ToLower(string(kind))] > 0 || len(kinds) == 1 {
			found = append(found, kind)
		}
	}
	if len(found) != 1 {
		return ""
	}
	return found[0]
}

// rules are what bounds an order in its zone.
type rules struct {
	// spec holds the records that the DNSZone itself asks for, and declared those and the ones that it asks for in vain, by their
	// names.
	spec      map[zone.Record]bool
	declared  map[string][]zone.Record
	protected zone.Patterns
	// made tells what the provider made before.
	made func(zone.Record) bool
	// refused tells what REG.API refused before.
	refused func(zone.Record) (refusal, bool)
	// limit of changes; 0 for none.
	limit int
}

// progress is what has come of an order so far. The zero value is the beginning.
type progress struct {
	// failed are the changes that did not come about.
	failed map[zone.Change]refusal
	// added are the records that the order itself has added.
	added map[zone.Record]bool
	// unmarked are ownership texts that were removed, and come back if their records did not go.
	unmarked map[zone.Record]bool
	// left are records that were taken away and come back as soon as they can.
	left []zone.Record
	// names that the limit lets this sync touch; nil for all.
	names map[string]bool
}

// newRules gives what a DNSZone bounds, which may be nil.
func newRules(object *v1alpha1.DNSZone, domain string) rules {
	r := rules{spec: map[zone.Record]bool{}, declared: map[string][]zone.Record{}}
	if object == nil {
		return r
	}
	records, invalid := zone.FromSpec(object.Spec.Records, domain)
	for _, record := range records {
		r.spec[record] = true
		r.declared[record.Name] = append(r.declared[record.Name], record)
	}
	for _, entry := range invalid {
		if entry.Wanted.Type != "" {
			r.declared[entry.Wanted.Name] = append(r.declared[entry.Wanted.Name], entry.Wanted)
		}
	}
	r.protected, _ = zone.ReadPatterns(object.Spec.Protected, domain)
	return r
}

// declares says whether the DNSZone has records of its own in the unit of a record, or an alias where the record is none.
func (r rules) declares(record zone.Record) bool {
	for _, declared := range r.declared[record.Name] {
		if zone.SameUnit(declared, record) || declared.Type == zone.CNAME || record.Type == zone.CNAME {
			return true
		}
	}
	return false
}
