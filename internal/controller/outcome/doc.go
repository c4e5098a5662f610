// Package outcome decides what an error, or the lack of one, means: for the conditions of an object, and for when it is
// looked at again.
//
// It owns the table from classes of errors to conditions, the waiting times that belong to them, and how an error is worded
// for people. It writes nothing (package status does) and knows no kind: what an object depends on tells its reason by a
// method, ConditionReason. Therefore it imports the API types and internal/regapi alone, and neither a kind's package nor
// internal/account.
//
// An Outcome is a value. The functions have no state and are safe for concurrent use; Of and Message take no nil.
//
// Start reading at Of.
package outcome
