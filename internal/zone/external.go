package zone

import "context"

// SameUnit says whether two records belong to one unit of ownership: see UnitOf. The provider of external-dns decides by it
// what belongs to a DNSZone's spec.
func SameUnit(a, b Record) bool { return sameUnit(a, b) }

// Provenance knows what the provider of external-dns made.
type Provenance interface {
	// Made gives the records that it made in a zone, whose domain is canonical, and whether that is all that is external-dns's
	// there.
	Made(ctx context.Context, domain string) (made Set, complete bool, err error)
}
