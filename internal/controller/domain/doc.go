// Package domain reconciles Domains: it shows a domain of an Account in the status of its Domain and, where the spec asks for it, has the domain
// registered and renewed.
//
// It owns the status of a Domain. What it shows is what the inventory of the Account knows; only a domain that is not in the
// Account's list costs a request of its own. The folders that hold it are told by what Folders have had read (folders.go). It pays nothing: where a
// registration is asked for, or a renewal is due, it makes an Order, which package order carries out. The package imports no other kind's package and no webhook.
//
// A Reconciler whose fields are set is safe for concurrent use; none of them may be nil.
//
// Start reading at Reconciler.Reconcile.
package domain
