package budget

// Priority says which requests may go first and how much of a budget they may use.
type Priority int

const (
	// Background is for what nobody waits for: sweeps and resyncs. It is the default.
	Background Priority = iota
	// Change is for carrying out what a person or a program has asked for.
	Change
	// Interactive is for what blocks somebody else, such as the challenges of an ACME order.
	Interactive

	// Priorities is how many there are.
	Priorities = 3
)

var priorityNames = [Priorities]string{Background: "background", Change: "change", Interactive: "interactive"}

// String returns the name in lower case, as labels of metrics want it.
func (p Priority) String() string {
	if p < 0 || p >= Priorities {
		return "unknown"
	}
	return priorityNames[p]
}
