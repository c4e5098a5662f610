package regapi

// matchElements returns the element of the answer for each reference, nil where there is none. An
// element belongs to a reference by its number, else by type and name, else by its name, else by the
// caller's own id; and by its position where the answer is as long as the request and the two do not contradict.
func matchElements(refs []DomainRef, elements []object) []object {
	m := matcher{refs: refs, matched: make([]object, len(refs)), left: make([]object, len(elements))}
	copy(m.left, elements)
	m.byKey(func(ref DomainRef) string { return idKey(ref.ServiceID) },
		func(element object) string { return idKey(parseID(element.text("service_id"))) })
	m.byKey(func(ref DomainRef) string { return typedName(ref.ServType, ref.Name) },
		func(element object) string { return typedName(element.text("servtype"), element.text("dname")) })
	m.byKey(func(ref DomainRef) string { return CanonicalName(ref.Name) },
		func(element object) string { return CanonicalName(element.text("dname")) })
	m.byKey(func(ref DomainRef) string { return ref.UserServID },
		func(element object) string { return element.text("user_servid") })
	m.byPosition()
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
	matched []object // by reference
	left    []object // elements without a reference yet; nil once used
}

// byKey pairs in order of appearance what has the same key; an empty key pairs nothing.
func (m *matcher) byKey(refKey func(DomainRef) string, elementKey func(object) string) {
	waiting := map[string][]int{}
	for i, ref := range m.refs {
		if key := refKey(ref); key != "" && m.matched[i] == nil {
			waiting[key] = append(waiting[key], i)
		}
	}
	for i, element := range m.left {
		if element == nil {
			continue
		}
		if queue := waiting[elementKey(element)]; len(queue) > 0 {
			m.matched[queue[0]] = element
			waiting[elementKey(element)] = queue[1:]
			m.left[i] = nil
		}
	}
}

// byPosition pairs what is left, at the same place of lists of the same length.
func (m *matcher) byPosition() {
	if len(m.left) != len(m.refs) {
		return
	}
	for i, ref := range m.refs {
		if element := m.left[i]; m.matched[i] == nil && element != nil && !contradicts(ref, element) {
			m.matched[i], m.left[i] = element, nil
		}
	}
}

// contradicts reports whether an element says of itself that it belongs to another reference.
func contradicts(ref DomainRef, element object) bool {
	if id := parseID(element.text("service_id")); id != 0 && ref.ServiceID != 0 {
		return id != ref.ServiceID
	}
	if name := element.text("dname"); name != "" && ref.Name != "" {
		return CanonicalName(name) != CanonicalName(ref.Name)
	}
	return false
}
