// Package tenancy decides between those who share a cluster: who may use an Account, which login that is, and which DNSZone rules a domain.
//
// The controllers and both webhooks ask it and nobody else, so that they never disagree: what the controller of DNSZones writes, external-dns
// is served and the solver asks for consent is one object.
//
// # What counts
//
// A DNSZone counts only if its Account exists, allows its namespace and the domain (see Allows), and if the Account's login is known to hold
// the domain. What is known stands in status.claim of the object, where it outlives the process: so what rules goes on ruling while REG.API is
// out of reach, denies the credentials or limits the rate. Nobody gains anything by naming a domain, and nobody loses anything by
// somebody's naming it.
//
// # Who rules
//
// Rivals are objects of one login for one domain. One in the Account's own namespace comes first, then the one that has ruled, then the older.
// Objects of different logins do not meet at REG.API, but they do where somebody has to choose one for a name: there an endpoint that the
// operator was given earlier comes first (see Trust).
//
// # Who is looked at
//
// Whoever asks about a domain finds the objects for it by the indexes of the cache (see IndexDomains), and where only those matter that may
// count, these alone: what somebody makes costs nobody else a look at it.
//
// # What it stands on
//
// It imports the API types and, for the spelling of domains, internal/zone. It writes nothing, makes no request and keeps nothing. The functions are safe for
// concurrent use; a View belongs to one goroutine and one moment.
//
// Start reading at View.Standing.
package tenancy
