package account

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	directory "github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
)

// indexReleasing is the field that the cache indexes DNSZones, Folders and Domains by: the Account that they need for their deletion.
const indexReleasing = "spec.accountRef, deletionPolicy Delete or StopAutorenew"

// settleTime is how long an Account that is being deleted waits for the deletion of DNSZones to follow. Those of one file, or
// of one namespace, are deleted one after the other.
const settleTime = 10 * time.Second

// releasingWith names the Account that a DNSZone, Folder or Domain needs to see off what is its own at REG.API; empty if it leaves that.
func releasingWith(object client.Object) string {
	var ref v1alpha1.AccountReference
	var needed bool
	switch o := object.(type) {
	case *v1alpha1.DNSZone:
		ref, needed = o.Spec.AccountRef, o.Spec.DeletionPolicy == v1alpha1.DeletionDelete
	case *v1alpha1.Folder:
		ref, needed = o.Spec.AccountRef, o.Spec.DeletionPolicy == v1alpha1.DeletionDelete
	case *v1alpha1.Domain:
		ref, needed = o.Spec.AccountRef, o.Spec.DeletionPolicy == v1alpha1.DomainStopAutorenew
	}
	if !needed {
		return ""
	}
	return ref.KeyFrom(object.GetNamespace()).String()
}

// indexReleases makes the cache find the objects that need an Account for their deletion.
func indexReleases(ctx context.Context, indexer client.FieldIndexer) error {
	err := waking.Index(ctx, indexer, &v1alpha1.DNSZone{}, indexReleasing, func(z *v1alpha1.DNSZone) string { return releasingWith(z) })
	if err != nil {
		return err
	}
	if err := waking.Index(ctx, indexer, &v1alpha1.Domain{}, indexReleasing, func(d *v1alpha1.Domain) string { return releasingWith(d) }); err != nil {
		return err
	}
	return waking.Index(ctx, indexer, &v1alpha1.Folder{}, indexReleasing, func(f *v1alpha1.Folder) string { return releasingWith(f) })
}

// releasing lists the DNSZones, Folders and Domains that need an Account for their deletion. They are those of the cache: nobody may change them.
func (r *Reconciler) releasing(ctx context.Context, account *v1alpha1.Account) ([]client.Object, error) {
	var objects []client.Object
	key := client.ObjectKeyFromObject(account).String()
	for _, list := range []client.ObjectList{&v1alpha1.DNSZoneList{}, &v1alpha1.FolderList{}, &v1alpha1.DomainList{}} {
		if err := r.List(ctx, list, client.MatchingFields{indexReleasing: key}, client.UnsafeDisableDeepCopy); err != nil {
			return nil, fmt.Errorf("list the objects that need this Account for their deletion: %w", err)
		}
		_ = meta.EachListItem(list, func(item runtime.Object) error { // Our own callback never fails.
			objects = append(objects, item.(client.Object))
			return nil
		})
	}
	return objects, nil
}

// hold keeps the Account from going before the objects that need it for their deletion, as long as there are any.
func (r *Reconciler) hold(ctx context.Context, s *scope) error {
	objects, err := r.releasing(ctx, s.account)
	if err != nil {
		return err
	}
	if len(objects) > 0 {
		if !controllerutil.AddFinalizer(s.account, v1alpha1.AccountFinalizer) {
			return nil
		}
	} else if !controllerutil.RemoveFinalizer(s.account, v1alpha1.AccountFinalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope.
func (r *Reconciler) patchFinalizers(ctx context.Context, s *scope) (err error) {
	s.before, err = status.PatchFinalizers(ctx, &r.Writer, s.before, s.account)
	return err
}

// awaitReleases waits for the DNSZones, Folders and Domains that are being deleted themselves, and a moment for those whose deletion may follow.
func (r *Reconciler) awaitReleases(ctx context.Context, s *scope) error {
	if !controllerutil.ContainsFinalizer(s.account, v1alpha1.AccountFinalizer) {
		return nil
	}
	objects, err := r.releasing(ctx, s.account)
	if err != nil || len(objects) == 0 {
		return err
	}
	grace := cmp.Or(r.ReleaseGrace, directory.ReleaseGrace)
	going, err := r.anyIsGoing(ctx, objects)
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
		Message: "DNSZones or Folders with deletionPolicy: Delete, or Domains with StopAutorenew, need this Account for their own deletion: it goes when those that are being deleted are gone",
	}.Err()
}

// anyIsGoing says whether one of the objects is being deleted, or will be with its namespace.
func (r *Reconciler) anyIsGoing(ctx context.Context, objects []client.Object) (bool, error) {
	namespaces := map[string]bool{}
	for _, object := range objects {
		if !object.GetDeletionTimestamp().IsZero() {
			return true, nil
		}
		namespaces[object.GetNamespace()] = true
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

// accountOf finds the Account that a DNSZone, Folder or Domain needs for its deletion.
func accountOf(_ context.Context, object client.Object) []ctrl.Request {
	namespace, name, needed := strings.Cut(releasingWith(object), string(types.Separator))
	if !needed {
		return nil
	}
	return []ctrl.Request{{NamespacedName: types.NamespacedName{Namespace: namespace, Name: name}}}
}

// releaseChanged lets those changes of a DNSZone, Folder or Domain through by which an Account may begin or cease to be needed.
var releaseChanged = predicate.Funcs{
	UpdateFunc: func(e event.UpdateEvent) bool {
		return releasingWith(e.ObjectOld) != releasingWith(e.ObjectNew) ||
			e.ObjectOld.GetDeletionTimestamp().IsZero() != e.ObjectNew.GetDeletionTimestamp().IsZero()
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
