// Package batch sends the reads and writes of many zones in as few requests as possible.
//
// It owns the queue of what waits for the next request of an account, and the decision what that request holds: a list of
// zones to read, one change for many zones, or many changes for many zones where the account is a Partner's. It gathers until
// the account's turn has come, and decides only then. Calls that are part of much work also wait for the rest of it.
//
// It stands on the protocol (regapi), on the priorities and turns of traffic and on the size of portions, and imports nothing
// of Kubernetes nor of what the records are for. [Zones] is safe for concurrent use, and needs a client; its zero value and nil are of no use. It runs
// goroutines only while something waits, and [Zones.Close] waits for them.
//
// Start reading at Zones, then dispatch.go: Zones.cut decides what is sent next. The kinds of requests are in reads.go,
// ordinary.go and partner.go; who waits for whom, in ticket.go and backlog.go.
package batch
