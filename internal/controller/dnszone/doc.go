// Package dnszone reconciles DNSZones: it keeps the records of a zone as its DNSZone asks.
//
// It owns the status of a DNSZone and the finalizer that holds one until its records are removed. Beside the files that
// every kind has, claim.go asks package tenancy who rules, plan.go bounds what may be changed, refusals.go remembers what REG.API refused, ownership.go what this
// object created, publication.go asks the name servers, hold.go makes sure that a deletion does not pass us by, release.go
// carries it out, and leftbehind.go tells what it had to leave. What a zone holds and how it is changed belongs to
// internal/zone. The package imports no other kind's package and no webhook.
//
// The status is written once, by status.Writer.Settle, with one exception, the record of ownership: what is about to be
// created is written to the status before REG.API is asked, so that no crash leaves a record that nobody remembers (see
// Reconciler.writeAhead).
//
// A Reconciler whose fields are set is safe for concurrent use; Directory, Editor, Alarm and Metrics may not be nil.
//
// Start reading at Reconciler.Reconcile.
package dnszone
