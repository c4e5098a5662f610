package regapi

import "context"

// Priority says which requests may go first and how much of a budget they may use.
type Priority int

const (
	// Background is for what nobody waits for: sweeps and resyncs. It is the default.
	Background Priority = iota
	// Change is for carrying out what a person or a program has asked for.
	Change
	// Interactive is for what blocks somebody else, such as the challenges of an ACME order.
	Interactive

	// priorities is how many there are.
	priorities = 3
)

var priorityNames = [priorities]string{Background: "background", Change: "change", Interactive: "interactive"}

// String returns the name in lower case, as labels of metrics want it.
func (p Priority) String() string {
	if p < 0 || p >= priorities {
		return "unknown"
	}
	return priorityNames[p]
}

type priorityKey struct{}

// WithPriority gives the requests of a context their priority.
func WithPriority(ctx context.Context, priority Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, priority)
}

// PriorityOf returns the priority of a context's requests, [Background] if it has none.
func PriorityOf(ctx context.Context) Priority {
	priority, ok := ctx.Value(priorityKey{}).(Priority)
	if !ok || priority < 0 || priority >= priorities {
		return Background
	}
	return priority
}
