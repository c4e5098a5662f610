package folder

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// held is a domain that lies in a folder.
func held(id regapi.ID, name string) Service { return Service{ID: id, Name: name, Type: "domain"} }

func TestAPlanIsTheDifferenceOfWhatIsWantedAndWhatIsHeld(t *testing.T) {
	one, two, three := held(1, "one.ru"), held(2, "two.ru"), held(3, "three.ru")
	hosting := Service{ID: 9, Name: "one.ru", Type: "srv_hosting_ispmgr"}
	all := []Service{one, two, three, hosting}
	to := Target{ID: 77, Name: "other"}
	for name, c := range map[string]struct {
		wanted []Member
		held   []Service
		policy Policy
		lines  []string
		kept   int // services of others
	}{
		"into an empty folder":                  {[]Member{{1, "one.ru"}, {ID: 9}}, nil, Policy{}, []string{"+ service 9", "+ one.ru"}, 0},
		"what is there already":                 {[]Member{{1, "one.ru"}}, []Service{one}, Policy{}, nil, 0},
		"a number that is not known":            {[]Member{{Name: "one.ru"}}, []Service{one}, Policy{Exclusive: true}, nil, 0},
		"a number that has changed":             {[]Member{{5, "one.ru"}}, []Service{one}, Policy{Exclusive: true}, nil, 0},
		"one member twice":                      {[]Member{{1, "one.ru"}, {Name: "one.ru"}, {ID: 1}}, nil, Policy{}, []string{"+ one.ru"}, 0},
		"the hosting of a domain is not it":     {[]Member{{1, "one.ru"}}, []Service{hosting}, Policy{}, []string{"+ one.ru"}, 1},
		"others' services stay":                 {nil, all, Policy{}, nil, 4},
		"what was declared leaves":              {nil, all, Policy{Owned: IDsOf(1, 9)}, []string{"- one.ru", "- srv_hosting_ispmgr of one.ru (service 9)"}, 2},
		"an exclusive folder":                   {[]Member{{2, "two.ru"}}, []Service{one, two}, Policy{Exclusive: true}, []string{"- one.ru"}, 0},
		"what may not be touched":               {nil, []Service{one, two}, Policy{Exclusive: true, MayTouch: func(s Service) bool { return s.ID == 1 }}, []string{"- one.ru"}, 1},
		"what somebody else wants moves to him": {nil, []Service{one, two}, Policy{Owned: IDsOf(1, 2), Destination: func(s Service) (Target, bool) { return to, s.ID == 1 }}, []string{"- two.ru", "> one.ru to other"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			plan := New(c.wanted, c.held, c.policy)
			if diff := cmp.Diff(c.lines, slices.Concat(nil, plan.Lines())); diff != "" || len(plan.Foreign) != c.kept {
				t.Errorf("%d are left alone; lines (-want +got):\n%s", len(plan.Foreign), diff)
			}
		})
	}
}

func TestTheGuardStopsWhatEmptiesAFolder(t *testing.T) {
	plan := func(held, removed, moved, added int) Plan {
		return Plan{Held: held, Remove: make([]Service, removed), Move: make([]Move, moved), Add: make([]Member, added)}
	}
	for name, c := range map[string]struct {
		plan  Plan
		stops bool
	}{
		"nothing leaves":                 {plan(100, 0, 0, 5), false},
		"a share that is allowed":        {plan(100, 30, 0, 0), false},
		"more than that":                 {plan(100, 31, 0, 0), true},
		"additions do not make up":       {plan(100, 31, 0, 50), true},
		"what moves is not lost":         {plan(100, 0, 100, 0), false},
		"a small folder":                 {plan(9, 8, 0, 0), false},
		"everything of a small one":      {plan(2, 2, 0, 0), true},
		"everything, for something else": {plan(2, 2, 0, 1), false},
	} {
		if why := DefaultGuard.Objects(c.plan); (why != "") != c.stops {
			t.Errorf("%s: %q", name, why)
		}
	}
}

func TestAHashNamesExactlyOnePlanOnce(t *testing.T) {
	one, other := Plan{Remove: []Service{{ID: 1, Name: "a.ru"}}}, Plan{Remove: []Service{{ID: 2, Name: "a.ru"}}}
	same := Plan{Remove: []Service{{ID: 1, Name: "a.ru"}}}
	if one.Hash(0) != same.Hash(0) || one.Hash(0) == other.Hash(0) || one.Hash(0) == one.Hash(1) {
		t.Errorf("%s, %s and %s", one.Hash(0), other.Hash(0), one.Hash(1))
	}
}

func TestASetOfServicesIsWrittenInAFewBytesEach(t *testing.T) {
	set := IDs{}
	for n := range regapi.ID(3000) {
		set.Add(40_000_000 + n*97)
	}
	encoded := set.Bytes()
	if diff := cmp.Diff(set, ParseIDs(encoded)); diff != "" || len(encoded) > 9000 {
		t.Errorf("%d bytes; (-want +got):\n%s", len(encoded), diff)
	}
	for _, broken := range [][]byte{{0}, {0xff}, {5, 0, 7}, {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01}} {
		for id := range ParseIDs(broken) {
			if id <= 0 {
				t.Errorf("%v: service %d", broken, id)
			}
		}
	}
}

// apply is what a folder holds after a plan.
func apply(plan Plan, before []Service) []Service {
	gone := plan.Removed()
	for _, move := range plan.Move {
		gone.Add(move.ID)
	}
	after := slices.DeleteFunc(slices.Clone(before), func(s Service) bool { return gone.Has(s.ID) })
	for _, member := range plan.Add {
		after = append(after, held(member.ID, member.Name))
	}
	return after
}

// names of the domains in the fuzz test, each with a number of its own.
var fuzzNames = []string{"a.ru", "b.ru", "xn--e1afmkfd.xn--p1ai", "d.ru", "e.ru", "f.ru", "g.ru", "h.ru"}

func FuzzPlan(f *testing.F) {
	f.Add(uint8(0b1011), uint8(0b0110), uint8(0b1111), uint8(0b0001), false, false)
	f.Add(uint8(0), uint8(0xff), uint8(0xff), uint8(0), true, true)
	f.Fuzz(func(t *testing.T, wantedBits, heldBits, ownedBits, untouchable uint8, exclusive, moves bool) {
		var wanted []Member
		var before []Service
		owned := IDs{}
		for n, name := range fuzzNames {
			id := regapi.ID(n + 1)
			if wantedBits&(1<<n) != 0 {
				wanted = append(wanted, Member{id, name})
			}
			if heldBits&(1<<n) != 0 {
				before = append(before, held(id, name))
			}
			if ownedBits&(1<<n) != 0 {
				owned.Add(id)
			}
		}
		policy := Policy{
			Exclusive: exclusive, Owned: owned,
			MayTouch:    func(s Service) bool { return untouchable&(1<<(s.ID-1)) == 0 },
			Destination: func(s Service) (Target, bool) { return Target{ID: 77}, moves && s.ID%2 == 0 },
		}
		plan := New(wanted, before, policy)
		after := apply(plan, before)
		if missing := Missing(wanted, after); len(missing) > 0 {
			t.Errorf("missing %v", missing)
		}
		if again := New(wanted, after, policy); !again.Empty() {
			t.Errorf("a second plan: %v", again.Lines())
		}
		left := plan.Removed()
		for _, move := range plan.Move {
			left.Add(move.ID)
		}
		for id := range left {
			if wantedBits&(1<<(id-1)) != 0 || untouchable&(1<<(id-1)) != 0 || (!exclusive && !owned.Has(id)) {
				t.Errorf("service %d is taken out", id)
			}
		}
		if diff := cmp.Diff(owned, ParseIDs(owned.Bytes())); diff != "" {
			t.Errorf("the set reads back otherwise:\n%s", diff)
		}
	})
}
