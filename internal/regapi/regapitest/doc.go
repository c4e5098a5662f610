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
// A [Server] comes from [New] or [Start] and is safe for concurrent use; a nil one is of no use. What goes in and comes out ([Account], [Domain],
// [Record], [Entry]) are plain values: nil and zero fields mean their documented defaults, and slices and maps that were handed in are not to be
// changed afterwards.
//
// Five rooms below know nothing of this one:
//
//   - internal/form: the forms of requests and answers on the wire
//   - internal/refusal: error codes and their texts
//   - internal/dnszone: names, records, zones, and DNS answers from them
//   - internal/behaviour: what the documentation leaves open; its names are declared again here
//   - internal/contact: the contacts that zones want, and what is wrong with given ones
//
// The rest is one world: its functions need accounts, money, domains, folders and the clock together. Start reading at [Server] and its process
// method: decode, admit (limits, authentication), apply (the table of functions), answer. What a request names is told in elements.go, which
// service that is in identify.go. Each category of functions has files of its own (functions_zone.go) whose handlers go by the names of the
// catalogue; examples_*.go give the test user's things the looks of the documentation's examples. State lives in state.go, service.go, folder.go,
// lot.go and dnssec.go; dns.go finds the zone that answers a query.
//
// Money goes by ledger.go (balances and their books), billing.go (bills) and orders.go (what paying for something brings about, as data). A domain's
// life goes by process.go (registration and transfer), life.go (expiry by its zone's windows) and auction.go (back-orders). drive.go is what happens
// without a request of the API, by Go (edits*.go) or the control endpoint (control*.go); save.go and restore.go keep all of it as a document.
package regapitest
