package traffic

import (
	"context"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestWhatWasDecidedTooLongAgoIsNotSent(t *testing.T) {
	sent := 0
	handler := sendSoon()(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
		sent++
		return &regapi.Answer{}, nil
	}))
	do := func(begun time.Time) error {
		_, err := handler.Do(WithSendSoon(t.Context(), begun, 30*time.Second), &regapi.Request{Function: "service/renew"})
		return err
	}
	if err := do(time.Now()); err != nil || sent != 1 {
		t.Errorf("a fresh decision: %d sent, %v", sent, err)
	}
	if err := do(time.Now().Add(-time.Minute)); !regapi.NeverSent(err) || sent != 1 {
		t.Errorf("an old decision: %d sent, %v", sent, err)
	}
	// The wall clock alone has gone on: the machine slept.
	if err := do(time.Now().Round(0).Add(-time.Minute)); !regapi.NeverSent(err) || sent != 1 {
		t.Errorf("after a sleep: %d sent, %v", sent, err)
	}
}
