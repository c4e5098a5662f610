// Package zone is the one door through which anybody changes a DNS zone.
//
// Its pure part knows records and nothing else: Record is the canonical form,
// the codecs translate from the spec of a DNSZone and to and from REG.API, and
// NewPlan turns (desired, owned, current) into an ordered list of changes. The
// Editor is the part that acts: per-zone lock, read, plan, write, verify.
//
// The package imports no k8s.io package. The controllers and both webhooks
// change zones through Editor.Edit and in no other way, so that they cannot
// trample each other.
//
// # What a zone holds
//
// A record is (name, type, priority, content); REG.API has no record ids and
// no TTL per record (9.11, 9.13). The same record comes back from the API in
// several spellings, so that everything is compared in canonical form: names
// in lower-case punycode, targets with a final dot, addresses in their
// shortest text, TXT without quotes.
//
// # Ownership
//
// What is declared is owned. The unit (see UnitOf) of a declared record answers with what is declared and nothing else,
// whoever put the rest there; what stands as declared is owned without a write; what is owned and no longer declared is
// removed. Everything else is left alone. A removal that makes room for something needs that to come about, and where it has
// to come first (a Swap) the editor puts the old records back if it does not. See NewPlan for the rule and Ownership for what
// an owner has to remember.
//
// Start reading at Record, then NewPlan, then Editor.Edit.
package zone
