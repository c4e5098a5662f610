// Package release is what the deletions of all kinds share that have something to do at REG.API first: how long they wait for that, and how they
// tell of what they had to leave.
//
// It does nothing at REG.API and takes no finalizer off: that is for the kinds, which it does not know. A Deletion is a value; the functions have no
// state and are safe for concurrent use.
//
// Start reading at Deletion.
package release
