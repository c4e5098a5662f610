package zone

import (
	"slices"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// What was taken away comes back whole: a record that is back already does not stand in the way of the others, and what somebody
// has put there since does.
func TestWhatWasTakenComesBackWholeUnlessTheNameHoldsSomethingElse(t *testing.T) {
	one, two := Record{Name: "www", Type: A, Content: "192.0.2.1"}, Record{Name: "www", Type: A, Content: "192.0.2.2"}
	other := Record{Name: "www", Type: A, Content: "192.0.2.9"}
	taken := []Record{one, two}
	for name, c := range map[string]struct {
		held       []Record
		back, kept []Record
	}{
		"nothing is there":              {nil, taken, taken},
		"one is back":                   {[]Record{two}, []Record{one}, taken},
		"both are back":                 {taken, nil, nil},
		"somebody has put one there":    {[]Record{other}, nil, nil},
		"one is back, and another came": {[]Record{two, other}, nil, nil},
		"another name holds something":  {[]Record{{Name: "ftp", Type: A, Content: "192.0.2.1"}}, taken, taken},
	} {
		t.Run(name, func(t *testing.T) {
			listed := regapi.ZoneRecords{}
			for _, record := range c.held {
				listed.Records = append(listed.Records, regapi.ResourceRecord{Subname: record.Name, Rectype: string(record.Type), Content: record.Content})
			}
			zone := NewSnapshot(listed)
			if back := recordsOf(Restore(taken, zone), Add); !slices.Equal(back, c.back) {
				t.Errorf("%v come back, want %v", back, c.back)
			}
			if kept := Unrestored(taken, zone); !slices.Equal(kept, c.kept) {
				t.Errorf("%v are kept in mind, want %v", kept, c.kept)
			}
		})
	}
}
