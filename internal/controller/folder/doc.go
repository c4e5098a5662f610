// Package folder reconciles Folders: it keeps the folders of an account holding what their Folders ask for.
//
// It owns the status of a Folder and the finalizer that holds one until its folder is deleted. Beside the files that every kind has, claim.go
// asks package tenancy who rules, members.go gathers what is wanted from the spec and from labels, find.go finds, makes and renames the
// folder, sync.go brings it to what is wanted, others.go looks at the other Folders of the login, refusals.go remembers what REG.API refused,
// gathering.go lets many changes of labels make one request, and release.go carries a deletion out. What has to change, and how it is
// changed, belongs to internal/folder; what a folder holds without asking, to internal/inventory. The package imports no other kind's package
// and no webhook.
//
// Folders of one login are worked on one after the other (lanes.go): what moves from one to another is seen by both.
//
// The status is written once, by status.Writer.Settle, with one exception: what is about to be made or put in is written before REG.API is
// asked, so that no crash makes a second folder, or leaves a member that nobody remembers (see Reconciler.writeAhead).
//
// A Reconciler whose fields are set is safe for concurrent use; Directory, Alarm and Metrics may not be nil.
//
// Start reading at Reconciler.Reconcile.
package folder
