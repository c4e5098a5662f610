package traffic

import "github.com/regapi-io/regapi-operator/internal/regapi"

// Chain gives the policies that every request of a connection passes, the outermost first; a [regapi.Client] takes them as
// its middlewares. The lane is that of the login, whoever calls for it; what is remembered of refusals belongs to the
// credentials, so that new ones get a new chance with a new memory. A nil observer is told nothing.
//
// What may be called again, and so also be shared, says the catalogue of the functions: see catalog.Repeatable.
func Chain(lane *Lane, refusals *RefusalMemory, observer Observer) []regapi.Middleware {
	return []regapi.Middleware{
		// Callers that ask the same at the same time share one request, and whatever that goes through further in.
		NewCoalescer().Middleware(),
		// Reads, and requests that provably never left, are tried again. Outside the lane, so that the pauses hold nobody
		// up; each try takes its turn and pays again.
		Retry(),
		// What was refused again and again is not sent. Inside the retry, so that it counts every try, and outside the lane,
		// since a remembered refusal needs no turn.
		refusals.Middleware(),
		// One request at a time (1.2), by priority, paid from the budgets of the login and of the address. What cannot go in
		// time fails at once with a ThrottledError.
		lane.Middleware(),
		// Refused credentials rest. Inside the lane, so that those who queue behind a denied request learn of it, and only
		// one probe goes; what is held back is paid back.
		NewDenialGuard(0, nil).Middleware(),
		// What was decided too long ago is not sent. Inside the lane, where a request may have waited.
		sendSoon(),
		// What was really sent is counted. Envelope and HTTP are the client's own.
		Observe(observer),
	}
}
