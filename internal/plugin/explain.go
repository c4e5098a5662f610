package plugin

import (
	"context"
	"errors"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
)

// explain adds a remedy to what the libraries say.
func explain(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("it took too long; --timeout gives it more time (%v)", err)
	case apierrors.IsForbidden(err):
		return fmt.Sprintf("%v. Your role does not allow this: look into another namespace with -n, or ask for a role that adds to view or edit (docs/security.md)", err)
	case apierrors.IsConflict(err):
		return fmt.Sprintf("%v. It has changed since you looked: look again", err)
	case meta.IsNoMatchError(err):
		return fmt.Sprintf("%v. The operator is not installed in this cluster: see docs/operations.md", err)
	default:
		return err.Error()
	}
}
