package folder

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// sync brings the folder to what is wanted.
func (r *Reconciler) sync(ctx context.Context, s *scope) error {
	ctx = s.priority(ctx)
	others, err := r.othersOf(ctx, s)
	if err != nil {
		return err
	}
	s.keepYielding(others)
	s.read = true
	defer r.nameRefused(s, others)
	if err := r.plan(ctx, s, others); err != nil {
		return err
	}
	if s.holdIfNeeded(); s.held != nil {
		return nil
	}
	if s.id == 0 {
		if err := r.create(ctx, s); err != nil {
			return err
		}
		if err := r.plan(ctx, s, others); err != nil {
			return err
		}
		if s.holdIfNeeded(); s.held != nil { // It was there after all, and held something.
			return nil
		}
	}
	if err := r.rename(ctx, s); err != nil {
		return err
	}
	return r.carry(ctx, s, others)
}

// holdIfNeeded finds out whether something keeps the plan from being carried out, and shows the plan then.
func (s *scope) holdIfNeeded() {
	if s.held = s.holdOn(); s.held != nil {
		s.showPlan()
		s.synced = true
	}
}

// plan says what has to change in the folder.
func (r *Reconciler) plan(ctx context.Context, s *scope, others []*v1alpha1.Folder) (err error) {
	s.folder.Status.Plan = nil
	s.planned, err = r.difference(ctx, s, others)
	return err
}

// difference is that of what is due and what the folder held when it was read last.
func (r *Reconciler) difference(ctx context.Context, s *scope, others []*v1alpha1.Folder) (folder.Plan, error) {
	destinations := destinations{reconciler: r, scope: s, others: others}
	plan := folder.New(s.due(r), s.heldServices(), folder.Policy{
		Exclusive: s.folder.Spec.Membership == v1alpha1.MembershipExclusive,
		Owned:     s.owned(),
		MayTouch: func(service folder.Service) bool {
			may, err := r.mayUse(ctx, s, service.Name)
			return err == nil && may && !s.isWanted(service)
		},
		Destination: func(service folder.Service) (folder.Target, bool) { return destinations.find(ctx, service) },
	})
	return plan, destinations.err
}

// heldServices is what the folder held when it was read last.
func (s *scope) heldServices() []folder.Service {
	if s.reading == nil {
		return nil
	}
	return folder.ServicesOf(s.reading.Services)
}

// isWanted says whether a service is one of the members, also one that is left out of the plan for now.
func (s *scope) isWanted(service folder.Service) bool {
	if s.wantedIDs == nil {
		s.wantedIDs, s.wantedNames = folder.IDs{}, map[string]bool{}
		for _, member := range s.wanted {
			s.wantedIDs.Add(member.ID)
			s.wantedNames[member.Name] = member.Name != ""
		}
	}
	return s.wantedIDs.Has(service.ID) || (service.IsDomain() && s.wantedNames[service.Name])
}

// carry carries the plan out and reads the folder back.
func (r *Reconciler) carry(ctx context.Context, s *scope, others []*v1alpha1.Folder) error {
	if s.planned.Empty() && s.reading != nil && !s.reading.At.IsZero() && s.isKnown() {
		s.takeStock()
		s.synced = true
		return nil
	}
	var result folder.Result
	var failure error
	if !s.planned.Empty() {
		if err := r.writeAhead(ctx, s); err != nil {
			return err
		}
		folders := s.connection.Folders
		result, failure = folder.Carry(ctx, s.connection.Client.Folder, s.id, s.planned, s.lane.size)
		folders.NoteWrite(s.id)
		for _, to := range result.MovedTo {
			folders.NoteWrite(to.ID)
		}
		s.made = result.Made
		r.report(ctx, s, result)
	}
	if failure != nil {
		return progress(s, failure)
	}
	reading, err := s.connection.Folders.Read(ctx, s.id)
	if err != nil {
		return progress(s, fmt.Errorf("read the folder back: %w", err))
	}
	s.reading = &reading
	if err := r.yieldToOlder(ctx, s, result.Added, others); err != nil {
		return progress(s, err)
	}
	s.takeStock()
	if err := r.sortFailures(s, result); err != nil {
		return err
	}
	s.synced = true
	return r.checkShown(ctx, s, others)
}

// checkShown fails where the folder does not show what REG.API reports as made, or has changed meanwhile.
func (r *Reconciler) checkShown(ctx context.Context, s *scope, others []*v1alpha1.Folder) error {
	left, err := r.difference(ctx, s, others)
	if err != nil || left.Empty() {
		return err
	}
	return fmt.Errorf("the folder was read back and does not show every change yet: %s", listOf(left.Lines()))
}

// isKnown says whether what the scope knows of the folder was read, and not only concluded.
func (s *scope) isKnown() bool {
	_, known := s.connection.Folders.Known(s.id)
	return known
}

// progress is the outcome of a failure that passes, soon where something came about all the same.
func progress(s *scope, err error) error {
	if len(s.made) > 0 && regapi.IsTransient(err) {
		return outcome.Progress(err).Err()
	}
	return err
}

// writeAhead records what is about to be done, before REG.API is asked: the claim, that the folder is about to be made, and what is about to be
// put in. If the process dies in between, the next one knows.
//
// It is written in every case, if only to make sure that the object is still the one that was read: a plan by an older one would take its own
// members for somebody else's.
func (r *Reconciler) writeAhead(ctx context.Context, s *scope) error {
	owned := &s.folder.Status.Owned
	pending := folder.ParseIDs(owned.Pending)
	for _, member := range s.planned.Add {
		pending.Add(member.ID)
	}
	owned.Pending = pending.Bytes()
	owned.Confirmed = folder.ParseIDs(owned.Confirmed).Union(s.planned.Present).Bytes()
	if err := r.PatchStatusInAnyCase(ctx, s.before, s.folder); err != nil {
		return fmt.Errorf("record what is about to be done: %w", err)
	}
	s.before = s.folder.DeepCopy()
	return nil
}

// takeStock remembers what is the object's own, as the folder was read.
func (s *scope) takeStock() {
	if s.mayNotWrite() {
		return
	}
	owned, confirmed := s.owned(), folder.IDs{}
	held := s.heldServices()
	for _, service := range held {
		if owned.Has(service.ID) || s.isWanted(service) {
			confirmed.Add(service.ID)
		}
	}
	s.folder.Status.Owned = v1alpha1.OwnedMembers{Confirmed: confirmed.Bytes()}
	if left := s.planned.Removed(); len(left) > 0 {
		for _, service := range held {
			if left.Has(service.ID) {
				return
			}
		}
	}
	s.useApproval()
}

// report tells what was changed: in one event, since the API server merges events of one object and reason whatever their text, and in a line of
// the log.
func (r *Reconciler) report(ctx context.Context, s *scope, result folder.Result) {
	if len(result.Made) == 0 {
		return
	}
	r.Metrics.changes.WithLabelValues(changeAdded).Add(float64(result.In))
	r.Metrics.changes.WithLabelValues(changeRemoved).Add(float64(result.Out))
	r.Metrics.changes.WithLabelValues(changeMoved).Add(float64(result.Moved))
	log.FromContext(ctx).Info("Changed the folder", "folder", s.folder.Status.FolderName, "added", result.In, "removed", result.Out, "moved", result.Moved)
	note := fmt.Sprintf("%d put in, %d taken out, %d moved: %s", result.In, result.Out, result.Moved, strings.Join(result.Made[:min(len(result.Made), shownChanges)], "; "))
	r.Events.Eventf(s.folder, nil, corev1.EventTypeNormal, "MembersChanged", "Sync", "%s", note)
}
