// Package regapitest is a stateful simulator of REG.API v2 over HTTP or HTTPS that also answers DNS for the zones it holds.
//
// It stands for the real service in tests, in the demo and, as cmd/regapi-sim, on anybody's own machine. It is written from
// the vendor's documentation alone and must never import internal/regapi: the two are the two sides of one protocol,
// and a mistake must not be able to hide by being made on both. The catalogue of functions, which is data, is all that they share. It imports no
// k8s.io package either.
//
// Where the documentation is silent the simulator decides, and says so: every such decision is a field of [Behaviour],
// and docs/simulator.md lists them all. Numbers of sections in comments are those of the newer (Russian) edition.
//
// Start reading at [Server] and its process method: decode, admit (limits, authentication), apply (the table of functions), answer.
// Each category of functions has files of its own (functions_zone.go) whose handlers go by the names of the catalogue; examples_*.go give the test
// user's things the looks of the documentation's examples. State lives in state.go, service.go, billing.go, folder.go and dnssec.go, zone
// contents in zone.go and record.go, their publication in dns.go.
package regapitest
