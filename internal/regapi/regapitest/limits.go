package regapitest

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// limitWindow is the length of the sliding window of rate limits (1.2).
const limitWindow = time.Hour

// limiter counts the requests of users and of addresses. A request must fit both limits; one that is refused does not count.
//
// What follows a refusal is documented as "temporary blocking" without a length: here the key stays blocked for the time of [WithBlockFor], and
// longer while its window is still full.
type limiter struct {
	limit    int
	blockFor time.Duration
	usage    map[limitKey]*usage
	refusals int
}

type limitKey struct{ kind, name string }

type usage struct {
	times        []time.Time
	blockedUntil time.Time
}

func newLimiter(limit int, blockFor time.Duration) *limiter {
	return &limiter{limit: limit, blockFor: blockFor, usage: map[limitKey]*usage{}}
}

// admit counts one request of a user (empty when unknown) from an address, or refuses it.
func (l *limiter) admit(login, address string, now time.Time) *refusal.Error {
	if l.limit <= 0 {
		return nil
	}
	keys := []limitKey{{"address", address}}
	if login != "" {
		keys = []limitKey{{"account", login}, {"address", address}}
	}
	for _, key := range keys {
		if l.full(key, now) {
			l.refusals++
			if key.kind == "account" {
				return refusal.New(refusal.AccountRate)
			}
			return refusal.New(refusal.IPRate)
		}
	}
	for _, key := range keys {
		l.usage[key].times = append(l.usage[key].times, now)
	}
	return nil
}

// full tells whether a key may make no request now, and starts its block when it has just gone over its limit.
func (l *limiter) full(key limitKey, now time.Time) bool {
	u := l.usage[key]
	if u == nil {
		u = &usage{}
		l.usage[key] = u
	}
	expired := 0
	for expired < len(u.times) && !u.times[expired].After(now.Add(-limitWindow)) {
		expired++
	}
	u.times = u.times[expired:]
	if now.Before(u.blockedUntil) {
		return true
	}
	if len(u.times) < l.limit {
		return false
	}
	u.blockedUntil = now.Add(l.blockFor)
	return true
}
