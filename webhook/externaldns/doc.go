// Package externaldns is the webhook provider of external-dns: through it external-dns manages records of its own in the
// zones of the DNSZones, and of the Accounts, that opt in (spec.externalDNS: Enabled).
//
// It owns the protocol and the translation between endpoints and records. It owns no connection and no lock of a zone:
// every write goes through zone.Editor. It must not import internal/controller, nor webhook/certmanager.
//
// # Answers
//
// external-dns ends its process when its provider answers 4xx, or takes longer than 15 s. So every answer comes within
// Settings.AnswerWithin: 204 when the work is done, and 503 while it goes on in the background. A record that cannot be
// created is logged, counted, told by an event of the DNSZone, remembered, and fails nothing else. A 4xx is for bodies that
// external-dns cannot have sent.
//
// # Who is served
//
// A DNSZone decides for its domain only where it counts, which package tenancy says; choice.go adds the domains that an open
// Account holds, and what of several endpoints counts. Whatever else names a domain hides nothing and takes nothing.
//
// # Callers
//
// external-dns sends no token. So the provider serves in clear on loopback, and by TLS to service accounts that the
// API server knows by their tokens; package proxy stands between external-dns and the latter.
//
// # Passes
//
// An old record only goes once its successor stands, and a new one only comes once its ownership text does; planner.go says
// how. What it makes, and what it takes away to make room, is in the process's provenance.Memory before it is done.
//
// # Syncs
//
// An order goes on in the background, as long as external-dns repeats it: syncs.go says what ends it.
//
// # Types
//
// The package declares the JSON of the protocol itself. To import sigs.k8s.io/external-dns, of which two small structs
// would be used, takes replace or exclude lines in go.mod (v0.21 refers to a module that no longer exists), and with those
// `go install …@version` refuses to work.
//
// Start reading at Server.Handler, then Provider.apply, then work.pass, then order.plan and group.decide.
package externaldns
