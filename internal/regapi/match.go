package regapi

import (
	"bytes"
	"encoding/json"
)

// element is one of the answer, as far as it tells what it is about.
type element struct {
	raw                        json.RawMessage
	members                    object
	id                         ID
	name, servType, userServID string
	// contradicted says that the answer tells something else of the same thing.
	contradicted bool
}

// identify reads what an element is about; one that is no object is about nothing.
func identify(raw json.RawMessage) (element, bool) {
	members, ok := decodeObject(raw)
	return element{
		raw: raw, members: members, id: parseID(members.text("service_id")), name: CanonicalName(members.text("dname")),
		servType: members.text("servtype"), userServID: members.text("user_servid"),
	}, ok
}

// match returns the element of the answer for each reference, a zero one where there is none. An
// element belongs to a reference by its number, else by type and name, else by its name, else by the
// caller's own id; and by its position where the answer is as long as the request and the two do not contradict.
//
// Where the answer tells several things of one reference the worst counts: a failure before a success. Two successes that
// differ contradict each other.
func (l listCall) match(raw []json.RawMessage) []element {
	m := matcher{refs: l.refs, matched: make([]element, len(l.refs)), left: make([]*element, len(raw))}
	for i := range raw {
		if identified, ok := identify(raw[i]); ok {
			m.left[i] = &identified
		}
	}
	m.byKey(func(ref DomainRef) string { return idKey(ref.ServiceID) }, func(e *element) string { return idKey(e.id) })
	m.byKey(func(ref DomainRef) string { return typedName(ref.ServType, ref.Name) },
		func(e *element) string { return typedName(e.servType, e.name) })
	m.byKey(func(ref DomainRef) string { return CanonicalName(ref.Name) }, func(e *element) string { return e.name })
	m.byKey(func(ref DomainRef) string { return ref.UserServID }, func(e *element) string { return e.userServID })
	m.byPosition()
	m.compareRivals(l)
	return m.matched
}

// idKey is "" for no number.
func idKey(id ID) string {
	if id == 0 {
		return ""
	}
	return id.String()
}

// typedName is "" unless both are there: services of one domain share its name.
func typedName(servType, name string) string {
	if servType == "" || name == "" {
		return ""
	}
	return servType + " " + CanonicalName(name)
}

// matcher pairs references with elements; each element is used once.
type matcher struct {
	refs    []DomainRef
	matched []element  // by reference
	left    []*element // elements without a reference yet; nil once used, and for what is no object
}

func (m *matcher) take(ref, element int) {
	m.matched[ref], m.left[element] = *m.left[element], nil
}

// byKey pairs in order of appearance what has the same key; an empty key pairs nothing.
func (m *matcher) byKey(refKey func(DomainRef) string, elementKey func(*element) string) {
	waiting := map[string][]int{}
	for i, ref := range m.refs {
		if key := refKey(ref); key != "" && m.matched[i].raw == nil {
			waiting[key] = append(waiting[key], i)
		}
	}
	for i, e := range m.left {
		if e == nil {
			continue
		}
		if queue := waiting[elementKey(e)]; len(queue) > 0 {
			waiting[elementKey(e)] = queue[1:]
			m.take(queue[0], i)
		}
	}
}

// byPosition pairs what is left, at the same place of lists of the same length.
func (m *matcher) byPosition() {
	if len(m.left) != len(m.refs) {
		return
	}
	for i, ref := range m.refs {
		if e := m.left[i]; m.matched[i].raw == nil && e != nil && !contradicts(ref, e) {
			m.take(i, i)
		}
	}
}

// compareRivals looks at what is left and speaks of a reference that has its element already.
func (m *matcher) compareRivals(call listCall) {
	byName := map[string]int{}
	for i, ref := range m.refs {
		if ref.Name != "" {
			byName[CanonicalName(ref.Name)] = i
		}
		if ref.ServiceID != 0 {
			byName[idKey(ref.ServiceID)] = i
		}
	}
	for _, rival := range m.left {
		if rival == nil {
			continue
		}
		i, known := byName[idKey(rival.id)]
		if !known || rival.id == 0 {
			i, known = byName[rival.name]
		}
		if !known || m.matched[i].raw == nil || contradicts(m.refs[i], rival) {
			continue
		}
		if chosen := &m.matched[i]; rival.servType == chosen.servType && !bytes.Equal(rival.raw, chosen.raw) {
			*chosen = call.worse(*chosen, *rival)
		}
	}
}

// worse gives the one of two elements that failed, and of two successes one that is contradicted.
func (l listCall) worse(chosen, rival element) element {
	switch {
	case !l.accepts(chosen.members):
		return chosen
	case !l.accepts(rival.members):
		return rival
	default:
		chosen.contradicted = true
		return chosen
	}
}

func (l listCall) accepts(members object) bool {
	if l.succeeded != nil {
		return l.succeeded(members)
	}
	return members.succeeded()
}

// contradicts reports whether an element says of itself that it belongs to another reference.
func contradicts(ref DomainRef, e *element) bool {
	if e.id != 0 && ref.ServiceID != 0 {
		return e.id != ref.ServiceID
	}
	return e.name != "" && ref.Name != "" && e.name != CanonicalName(ref.Name)
}
