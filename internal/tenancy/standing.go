package tenancy

import (
	"cmp"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// Standing is what a DNSZone counts for.
type Standing struct {
	Zone    *v1alpha1.DNSZone
	Account *v1alpha1.Account
	// Login that the zone is claimed through.
	Login string

	own, rules bool
}

// Precedes says which of two objects of one login rules their zone: one in the Account's own namespace comes first, then the one that has
// ruled, then the older.
func (s Standing) Precedes(rival Standing) bool {
	return cmp.Or(first(s.own, rival.own), s.compare(rival)) < 0
}

// Outweighs says which of two objects of different logins is taken for a name: the one at the more trusted endpoint, then the one that has ruled,
// then the older.
func (s Standing) Outweighs(rival Standing, trust Trust) bool {
	return cmp.Or(cmp.Compare(trust.Rank(s.Account.Spec.Endpoint), trust.Rank(rival.Account.Spec.Endpoint)), s.compare(rival)) < 0
}

func (s Standing) compare(rival Standing) int {
	return cmp.Or(
		first(s.rules, rival.rules),
		s.Zone.CreationTimestamp.Compare(rival.Zone.CreationTimestamp.Time),
		cmp.Compare(s.Zone.UID, rival.Zone.UID),
	)
}

// first puts what holds before what does not.
func first(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
