// Package ruling remembers which object this process has last had rule a thing that several claim.
//
// It bridges the moment until the cache shows the object's claim, and nothing else: whoever begins anew reads the claims. Who rules is decided
// by package tenancy. It knows no kind and imports nothing of this module.
//
// Start reading at Memory.Note.
package ruling
