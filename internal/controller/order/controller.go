package order

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// +kubebuilder:rbac:groups=regapi.io,namespace=system,resources=orders,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=regapi.io,namespace=system,resources=orders/status,verbs=patch
// +kubebuilder:rbac:groups=regapi.io,resources=domains;accounts,verbs=get;list;watch

// workers is how many orders are worked on at a time, each of another login.
const workers = 8

// Reconciler takes the steps of Orders. All of its exported fields have to be set. Its Writer has to write to the API server itself.
type Reconciler struct {
	status.Writer
	Directory *account.Directory
	Desk      *ordering.Desk
	// Cache tells where to look for Domains and Accounts.
	Cache client.Reader

	turns  turns
	prices ordering.Prices
	looks  looks
}

// Reconcile takes the next step of an order.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	if request.Namespace != r.Desk.Namespace {
		return ctrl.Result{}, nil
	}
	var cached v1alpha1.Order // Whose turn it is its spec says, which cannot change.
	if err := r.Cache.Get(ctx, request.NamespacedName, &cached); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if isDone(&cached) {
		return r.retire(ctx, &cached)
	}
	login := ordering.LoginOf(&cached)
	if comesAgain := r.turns.enter(login, &cached); comesAgain > 0 {
		return ctrl.Result{RequeueAfter: comesAgain}, nil
	}
	again := time.Duration(0)
	defer func() { r.turns.leave(login, &cached, again) }()
	var found v1alpha1.Order
	if err := r.Desk.Live.Get(ctx, request.NamespacedName, &found); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if isDone(&found) {
		return ctrl.Result{RequeueAfter: turn}, nil // The cache will tell.
	}
	s := newScope(&found, login, purchase.TheWaits(r.Desk.SettleWithin))
	if r.Directory.ReadOnly() {
		return r.Settle(ctx, s.before, s.object, untouched())
	}
	err := phase.Run(ctx, s, r.understand, r.recall, r.connect, r.tell, r.watch, r.hurry, r.intend, r.look, r.step)
	refused, told := traffic.RetryAfter(err)
	result, err := r.Settle(ctx, s.before, s.object, s.outcome(err))
	if told && result.RequeueAfter > 0 {
		again = min(refused, lastHold) // To the second: those that expire later wait for it.
		result.RequeueAfter = again
	}
	if err != nil && (apierrors.IsConflict(err) || apierrors.IsNotFound(err)) {
		return ctrl.Result{RequeueAfter: turn}, nil
	}
	if err == nil {
		err = r.release(ctx, s)
	}
	return result, err
}

// isDone says whether an order is closed and let go.
func isDone(o *v1alpha1.Order) bool {
	return purchase.State(o.Status.State).Closed() && len(o.Finalizers) == 0
}

// SetupWithManager registers the controller and what wakes it.
func (r *Reconciler) SetupWithManager(_ context.Context, mgr ctrl.Manager) error {
	if err := mgr.Add(heart{r}); err != nil {
		return err
	}
	options := waking.Options(workers)
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Order{}).
		Watches(&v1alpha1.Domain{}, handler.EnqueueRequestsFromMapFunc(r.ofDomain)).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.ofAccount)).
		WithOptions(options).
		Complete(r)
}

// ofDomain finds the open orders for the name of a Domain.
func (r *Reconciler) ofDomain(ctx context.Context, object client.Object) []ctrl.Request {
	name, err := zone.CanonicalDomain(string(object.(*v1alpha1.Domain).Spec.DomainName))
	if err != nil {
		return nil
	}
	return r.open(ctx, func(*v1alpha1.Order) bool { return true }, r.Desk.For(name)...)
}

// ofAccount finds the open orders of the login of an Account.
func (r *Reconciler) ofAccount(ctx context.Context, object client.Object) []ctrl.Request {
	userID := object.(*v1alpha1.Account).Status.UserID
	return r.open(ctx, func(o *v1alpha1.Order) bool { return o.Spec.UserID == userID }, client.InNamespace(r.Desk.Namespace))
}

func (r *Reconciler) open(ctx context.Context, selected func(*v1alpha1.Order) bool, which ...client.ListOption) (requests []ctrl.Request) {
	var list v1alpha1.OrderList
	if err := r.Cache.List(ctx, &list, append(which, client.UnsafeDisableDeepCopy)...); err != nil {
		return nil
	}
	for i := range list.Items {
		o := &list.Items[i]
		if selected(o) && !purchase.State(o.Status.State).Closed() {
			requests = append(requests, ctrl.Request{NamespacedName: types.NamespacedName{Namespace: o.Namespace, Name: o.Name}})
		}
	}
	return requests
}
