package zone

// SameUnit says whether two records belong to one unit of ownership: see UnitOf. The provider of external-dns decides by it
// what belongs to a DNSZone's spec.
func SameUnit(a, b Record) bool { return sameUnit(a, b) }
