// Package exit says with which code the plugin ends, so that scripts can tell what happened.
//
// It knows the errors of the API server's client and of REG.API, and no verb. Start reading at Of.
package exit

import (
	"context"
	"errors"
	"net"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Code is what the process ends with.
type Code int

// The codes.
const (
	// Fine: everything is as it should be.
	Fine Code = 0
	// Findings: the answer is there, and it has findings or differences.
	Findings Code = 1
	// Usage: what was asked for cannot be understood, or does not exist.
	Usage Code = 2
	// Cluster: the API server is out of reach, or refuses.
	Cluster Code = 3
	// Registrar: REG.API refused, or its budget is spent.
	Registrar Code = 4
	// Timeout: it took longer than --timeout.
	Timeout Code = 5
)

// coded is an error whose code is known where it arises.
type coded struct {
	error
	code Code
}

func (c *coded) Unwrap() error { return c.error }

// With gives an error its code.
func With(code Code, err error) error {
	if err == nil {
		return nil
	}
	return &coded{error: err, code: code}
}

// ErrFindings ends a verb that has told its findings; it is not printed.
var ErrFindings error = &coded{error: errors.New("there are findings"), code: Findings}

// Of gives the code for an error: what is not known otherwise is the cluster's.
func Of(err error) Code {
	known, isCoded := errors.AsType[*coded](err)
	_, refused := errors.AsType[*regapi.Error](err)
	_, unusable := errors.AsType[*regapi.TransportError](err)
	unreachable, isNetwork := errors.AsType[net.Error](err)
	switch {
	case err == nil:
		return Fine
	case isCoded:
		return known.code
	case errors.Is(err, context.DeadlineExceeded), apierrors.IsTimeout(err), apierrors.IsServerTimeout(err):
		return Timeout
	case refused || unusable:
		return Registrar
	case isNetwork && unreachable.Timeout():
		return Timeout
	case meta.IsNoMatchError(err):
		return Cluster
	case apierrors.IsNotFound(err), apierrors.IsInvalid(err), apierrors.IsBadRequest(err):
		return Usage
	default:
		return Cluster
	}
}
