package zone

import "testing"

func TestASetSurvivesItsBytes(t *testing.T) {
	set := SetOf(universe...)
	parsed := ParseSet(append(set.Bytes(), 1, 2, 3))
	if parsed.Len() != len(universe) {
		t.Errorf("%d members, want %d", parsed.Len(), len(universe))
	}
	for _, record := range universe {
		if !parsed.Has(record) {
			t.Errorf("%s is lost", record)
		}
	}
	if parsed.Has(addr("other", "192.0.2.1")) {
		t.Error("a record that was never added is a member")
	}
	if SetOf().Bytes() != nil {
		t.Error("the empty set has bytes")
	}
}
