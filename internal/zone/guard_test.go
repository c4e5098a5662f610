package zone

import (
	"fmt"
	"testing"
)

func TestAGuardStopsPlansThatRemoveTooMuch(t *testing.T) {
	many := func(n int) (records []Record) {
		for i := range n {
			records = append(records, addr(fmt.Sprintf("host-%d", i), "192.0.2.1"))
		}
		return records
	}
	servers := []Record{{Name: "@", Type: NS, Content: "ns1.reg.ru."}, {Name: "@", Type: NS, Content: "ns2.reg.ru."}}
	for name, test := range map[string]struct {
		declared, foreign int // of a hundred records of the owner
		held              int
		extra             []Record
		objects           bool
	}{
		"nothing removed":                       {declared: 100, held: 100},
		"just as much as allowed":               {declared: 70, held: 100},
		"one more":                              {declared: 69, held: 100, objects: true},
		"some of a small zone":                  {declared: 1, held: 7},
		"everything of a small zone":            {declared: 0, held: 7, objects: true},
		"everything but the registrar's own":    {declared: 0, held: 7, extra: servers, objects: true},
		"everything but an ACME challenge":      {declared: 0, held: 7, extra: []Record{text("_acme-challenge", "token")}, objects: true},
		"everything that was the owner's alone": {declared: 0, held: 7, extra: []Record{text("@", "somebody's")}},
		"a small zone's only record":            {declared: 0, held: 1, objects: true},
	} {
		all := many(test.held)
		plan := NewPlan(Declare(all[:test.declared]...), Ownership{Confirmed: SetOf(all...)}, append(all, test.extra...), Policy{})
		if why := DefaultGuard.Objects(plan); (why != "") != test.objects {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestAGuardCountsReplacedValuesInLargeZones(t *testing.T) {
	for held, objects := range map[int]bool{9: false, 10: true} {
		var declared, current []Record
		for i := range held {
			declared = append(declared, addr(fmt.Sprintf("host-%d", i), "192.0.2.1"))
			current = append(current, addr(fmt.Sprintf("host-%d", i), "192.0.2.66"))
		}
		if why := DefaultGuard.Objects(NewPlan(Declare(declared...), Ownership{}, current, Policy{})); (why != "") != objects {
			t.Errorf("first contact with %d values of somebody else: %q", held, why)
		}
		if why := DefaultGuard.Objects(NewPlan(Declare(declared...), Ownership{Confirmed: SetOf(current...)}, current, Policy{})); why != "" {
			t.Errorf("%d values of the owner's are changed: %q", held, why)
		}
	}
}
