package account

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/types"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	directory "github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/controller/waking"
)

// +kubebuilder:rbac:groups=regapi.io,resources=accounts,verbs=get;list;watch;patch
// +kubebuilder:rbac:groups=regapi.io,resources=accounts/status,verbs=patch
// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// +kubebuilder:rbac:groups="",resources=namespaces,verbs=get;list;watch

// The ledgers of the budgets:
// +kubebuilder:rbac:groups="",namespace=system,resources=configmaps,verbs=get;list;create;update;delete

// Secrets are in a role of their own, config/rbac/secrets_role.yaml, which an installation can do without.

// share is how many Accounts of a namespace that is alone are worked on at a time, and how many workers that leaves to others. They wait for REG.API.
const share = 32

// Reconciler checks that an Account can be used. All of its exported fields have to be set but for the last.
type Reconciler struct {
	status.Writer
	Directory *directory.Directory
	// Alarm is what the Directory rings.
	Alarm *waking.Alarm
	// ReleaseGrace is how long a deletion waits for DNSZones that remove their records; 0 is five minutes.
	ReleaseGrace time.Duration

	secrets *secretWatch
}

// Reconcile checks one Account. It costs two requests for new credentials, none after a restart, and none as long as the sweeps
// succeed.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	var found v1alpha1.Account
	if err := r.Get(ctx, request.NamespacedName, &found); err != nil {
		if apierrors.IsNotFound(err) {
			r.forget(request.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	s := newScope(&found)
	s.readOnly = r.Directory.ReadOnly()
	if s.deleting() {
		return r.settleDeletion(ctx, s, phase.Run(ctx, s, r.awaitReleases, r.letGo))
	}
	err := phase.Run(ctx, s, r.hold, r.connect, r.verify, r.probe)
	return r.Settle(ctx, s.before, s.account, s.outcome(err))
}

// SetupWithManager registers the controller and what wakes it.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager) error {
	api, err := client.NewWithWatch(mgr.GetConfig(), client.Options{Scheme: mgr.GetScheme(), Mapper: mgr.GetRESTMapper()})
	if err != nil {
		return fmt.Errorf("connect to the API server: %w", err)
	}
	r.secrets = newSecretWatch(api)
	if err := mgr.Add(r.secrets); err != nil {
		return err
	}
	if err := indexReleases(ctx, mgr.GetFieldIndexer()); err != nil {
		return err
	}
	shares := waking.NewShares(share, share)
	return ctrl.NewControllerManagedBy(mgr).
		For(&v1alpha1.Account{}, builder.WithPredicates(predicate.Or(predicate.GenerationChangedPredicate{}, finalizersChanged), shares.ChangedFirst())).
		Watches(&v1alpha1.DNSZone{}, handler.EnqueueRequestsFromMapFunc(accountOf), builder.WithPredicates(releaseChanged)).
		Watches(&v1alpha1.Folder{}, handler.EnqueueRequestsFromMapFunc(accountOf), builder.WithPredicates(releaseChanged)).
		Watches(&v1alpha1.Domain{}, handler.EnqueueRequestsFromMapFunc(accountOf), builder.WithPredicates(releaseChanged)).
		WatchesRawSource(r.secrets.source()).
		WatchesRawSource(r.Alarm.Source(itself)).
		WatchesRawSource(shares.Source()).
		WithOptions(shares.Options()).
		Complete(shares.Among(r))
}

// itself finds an Account where the change is its own, and not that of a domain.
func itself(_ context.Context, account types.NamespacedName, domain string) []ctrl.Request {
	if domain != "" {
		return nil
	}
	return []ctrl.Request{{NamespacedName: account}}
}

// forget lets go of what the process holds for an Account that is gone.
func (r *Reconciler) forget(account types.NamespacedName) {
	r.Directory.Forget(account)
	r.secrets.unfollow(account)
}
