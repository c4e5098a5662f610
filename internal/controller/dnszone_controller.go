package controller

import (
	"context"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// +kubebuilder:rbac:groups=regapi.io,resources=dnszones,verbs=get;list;watch;update;patch
// +kubebuilder:rbac:groups=regapi.io,resources=dnszones/status,verbs=get;update;patch
// +kubebuilder:rbac:groups=regapi.io,resources=dnszones/finalizers,verbs=update

// DNSZoneReconciler keeps the records of a zone as its DNSZone asks.
type DNSZoneReconciler struct {
	statusWriter
	Dependencies
}

// Reconcile compares the zone as the inventory knows it, for which no request is made, and writes only what differs.
func (r *DNSZoneReconciler) Reconcile(ctx context.Context, found *v1alpha1.DNSZone) (ctrl.Result, error) {
	s := newDNSZoneScope(found)
	if s.deleting() {
		return r.settleDeletion(ctx, s, runPhases(ctx, s, r.release, r.letGo))
	}
	err := runPhases(ctx, s, r.claim, r.connect, r.interpret, r.sync, r.followPublication)
	return r.settle(ctx, s.before, s.zone, s.outcome(err))
}

// SetupWithManager registers the controller and what wakes it.
func (r *DNSZoneReconciler) SetupWithManager(mgr ctrl.Manager) error {
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.DNSZone{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.zonesOf), builder.WithPredicates(accountUsabilityChanged)).
		Watches(&v1alpha1.DNSZone{}, handler.EnqueueRequestsFromMapFunc(r.zonesOfSameDomain), builder.WithPredicates(onlyDeletions)).
		WatchesRawSource(r.Alarm.zones.source()).
		WithOptions(controllerOptions(batchConcurrency)).
		Complete(reconcile.AsReconciler(mgr.GetClient(), r))
}

// zonesOf finds the DNSZones that name an Account.
func (r *DNSZoneReconciler) zonesOf(ctx context.Context, account client.Object) []ctrl.Request {
	var zones v1alpha1.DNSZoneList
	return requestsFor(ctx, r.Client, &zones, client.MatchingFields{indexAccount: client.ObjectKeyFromObject(account).String()})
}

// zonesOfSameDomain finds who may take over a zone when a DNSZone is gone.
func (r *DNSZoneReconciler) zonesOfSameDomain(ctx context.Context, gone client.Object) []ctrl.Request {
	var zones v1alpha1.DNSZoneList
	domain := canonicalOrAsIs(gone.(*v1alpha1.DNSZone).Spec.DomainName)
	return requestsFor(ctx, r.Client, &zones, client.MatchingFields{indexDomain: domain})
}

var onlyDeletions = predicate.Funcs{
	CreateFunc:  func(event.CreateEvent) bool { return false },
	UpdateFunc:  func(event.UpdateEvent) bool { return false },
	GenericFunc: func(event.GenericEvent) bool { return false },
}
