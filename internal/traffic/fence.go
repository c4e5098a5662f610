package traffic

import (
	"context"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// Fence sends nothing that could change something while this process does not lead: what it has begun another one does by now, and it would be
// done twice. It belongs innermost, so that no time goes by between the look and the request; leads is asked for each.
func Fence(leads func() bool) regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if leads() || catalog.ReadsOnly(request.Function) {
				return next.Do(ctx, request)
			}
			return nil, &NotLeadingError{Function: request.Function}
		})
	}
}

// NotLeadingError says that a request was not sent, since another process leads, or may.
type NotLeadingError struct{ Function string }

// Error returns a stable sentence.
func (e *NotLeadingError) Error() string {
	return fmt.Sprintf("%s: not sent, since another replica of the operator may lead by now", e.Function)
}

// Unsent is true: the request never left.
func (e *NotLeadingError) Unsent() bool { return true }

// Class says that it passes: who leads does it.
func (e *NotLeadingError) Class() regapi.Class { return regapi.ClassTransient }
