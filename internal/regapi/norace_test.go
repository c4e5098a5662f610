//go:build !race

package regapi

// floodsPerCall is of how many floods a call meets one: under the race detector, which takes ten times as long for each byte, not all.
const floodsPerCall = 1
