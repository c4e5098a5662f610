// Package account reconciles Accounts: it checks that REG.API accepts the credentials, and shows what the sweeps find.
//
// It owns the status of an Account, wakes an Account when its Secret changes, and owns the finalizer that holds one while Folders and
// DNSZones need it to remove their records (release.go). What an Account is to the rest of the
// process, its connection, belongs to internal/account, here called the directory. The package imports no other kind's
// package and no webhook.
//
// A Reconciler whose fields are set is safe for concurrent use; none of them may be nil.
//
// Start reading at Reconciler.Reconcile.
package account
