// Package budget keeps the count of the requests that REG.API grants in an hour (1.2), across processes, crashes and restarts.
//
// It owns the bookkeeping and nothing else: it knows neither HTTP nor requests nor REG.API, and imports nothing of this
// module.
//
// A [Budget] grants requests by [Priority] and remembers them in a [Ledger], which is somebody else's to implement; a
// [MemoryLedger] is for tests and for who needs no memory. A [Purse] pays one request from two budgets or from none. All of
// them are safe for concurrent use; a nil *Budget means "not counted" to [NewPurse] and nothing elsewhere. The use of a ledger
// runs in a goroutine of its own, which outlives a caller who gives up and ends by itself within ten seconds.
//
// Start reading at Purse, then Budget; the format of a ledger is in book_codec.go.
package budget
