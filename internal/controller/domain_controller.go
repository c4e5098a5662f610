package controller

import (
	"context"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// +kubebuilder:rbac:groups=regapi.io,resources=domains,verbs=get;list;watch
// +kubebuilder:rbac:groups=regapi.io,resources=domains/status,verbs=get;update;patch

// DomainReconciler shows a domain of an account in the status of its Domain. It buys nothing and changes nothing.
type DomainReconciler struct {
	statusWriter
	Dependencies
}

// Reconcile shows one domain. What is known of it comes from the inventory, for which many domains share a request.
func (r *DomainReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.Domain
	if err := r.Get(ctx, request.NamespacedName, &found); err != nil {
		if apierrors.IsNotFound(err) {
			r.Directory.Unfollow(followerOf("Domain", request.NamespacedName))
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	s := newDomainScope(&found)
	err := runPhases(ctx, s, r.connect, r.observe, r.locate)
	return r.settle(ctx, s.before, s.domain, s.outcome(err))
}

// SetupWithManager registers the controller and what wakes it.
func (r *DomainReconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Domain{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.domainsOf), builder.WithPredicates(accountUsabilityChanged)).
		WatchesRawSource(r.Alarm.domains.source()).
		WithOptions(controllerOptions(batchConcurrency)).
		Complete(r)
}

// domainsOf finds the Domains that name an Account.
func (r *DomainReconciler) domainsOf(ctx context.Context, account client.Object) []ctrl.Request {
	var domains v1alpha1.DomainList
	return requestsFor(ctx, r.Client, &domains, client.MatchingFields{indexAccount: client.ObjectKeyFromObject(account).String()})
}
