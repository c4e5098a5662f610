package traffic

import (
	"context"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// OnlyReading is for who looks what would be done: nothing that could change something is sent for him, whatever code he goes through.
func OnlyReading(ctx context.Context) context.Context {
	return context.WithValue(ctx, onlyReadingKey{}, true)
}

type onlyReadingKey struct{}

// ReadOnly refuses every function but those that the catalogue knows to change nothing, always or for who is [OnlyReading] alone; one that
// it does not know is refused as well. It belongs outside of everything else, so that what is refused takes no turn and costs nothing.
func ReadOnly(always bool) regapi.Middleware {
	return func(next regapi.Handler) regapi.Handler {
		return regapi.HandlerFunc(func(ctx context.Context, request *regapi.Request) (*regapi.Answer, error) {
			onlyLooks := ctx.Value(onlyReadingKey{}) != nil
			if (always || onlyLooks) && !catalog.ReadsOnly(request.Function) {
				return nil, &ReadOnlyError{Function: request.Function, OnlyLooks: onlyLooks}
			}
			return next.Do(ctx, request)
		})
	}
}

// ReadOnlyError says that a request was not sent, since it could change something.
type ReadOnlyError struct {
	Function string
	// OnlyLooks says that who asked was [OnlyReading].
	OnlyLooks bool
}

// Error returns a stable sentence with the remedy.
func (e *ReadOnlyError) Error() string {
	if e.OnlyLooks {
		return fmt.Sprintf("%s: not sent, since a plan changes nothing: this is a mistake of the operator, which its developers want to know", e.Function)
	}
	return fmt.Sprintf("%s: not sent, since the operator runs with --read-only: start it without, if it is to write", e.Function)
}

// Unsent is true: the request never left.
func (e *ReadOnlyError) Unsent() bool { return true }

// Class says that the remedy lies outside of the request.
func (e *ReadOnlyError) Class() regapi.Class { return regapi.ClassBlocked }
