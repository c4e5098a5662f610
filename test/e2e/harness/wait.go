package harness

import (
	"testing"
	"time"
)

const (
	// pollInterval is how often a condition is looked at.
	pollInterval = 50 * time.Millisecond
	// startTimeout is how long a program may take to listen, ten times what it takes on two busy cores.
	startTimeout = 3 * time.Minute
)

// Eventually calls check until it returns nil, and fails the test with the last error when that takes too long. The error
// tells what was found instead; what says what was waited for, as "www.example.ru resolves".
func Eventually(t testing.TB, within time.Duration, what string, check func() error) {
	t.Helper()
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := check()
		if err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("%s: not within %s: %v", what, within, err)
		case <-t.Context().Done():
			t.Fatalf("%s: the test ended: %v", what, err)
		}
	}
}
