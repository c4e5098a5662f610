package regapi

import (
	"context"
	"math/rand/v2"
	"time"
)

// retryDelays are the pauses before the second and the third try.
var retryDelays = [...]time.Duration{time.Second, 4 * time.Second}

// Retry makes a middleware that tries again, up to twice, what cannot do harm: functions that only
// read, and requests that provably never left (see [NeverSent]). It repeats only after errors that
// may pass by themselves, of [ClassTransient] and [ClassBusy], and gives up when the caller's
// deadline leaves no time for the pause. Put it outside the [Lane], so that a pause does not hold it.
func Retry() Middleware {
	return func(next Handler) Handler {
		return HandlerFunc(func(ctx context.Context, request *Request) (*Answer, error) {
			for _, delay := range retryDelays {
				answer, err := next.Do(ctx, request)
				if !repeatable(request.Function, err) || !pause(ctx, jitter(delay)) {
					return answer, err
				}
			}
			return next.Do(ctx, request)
		})
	}
}

// repeatable reports whether another try may help and can do no harm.
func repeatable(function string, err error) bool {
	class := ClassOf(err)
	if class != ClassTransient && class != ClassBusy {
		return false
	}
	return isRead(function) || NeverSent(err)
}

// jitter returns between three quarters and five quarters of a delay, so that those who failed
// together do not come back together.
func jitter(delay time.Duration) time.Duration {
	return delay*3/4 + rand.N(delay/2)
}

// pause is Sleep, but waits not at all where the context ends sooner.
func pause(ctx context.Context, delay time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= delay {
		return false
	}
	return Sleep(ctx, delay)
}

// Sleep waits, and reports whether the context lasts beyond that.
func Sleep(ctx context.Context, delay time.Duration) bool {
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
