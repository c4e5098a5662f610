package dnszone

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
)

// finalizer holds a DNSZone with deletionPolicy Delete until its records are removed, and any while what it took away to make
// room has still to be put back.
const finalizer = "regapi.io/dnszone"

// hold makes sure that a DNSZone whose records go with it is not deleted without us. One whose records stay needs no holding.
func (r *Reconciler) hold(ctx context.Context, s *scope) error {
	if s.zone.Spec.DeletionPolicy == v1alpha1.DeletionDelete || len(s.zone.Status.Taken) > 0 {
		if !controllerutil.AddFinalizer(s.zone, finalizer) {
			return nil
		}
	} else if !controllerutil.RemoveFinalizer(s.zone, finalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// holdForSwaps makes sure that the object is there until a name that is about to be emptied for a moment is filled again.
func (r *Reconciler) holdForSwaps(ctx context.Context, s *scope) error {
	if len(s.planned.Swaps) == 0 || !controllerutil.AddFinalizer(s.zone, finalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// afterSwap is how soon an object is looked at again that a swap has held: only once the status no longer says what was taken is it
// let go of.
const afterSwap = time.Second

// heldInVain says whether the finalizer is there though nothing is left that the deletion would have to do.
func (s *scope) heldInVain() bool {
	return controllerutil.ContainsFinalizer(s.zone, finalizer) && s.zone.Spec.DeletionPolicy != v1alpha1.DeletionDelete && len(s.zone.Status.Taken) == 0
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope. What is to become of the status is not
// written with it, and stays.
func (r *Reconciler) patchFinalizers(ctx context.Context, s *scope) (err error) {
	s.before, err = status.PatchFinalizers(ctx, &r.Writer, s.before, s.zone)
	return err
}

// awaitHold waits until the Account is held for the removal of what is about to be created. The Account's controller holds it
// as soon as it sees this object, and wakes us then.
func (r *Reconciler) awaitHold(ctx context.Context, s *scope) error {
	if s.zone.Spec.DeletionPolicy != v1alpha1.DeletionDelete {
		return nil
	}
	var account v1alpha1.Account
	if err := r.Get(ctx, s.zone.Spec.AccountRef.KeyFrom(s.zone.Namespace), &account); err != nil {
		return fmt.Errorf("read the Account: %w", err)
	}
	if controllerutil.ContainsFinalizer(&account, v1alpha1.AccountFinalizer) {
		return nil
	}
	return outcome.Outcome{
		Ready: metav1.ConditionFalse, KeepReady: true, Reconciling: true, Reason: v1alpha1.ReasonAccountNotReady,
		Message: fmt.Sprintf("Account %s is not held yet for the removal of these records", account.Name),
	}.Err()
}
