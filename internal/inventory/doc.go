// Package inventory knows what REG.API holds for an account, from list calls in the background.
//
// It owns the sweep: one reading of everything that somebody follows, at an interval, so that N domains cost N/1000 requests
// per aspect; and the memory of what the sweeps and the readings beside them have shown. Who follows a domain is woken when
// something about it has changed.
//
// Folders, which no list call reads, are read in turn, within an hourly bound: see [Folders].
//
// No part of a sweep, and no domain in it, keeps the others from being known. A start is served by one sweep.
//
// It stands on the protocol (regapi), the priorities of traffic and the size of portions, and imports nothing of Kubernetes. An [Inventory] is safe
// for concurrent use and has to Run; what it returns belongs to the caller but for the slices and pointers within, which
// nobody may change. A nil Inventory is of no use.
//
// Start reading at Inventory, then sweep.go and read.go.
package inventory
