package scale

import (
	"os"
	"syscall"
)

// peakOf gives the most memory that a process had, in bytes.
func peakOf(state *os.ProcessState) float64 {
	return float64(state.SysUsage().(*syscall.Rusage).Maxrss) * 1024 // Linux counts kibibytes.
}
