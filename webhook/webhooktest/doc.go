// Package webhooktest holds what the tests of both webhooks need alike: a simulator of REG.API, a cluster in memory with an
// Account for it, and the directory of accounts between them.
//
// It owns the World and the objects that stand in it. What only one webhook needs, such as how it is asked, stays with that
// webhook's tests. The package is for tests alone and imports neither webhook, nor internal/controller.
//
// A World belongs to one test; its fields are never nil once StartDirectory has returned. It may live in a bubble of
// testing/synctest, if its simulator needs no network either.
//
// Start reading at NewWorld.
package webhooktest
