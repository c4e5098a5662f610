// Package fairness keeps one namespace from holding up what the operator writes for all others.
//
// It owns the Client that the reconcilers write with. A namespace with ten thousand objects whose status changes at once, after a start or at the
// end of an outage, would otherwise have a thousand writes on their way, and whatever anybody else is waiting for comes behind these: in the
// rate limiter of the client, in its connection, and in the queue of the API server, which knows the operator as one user. All namespaces together
// are bounded as well, by what a busy API server can answer in time.
//
// It imports nothing of ours. A Client is safe for concurrent use. Start reading at NewClient.
package fairness
