package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	directory "github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
)

// indexReleasing is the field that the cache indexes DNSZones by: the Account that they need for their deletion.
const indexReleasing = "spec.accountRef, deletionPolicy Delete"

// settleTime is how long an Account that is being deleted waits for the deletion of DNSZones to follow. Those of one file, or
// of one namespace, are deleted one after the other.
const settleTime = 10 * time.Second

// releasingWith names the Account that a DNSZone needs to remove its records with it; empty if it leaves them.
func releasingWith(zone *v1alpha1.DNSZone) string {
	if zone.Spec.DeletionPolicy != v1alpha1.DeletionDelete {
		return ""
	}
	return zone.Spec.AccountRef.KeyFrom(zone.Namespace).String()
}

// releasing lists the DNSZones that need an Account for their deletion. They are those of the cache: nobody may change them.
func (r *Reconciler) releasing(ctx context.Context, account *v1alpha1.Account) ([]v1alpha1.DNSZone, error) {
	var zones v1alpha1.DNSZoneList
	key := client.ObjectKeyFromObject(account).String()
	if err := r.List(ctx, &zones, client.MatchingFields{indexReleasing: key}, client.UnsafeDisableDeepCopy); err != nil {
		return nil, fmt.Errorf("list the DNSZones that need this Account for their deletion: %w", err)
	}
	return zones.Items, nil
}

// hold keeps the Account from going before the DNSZones that need it for their deletion, as long as there are any.
func (r *Reconciler) hold(ctx context.Context, s *scope) error {
	zones, err := r.releasing(ctx, s.account)
	if err != nil {
		return err
	}
	if len(zones) > 0 {
		if !controllerutil.AddFinalizer(s.account, v1alpha1.AccountFinalizer) {
			return nil
		}
	} else if !controllerutil.RemoveFinalizer(s.account, v1alpha1.AccountFinalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope.
func (r *Reconciler) patchFinalizers(ctx context.Context, s *scope) error {
	patch := client.MergeFromWithOptions(s.before, client.MergeFromWithOptimisticLock{})
	if err := r.Patch(ctx, s.account, patch); err != nil {
		return fmt.Errorf("write the finalizer: %w", err)
	}
	s.before = s.account.DeepCopy()
	return nil
}

// awaitReleases waits for the DNSZones that are being deleted themselves, and a moment for those whose deletion may follow.
func (r *Reconciler) awaitReleases(ctx context.Context, s *scope) error {
	if !controllerutil.ContainsFinalizer(s.account, v1alpha1.AccountFinalizer) {
		return nil
	}
	zones, err := r.releasing(ctx, s.account)
	if err != nil || len(zones) == 0 {
		return err
	}
	grace := cmp.Or(r.ReleaseGrace, directory.ReleaseGrace)
	going, err := r.anyIsGoing(ctx, zones)
	if err != nil {
		return err
	}
	if !going {
		grace = min(grace, settleTime)
	}
	left := time.Until(s.account.DeletionTimestamp.Add(grace))
	if left <= 0 {
		return nil
	}
	return outcome.Outcome{
		Ready: metav1.ConditionFalse, Reconciling: true, Reason: v1alpha1.ReasonDeleting, After: left,
		Message: "DNSZones with deletionPolicy: Delete need this Account to remove their records: it goes when those that are being deleted have done so",
	}.Err()
}

// anyIsGoing says whether one of the DNSZones is being deleted, or will be with its namespace.
func (r *Reconciler) anyIsGoing(ctx context.Context, zones []v1alpha1.DNSZone) (bool, error) {
	namespaces := map[string]bool{}
	for i := range zones {
		if !zones[i].DeletionTimestamp.IsZero() {
			return true, nil
		}
		namespaces[zones[i].Namespace] = true
	}
	for name := range namespaces {
		var namespace corev1.Namespace
		if err := r.Get(ctx, types.NamespacedName{Name: name}, &namespace); client.IgnoreNotFound(err) != nil {
			return false, fmt.Errorf("read Namespace %s: %w", name, err)
		}
		if !namespace.DeletionTimestamp.IsZero() {
			return true, nil
		}
	}
	return false, nil
}

// letGo closes the connection and takes the finalizer off, after which the Account is gone.
func (r *Reconciler) letGo(ctx context.Context, s *scope) error {
	r.forget(client.ObjectKeyFromObject(s.account))
	if !controllerutil.RemoveFinalizer(s.account, v1alpha1.AccountFinalizer) {
		return nil
	}
	return client.IgnoreNotFound(r.patchFinalizers(ctx, s))
}

// settleDeletion writes the status of a deletion that has to wait; one that is through has no status to write.
func (r *Reconciler) settleDeletion(ctx context.Context, s *scope, err error) (ctrl.Result, error) {
	if err == nil {
		return ctrl.Result{}, nil
	}
	return r.Settle(ctx, s.before, s.account, outcome.Of(err))
}

// accountOf finds the Account that a DNSZone needs for its deletion.
func accountOf(_ context.Context, zone client.Object) []ctrl.Request {
	z := zone.(*v1alpha1.DNSZone)
	if releasingWith(z) == "" {
		return nil
	}
	return []ctrl.Request{{NamespacedName: z.Spec.AccountRef.KeyFrom(z.Namespace)}}
}

// releaseChanged lets those changes of a DNSZone through by which an Account may begin or cease to be needed.
var releaseChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		before, after := e.ObjectOld.(*v1alpha1.DNSZone), e.ObjectNew.(*v1alpha1.DNSZone)
		return releasingWith(before) != releasingWith(after) || before.DeletionTimestamp.IsZero() != after.DeletionTimestamp.IsZero()
	},
}

// finalizersChanged notices a finalizer that somebody has taken off.
var finalizersChanged = predicate.Funcs{
	CreateFunc:  func(event.CreateEvent) bool { return false },
	DeleteFunc:  func(event.DeleteEvent) bool { return false },
	GenericFunc: func(event.GenericEvent) bool { return false },
	UpdateFunc: func(e event.UpdateEvent) bool {
		return !slices.Equal(e.ObjectOld.GetFinalizers(), e.ObjectNew.GetFinalizers())
	},
}
