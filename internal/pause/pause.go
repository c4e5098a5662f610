// Package pause waits: for a while, for a context, and by different whiles for those who would otherwise come back together.
//
// It imports nothing of this module. Its functions are safe for concurrent use.
package pause

import (
	"context"
	"math/rand/v2"
	"time"
)

// For waits, and reports whether the context lasts beyond that.
func For(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil // Of two that are ready any may be taken.
	case <-ctx.Done():
		return false
	}
}

// IfTime is For, but waits not at all where the context's deadline comes sooner.
func IfTime(ctx context.Context, delay time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= delay {
		return false
	}
	return For(ctx, delay)
}

// Jittered spreads a wait by a tenth to both sides, so that many who began together do not come back together.
func Jittered(delay time.Duration) time.Duration { return around(delay, delay/10) }

// Scattered spreads a wait by a quarter to both sides, for those who failed together.
func Scattered(delay time.Duration) time.Duration { return around(delay, delay/4) }

func around(delay, spread time.Duration) time.Duration {
	return delay - spread + rand.N(2*spread+1)
}
