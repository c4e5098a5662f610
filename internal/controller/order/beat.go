package order

import (
	"context"
	"slices"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
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

// Start beats until the context ends. A beat that hangs, since a login does, holds no other up.
func (h heart) Start(ctx context.Context) error {
	var beats sync.WaitGroup
	defer beats.Wait()
	for pause.For(ctx, h.every()) {
		beats.Go(func() { h.Beat(ctx) })
	}
	return nil
}

// every is how often some order of each login is looked at.
func (r *Reconciler) every() time.Duration { return purchase.TheWaits(r.Desk.SettleWithin).Again / 2 }

// Beat looks at an open order of each login of which nobody has looked at one for a while, at all logins at a time.
func (r *Reconciler) Beat(ctx context.Context) {
	var list v1alpha1.OrderList
	if err := r.Cache.List(ctx, &list, client.InNamespace(r.Desk.Namespace), client.UnsafeDisableDeepCopy); err != nil {
		log.FromContext(ctx).Error(err, "Listing the open Orders failed")
		return
	}
	open := map[string][]string{}
	for i := range list.Items {
		if o := &list.Items[i]; !purchase.State(o.Status.State).Closed() {
			login := ordering.LoginOf(o)
			open[login] = append(open[login], o.Name)
		}
	}
	var logins sync.WaitGroup
	for login, names := range open {
		slices.Sort(names)
		logins.Go(func() { r.watchOne(ctx, login, names) })
	}
	logins.Wait()
}

// watchOne looks at the orders of a login until one of them has been watched.
func (r *Reconciler) watchOne(ctx context.Context, login string, names []string) {
	for _, name := range names {
		if ctx.Err() != nil || r.Desk.Watched(login, r.every()) {
			return
		}
		request := ctrl.Request{NamespacedName: types.NamespacedName{Namespace: r.Desk.Namespace, Name: name}}
		if _, err := r.Reconcile(ctx, request); err != nil {
			log.FromContext(ctx).Error(err, "Watching an open Order failed", "Order", name)
		}
	}
}
