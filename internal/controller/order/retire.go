package order

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

const (
	// keptFor is how long a closed order is kept (4): longer than a year, so that the renewal before can be compared.
	keptFor = 400 * 24 * time.Hour
	// retireCheck bounds the wait for that.
	retireCheck = 30 * 24 * time.Hour
)

// retire deletes an order that was closed long ago. The last one of a domain is its memory, and stays (4). It reads nothing live: a closed order
// decides nothing.
func (r *Reconciler) retire(ctx context.Context, o *v1alpha1.Order) (ctrl.Result, error) {
	domain, ordinal, err := purchase.ParseName(o.Name)
	if err != nil {
		return ctrl.Result{}, reconcile.TerminalError(err)
	}
	ready := meta.FindStatusCondition(o.Status.Conditions, v1alpha1.ConditionReady)
	if ready == nil || !o.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil
	}
	if left := keptFor - time.Since(ready.LastTransitionTime.Time); left > 0 {
		return ctrl.Result{RequeueAfter: min(left, retireCheck)}, nil
	}
	var next v1alpha1.Order
	err = r.Cache.Get(ctx, types.NamespacedName{Namespace: o.Namespace, Name: purchase.Name(domain, ordinal+1)}, &next)
	if apierrors.IsNotFound(err) {
		return ctrl.Result{RequeueAfter: retireCheck}, nil
	}
	if err != nil {
		return ctrl.Result{}, fmt.Errorf("look for the order after %s: %w", o.Name, err)
	}
	// Only as it was read: whoever has touched it since may want it.
	same := client.Preconditions{UID: &o.UID, ResourceVersion: &o.ResourceVersion}
	if err := r.Delete(ctx, o, same); client.IgnoreNotFound(err) != nil && !apierrors.IsConflict(err) {
		return ctrl.Result{}, fmt.Errorf("delete the old order %s: %w", o.Name, err)
	}
	return ctrl.Result{}, nil
}
