package pause

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestAWaitEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		if !For(t.Context(), time.Second) || time.Since(start) != time.Second {
			t.Errorf("waited %s of a second", time.Since(start))
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		if IfTime(short, time.Second) || time.Since(start) != 0 {
			t.Errorf("waited %s where there was no time", time.Since(start))
		}
		if For(short, time.Minute) || time.Since(start) != time.Second {
			t.Errorf("waited %s for a context of a second", time.Since(start))
		}
	})
}

func TestNoWaitAtAllEndsWithItsContextToo(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range 100 {
		if For(ctx, 0) {
			t.Fatal("whoever is over goes on")
		}
	}
}

func TestASpreadWaitStaysNearItsLength(t *testing.T) {
	for range 1000 {
		if d := Jittered(time.Minute); d < 54*time.Second || d > 66*time.Second {
			t.Fatalf("jittered to %s", d)
		}
		if d := Scattered(time.Minute); d < 45*time.Second || d > 75*time.Second {
			t.Fatalf("scattered to %s", d)
		}
	}
	if Jittered(0) != 0 || Scattered(0) != 0 {
		t.Error("no wait became one")
	}
}
