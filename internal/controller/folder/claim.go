package folder

import (
	"context"
	"fmt"
	"reflect"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/ruling"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// claim stops an object that another one rules before, for which no request is made. One whose Account is gone, or does not allow it, rules no
// more; whose its folder is stays known for its deletion, and what is wrong is for connect to say.
func (r *Reconciler) claim(ctx context.Context, s *scope) error {
	own, permitted, err := s.view.FolderCandidate(ctx, s.folder, s.name)
	if err != nil {
		return err
	}
	if !permitted {
		if claim := s.folder.Status.Claim; claim != nil {
			claim.Rules = false
		}
		r.rulings.Forget(s.key())
		return nil
	}
	s.own = own
	ruler, err := r.rulerBefore(ctx, s)
	if err != nil || ruler == nil {
		return err
	}
	return r.concede(s, ruler)
}

// concede remembers of an object that does not rule which folder it waits for.
func (r *Reconciler) concede(s *scope, ruler *v1alpha1.Folder) error {
	if claim := s.folder.Status.Claim; claim == nil || !claim.Rules || claim.Login != s.own.Login {
		// One that rules a folder of another name goes on having that until it may have this one.
		s.folder.Status.Claim = &v1alpha1.FolderClaim{Login: s.own.Login, FolderName: s.name}
		r.rulings.Forget(s.key())
	} else if claim.FolderName == s.name {
		claim.Rules = false
		r.rulings.Forget(s.key())
	}
	return outcome.Stalled(v1alpha1.ReasonConflict,
		fmt.Sprintf("Folder %s/%s manages the folder %q: delete one of the two, or give one another spec.folderName", ruler.Namespace, ruler.Name, s.name)).Err()
}

// rule makes the object rule its folder, unless another one comes before it. It is asked in the lane of the login, so that of two objects
// that are new at once the second knows of the first.
func (r *Reconciler) rule(ctx context.Context, s *scope) error {
	s.view = tenancy.NewView(r.Client)
	own, permitted, err := s.view.FolderCandidate(ctx, s.folder, s.name)
	if err != nil {
		return err
	}
	if !permitted || own.Login != s.login {
		return notChecked(s)
	}
	s.own = own
	ruler, err := r.rulerBefore(ctx, s)
	if err != nil {
		return err
	}
	if ruler != nil {
		return r.concede(s, ruler)
	}
	if claim := s.folder.Status.Claim; claim != nil && claim.Rules && s.folder.Status.FolderID != "" && claim.FolderName != s.name {
		return nil // It has the folder by its old name until that is renamed: see find.
	}
	r.takeOver(s)
	return nil
}

// takeOver notes that the object rules the folder of its name.
func (r *Reconciler) takeOver(s *scope) {
	s.folder.Status.Claim = &v1alpha1.FolderClaim{Login: s.login, FolderName: s.name, Rules: true}
	r.rulings.Note(ruling.Thing{Name: s.name, Login: s.login}, s.key())
}

// rulerBefore gives, of the objects of the same login for the same name, the one that rules before this one; nil if there is none.
func (r *Reconciler) rulerBefore(ctx context.Context, s *scope) (*v1alpha1.Folder, error) {
	rivals, err := r.claimants(ctx, s)
	if err != nil {
		return nil, err
	}
	best := s.own
	for _, rival := range rivals {
		standing, permitted, err := s.view.FolderCandidate(ctx, rival, s.name)
		if err != nil {
			return nil, err
		}
		if permitted && standing.Counts() && standing.Login == s.own.Login && standing.Precedes(best) {
			best = standing
		}
	}
	if best.Folder.UID == s.folder.UID {
		return nil, nil
	}
	return best.Folder, nil
}

// claimants lists the other objects for the name, and the one that this process has last had rule it: what that claims may not have got
// around yet.
func (r *Reconciler) claimants(ctx context.Context, s *scope) ([]*v1alpha1.Folder, error) {
	var list v1alpha1.FolderList
	// They are those of the cache: nothing here changes them.
	if err := r.List(ctx, &list, client.MatchingFields{indexName: s.name}, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the objects for the same folder: %w", err)
	}
	last, known := r.rulings.Last(ruling.Thing{Name: s.name, Login: s.own.Login})
	var found []*v1alpha1.Folder
	for i := range list.Items {
		if rival := &list.Items[i]; rival.UID != s.folder.UID && (!known || client.ObjectKeyFromObject(rival) != last) {
			found = append(found, rival)
		}
	}
	if !known || last == s.key() {
		return found, nil
	}
	var rival v1alpha1.Folder
	if err := r.Get(ctx, last, &rival); err != nil {
		if apierrors.IsNotFound(err) {
			return found, nil
		}
		return nil, fmt.Errorf("read Folder %s: %w", last, err)
	}
	rival.Status.Claim = &v1alpha1.FolderClaim{Login: s.own.Login, FolderName: s.name, Rules: true}
	return append(found, &rival), nil
}

// holderOf gives the other Folder of the login that rules the folder of a number; nil if there is none.
func (r *Reconciler) holderOf(ctx context.Context, s *scope, id regapi.ID) (*v1alpha1.Folder, error) {
	var list v1alpha1.FolderList
	if err := r.List(ctx, &list, client.MatchingFields{indexID: id.String()}, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the objects for the same folder: %w", err)
	}
	for i := range list.Items {
		other := &list.Items[i]
		if claim := other.Status.Claim; other.UID != s.folder.UID && claim != nil && claim.Rules && claim.Login == s.login {
			return other, nil
		}
	}
	return nil, nil
}

// rivalsOf finds the Folders for which it matters that another one is gone, or that its claim or what it owns has changed: those of the same
// name, and those that yield members to an older one.
func (r *Reconciler) rivalsOf(ctx context.Context, changed client.Object) []ctrl.Request {
	of := changed.(*v1alpha1.Folder)
	var folders v1alpha1.FolderList
	if err := r.List(ctx, &folders, client.UnsafeDisableDeepCopy); err != nil {
		log.FromContext(ctx).Error(err, "Listing the other Folders failed")
		return nil
	}
	var requests []ctrl.Request
	for i := range folders.Items {
		rival := &folders.Items[i]
		if rival.UID == of.UID {
			continue
		}
		waits := len(rival.Status.Yielded) > 0 || isConflict(rival)
		sameName := slices.ContainsFunc(namesOf(rival), func(name string) bool { return slices.Contains(namesOf(of), name) })
		if waits || (sameName && rival.Status.Claim != nil) {
			requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(rival)})
		}
	}
	return requests
}

func isConflict(f *v1alpha1.Folder) bool {
	ready := meta.FindStatusCondition(f.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Reason == v1alpha1.ReasonConflict
}

// claimChanged lets those changes of a Folder through by which another may begin or cease to rule its folder, or may have a member again.
var claimChanged = predicate.Funcs{
	CreateFunc:  func(event.CreateEvent) bool { return false },
	GenericFunc: func(event.GenericEvent) bool { return false },
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.Folder), e.ObjectNew.(*v1alpha1.Folder)
		lookedAt := before.Status.ObservedGeneration < 0 && after.Status.ObservedGeneration >= 0
		return lookedAt || before.NameAtRegistrar() != after.NameAtRegistrar() || !reflect.DeepEqual(before.Status.Claim, after.Status.Claim) ||
			!reflect.DeepEqual(before.Status.Owned, after.Status.Owned)
	},
}
