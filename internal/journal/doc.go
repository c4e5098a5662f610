// Package journal keeps the last requests of REG.API with their answers, as the vendor advises every client to.
//
// It owns a ring that is bounded in bytes, and writes each entry as a line of JSON where it is told to. What comes in is redacted once,
// before it is kept: credentials, contacts and transfer keys are never in it. That happens in a goroutine of the journal's own, off the
// path of the request; what comes faster than it can be redacted is counted and not kept.
//
// It imports the protocol, the table of functions and who asks for a request (traffic). A Journal has to run (Start), and is safe for
// concurrent use; a nil one keeps nothing. Start reading at Journal.Middleware.
package journal
