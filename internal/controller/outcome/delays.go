package outcome

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
)

// How long each outcome waits, with its reason. None is shorter than the thing that it waits for takes.
const (
	// throttledDelay: the allowance is counted over a sliding hour, so that a few minutes bring some of it back.
	throttledDelay = 5 * time.Minute
	// progressDelay: what failed among successes is tried again as soon as others have had their turn. Every such attempt leaves less to do.
	progressDelay = time.Second / 2
	// busyDelay: billing locks and orders take seconds to minutes.
	busyDelay = time.Minute
	// passingDelay: an Account tells when it can be used, but for the cases in which nothing of its status has changed.
	passingDelay = time.Minute
	// pollDelay: what has to change lies with people: a domain is bought, delegated or paid for.
	pollDelay = 15 * time.Minute
	// probeDelay: denied credentials are tried rarely, since repetition may block the account; a new Secret is noticed at once.
	probeDelay = 20 * time.Minute
)

// Poll is how long to wait for what lies with people and wakes nobody.
func Poll() time.Duration { return pause.Jittered(pollDelay) }
