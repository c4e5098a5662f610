// Package catalog lists the functions of REG.API v2: name, section of the vendor's documentation, who may call them, and what a request may
// name many of.
//
// It is data, and imports nothing. The client's tests, the simulator's routing and docs/regapi.md are made from it, so that none of them
// can know a function that the others do not. Start with [Functions] and [Find].
package catalog

//go:generate go run ./markdown ../../../docs/regapi.md
