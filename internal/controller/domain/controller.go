package domain

import (
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// +kubebuilder:rbac:groups=regapi.io,resources=domains,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=regapi.io,resources=domains/status,verbs=patch

// Reconciler shows a domain of an account in the status of its Domain, brings it to what its spec asks for, and has it renewed where that asks for it. It
// pays nothing itself: it makes Orders. All of its fields have to be set, but for Desk and ReleaseGrace.
type Reconciler struct {
	status.Writer
	Directory *account.Directory
	// Alarm is what the Directory rings.
	Alarm *waking.Alarm
	// Desk makes Orders; nil where none are made.
	Desk *ordering.Desk
	// ReleaseGrace is how long a deletion waits until the registrar can be told not to renew; 0 is five minutes.
	ReleaseGrace time.Duration

	flags flags
	// ordinals are those of our orders under whose keys services stand that are ordered and not there yet.
	ordinals sync.Map
}

// Reconcile shows one domain. What is known of it comes from the inventory, for which many domains share a request.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.Domain
	if err := r.Get(ctx, request.NamespacedName, &found, client.UnsafeDisableDeepCopy); err != nil {
		if apierrors.IsNotFound(err) {
			r.Directory.Unfollow(follower(request.NamespacedName))
			r.flags.forget(request.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	s := newScope(&found)
	if !found.DeletionTimestamp.IsZero() {
		return r.settleDeletion(ctx, s, phase.Run(ctx, s, r.release, r.letGo))
	}
	err := phase.Run(ctx, s, r.hold, r.connect, r.showOrders, r.observe, r.locate, r.takeUp, r.watchTransfer, r.showFolders, r.noteRegistered, r.renew, r.manage, r.delegated)
	r.watchExpiry(s)
	r.showActions(s, err)
	return r.Settle(ctx, s.before, s.domain, s.outcome(err))
}

// SetupWithManager registers the controller and what wakes it.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager) error {
	if err := waking.IndexAccounts(ctx, mgr.GetFieldIndexer(), &v1alpha1.Domain{}, holdingOf); err != nil {
		return err
	}
	shares := waking.NewDomainShares()
	controlled := ctrl.NewControllerManagedBy(mgr)
	if r.Desk != nil {
		if err := ordering.IndexOrders(ctx, mgr.GetFieldIndexer()); err != nil {
			return err
		}
		controlled.Watches(&v1alpha1.Order{}, handler.EnqueueRequestsFromMapFunc(r.askers), builder.WithPredicates(stateChanged))
	}
	return controlled.
		For(&v1alpha1.Domain{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}), shares.ChangedFirst())).
		Watches(&v1alpha1.Domain{}, handler.EnqueueRequestsFromMapFunc(r.siblings), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.domainsOf), builder.WithPredicates(waking.AccountUsabilityChanged)).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(waking.Borrowers(r.Client, &v1alpha1.DomainList{}, holdingOf)), builder.WithPredicates(waking.LabelsChanged)).
		Watches(&v1alpha1.Folder{}, r.folderEvents(), builder.WithPredicates(folderChanged)).
		WatchesRawSource(r.Alarm.Source(waking.Holders(mgr.GetClient(), &v1alpha1.DomainList{}))).
		WatchesRawSource(r.Alarm.Source(r.inFolder)).
		WatchesRawSource(shares.Source()).
		WithOptions(shares.Options()).
		Complete(shares.Among(r))
}

// siblings finds the other Domains for a name: when one comes or goes, another may rule.
func (r *Reconciler) siblings(ctx context.Context, object client.Object) (requests []ctrl.Request) {
	name, err := zone.CanonicalDomain(string(object.(*v1alpha1.Domain).Spec.DomainName))
	if err != nil {
		return nil
	}
	for _, request := range r.named(ctx, name) {
		if request.NamespacedName != client.ObjectKeyFromObject(object) {
			requests = append(requests, request)
		}
	}
	return requests
}

// holdingOf says what a Domain holds.
func holdingOf(d *v1alpha1.Domain) waking.Holding {
	return waking.Holding{Account: d.Spec.AccountRef.KeyFrom(d.Namespace), Domain: tenancy.DomainOf(d)}
}

// domainsOf finds the Domains that name an Account.
func (r *Reconciler) domainsOf(ctx context.Context, account client.Object) []ctrl.Request {
	var domains v1alpha1.DomainList
	return waking.RequestsFor(ctx, r.Client, &domains, waking.OfAccount(client.ObjectKeyFromObject(account)))
}
