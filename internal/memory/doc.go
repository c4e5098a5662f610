// Package memory keeps what the process takes from the system close to what it needs.
//
// It owns two decisions: how much garbage may lie about before it is collected, and when what is free goes back to the system; and it makes
// the objects in caches no larger than they are. It stands on the API types alone. A Keeper is run by the manager; Compact is a
// transform of a cache.
//
// Start reading at Keeper.
package memory
