package tenancy

import (
	"cmp"
	"context"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// FolderStanding is what a Folder counts for. Anybody may name a folder, and nobody but REG.API knows whether it exists: so it counts by its
// Account alone.
type FolderStanding struct {
	Folder  *v1alpha1.Folder
	Account *v1alpha1.Account
	// Login that the folder is claimed of.
	Login string

	own, rules bool
}

// FolderCandidate says what a Folder would count for under a name; only its Account has to permit its namespace.
func (v *View) FolderCandidate(ctx context.Context, object *v1alpha1.Folder, name string) (standing FolderStanding, permitted bool, err error) {
	found, err := v.Permitted(ctx, object.Namespace, object.Spec.AccountRef, "")
	if err != nil || found == nil {
		return FolderStanding{}, false, err
	}
	standing = FolderStanding{Folder: object, Account: found, Login: Login(found), own: object.Namespace == found.Namespace}
	if claim := object.Status.Claim; claim != nil {
		standing.rules = claim.Rules && claim.Login == standing.Login && claim.FolderName == name
	}
	return standing, true, nil
}

// Counts says whether a rival has to be reckoned with: one that claims the folder through the login that its Account has now, or that nobody has
// looked at yet.
func (s FolderStanding) Counts() bool {
	claim := s.Folder.Status.Claim
	return s.Folder.Status.ObservedGeneration < 0 || (claim != nil && claim.Login == s.Login)
}

// Precedes says which of two objects of one login rules their folder: one in the Account's own namespace comes first, then the one that has
// ruled, then the older.
func (s FolderStanding) Precedes(rival FolderStanding) bool {
	return cmp.Or(
		first(s.own, rival.own),
		first(s.rules, rival.rules),
		s.Folder.CreationTimestamp.Compare(rival.Folder.CreationTimestamp.Time),
		cmp.Compare(s.Folder.UID, rival.Folder.UID),
	) < 0
}
