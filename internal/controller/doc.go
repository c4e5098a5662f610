// Package controller registers a reconciler for each kind of group regapi.io. They reconcile the kinds toward what REG.API
// holds.
//
// Each kind has a package of its own: account, domain, dnszone and folder. Every one is laid out alike: controller.go says what is
// watched and lists the phases, phases.go holds them, status.go turns what they found into the status. Phases observe or
// act, fill a scope and stop at the first error; they never touch a condition. What the kinds share knows none of them, and
// stands in packages beside them: phase runs the phases, ruling remembers who rules, outcome decides what an error means for the conditions and for the
// next attempt, status writes the status, and only when it has changed, and waking decides when an object is looked at.
//
// The package itself only knows which kinds there are. The kinds never import each other, what they share imports no kind
// and not internal/account, and nothing here imports a webhook. REG.API is reached through internal/account, and zones
// through internal/zone alone.
//
// Of the Dependencies, Directory, Editor and Alarm must not be nil; SetupWithManager is called once per manager, before that
// starts.
//
// Start reading at dnszone.Reconciler.Reconcile, then outcome.Of.
package controller
