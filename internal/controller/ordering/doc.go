// Package ordering is what the controllers of Domains and of Orders share: the desk at which Orders are made, the ledgers of the logins, and who
// rules a name, and to whom it is registered.
//
// It owns the names of Orders and the ConfigMaps of the ledgers. Everything that it reads for a decision about money is live, and what it
// writes is compared and swapped; a cache only tells where to look. It makes no request to REG.API and pays nothing: what the next step is,
// package purchase says, and only package order takes it.
//
// A Desk is safe for concurrent use. Start reading at Desk.
package ordering
