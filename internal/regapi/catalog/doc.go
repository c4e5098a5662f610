// Package catalog lists the functions of REG.API v2: name, section of the vendor's documentation, who may call them, what a request may
// name many of, what may be called again and what costs money.
//
// It is data, and imports nothing; everything in it may be read by many goroutines. The client's retries and tests, the simulator's routing and docs/regapi.md are made from it, so that none of them
// can know a function that the others do not. Start with [Functions] and [Find].
package catalog

//go:generate go run ./markdown ../../../docs/regapi.md
