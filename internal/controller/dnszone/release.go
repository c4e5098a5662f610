package dnszone

import (
	"context"
	"fmt"

	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/release"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/tenancy"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// release deals with the records of a DNSZone that is being deleted, as its deletion policy says. It fails where they have to be
// waited for, and fills in leftBehind where that has an end.
func (r *Reconciler) release(ctx context.Context, s *scope) error {
	if !controllerutil.ContainsFinalizer(s.zone, finalizer) || (!s.removesRecords() && len(s.taken()) == 0) {
		return nil
	}
	err := r.clearUp(ctx, s)
	switch {
	case err == nil:
		return nil
	case regapi.IsNotFound(err):
		log.FromContext(ctx).Info("The account no longer holds the domain; nothing is left to remove", "domain", s.target.Domain)
		return nil
	case r.deletion(s).Waits(err):
		return err
	default:
		s.leftBehind = err
		return nil
	}
}

// removesRecords says whether what the object owns goes with it.
func (s *scope) removesRecords() bool {
	return s.zone.Spec.DeletionPolicy == v1alpha1.DeletionDelete && !s.ownership().Empty()
}

// clearUp puts back what was taken away for something that never came, and removes what the object owns.
func (r *Reconciler) clearUp(ctx context.Context, s *scope) error {
	s.target.Domain = tenancy.DomainOf(s.zone) // Without claiming it.
	return phase.Run(ctx, s, r.interpret, r.mayWrite, r.reconnect, r.giveBack, r.removeOwned)
}

// mayWrite stops what may only look.
func (r *Reconciler) mayWrite(_ context.Context, s *scope) error {
	switch {
	case s.halt != nil:
		return outcome.Stalled(s.halt.Reason, s.halt.Cause+" stops it: "+s.halt.Remedy+", or they stay behind").Err()
	case s.mayNotWrite():
		return release.ErrObserved
	default:
		return nil
	}
}

// reconnect finds the connection of the account, also of one that is going, too.
func (r *Reconciler) reconnect(ctx context.Context, s *scope) error {
	connection, err := r.Directory.ResolveForRelease(ctx, r.Client, s.zone.Namespace, s.zone.Spec.AccountRef, s.target.Domain)
	if err != nil {
		return err
	}
	s.connection, s.target.Store = connection, connection
	return nil
}

// giveBack puts back what was taken away. Nobody is left to look after a name that is still empty then.
func (r *Reconciler) giveBack(ctx context.Context, s *scope) error {
	if err := r.restore(ctx, s); err != nil {
		return err
	}
	if len(s.unrestored) > 0 {
		return fmt.Errorf("put back what was taken away: the zone still lacks %s", s.unrestored[0])
	}
	return nil
}

// removeOwned removes what this object owns, as a fresh reading shows it, and nothing else: with nothing declared, that is what
// the plan says. What another object declares stays.
func (r *Reconciler) removeOwned(ctx context.Context, s *scope) error {
	if !s.removesRecords() {
		return nil
	}
	policy := s.policy()
	policy.Prune = zone.PruneOwned // The deletion policy says what is removed now.
	spared, err := r.declaredByOthers(ctx, s)
	if err != nil {
		return err
	}
	policy.Spared = spared
	result, err := r.Editor.Edit(ctx, s.target, zone.Edit{
		Fresh: true,
		Plan: func(current zone.Snapshot) zone.Edits {
			s.bind(current)
			s.planned = zone.NewPlan(zone.Declaration{}, s.ownership(), current.Records(), policy)
			return zone.EditsOf(s.planned)
		},
		Prepare: func(ctx context.Context, _ zone.Edits) error { return r.writeAhead(ctx, s) },
	})
	if err != nil {
		return err
	}
	s.made = result.Made()
	r.reportChanges(ctx, s)
	if len(result.Failures) == 0 {
		return nil
	}
	failure := fmt.Errorf("remove the records of the zone: %s", result.Failures[0])
	if len(s.made) > 0 {
		return outcome.Progress(failure).Err()
	}
	return failure
}

// declaredByOthers gives the records that another DNSZone of the same login declares for the zone: one that was renamed, say.
func (r *Reconciler) declaredByOthers(ctx context.Context, s *scope) ([]zone.Record, error) {
	var spared []zone.Record
	others, err := tenancy.Zones(ctx, r.Client, tenancy.OfDomain(s.target.Domain))
	if err != nil {
		return spared, err
	}
	for _, other := range others {
		if other.UID == s.zone.UID || !other.DeletionTimestamp.IsZero() {
			continue
		}
		connection, err := r.Directory.ResolveForRelease(ctx, r.Client, other.Namespace, other.Spec.AccountRef, s.target.Domain)
		if err != nil || connection.Login != s.connection.Login {
			continue // It is about somebody else's zone, or declares nothing as long as it has no account.
		}
		records, _ := zone.FromSpec(other.Spec.Records, s.target.Domain)
		spared = append(spared, records...)
	}
	return spared, nil
}

func (r *Reconciler) deletion(s *scope) release.Deletion {
	return release.Deletion{Object: s.before, Grace: r.ReleaseGrace}
}

// settleDeletion writes the status of a deletion that has to wait; one that is through has no status to write.
func (r *Reconciler) settleDeletion(ctx context.Context, s *scope, err error) (ctrl.Result, error) {
	if err == nil {
		return ctrl.Result{}, nil
	}
	return r.Settle(ctx, s.before, s.zone, r.deletion(s).Outcome("The records are not removed yet", err))
}

// letGo takes the finalizer off, after which the object is gone.
func (r *Reconciler) letGo(ctx context.Context, s *scope) error {
	if controllerutil.RemoveFinalizer(s.zone, finalizer) {
		if err := r.patchFinalizers(ctx, s); err != nil {
			return client.IgnoreNotFound(err)
		}
	}
	if s.leftBehind != nil {
		r.tellLeftBehind(ctx, s)
	}
	return nil
}
