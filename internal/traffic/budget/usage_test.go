package budget

import (
	"testing"
	"time"
)

func TestALedgerTellsWhenRequestsComeBack(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	old, recent := slotOf(now.Add(-2*time.Hour)), slotOf(now.Add(-10*time.Minute))
	text, err := book{spent: slots{old: 50, recent: 7}, frozenUntil: now.Add(time.Minute)}.encode()
	if err != nil {
		t.Fatal(err)
	}
	usage, err := ReadUsage(text, now)
	if err != nil || usage.Spent != 7 || len(usage.Returns) != 1 || usage.Returns[0].Requests != 7 || !usage.FrozenUntil.Equal(now.Add(time.Minute)) {
		t.Errorf("%+v, %v", usage, err)
	}
	if back := usage.Returns[0].At.Sub(now); back < 49*time.Minute || back > 52*time.Minute {
		t.Errorf("they come back in %s", back)
	}
	if _, err := ReadUsage([]byte("{"), now); err == nil {
		t.Error("a broken ledger tells something")
	}
}
