package otherapi_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/test/otherapi"
)

// trouble is a kind of faults that an instance has.
type trouble struct {
	name   string
	faults map[otherapi.Fault]int // in each phase
	late   time.Duration
}

// A refusal for the rate is not among them: the operator then rests for five minutes, as it should, and a test of its own says so.
var troubles = []trouble{
	{name: "late and slow", late: 1500 * time.Millisecond, faults: map[otherapi.Fault]int{otherapi.FaultSlow: 5}},
	{name: "lies", faults: map[otherapi.Fault]int{otherapi.FaultLie: 3}},
	{name: "lost answers", faults: map[otherapi.Fault]int{otherapi.FaultLostBefore: 2, otherapi.FaultLostAfter: 2}},
	{name: "errors", faults: map[otherapi.Fault]int{
		otherapi.FaultPage500: 1, otherapi.FaultPage502: 1, otherapi.FaultUnavailable: 1, otherapi.FaultInternal: 3,
	}},
}

// combination is an instance that the operator has to get on with.
type combination struct {
	number  int
	partner bool
	habits  otherapi.Habits
	trouble trouble
}

// combinations are all of account kind, duplicates and trouble. The other habits vary over them.
func combinations() []combination {
	var all []combination
	for _, partner := range []bool{false, true} {
		for _, duplicate := range []otherapi.Duplicate{otherapi.DuplicateIgnored, otherapi.DuplicateRefused, otherapi.DuplicateKept} {
			for _, trouble := range troubles {
				c := combination{number: len(all) + 1, partner: partner, trouble: trouble}
				c.habits = habits(rand.New(rand.NewPCG(24, uint64(c.number))))
				c.habits.Duplicate = duplicate
				all = append(all, c)
			}
		}
	}
	return all
}

func habits(random *rand.Rand) otherapi.Habits {
	coin := func() bool { return random.IntN(2) == 0 }
	return otherapi.Habits{
		Numbers:      pick(random, otherapi.NumbersDocumented, otherapi.NumbersSwapped),
		Priority:     pick(random, otherapi.PrioText, otherapi.PrioNumber, otherapi.PrioNull, otherapi.PriorityKey),
		Indented:     coin(),
		Text:         pick(random, otherapi.TextPlain, otherapi.TextQuoted, otherapi.TextStrings),
		CAAQuoted:    coin(),
		PriorityIn:   coin(),
		FinalDots:    coin(),
		Names:        pick(random, otherapi.NamesRelative, otherapi.NamesAbsolute, otherapi.NamesUpper),
		Punycode:     coin(),
		LongIPv6:     coin(),
		RegistrarNS:  pick(random, otherapi.NSRefused, otherapi.NSKept),
		MXLimit:      coin(),
		Errors:       pick(random, otherapi.ErrorsCoded, otherapi.ErrorsSentence, otherapi.ErrorsBare),
		Missing:      pick(random, otherapi.MissingSuccess, otherapi.MissingError),
		ExactRemoval: coin(),
	}
}

func pick[T any](random *rand.Rand, among ...T) T { return among[random.IntN(len(among))] }

func (c combination) String() string {
	kind := map[bool]string{true: "Partner", false: "ordinary"}[c.partner]
	duplicate := c.habits.Duplicate
	if duplicate == otherapi.DuplicateIgnored {
		duplicate = "ignored"
	}
	return fmt.Sprintf("%02d %s, duplicates %s, %s", c.number, kind, duplicate, c.trouble.name)
}

func (c combination) namespace() string { return fmt.Sprintf("combination-%02d", c.number) }

func (c combination) domain() string {
	if c.number%2 == 0 {
		return fmt.Sprintf("пример-%02d.рф", c.number)
	}
	return fmt.Sprintf("example-%02d.ru", c.number)
}

// phases of a combination, each with faults of its own.
const (
	phaseApply = iota + 1
	phaseChange
	phaseDelete
)

func (c combination) seed(phase int) uint64 { return uint64(100*c.number + phase) }

// applied is the first spec, with the highest priority of mail servers that this instance takes.
func (c combination) applied() goal {
	if c.habits.MXLimit {
		return applied(10, "10")
	}
	return applied(20, "20")
}

func TestEachValueOfEachHabitOccurs(t *testing.T) {
	values := map[string]int{"Priority": 4, "Text": 3, "Names": 3, "Errors": 3, "Duplicate": 3} // The others have two.
	seen := map[string]map[any]bool{}
	all := combinations()
	if len(all) != 24 {
		t.Errorf("%d combinations", len(all))
	}
	for _, c := range all {
		habits := reflect.ValueOf(c.habits)
		for i := range habits.NumField() {
			name := habits.Type().Field(i).Name
			if seen[name] == nil {
				seen[name] = map[any]bool{}
			}
			seen[name][habits.Field(i).Interface()] = true
		}
	}
	for name, found := range seen {
		if want := max(2, values[name]); len(found) != want {
			t.Errorf("habit %s has %d values in the combinations, want %d", name, len(found), want)
		}
	}
}
