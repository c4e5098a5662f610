package traffic

import (
	"context"
	"fmt"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

type sendSoonKey struct{}

// expiry is until when a request may be sent: within life after begun.
type expiry struct {
	begun time.Time
	life  time.Duration
}

// WithSendSoon keeps the requests of a context from being sent later than life after begun: what they stand on was read then. Both the wall
// clock and the monotonic one count, so that a process that was stopped, or a machine that slept, sends nothing that it decided before.
func WithSendSoon(ctx context.Context, begun time.Time, life time.Duration) context.Context {
	return context.WithValue(ctx, sendSoonKey{}, expiry{begun, life})
}

// over says whether it is too late.
func (e expiry) over(now time.Time) bool {
	age := max(now.Sub(e.begun), now.Round(0).Sub(e.begun.Round(0)))
	return age > e.life
}

// sendSoon refuses requests that come too late. They never left.
func sendSoon() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if e, bounded := ctx.Value(sendSoonKey{}).(expiry); bounded && e.over(time.Now()) {
				return nil, &TooLateError{Function: request.Function, Life: e.life}
			}
			return next.Do(ctx, request)
		})
	}
}

// TooLateError says that a request was not sent, since what it was decided on is too old.
type TooLateError struct {
	Function string
	Life     time.Duration
}

func (e *TooLateError) Error() string {
	return fmt.Sprintf("%s: not sent, since what it stands on was read more than %s ago", e.Function, e.Life)
}

// Unsent is true: the request never left.
func (e *TooLateError) Unsent() bool { return true }

// Class says that it passes: somebody looks again.
func (e *TooLateError) Class() regapi.Class { return regapi.ClassTransient }
