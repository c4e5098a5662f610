// Package waking decides when an object is looked at: what wakes it, how many are worked on at a time, and how long a
// failure waits.
//
// It owns the Shares, by which no namespace takes the workers from the others and what somebody has changed goes before what has only
// woken, the Alarm, by which the inventories tell the controllers what changed at REG.API, the indexes by which the caches
// find whom a change concerns, and the options of the queues. Of the kinds it knows the Account alone, which every other
// refers to; how another kind names its Account and its domain is told by that kind, as a Holding. It imports the API types
// and nothing else of this module.
//
// An Alarm is safe for concurrent use from its zero value on. The functions have no state; none takes nil.
//
// Start reading at Alarm.Ring, then Holders, then Shares.
package waking
