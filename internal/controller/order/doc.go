// Package order reconciles Orders: it takes the steps that package purchase decides, and is the only one that calls a function of REG.API that
// costs money (a test in test/layers says so).
//
// A reconciliation reads everything live (the Order, its ledger, who asks for it, and what the registrar shows), writes the next step down, takes
// it, and writes down what came of it. A step that could not be written is not taken; one that was decided more than half a minute ago is not
// sent. The orders of a login go one at a time.
//
// The package imports no other kind's package and no webhook. A Reconciler whose fields are set is safe for concurrent use; none of them may be
// nil.
//
// Start reading at Reconciler.Reconcile.
package order
