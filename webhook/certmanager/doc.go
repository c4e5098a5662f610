// Package certmanager is the DNS01 solver of cert-manager: an aggregated API through which cert-manager has the TXT records
// of its ACME challenges written into zones at REG.RU, and taken out again.
//
// It owns the protocol, the choice of the Account and of the zone, and what keeps failed work from being repeated. It owns no
// connection and no lock of a zone: every write goes through zone.Editor, before all other work of the account. It must not
// import internal/controller, nor webhook/externaldns; nothing else in this module imports cert-manager.
//
// # Which Account
//
// The Issuer's config may name one. It is looked up as for any other object: in the namespace of the challenge, which is that
// of an Issuer, or the cluster resource namespace for a ClusterIssuer; an Account of another namespace has to allow it.
//
// Without a name the objects decide: the DNSZones and Domains whose domain the record's name ends with, and whose Account the
// challenge's namespace may use, too. Those that are known to hold their domain (package tenancy) are asked first, and the others
// together, for a short time; whatever is broken, foreign or untrue is passed over. So nobody gets at a zone by naming it, and nobody
// stops the challenges of others by creating an object.
//
// # Which zone
//
// The longest ending of the record's name that is a domain of the account: what the inventory knows first, and what remains by one
// read of all candidates. cert-manager's own guess follows SOA records of the public DNS, which are those of another provider
// while a domain moves, and a public suffix list knows nothing of accounts; neither is used.
//
// # What shares requests
//
// Wishes for one zone gather while an edit of it is under way, and a moment before; the next edit takes them all: one
// read, the writes, and one read to confirm. A Partner's account writes them with one request. A wish that REG.API refuses
// fails alone.
//
// # Time
//
// The API server of Kubernetes cuts requests off after 34 s, so every answer comes within 30 s: success, or an error upon which
// cert-manager comes again. Then a wish that waits is dropped; one whose edit is under way is carried out. Either is
// sound: cert-manager repeats what failed, and calls CleanUp, by a finalizer, for every challenge that it ever began to
// present. For the same reason the state of this process matters to no challenge: whatever it forgets when it is killed,
// CleanUp reads the zone and takes the record out.
//
// After a failure that may pass, the work that it concerns backs off: see type backoffs.
//
// Start reading at Solver.solve, then gatherer.run.
package certmanager
