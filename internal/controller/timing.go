package controller

import (
	"math/rand/v2"
	"time"
)

// Every waiting time of the controllers, with its reason. None is shorter than the thing that it waits for takes.
const (
	// throttledDelay: the allowance is counted over a sliding hour, so that a few minutes bring some of it back.
	throttledDelay = 5 * time.Minute
	// busyDelay: billing locks and orders take seconds to minutes.
	busyDelay = time.Minute
	// pollDelay: what has to change lies with people: a domain is bought, delegated or paid for.
	pollDelay = 15 * time.Minute
	// probeDelay: denied credentials are tried rarely, since repetition may block the account; a new Secret is noticed at once.
	probeDelay = 20 * time.Minute
	// DefaultReleaseGrace: how long a deletion waits for an Account or Secret that is gone, so that a namespace can always be deleted.
	DefaultReleaseGrace = 5 * time.Minute

	// reconcileTimeout ends a reconciliation that waits for what never comes. A batch may have to wait for its turn, and for
	// requests of a minute before it.
	reconcileTimeout = 10 * time.Minute

	// firstLook and lastLook bound the wait between two questions to the authoritative name servers, which take from seconds
	// to many minutes to publish a change.
	firstLook = 5 * time.Second
	lastLook  = 10 * time.Minute

	// firstBackoff and lastBackoff bound the wait after a failure that may pass.
	firstBackoff = 2 * time.Second
	lastBackoff  = 15 * time.Minute
)

// jittered spreads a wait by a tenth to both sides, so that many objects do not wake at once.
func jittered(d time.Duration) time.Duration {
	return d - d/10 + rand.N(d/5+1)
}
