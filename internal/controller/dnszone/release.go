package dnszone

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/phase"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// release deals with the records of a DNSZone that is being deleted, as its deletion policy says.
func (r *Reconciler) release(ctx context.Context, s *scope) error {
	switch {
	case !controllerutil.ContainsFinalizer(s.zone, finalizer):
		return nil
	case s.paused():
		return outcome.Stalled(v1alpha1.ReasonPaused, "the annotation "+v1alpha1.AnnotationPaused+" stops it: take the annotation off").Err()
	case s.zone.Spec.DeletionPolicy != v1alpha1.DeletionDelete:
		return nil
	}
	if s.ownership().Empty() {
		return nil
	}
	err := phase.Run(ctx, s, r.locate, r.connect, r.interpret, r.removeOwned)
	switch {
	case err == nil:
		return nil
	case regapi.IsNotFound(err):
		log.FromContext(ctx).Info("The account no longer holds the domain; nothing is left to remove", "domain", s.target.Domain)
		return nil
	case outOfReach(err) && r.graceLeft(s.zone) <= 0:
		r.Events.Eventf(s.zone, nil, corev1.EventTypeWarning, "RecordsLeftBehind", "Delete",
			"%s", status.Shorten(fmt.Sprintf("records that this object created stay in zone %s, since it cannot be reached: %v", s.target.Domain, err), status.MaxNote))
		return nil
	default:
		return err
	}
}

// locate fills in the domain without claiming it.
func (r *Reconciler) locate(_ context.Context, s *scope) error {
	s.target.Domain = domainOf(s.zone)
	return nil
}

// removeOwned removes what this object owns, as a fresh reading shows it, and nothing else: with nothing declared, that is what
// the plan says. What another object declares stays.
func (r *Reconciler) removeOwned(ctx context.Context, s *scope) error {
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
func (r *Reconciler) declaredByOthers(ctx context.Context, s *scope) (zone.Set, error) {
	var spared zone.Set
	var others v1alpha1.DNSZoneList
	if err := r.List(ctx, &others, client.MatchingFields{indexDomain: s.target.Domain}); err != nil {
		return spared, fmt.Errorf("list the objects for the same zone: %w", err)
	}
	for i := range others.Items {
		other := &others.Items[i]
		if other.UID == s.zone.UID || !other.DeletionTimestamp.IsZero() {
			continue
		}
		connection, err := r.Directory.Resolve(ctx, r.Client, other.Namespace, other.Spec.AccountRef)
		if err != nil || connection.ID != s.connection.ID {
			continue // It is about somebody else's zone, or declares nothing as long as it has no account.
		}
		records, _ := zone.FromSpec(other.Spec.Records, s.target.Domain)
		for _, record := range records {
			spared.Add(record)
		}
	}
	return spared, nil
}

// outOfReach says whether an error will not pass by itself, so that a deletion cannot wait for it forever.
func outOfReach(err error) bool {
	var unavailable *account.Unavailable
	return errors.As(err, &unavailable) || regapi.IsDenied(err) || regapi.IsBlocked(err)
}

// defaultReleaseGrace is how long a deletion waits for an Account or Secret that is gone, so that a namespace can always be
// deleted.
const defaultReleaseGrace = 5 * time.Minute

// graceLeft is how long a deletion still waits for what is out of reach.
func (r *Reconciler) graceLeft(zone *v1alpha1.DNSZone) time.Duration {
	return time.Until(zone.DeletionTimestamp.Add(cmp.Or(r.ReleaseGrace, defaultReleaseGrace)))
}

// letGo takes the finalizer off, after which the object is gone.
func (r *Reconciler) letGo(ctx context.Context, s *scope) error {
	if !controllerutil.RemoveFinalizer(s.zone, finalizer) {
		return nil
	}
	if err := r.patchFinalizers(ctx, s); err != nil {
		return client.IgnoreNotFound(err)
	}
	r.Directory.Unfollow(s.follower())
	return nil
}
