package folder

import (
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/ruling"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
	"github.com/regapi-io/regapi-operator/internal/inventory"
)

// +kubebuilder:rbac:groups=regapi.io,resources=folders,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=regapi.io,resources=folders/status,verbs=patch

// Reconciler keeps folders holding what their Folders ask for. All of its exported fields have to be set but for the last.
type Reconciler struct {
	status.Writer
	Directory *account.Directory
	// Alarm is what the Directory rings.
	Alarm   *waking.Alarm
	Metrics *Metrics
	// ReleaseGrace is how long a deletion waits for a folder that cannot be deleted; 0 is five minutes.
	ReleaseGrace time.Duration

	rulings   ruling.Memory
	gathering gathering
	lanes     lanes
	refusals  refusals
}

// workers are how many folders of a namespace that is alone are worked on at a time, and spare how many that leaves to others. Their requests leave one
// by one, so that more would only wait.
const workers, spare = 128, 32

// errResting ends a reconciliation that has nothing to do before its folder is read in its turn.
var errResting = errors.New("the folder waits for its turn to be read")

// Reconcile compares the folder as it was read last, for which no request is made, and writes only what differs.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.Folder
	if err := r.Get(ctx, request.NamespacedName, &found); err != nil {
		if apierrors.IsNotFound(err) {
			r.forget(request.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	s := newScope(&found)
	s.halt = r.Directory.Halt(&found)
	defer func() { s.leave() }()
	if s.deleting() {
		return r.settleDeletion(ctx, s, phase.Run(ctx, s, r.release, r.letGo))
	}
	if left := r.gathering.left(request.NamespacedName); left > 0 {
		return ctrl.Result{RequeueAfter: left}, nil
	}
	err := phase.Run(ctx, s, r.identify, r.claim, r.hold, r.connect, r.gather, r.rest, r.number, r.enter, r.rule, r.find, r.read, r.sync)
	if errors.Is(err, errResting) {
		return ctrl.Result{}, nil
	}
	return r.Settle(ctx, s.before, s.folder, s.outcome(err))
}

// forget lets go of what the process holds for a Folder that is gone.
func (r *Reconciler) forget(key types.NamespacedName) {
	r.Directory.Unfollow(follower(key))
	r.rulings.Forget(key)
	r.gathering.forget(key)
	r.refusals.forget(key)
}

// SetupWithManager registers the controller and what wakes it.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager) error {
	if err := addIndexes(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	shares := waking.NewShares(workers, spare)
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Folder{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, predicate.AnnotationChangedPredicate{}))).
		Watches(&v1alpha1.Account{}, handler.EnqueueRequestsFromMapFunc(r.foldersOf), builder.WithPredicates(waking.AccountUsabilityChanged)).
		Watches(&v1alpha1.Folder{}, handler.EnqueueRequestsFromMapFunc(r.rivalsOf), builder.WithPredicates(claimChanged)).
		Watches(&v1alpha1.Domain{}, r.selected()).
		Watches(&corev1.Namespace{}, handler.EnqueueRequestsFromMapFunc(waking.Borrowers(r.Client, &v1alpha1.FolderList{}, holdingOf)), builder.WithPredicates(waking.LabelsChanged)).
		WatchesRawSource(r.Alarm.Source(r.readers)).
		WatchesRawSource(shares.Source()).
		WithOptions(shares.Options()).
		Complete(shares.Among(r))
}

// Fields that the cache indexes by the names that a Folder claims, and by the number of its folder.
const (
	indexName = "folder names"
	indexID   = "status.folderID"
)

func addIndexes(ctx context.Context, indexer client.FieldIndexer) error {
	if err := waking.IndexAccounts(ctx, indexer, &v1alpha1.Folder{}, holdingOf); err != nil {
		return err
	}
	err := indexer.IndexField(ctx, &v1alpha1.Folder{}, indexName, func(object client.Object) []string { return namesOf(object.(*v1alpha1.Folder)) })
	if err != nil {
		return err
	}
	return waking.Index(ctx, indexer, &v1alpha1.Folder{}, indexID, func(f *v1alpha1.Folder) string { return f.Status.FolderID })
}

// holdingOf says which Account a Folder names. It holds no domain by itself.
func holdingOf(f *v1alpha1.Folder) waking.Holding {
	return waking.Holding{Account: f.Spec.AccountRef.KeyFrom(f.Namespace)}
}

// namesOf are the names that a Folder stands in the way of: the one that it asks for, and the one that it has until it is renamed.
func namesOf(f *v1alpha1.Folder) []string {
	names := []string{f.NameAtRegistrar()}
	if claim := f.Status.Claim; claim != nil && claim.Rules && claim.FolderName != names[0] {
		names = append(names, claim.FolderName)
	}
	return names
}

// foldersOf finds the Folders that name an Account.
func (r *Reconciler) foldersOf(ctx context.Context, account client.Object) []ctrl.Request {
	return waking.RequestsFor(ctx, r.Client, &v1alpha1.FolderList{}, waking.OfAccount(client.ObjectKeyFromObject(account)))
}

// readers finds the Folders whose folder was read in its turn and has changed.
func (r *Reconciler) readers(ctx context.Context, account types.NamespacedName, subject string) []ctrl.Request {
	id, ok := inventory.FolderOf(subject)
	if !ok {
		return nil
	}
	var folders v1alpha1.FolderList
	if err := r.List(ctx, &folders, client.MatchingFields{indexID: id.String()}, client.UnsafeDisableDeepCopy); err != nil {
		log.FromContext(ctx).Error(err, "Listing the Folders of a folder failed")
		return nil
	}
	var requests []ctrl.Request
	for i := range folders.Items {
		if f := &folders.Items[i]; f.Spec.AccountRef.KeyFrom(f.Namespace) == account {
			requests = append(requests, ctrl.Request{NamespacedName: client.ObjectKeyFromObject(f)})
		}
	}
	return requests
}
