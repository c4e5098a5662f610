//go:build !linux

package scale

// peakOf is unknown where systems count differently.
func peakOf(int) float64 { return 0 }
