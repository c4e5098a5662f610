package controller

import (
	"context"
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
)

// +kubebuilder:rbac:groups=regapi.io,resources=accounts,verbs=get;list;watch
// +kubebuilder:rbac:groups=regapi.io,resources=accounts/status,verbs=get;update;patch
// +kubebuilder:rbac:groups="",resources=secrets,verbs=get;list;watch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// AccountReconciler checks that an Account can be used.
type AccountReconciler struct {
	statusWriter
	Directory *account.Directory
	Resync    time.Duration
}

// Reconcile checks one Account with one request.
func (r *AccountReconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.Account
	if err := r.Get(ctx, request.NamespacedName, &found); err != nil {
		if apierrors.IsNotFound(err) {
			r.Directory.Forget(request.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	s := newAccountScope(&found)
	err := runPhases(ctx, s, r.connect, r.verify)
	return r.settle(ctx, s.before, s.account, s.outcome(err, r.Resync))
}

// SetupWithManager registers the controller and what wakes it.
func (r *AccountReconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Account{}, builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.accountsUsing)).
		WithOptions(controllerOptions()).
		Complete(r)
}

// accountsUsing finds the Accounts that name a Secret.
func (r *AccountReconciler) accountsUsing(ctx context.Context, secret client.Object) []ctrl.Request {
	var accounts v1alpha1.AccountList
	return requestsFor(ctx, r.Client, &accounts, client.InNamespace(secret.GetNamespace()), client.MatchingFields{indexSecret: secret.GetName()})
}
