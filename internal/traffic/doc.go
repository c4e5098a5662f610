// Package traffic decides when a request to REG.API goes, and whether: one at a time, by priority, within the hour's budget,
// and not again if the answer is known.
//
// Each policy is a [regapi.Middleware] in a file of its own; [Chain] puts them into their order and says why it is that.
// Start reading there. The [Lane] is the heart: it belongs to a login and is shared by everything that calls for it; all else
// belongs to the credentials. What a request costs is kept by package budget.
//
// The package imports the protocol, its catalogue and the budget, and neither Kubernetes nor anything that knows what the
// requests are for. All exported types are safe for concurrent use. A nil [Observer] is told nothing; nil lanes, budgets
// within a lane excepted, are not allowed. Nothing here starts a goroutine that outlives its caller, but for the budgets' ledgers.
package traffic
