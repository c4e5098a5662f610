package account

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestTheClockOfThePodCountsForNothing(t *testing.T) {
	for _, off := range []time.Duration{-48 * time.Hour, 0, 48 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			registrar := time.Now().Add(off)
			connection := &Connection{clock: &registrarClock{}}
			if _, known := connection.RegistrarTime(); known {
				t.Error("it knows the time before anybody has told")
			}
			answers := connection.clock.Middleware(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
				return &regapi.Answer{Date: registrar}, nil
			}))
			if _, err := answers.Do(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			if now, known := connection.RegistrarTime(); !known || !now.Equal(registrar.Add(time.Hour)) {
				t.Errorf("%s off: it is %s instead of %s", off, now, registrar.Add(time.Hour))
			}
		})
	}
}
