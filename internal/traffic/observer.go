package traffic

import (
	"context"
	"errors"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Observer is told what happens to requests, for metrics. Its methods are called by many goroutines
// and must not block.
type Observer interface {
	// RequestDone tells of a request that was sent, or that failed on its way out. The code is
	// that of [OutcomeCode].
	RequestDone(function, code string, took time.Duration)
	// LaneWait tells how long a request has waited for its turn, once it has come.
	LaneWait(priority Priority, waited time.Duration)
}

// Codes of outcomes that are no refusal by REG.API.
const (
	// OutcomeTransport: no usable answer came.
	OutcomeTransport = "TRANSPORT"
	// OutcomeCancelled: the caller's context ended.
	OutcomeCancelled = "CANCELLED"
	// OutcomeOther: any other failure, such as a refusal without a code.
	OutcomeOther = "OTHER"
)

// OutcomeCode reduces an error to a label with few values: "" for nil, the error code of a refusal,
// or one of the constants above.
func OutcomeCode(err error) string {
	if err == nil {
		return ""
	}
	if refusal, ok := errors.AsType[*regapi.Error](err); ok && refusal.Code != "" {
		if refusal.Code.Documented() {
			return string(refusal.Code)
		}
		return OutcomeOther // the server's choice of words must not become a label
	}
	if _, ok := errors.AsType[*regapi.TransportError](err); ok {
		return OutcomeTransport
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return OutcomeCancelled
	}
	return OutcomeOther
}

// Observe makes a middleware that tells the observer of every request; nil observes nothing.
func Observe(observer Observer) regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		if observer == nil {
			return next
		}
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			start := time.Now()
			answer, err := next.Do(ctx, request)
			observer.RequestDone(request.Function, OutcomeCode(err), time.Since(start))
			return answer, err
		})
	}
}
