package folder

import (
	"context"
	"fmt"

	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/release"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
)

// reasonLeftBehind is the reason of the event that tells of a folder that stays.
const reasonLeftBehind = "FolderLeftBehind"

// release deals with the folder of an object that is being deleted, as its deletion policy says. It fails where that has to be waited for, and
// fills in leftBehind where that has an end.
func (r *Reconciler) release(ctx context.Context, s *scope) error {
	claim := s.folder.Status.Claim
	made := s.folder.Status.FolderID != "" || s.folder.Status.CreatingSince != nil
	if !controllerutil.ContainsFinalizer(s.folder, finalizer) || s.folder.Spec.DeletionPolicy != v1alpha1.DeletionDelete ||
		claim == nil || !made || (!claim.Rules && isConflict(s.folder)) {
		return nil
	}
	err := r.deleteFolder(ctx, s)
	switch {
	case err == nil:
		return nil
	case r.deletion(s).Waits(err):
		return err
	default:
		s.leftBehind = err
		return nil
	}
}

// deleteFolder deletes the folder, as a fresh reading shows it, if it holds nothing but what this object declared. One that another object
// waits for stays.
func (r *Reconciler) deleteFolder(ctx context.Context, s *scope) error {
	switch {
	case s.halt != nil:
		return outcome.Stalled(s.halt.Reason, s.halt.Cause+" stops it: "+s.halt.Remedy+", or it stays behind").Err()
	case s.mayNotWrite():
		return release.ErrObserved
	}
	connection, err := r.Directory.ResolveForRelease(ctx, r.Client, s.folder.Namespace, s.folder.Spec.AccountRef, "")
	if err != nil {
		return err
	}
	var of v1alpha1.Account
	if err := r.Get(ctx, s.folder.Spec.AccountRef.KeyFrom(s.folder.Namespace), &of); err != nil {
		return fmt.Errorf("read the Account: %w", err)
	}
	s.connection, s.login = connection, tenancy.Login(&of)
	if s.folder.Status.Claim.Login != s.login {
		return nil // The folder is another login's, and out of reach.
	}
	if err := r.enter(ctx, s); err != nil {
		return err
	}
	heir, err := r.heirOf(ctx, s)
	if err != nil || heir {
		return err
	}
	return r.deleteOwn(ctx, s)
}

// deleteOwn deletes the folder if everything in it is the object's own.
func (r *Reconciler) deleteOwn(ctx context.Context, s *scope) error {
	ref := regapi.FolderRef{ID: parseID(s.folder.Status.FolderID)}
	if ref.ID == 0 { // It was about to be made.
		found, err := s.connection.Client.Folder.Nop(ctx, regapi.FolderRef{Name: s.name})
		if regapi.IsFolderMissing(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for the folder: %w", err)
		}
		ref.ID = found.ID
	}
	reading, err := s.connection.Folders.Read(ctx, ref.ID)
	if regapi.IsFolderMissing(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the folder: %w", err)
	}
	owned, foreign := s.owned(), []string(nil)
	for _, service := range folder.ServicesOf(reading.Services) {
		if !owned.Has(service.ID) {
			foreign = append(foreign, service.String())
		}
	}
	if len(foreign) > 0 {
		return outcome.Stalled(v1alpha1.ReasonFolderNotEmpty, fmt.Sprintf(
			"the folder holds what this object did not declare: take it out, or set deletionPolicy: Retain: %s", listOf(foreign))).Err()
	}
	defer s.connection.Folders.NoteWrite(ref.ID)
	if err := s.connection.Client.Folder.Remove(ctx, ref); err != nil && !regapi.IsFolderMissing(err) {
		return fmt.Errorf("delete the folder: %w", err)
	}
	r.Metrics.changes.WithLabelValues(changeDeleted).Inc()
	log.FromContext(ctx).Info("Deleted the folder", "folder", s.folder.Status.FolderName, "id", ref.ID)
	return nil
}

// heirOf says whether another object of the login asks for the folder, too.
func (r *Reconciler) heirOf(ctx context.Context, s *scope) (bool, error) {
	var list v1alpha1.FolderList
	if err := r.List(ctx, &list, client.MatchingFields{indexName: s.folder.Status.Claim.FolderName}, client.UnsafeDisableDeepCopy); err != nil {
		return false, fmt.Errorf("list the objects for the same folder: %w", err)
	}
	for i := range list.Items {
		other := &list.Items[i]
		if claim := other.Status.Claim; other.UID != s.folder.UID && other.DeletionTimestamp.IsZero() && claim != nil && claim.Login == s.login {
			return true, nil
		}
	}
	return false, nil
}

func (r *Reconciler) deletion(s *scope) release.Deletion {
	return release.Deletion{Object: s.before, Grace: r.ReleaseGrace, Polls: true}
}

// settleDeletion writes the status of a deletion that has to wait; one that is through has no status to write.
func (r *Reconciler) settleDeletion(ctx context.Context, s *scope, err error) (ctrl.Result, error) {
	if err == nil {
		return ctrl.Result{}, nil
	}
	return r.Settle(ctx, s.before, s.folder, r.deletion(s).Outcome("The folder is not deleted yet", err))
}

// letGo takes the finalizer off, after which the object is gone.
func (r *Reconciler) letGo(ctx context.Context, s *scope) error {
	if controllerutil.RemoveFinalizer(s.folder, finalizer) {
		if err := r.patchFinalizers(ctx, s); err != nil {
			return client.IgnoreNotFound(err)
		}
	}
	if s.leftBehind != nil {
		r.tellLeftBehind(ctx, s)
	}
	return nil
}

// tellLeftBehind tells of a folder that was not deleted, after the object that it was to be done for is gone: in the log, and by an event.
func (r *Reconciler) tellLeftBehind(ctx context.Context, s *scope) {
	r.Metrics.leftBehind.Inc()
	name := s.folder.Status.FolderName
	log.FromContext(ctx).Error(s.leftBehind, "A deleted Folder leaves its folder behind", "Folder", klog.KObj(s.folder), "folder", name)
	release.Tell(ctx, &r.Writer, s.folder, reasonLeftBehind, fmt.Sprintf("Folder %s is gone and its folder %q stays, delete it by hand: %s", s.key(), name, s.leftBehind))
}
