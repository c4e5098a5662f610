package dnszone

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// +kubebuilder:rbac:groups=regapi.io,resources=dnszones,verbs=get;list;watch;update;patch
// +kubebuilder:rbac:groups=regapi.io,resources=dnszones/status,verbs=get;update;patch
// +kubebuilder:rbac:groups=regapi.io,resources=dnszones/finalizers,verbs=update

// indexDomain is the field that the cache indexes by the domain, in canonical form.
const indexDomain = "canonical(spec.domainName)"

// Reconciler keeps the records of a zone as its DNSZone asks. All of its fields have to be set but for the last three.
type Reconciler struct {
	status.Writer
	Directory *account.Directory
	Editor    *zone.Editor
	// Alarm is what the Directory rings.
	Alarm   *waking.Alarm
	Metrics *Metrics
	// ReleaseGrace is how long a deletion waits for a zone that is out of reach; 0 is five minutes.
	ReleaseGrace time.Duration
	// Publication asks the authoritative name servers; without servers nobody is asked.
	Publication zone.Publication
	// Provenance knows what external-dns made; nil where it makes nothing.
	Provenance zone.Provenance
}

// Reconcile compares the zone as the inventory knows it, for which no request is made, and writes only what differs.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.DNSZone
	if err := r.Get(ctx, request.NamespacedName, &found); err != nil {
		if apierrors.IsNotFound(err) {
			r.Directory.Unfollow(follower(request.NamespacedName))
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	return r.reconcile(ctx, &found)
}

func (r *Reconciler) reconcile(ctx context.Context, found *v1alpha1.DNSZone) (ctrl.Result, error) {
	s := newScope(found)
	if s.deleting() {
		return r.settleDeletion(ctx, s, phase.Run(ctx, s, r.release, r.letGo))
	}
	err := phase.Run(ctx, s, r.claim, r.hold, r.connect, r.interpret, r.sync, r.followPublication)
	return r.Settle(ctx, s.before, s.zone, s.outcome(err))
}

// SetupWithManager registers the controller and what wakes it.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager) error {
	if err := addIndexes(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.DNSZone{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.zonesOf), builder.WithPredicates(waking.AccountUsabilityChanged)).
		Watches(&v1alpha1.DNSZone{}, handler.EnqueueRequestsFromMapFunc(r.zonesOfSameDomain), builder.WithPredicates(onlyDeletions)).
		WatchesRawSource(r.Alarm.Source(waking.Holders(mgr.GetClient(), &v1alpha1.DNSZoneList{}))).
		WithOptions(waking.Options(waking.BatchConcurrency)).
		Complete(r)
}

func addIndexes(ctx context.Context, indexer client.FieldIndexer) error {
	if err := waking.IndexHoldings(ctx, indexer, &v1alpha1.DNSZone{}, holdingOf); err != nil {
		return err
	}
	return waking.Index(ctx, indexer, &v1alpha1.DNSZone{}, indexDomain, domainOf)
}

// holdingOf says what a DNSZone holds.
func holdingOf(z *v1alpha1.DNSZone) waking.Holding {
	return waking.Holding{Account: z.Spec.AccountRef.KeyFrom(z.Namespace), Domain: domainOf(z)}
}

// domainOf gives the domain of a DNSZone in canonical form, so that its spellings meet; a name that is no domain stays as
// it is.
func domainOf(z *v1alpha1.DNSZone) string {
	if canonical, err := zone.CanonicalDomain(string(z.Spec.DomainName)); err == nil {
		return canonical
	}
	return string(z.Spec.DomainName)
}

// zonesOf finds the DNSZones that name an Account.
func (r *Reconciler) zonesOf(ctx context.Context, account client.Object) []ctrl.Request {
	var zones v1alpha1.DNSZoneList
	return waking.RequestsFor(ctx, r.Client, &zones, waking.OfAccount(client.ObjectKeyFromObject(account)))
}

// zonesOfSameDomain finds who may take over a zone when a DNSZone is gone.
func (r *Reconciler) zonesOfSameDomain(ctx context.Context, gone client.Object) []ctrl.Request {
	var zones v1alpha1.DNSZoneList
	return waking.RequestsFor(ctx, r.Client, &zones, client.MatchingFields{indexDomain: domainOf(gone.(*v1alpha1.DNSZone))})
}

var onlyDeletions = predicate.Funcs{
	CreateFunc:  func(event.CreateEvent) bool { return false },
	UpdateFunc:  func(event.UpdateEvent) bool { return false },
	GenericFunc: func(event.GenericEvent) bool { return false },
}
