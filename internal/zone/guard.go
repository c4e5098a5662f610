package zone

import "fmt"

// Guard keeps a slip in a spec from emptying a zone.
type Guard struct {
	// MaxPercent of the zone's records that a plan may remove without putting something in their place.
	MaxPercent int
	// MinRecords is the size from which on the percentage counts.
	MinRecords int
}

// DefaultGuard stops plans that remove more than 30 % of ten records or more.
var DefaultGuard = Guard{MaxPercent: 30, MinRecords: 10}

// Objects says why a plan has to be approved first; "" if it need not be.
//
// A removal counts when nothing takes its place; in a zone of MinRecords or more, a replaced value of somebody else counts as
// well. The registrar's own records, the marks of external-dns and ACME challenges count neither as removed nor as held. A
// plan that would leave nothing of what the zone held, and puts nothing in its place, has to be approved in every zone.
func (g Guard) Objects(plan Plan) string {
	removed, held := len(plan.lost), plan.held
	if removed > 0 && removed == held && len(plan.Added()) == 0 {
		return fmt.Sprintf("it removes all %d records and adds none", held)
	}
	if held < g.MinRecords {
		return ""
	}
	if removed += len(plan.Replaced); removed*100 > held*g.MaxPercent {
		return fmt.Sprintf("it removes %d of %d records, more than %d %%", removed, held, g.MaxPercent)
	}
	return ""
}

// Guarded gives the removals that the guard counts, which are what an approval is about.
func (p Plan) Guarded() []Record { return append(append([]Record(nil), p.lost...), p.Replaced...) }
