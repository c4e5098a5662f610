// Package controllertest runs the controllers of one test between a simulator of REG.API and a real API server.
//
// It owns the Harness: a namespace, an Account in it with the domain example.ru, the controllers, and waits whose end is a
// condition and not a time. A package that uses it hands its TestMain over to Main.
//
// It is for the external tests of the kinds (package dnszone_test), which give it the controllers: it imports neither
// internal/controller nor a kind, so that it adds no step to the chain of packages, and no webhook.
//
// A Harness belongs to one test and is used by its goroutine alone, but for Logs, which the controllers write meanwhile.
// Nothing of it is nil once New has returned. Tests with a Harness each may run in parallel.
//
// Start reading at New, then Harness.WaitFor.
package controllertest
