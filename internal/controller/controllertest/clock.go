package controllertest

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// OrdersClock is the simulator's time, which nobody doubts, for Options that make Orders possible.
type OrdersClock struct{ *regapitest.ManualClock }

// Registrar gives the simulator's time in seconds, as REG.API does.
func (c OrdersClock) Registrar(*account.Connection) (time.Time, bool) {
	return c.Now().UTC().Truncate(time.Second), true
}

// Agrees says that no clock is off.
func (OrdersClock) Agrees(time.Time, time.Time) bool { return true }
