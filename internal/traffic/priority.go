package traffic

import (
	"context"

	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// Priority says which requests may go first and how much of a budget they may use.
type Priority = budget.Priority

// The priorities, the lowest first.
const (
	// Background is for what nobody waits for: sweeps and resyncs. It is the default.
	Background = budget.Background
	// Change is for carrying out what a person or a program has asked for.
	Change = budget.Change
	// Interactive is for what blocks somebody else, such as the challenges of an ACME order.
	Interactive = budget.Interactive
)

type priorityKey struct{}

// WithPriority gives the requests of a context their priority.
func WithPriority(ctx context.Context, priority Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, priority)
}

// PriorityOf returns the priority of a context's requests, [Background] if it has none.
func PriorityOf(ctx context.Context) Priority {
	priority, ok := ctx.Value(priorityKey{}).(Priority)
	if !ok || priority < 0 || priority >= budget.Priorities {
		return Background
	}
	return priority
}
