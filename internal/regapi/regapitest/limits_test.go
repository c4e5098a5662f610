package regapitest

import (
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func TestTheHourlyLimitHoldsForAUserInAnyHour(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(3), WithBlockFor(0))
	for range 3 {
		w.clock.Advance(time.Minute)
		if got := w.alice("nop"); got.Result != "success" {
			t.Fatalf("answer %+v", got)
		}
	}
	w.clock.Advance(57 * time.Minute)
	if code := w.alice("nop").ErrorCode; code != refusal.AccountRate {
		t.Errorf("an hour less a moment after the first: %q", code)
	}
	w.clock.Advance(time.Minute)
	if got := w.alice("nop"); got.Result != "success" {
		t.Errorf("an hour after the first: %+v", got)
	}
	if code := w.alice("nop").ErrorCode; code != refusal.AccountRate {
		t.Errorf("the window slides by one request only: %q", code)
	}
	if w.Refusals() != 2 {
		t.Errorf("%d refusals", w.Refusals())
	}
}

func TestTheHourlyLimitHoldsForAnAddressAtTheSameTime(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(3))
	w.alice("nop")
	w.alice("nop")
	w.bob("nop")
	if code := w.bob("nop").ErrorCode; code != refusal.IPRate {
		t.Errorf("code %q", code)
	}
	if got := w.send("user/nop", nil).decode(t); got.ErrorCode != refusal.IPRate {
		t.Errorf("a function that needs no user: %+v", got)
	}
}

func TestRequestsOfEveryKindCount(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(5))
	w.aliceJSON("nop", "{")
	w.call("alice", "wrong", "nop")
	w.alice("no/such_command")
	w.alice("nop", "output_format", "csv")
	w.alice("user/nop")
	if code := w.alice("nop").ErrorCode; code != refusal.AccountRate {
		t.Errorf("code %q", code)
	}
}

func TestABlockFollowsARefusal(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(1), WithBlockFor(2*time.Hour))
	w.alice("nop")
	w.clock.Advance(time.Minute)
	w.alice("nop")
	w.clock.Advance(2*time.Hour - time.Second)
	if code := w.alice("nop").ErrorCode; code != refusal.AccountRate {
		t.Errorf("before the block ends: %q", code)
	}
	w.clock.Advance(time.Second)
	if got := w.alice("nop"); got.Result != "success" {
		t.Errorf("after the block: %+v", got)
	}
}

func TestNoLimitIsNoLimit(t *testing.T) {
	w := newWorld(t, WithHourlyLimit(0))
	for range 1500 {
		if got := w.alice("nop"); got.Result != "success" {
			t.Fatalf("answer %+v", got)
		}
	}
}
