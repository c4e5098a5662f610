// Package behaviour lists what the documentation of REG.API leaves open, or what it and the field tell differently, and the words by which a test
// or a flag chooses.
//
// It owns the list alone and imports nothing of this module: what a choice means is done where it matters, and docs/simulator.md says why the
// simulator chose as it did. A [Behaviour] is a plain value: the zero value is the simulator's own choice, and copies may be used from
// any goroutine.
//
// Start reading at [Behaviour]; each of its fields that is a word has a type with constants below.
package behaviour
