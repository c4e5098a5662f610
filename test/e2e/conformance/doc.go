// Package conformance holds external-dns' own packages against the operator's webhook provider: upstream's client of webhooks,
// its registries and its plan, at the pinned version and in the tests' process, and the operator's program.
package conformance
