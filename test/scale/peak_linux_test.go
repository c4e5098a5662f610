package scale

import (
	"fmt"
	"os"
	"strings"
)

// peakOf gives the most memory that a running process had so far, in bytes. What Wait tells afterwards is no measure: Linux counts the memory of
// the parent, which holds the simulator here, as if it had been the child's before it began.
func peakOf(process int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", process))
	if err != nil {
		return 0 // It has ended, and says itself why.
	}
	_, most, _ := strings.Cut(string(text), "VmHWM:")
	var kibibytes float64
	_, _ = fmt.Sscan(most, &kibibytes) // It stays 0 on a Linux that does not tell.
	return kibibytes * 1024
}
