package zone

// sameUnit says whether two records of one name belong to one unit of ownership: what is declared of the unit is all that the
// unit answers.
//
// The unit is the record set, of a name and a type. A CNAME belongs to the unit of the addresses of its name as well, whose
// place it takes. A text is a unit by itself, unless it is of a kind of which a name has one: see KindOf.
func sameUnit(a, b Record) bool {
	switch {
	case a.Name != b.Name:
		return false
	case a.Type == TXT && b.Type == TXT:
		return a == b || (KindOf(a) != "" && KindOf(a) == KindOf(b))
	case a.Type == b.Type:
		return true
	default:
		return (a.Type == CNAME && isAddress(b.Type)) || (b.Type == CNAME && isAddress(a.Type))
	}
}

func isAddress(kind Type) bool { return kind == A || kind == AAAA }

// UnitOf names the unit of a record for people and for the memory of its owner: the name and the type, and the kind or the
// text itself where the unit is smaller than that.
func UnitOf(r Record) string {
	switch kind := KindOf(r); {
	case kind != "":
		return r.Name + " TXT " + kind
	case r.Type == TXT:
		return r.String()
	case r.Type == CNAME || isAddress(r.Type):
		return r.Name + " A/AAAA/CNAME"
	default:
		return r.Name + " " + string(r.Type)
	}
}

// Registrar says whether a record is the registrar's own: SOA and name servers of the zone itself. They stand in no spec and
// in nobody's plan; what changes them is the delegation of the domain (8.20).
func (r Record) Registrar() bool {
	return r.Type == "SOA" || (r.Name == apex && r.Type == NS)
}
