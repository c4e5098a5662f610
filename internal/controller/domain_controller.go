package controller

import (
	"context"
	"time"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
)

// +kubebuilder:rbac:groups=regapi.io,resources=domains,verbs=get;list;watch
// +kubebuilder:rbac:groups=regapi.io,resources=domains/status,verbs=get;update;patch

// DomainReconciler shows a domain of an account in the status of its Domain. It buys nothing and changes nothing.
type DomainReconciler struct {
	statusWriter
	Directory *account.Directory
	Resync    time.Duration
}

// Reconcile observes one domain with two requests.
func (r *DomainReconciler) Reconcile(ctx context.Context, domain *v1alpha1.Domain) (ctrl.Result, error) {
	s := newDomainScope(domain)
	err := runPhases(ctx, s, r.connect, r.observe, r.observeDelegation)
	return r.settle(ctx, s.before, s.domain, s.outcome(err, r.Resync))
}

// SetupWithManager registers the controller and what wakes it.
func (r *DomainReconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Domain{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.domainsOf), builder.WithPredicates(accountUsabilityChanged)).
		WithOptions(controllerOptions()).
		Complete(reconcile.AsReconciler(mgr.GetClient(), r))
}

// domainsOf finds the Domains that name an Account.
func (r *DomainReconciler) domainsOf(ctx context.Context, account client.Object) []ctrl.Request {
	var domains v1alpha1.DomainList
	return requestsFor(ctx, r.Client, &domains, client.InNamespace(account.GetNamespace()), client.MatchingFields{indexAccount: account.GetName()})
}
