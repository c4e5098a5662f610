// Package regapi speaks REG.API v2, the registrar REG.RU's interface for domains and DNS zones.
//
// It owns the protocol and nothing else: transport, authentication, the two-level envelope, error
// codes and their classes, tolerant decoding, and typed calls per category of functions. It must
// not import Kubernetes or a logging library, and it knows nothing of how requests are paced nor
// of desired state.
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
// documented word of success counts as success; an element that the answer does not mention failed,
// and of two elements that contradict each other the worse one counts.
//
// Answers are read as a stream, bounded by what was asked. A field that is written in a way that
// nobody documents is not known, and spoils neither its element nor the others; see [Money] about
// amounts. A list that failed as a whole may succeed in parts: see [Divisible].
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
// [Middleware], which somebody else makes and [WithMiddleware] puts in front: see package traffic.
// A middleware says of its errors what they are by two methods: Unsent() bool, for [NeverSent],
// and Class() [Class], for [ClassOf].
//
// The package imports the catalogue of the functions and nothing else of this module. Its exported
// types are safe for concurrent use once they are made, unless they say otherwise; a nil client is
// of no use. Nothing here starts a goroutine.
package regapi
