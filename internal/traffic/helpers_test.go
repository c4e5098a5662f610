package traffic

import (
	"context"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// handlerReturning is a handler with a fixed outcome that counts its calls.
type handlerReturning struct {
	err   error
	calls int
}

func (h *handlerReturning) Do(context.Context, *regapi.Request) (*regapi.Answer, error) {
	h.calls++
	if h.err != nil {
		return nil, h.err
	}
	return &regapi.Answer{}, nil
}
