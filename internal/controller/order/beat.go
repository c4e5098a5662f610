package order

import (
	"context"
	"slices"
	"strings"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/purchase"
)

// heart is what a manager runs beside the controller: in each login with open orders some order is looked at often enough that nobody takes the time
// in which all rest for a gap (9).
type heart struct{ *Reconciler }

// NeedLeaderElection says that only the leader watches.
func (heart) NeedLeaderElection() bool { return true }

// Start beats until the context ends.
func (h heart) Start(ctx context.Context) error {
	for pause.For(ctx, purchase.TheWaits(h.Desk.SettleWithin).Again/2) {
		h.Beat(ctx)
	}
	return nil
}

// Beat looks at an open order of each login of which nobody has looked at one for a while.
func (r *Reconciler) Beat(ctx context.Context) {
	var list v1alpha1.OrderList
	if err := r.Cache.List(ctx, &list, client.InNamespace(r.Desk.Namespace)); err != nil {
		log.FromContext(ctx).Error(err, "Listing the open Orders failed")
		return
	}
	slices.SortFunc(list.Items, func(a, b v1alpha1.Order) int { return strings.Compare(a.Name, b.Name) })
	within := purchase.TheWaits(r.Desk.SettleWithin).Again / 2
	for i := range list.Items {
		o := &list.Items[i]
		if purchase.State(o.Status.State).Closed() || r.Desk.Watched(ordering.LoginOf(o), within) {
			continue
		}
		if _, err := r.Reconcile(ctx, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(o)}); err != nil {
			log.FromContext(ctx).Error(err, "Watching an open Order failed", "Order", o.Name)
		}
	}
}
