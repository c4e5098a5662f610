package purchase

import (
	"math/rand/v2"
	"testing"
)

// anything is a world in which everything may happen, often.
func anything(kind uint8) *world {
	return newWorld(1+int(kind&1), func(w *world) {
		w.left = faults{kill: 9, lose: 9, late: 9, after: 9, save: 1, restore: 1, outage: 3, edit: 9, foreign: 2, touch: 9, auto: 2, dear: 2, limit: 4}
		w.reg.services[0].autoFlag = true
		w.reg.guarded = kind&2 != 0
		w.ceiling = 450_00
		if kind&4 != 0 && kind&1 == 0 {
			registration(w)
		}
	})
}

// follow follows one history, of which each step is chosen.
func follow(t *testing.T, w *world, choose func(moves int) (choice int, more bool)) {
	t.Helper()
	var names []string
	for {
		moves := w.moves(blind{})
		if len(moves) == 0 {
			return
		}
		choice, more := choose(len(moves))
		if !more {
			return
		}
		m := moves[choice]
		m.happen(w)
		w.check()
		if names = append(names, m.name); w.broken != "" {
			t.Fatalf("%s after %q", w.broken, names)
		}
	}
}

func TestLongHistoriesKeepThePromises(t *testing.T) {
	for seed := range uint64(300) {
		chance, left := rand.New(rand.NewPCG(seed, 0)), 300
		follow(t, anything(uint8(seed)), func(moves int) (int, bool) {
			left--
			return chance.IntN(moves), left > 0
		})
	}
}

// Each byte chooses what happens next.
func FuzzAnyHistory(f *testing.F) {
	f.Add([]byte{0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0}, uint8(0))
	f.Add([]byte{0, 0, 5, 0, 9, 3, 0, 7, 0, 200, 31, 4, 0, 0, 12}, uint8(1))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}, uint8(6))
	f.Fuzz(func(t *testing.T, choices []byte, kind uint8) {
		follow(t, anything(kind), func(moves int) (int, bool) {
			if len(choices) == 0 {
				return 0, false
			}
			next := int(choices[0]) % moves
			choices = choices[1:]
			return next, true
		})
	})
}
