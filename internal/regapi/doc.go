// Package regapi speaks REG.API v2, the registrar REG.RU's interface for domains and DNS zones.
//
// It owns the protocol and nothing else: transport, authentication, the two-level envelope, error
// codes and their classes, tolerant decoding, and typed calls per category of functions. It must
// not import Kubernetes or a logging library, and it knows nothing about desired state.
//
// Start with [NewClient]. A typed call stands on the service of its category and bears the name of
// the function, so zone/add_alias is Client.Zone.AddAlias; everything without a typed call goes
// through [Client.Call].
//
// # Answers
//
// REG.API answers on two levels: a request may succeed while some of its elements fail (2.3.2).
// A list call therefore returns one result per reference, in the order of the references, each with
// its own Err. The error of the call itself says that none of the results is known. Only the
// documented word of success counts as success; an element that the answer does not mention failed.
//
// # Errors
//
// A refusal is an [*Error] with a code; a request without a usable answer is a [*TransportError].
// Branch on the predicates ([IsNotFound], [IsDenied], ...) or on [ClassOf], never on text. The texts
// are stable: the same failure reads the same every time, so they may stand in a status. No secret
// reaches them: what the server echoes of credentials, contacts or transfer keys is struck out.
// When the caller's context ends, the error wraps the context's own.
//
// # The chain
//
// A client sends every request once, at once, and remembers nothing. Everything beyond that is a
// [Middleware], shared by all clients of an account unless it says otherwise. Give them to
// [WithMiddleware] in this order, the outermost first:
//
//   - [Coalescer]: callers that ask the same at the same time share one request, and whatever that
//     goes through further in.
//   - [Retry]: repeats reads, and requests that provably never left ([NeverSent]). Outside the lane,
//     so that its pauses hold nobody up; each try takes its turn and pays again.
//   - [RefusalMemory]: what was refused again and again is not sent. Inside the retry, so that it
//     counts every try, and outside the lane, since a remembered refusal needs no turn. One per
//     credentials.
//   - [Lane]: one request at a time (1.2), by [Priority], paid from each [Budget] (1200 requests an
//     hour, 1.2). What cannot go in time fails at once with a [*ThrottledError]; see [RetryAfter].
//   - [DenialGuard]: refused credentials rest. Inside the lane, so that those who queue behind a
//     denied request learn of it, and only one probe goes; what it holds back is paid back. One per
//     credentials.
//   - [Observe]: tells an [Observer] what was really sent.
//   - Envelope and HTTP are the client's own.
//
// A budget keeps its promise across crashes and processes by a [Ledger], which is somebody else's
// to implement. Nothing here starts a goroutine that outlives its caller.
package regapi
