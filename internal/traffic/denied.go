package traffic

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// DefaultProbeInterval is how long refused credentials rest before they are tried again. It is long
// because repeated refusals may block the account, and because a change of the allow-list takes
// up to half an hour anyway.
const DefaultProbeInterval = 15 * time.Minute

// DenialGuard keeps refused credentials from being tried again and again: after an answer of
// [regapi.ClassDenied] every further request fails at once with that same error, until the interval has
// passed and one request may go as a probe. New credentials need a new guard.
type DenialGuard struct {
	interval time.Duration
	now      func() time.Time

	mu      sync.Mutex
	denial  error // nil while the guard is open
	retryAt time.Time
	probing bool
}

// NewDenialGuard makes an open guard; an interval of 0 means [DefaultProbeInterval], a nil clock
// time.Now.
func NewDenialGuard(interval time.Duration, now func() time.Time) *DenialGuard {
	if interval <= 0 {
		interval = DefaultProbeInterval
	}
	if now == nil {
		now = time.Now
	}
	return &DenialGuard{interval: interval, now: now}
}

// Middleware guards the requests that pass it.
func (g *DenialGuard) Middleware() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			probe, denial := g.admit()
			if denial != nil {
				return nil, denial
			}
			if probe {
				defer g.endProbe()
			}
			answer, err := next.Do(ctx, request)
			g.learn(err)
			return answer, err
		})
	}
}

// admit returns the remembered denial, or lets a request pass and tells whether it is a probe.
func (g *DenialGuard) admit() (probe bool, denial error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.denial == nil {
		return false, nil
	}
	if g.probing || g.now().Before(g.retryAt) {
		return false, heldBack{g.denial}
	}
	g.probing = true
	return true, nil
}

// probeRest is the pause after a probe that was sent and told nothing.
const probeRest = time.Minute

// learn draws the conclusion from an outcome. One that says nothing about the credentials, such as
// a lost connection or a caller that gave up, leaves the guard as it is, with the probe still due: at once if it never left, and
// a little later if it did.
func (g *DenialGuard) learn(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case regapi.IsDenied(err):
		g.denial, g.retryAt = err, g.now().Add(g.interval)
	case err == nil || answered(err):
		g.denial = nil
	case !regapi.NeverSent(err):
		g.retryAt = g.now().Add(min(probeRest, g.interval))
	}
}

// endProbe lets the next probe go, also after a probe that panicked.
func (g *DenialGuard) endProbe() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.probing = false
}

// answered reports whether err is a verdict of REG.API that comes after the check of credentials.
func answered(err error) bool {
	refusal, ok := errors.AsType[*regapi.Error](err)
	if !ok || regapi.NeverSent(refusal) {
		return false
	}
	class := refusal.Class()
	return class != regapi.ClassThrottled && class != regapi.ClassTransient
}
