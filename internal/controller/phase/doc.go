// Package phase runs the phases of a reconciliation.
//
// A phase observes or acts, puts what it finds into the scope, and never touches a condition; what its error means is
// decided afterwards, by package outcome. The package knows no kind and imports nothing of this module.
//
// A scope belongs to one reconciliation: phases run one after the other, never at once. Start reading at Run.
package phase
