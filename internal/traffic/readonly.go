package traffic

import (
	"context"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// ReadOnly refuses every function but those that the catalogue knows to change nothing; one that it does not know is refused as well. It
// belongs outside of everything else, so that what is refused takes no turn and costs nothing.
func ReadOnly() regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			if catalog.ReadsOnly(request.Function) {
				return next.Do(ctx, request)
			}
			return nil, &ReadOnlyError{Function: request.Function}
		})
	}
}

// ReadOnlyError says that a request was not sent, since it could change something.
type ReadOnlyError struct{ Function string }

// Error returns a stable sentence with the remedy.
func (e *ReadOnlyError) Error() string {
	return fmt.Sprintf("%s: not sent, since the operator runs with --read-only: start it without, if it is to write", e.Function)
}

// Unsent is true: the request never left.
func (e *ReadOnlyError) Unsent() bool { return true }

// Class says that the remedy lies outside of the request.
func (e *ReadOnlyError) Class() regapi.Class { return regapi.ClassBlocked }
