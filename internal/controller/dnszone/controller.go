package dnszone

import (
	"context"
	"reflect"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/ruling"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// +kubebuilder:rbac:groups=regapi.io,resources=dnszones,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=regapi.io,resources=dnszones/status,verbs=patch

// Reconciler keeps the records of a zone as its DNSZone asks. All of its exported fields have to be set but for the last three.
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

	rulings ruling.Memory
}

// Reconcile compares the zone as the inventory knows it, for which no request is made, and writes only what differs.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.DNSZone
	if err := r.Get(ctx, request.NamespacedName, &found, client.UnsafeDisableDeepCopy); err != nil {
		if apierrors.IsNotFound(err) {
			r.Directory.Unfollow(follower(request.NamespacedName))
			r.rulings.Forget(request.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	return r.reconcile(ctx, &found)
}

func (r *Reconciler) reconcile(ctx context.Context, found *v1alpha1.DNSZone) (ctrl.Result, error) {
	s := newScope(found)
	s.halt = r.Directory.Halt(found)
	if s.deleting() {
		return r.settleDeletion(ctx, s, phase.Run(ctx, s, r.release, r.letGo))
	}
	defer func() { s.endWork() }()
	err := phase.Run(ctx, s, r.identify, r.claim, r.hold, r.connect, r.interpret, r.sync, r.followPublication)
	return r.Settle(ctx, s.before, s.zone, s.outcome(err))
}

// SetupWithManager registers the controller and what wakes it.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager) error {
	if err := waking.IndexAccounts(ctx, mgr.GetFieldIndexer(), &v1alpha1.DNSZone{}, holdingOf); err != nil {
		return err
	}
	shares := waking.NewBatchShares()
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.DNSZone{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}), shares.ChangedFirst())).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.zonesOf), builder.WithPredicates(waking.AccountUsabilityChanged)).
		Watches(&v1alpha1.DNSZone{}, handler.EnqueueRequestsFromMapFunc(r.rivalsOf), builder.WithPredicates(claimChanged)).
		Watches(&v1alpha1.Domain{}, handler.EnqueueRequestsFromMapFunc(r.zonesFor), builder.WithPredicates(delegationChanged)).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(waking.Borrowers(r.Client, &v1alpha1.DNSZoneList{}, holdingOf)), builder.WithPredicates(waking.LabelsChanged)).
		WatchesRawSource(r.Alarm.Source(waking.Holders(mgr.GetClient(), &v1alpha1.DNSZoneList{}))).
		WatchesRawSource(shares.Source()).
		WithOptions(shares.Options()).
		Complete(shares.Among(r))
}

// holdingOf says what a DNSZone holds.
func holdingOf(z *v1alpha1.DNSZone) waking.Holding {
	return waking.Holding{Account: z.Spec.AccountRef.KeyFrom(z.Namespace), Domain: tenancy.DomainOf(z)}
}

// zonesOf finds the DNSZones that name an Account.
func (r *Reconciler) zonesOf(ctx context.Context, account client.Object) []ctrl.Request {
	var zones v1alpha1.DNSZoneList
	return waking.RequestsFor(ctx, r.Client, &zones, waking.OfAccount(client.ObjectKeyFromObject(account)))
}

// rivalsOf finds the objects for whom it matters that a DNSZone is gone, or that its claim has changed: those for the same domain that wait
// for it, or that count themselves. Whatever else names the domain has other worries.
func (r *Reconciler) rivalsOf(ctx context.Context, changed client.Object) []ctrl.Request {
	zones, err := tenancy.Zones(ctx, r.Client, tenancy.OfDomain(tenancy.DomainOf(changed)))
	if err != nil {
		log.FromContext(ctx).Error(err, "Listing the objects for the same zone failed")
		return nil
	}
	var requests []ctrl.Request
	for _, rival := range zones {
		ready := meta.FindStatusCondition(rival.Status.Conditions, v1alpha1.ConditionReady)
		waits := ready != nil && ready.Reason == v1alpha1.ReasonConflict
		if rival.UID != changed.GetUID() && (waits || tenancy.MayCount(rival)) {
			requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(rival)})
		}
	}
	return requests
}

// claimChanged lets those changes of a DNSZone through by which another may begin or cease to rule its zone.
var claimChanged = predicate.Funcs{
	CreateFunc:  func(event.CreateEvent) bool { return false },
	GenericFunc: func(event.GenericEvent) bool { return false },
	DeleteFunc:  func(e event.DeleteEvent) bool { return tenancy.MayCount(e.Object.(*v1alpha1.DNSZone)) },
	UpdateFunc: func(e event.UpdateEvent) bool {
		return !reflect.DeepEqual(e.ObjectOld.(*v1alpha1.DNSZone).Status.Claim, e.ObjectNew.(*v1alpha1.DNSZone).Status.Claim)
	},
}
