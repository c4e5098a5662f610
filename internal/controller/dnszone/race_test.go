//go:build race

package dnszone_test

// slowdown is how much longer than without it everything takes under the race detector.
const slowdown = 6
