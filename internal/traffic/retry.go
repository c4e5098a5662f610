package traffic

import (
	"context"
	"time"

	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// retryDelays are the pauses before the second and the third try.
var retryDelays = [...]time.Duration{time.Second, 4 * time.Second}

// Retry makes a middleware that tries again, up to twice, what cannot do harm: functions that only
// read, and requests that provably never left (see [regapi.NeverSent]). It repeats only after errors that
// may pass by themselves, of [regapi.ClassTransient] and [regapi.ClassBusy], and gives up when the caller's
// deadline leaves no time for the pause. Put it outside the [Lane], so that a pause does not hold it.
func Retry() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			for _, delay := range retryDelays {
				answer, err := next.Do(ctx, request)
				if !repeatable(request.Function, err) || !pause.IfTime(ctx, pause.Scattered(delay)) {
					return answer, err
				}
			}
			return next.Do(ctx, request)
		})
	}
}

// repeatable reports whether another try may help and can do no harm.
func repeatable(function string, err error) bool {
	class := regapi.ClassOf(err)
	if class != regapi.ClassTransient && class != regapi.ClassBusy {
		return false
	}
	return catalog.Repeatable(function) || regapi.NeverSent(err)
}
