// Package buildinfo says which build of the programs runs: its version, the commit that it was made from, and the Go version.
//
// The Makefile sets version and commit by the linker; where it did not, the build information of Go says what it knows. The package
// imports nothing of ours. Start at [Read].
package buildinfo
