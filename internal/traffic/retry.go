package traffic

import (
	"context"
	"errors"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// retryDelays are the pauses before the second and the third try.
var retryDelays = [...]time.Duration{time.Second, 4 * time.Second}

type onceKey struct{}

// Once lets [Retry] send the requests of a context a single time: for callers that have a queue, and must not be held up by a
// pause. What they may do themselves say [Repeatable] and [RetryDelay].
func Once(ctx context.Context) context.Context { return context.WithValue(ctx, onceKey{}, true) }

// Retry makes a middleware that tries again, up to twice, what cannot do harm: see [Repeatable]. It gives up when the caller's
// deadline leaves no time for the pause. Put it outside the [Lane], so that a pause does not hold it.
func Retry() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if ctx.Value(onceKey{}) != nil {
				return next.Do(ctx, request)
			}
			for tries := 1; ; tries++ {
				answer, err := next.Do(ctx, request)
				delay, again := RetryDelay(tries)
				if !again || !Repeatable(request.Function, err) || !pause.IfTime(ctx, delay) {
					return answer, err
				}
			}
		})
	}
}

// RetryDelay is the pause after so many tries, and whether there is another one.
func RetryDelay(tries int) (time.Duration, bool) {
	if tries < 1 || tries > len(retryDelays) {
		return 0, false
	}
	return pause.Scattered(retryDelays[tries-1]), true
}

// Repeatable reports whether another try of a function soon after a failure may help and can do no harm: it only reads, or the
// request provably never left (see [regapi.NeverSent]), and the failure may pass by itself ([regapi.ClassTransient] and
// [regapi.ClassBusy]). Whoever was turned away at the door does not knock again.
func Repeatable(function string, err error) bool {
	class := regapi.ClassOf(err)
	if class != regapi.ClassTransient && class != regapi.ClassBusy {
		return false
	}
	if failure, ok := errors.AsType[*regapi.TransportError](err); ok && failure.TurnedAway() {
		return false
	}
	return catalog.Repeatable(function) || regapi.NeverSent(err)
}
