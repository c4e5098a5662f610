package portion

import (
	"math/rand/v2"
	"testing"
)

// send gives a list to an API that fails portions as it likes, and tells which elements were blamed and how many requests it took.
func send(s *Size, count int, fails func(from, to int) (failed, strain bool)) (blamed []int, gaveUp bool, requests int) {
	for at := 0; at < count; {
		to := min(at+s.Next(), count)
		requests++
		failed, strain := fails(at, to)
		if !failed {
			s.Passed(to - at)
			at = to
			continue
		}
		switch s.Failed(to-at, strain) {
		case Blame:
			blamed = append(blamed, at)
			at = to
		case GiveUp:
			return blamed, true, requests
		}
	}
	return blamed, false, requests
}

func spoiledBy(bad ...int) func(from, to int) (bool, bool) {
	return func(from, to int) (bool, bool) {
		for _, element := range bad {
			if from <= element && element < to {
				return true, false
			}
		}
		return false, false
	}
}

func TestTheElementThatSpoilsAListIsBlamedAlone(t *testing.T) {
	for range 200 {
		bad := rand.IntN(1000)
		s := New(1000)
		blamed, gaveUp, requests := send(s, 1000, spoiledBy(bad))
		if gaveUp || len(blamed) != 1 || blamed[0] != bad || requests > 40 {
			t.Fatalf("element %d: blamed %v with %d requests, gave up: %t", bad, blamed, requests, gaveUp)
		}
		send(s, 10_000, spoiledBy())
		if s.Next() != 1000 {
			t.Fatalf("element %d: portions of %d remained", bad, s.Next())
		}
	}
}

func TestWhatIsTooLargeIsAskedForInPortionsThatAreRemembered(t *testing.T) {
	tooLarge := func(from, to int) (bool, bool) { return to-from > 300, true }
	s := New(1000)
	failed := 0
	counted := func(from, to int) (bool, bool) {
		fails, strain := tooLarge(from, to)
		if fails {
			failed++
		}
		return fails, strain
	}
	const lists = 200
	total := 0
	for range lists {
		blamed, gaveUp, requests := send(s, 1000, counted)
		if blamed != nil || gaveUp {
			t.Fatalf("blamed %v, gave up: %t", blamed, gaveUp)
		}
		total += requests
	}
	if failed > 15 || total > 5*lists {
		t.Errorf("%d lists cost %d requests, of which %d failed", lists, total, failed)
	}
	for range 200 {
		send(s, 1000, spoiledBy())
	}
	if s.Next() != 1000 {
		t.Errorf("portions of %d remained when larger ones passed again", s.Next())
	}
}

func TestWhenNothingPassesNobodyIsToBlameAndOneRequestIsEnoughToAskAgain(t *testing.T) {
	for _, strain := range []bool{false, true} {
		s := New(1000)
		down := func(int, int) (bool, bool) { return true, strain }
		if blamed, gaveUp, requests := send(s, 1000, down); !gaveUp || len(blamed) > 32 || requests > 50 {
			t.Errorf("blamed %d after %d requests, gave up: %t", len(blamed), requests, gaveUp)
		}
		if _, gaveUp, requests := send(s, 1000, down); !gaveUp || requests != 1 {
			t.Errorf("%d requests to find the same again, gave up: %t", requests, gaveUp)
		}
		if _, _, requests := send(s, 2000, spoiledBy()); requests > 3 {
			t.Errorf("%d requests afterwards", requests)
		}
	}
}

func TestNeighboursThatAreAllBadAreBlamedAndHideNobody(t *testing.T) {
	bad := []int{500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510, 511, 512, 513, 514, 515, 516, 517, 518, 519}
	if blamed, gaveUp, requests := send(New(1000), 1000, spoiledBy(bad...)); gaveUp || len(blamed) != len(bad) || requests > 100 {
		t.Errorf("blamed %v with %d requests, gave up: %t", blamed, requests, gaveUp)
	}
}

func TestEveryElementIsSentOrBlamedWhateverFails(t *testing.T) {
	dice := rand.New(rand.NewPCG(3, 1))
	for range 500 {
		s := New(1 + dice.IntN(1000))
		bad := make([]int, dice.IntN(12))
		for i := range bad {
			bad[i] = dice.IntN(3000)
		}
		blamed, gaveUp, requests := send(s, 3000, spoiledBy(bad...))
		for _, element := range blamed {
			if failed, _ := spoiledBy(bad...)(element, element+1); !failed {
				t.Fatalf("element %d was blamed beside %v", element, bad)
			}
		}
		if gaveUp || requests > 10_000 {
			t.Fatalf("%v: gave up after %d requests", bad, requests)
		}
	}
}
