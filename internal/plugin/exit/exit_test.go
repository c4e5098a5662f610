package exit_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/regapi-io/regapi-operator/internal/plugin/exit"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestEveryFailureEndsWithTheCodeOfItsKind(t *testing.T) {
	zones := schema.GroupResource{Group: "regapi.io", Resource: "dnszones"}
	for _, c := range []struct {
		err  error
		want exit.Code
	}{
		{nil, exit.Fine},
		{exit.ErrFindings, exit.Findings},
		{exit.With(exit.Usage, errors.New("what?")), exit.Usage},
		{apierrors.NewNotFound(zones, "a"), exit.Usage},
		{apierrors.NewForbidden(zones, "a", errors.New("no")), exit.Cluster},
		{errors.New("connection refused"), exit.Cluster},
		{&regapi.Error{Code: regapi.CodeDomainNotFound}, exit.Registrar},
		{apierrors.NewTimeoutError("slow", 1), exit.Timeout},
		{context.DeadlineExceeded, exit.Timeout},
	} {
		if got := exit.Of(wrap(c.err)); got != c.want {
			t.Errorf("%v ends with %d, not %d", c.err, got, c.want)
		}
	}
	if exit.With(exit.Usage, nil) != nil {
		t.Error("no error became one")
	}
}

func wrap(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("do something: %w", err)
}
