// Package controller reconciles the kinds of group regapi.io toward what REG.API holds.
//
// There is one reconciler per kind, in three files: <kind>_controller.go says what is watched and lists the phases,
// <kind>_phases.go holds them, <kind>_status.go turns what they found into the status. Phases observe or act, fill a
// scope and stop at the first error; they never touch a condition. One function, outcome.Of, decides what an error means
// for the conditions and for the next attempt; one method, status.Writer.Settle, writes the status, and only when it has
// changed.
//
// The exception is the ownership record of a DNSZone: what is about to be created is written to the status before
// REG.API is asked, so that no crash leaves a record that nobody remembers (see DNSZoneReconciler.writeAhead).
//
// The package imports no webhook package. It reaches REG.API through internal/account, and zones through
// internal/zone alone.
//
// Start reading at DNSZoneReconciler.Reconcile, then outcome.Of.
package controller
