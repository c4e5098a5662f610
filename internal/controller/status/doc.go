// Package status writes the status of objects: conditions, one write per outcome, one event per change of it.
//
// It owns how an outcome turns into the conditions Ready, Reconciling and Stalled, when a status is written and when not,
// and how long its texts may be. It knows no kind: whatever is an Object can be settled. It decides nothing (package outcome
// does), and imports neither a kind's package nor internal/account.
//
// A Writer whose fields are set is safe for concurrent use; the objects that it is given belong to the caller, and to one
// reconciliation at a time.
//
// Start reading at Writer.Settle.
package status
