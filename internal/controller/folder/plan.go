package folder

import (
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/folder"
	"github.com/regapi-io/regapi-operator/internal/text"
)

const (
	// shownChanges is how many changes of a plan the status shows.
	shownChanges = 200
	// maxChangeLine bounds a line of them.
	maxChangeLine = 512
)

// hold is what keeps a plan from being carried out.
type hold struct {
	reason, message string
	// ready says that nothing is wrong: nobody asked for the plan to be carried out.
	ready bool
}

// outcome is the outcome of a plan that is not carried out.
func (h *hold) outcome() outcome.Outcome {
	if h.ready {
		return outcome.Ready(h.reason, h.message)
	}
	return outcome.Stalled(h.reason, h.message)
}

// owned are the services that this object may take out.
func (s *scope) owned() folder.IDs {
	owned := s.folder.Status.Owned
	return folder.ParseIDs(owned.Confirmed).Union(folder.ParseIDs(owned.Pending))
}

// renames says whether the folder has another name than the spec asks for.
func (s *scope) renames() bool { return s.id != 0 && s.folder.Status.FolderName != s.name }

// holdOn says what keeps the plan from being carried out; nil if nothing does.
func (s *scope) holdOn() *hold {
	switch why := s.objection(); {
	case s.id != 0 && s.planned.Empty() && !s.renames():
		return nil
	case s.halt != nil:
		return &hold{reason: s.halt.Reason, message: "the changes of status.plan wait: " + s.halt.Remedy}
	case s.folder.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return &hold{reason: v1alpha1.ReasonObserved, message: "nothing is written; status.plan says what managementPolicy: Manage would change", ready: true}
	case why != "" && !s.planIsApproved():
		return &hold{
			reason: v1alpha1.ReasonPlanNeedsApproval,
			message: fmt.Sprintf("the plan has to be approved, since %s: look at status.plan, then annotate this object with %s=%s, or correct the spec",
				why, v1alpha1.AnnotationApprovePlan, s.planHash()),
		}
	default:
		return nil
	}
}

// objection is that of the guard, which looks at exclusive folders alone: of others only what this object declared is taken out.
func (s *scope) objection() string {
	if s.folder.Spec.Membership != v1alpha1.MembershipExclusive {
		return ""
	}
	return s.guard().Objects(s.planned)
}

func (s *scope) guard() folder.Guard {
	guard := folder.DefaultGuard
	if chosen := s.folder.Spec.DeletionGuard; chosen != nil {
		if chosen.MaxPercent != nil {
			guard.MaxPercent = int(*chosen.MaxPercent)
		}
		if chosen.MinMembers != nil {
			guard.MinMembers = int(*chosen.MinMembers)
		}
	}
	return guard
}

func (s *scope) planHash() string { return s.planned.Hash(int(s.folder.Status.Approvals.UsedPlans)) }

// planIsApproved says whether everything that the plan takes out was approved, and takes note of a new approval. What was approved stands in
// the status until it is carried out, through lost requests and half-made plans, and once.
func (s *scope) planIsApproved() bool {
	approvals := &s.folder.Status.Approvals
	removed := s.planned.Removed()
	if s.folder.Annotations[v1alpha1.AnnotationApprovePlan] == s.planHash() {
		approvals.Plan = removed.Bytes()
		return true
	}
	approved := folder.ParseIDs(approvals.Plan)
	for id := range removed {
		if !approved.Has(id) {
			return false
		}
	}
	return len(removed) > 0
}

// useApproval ends the approval of what has been carried out.
func (s *scope) useApproval() {
	if approvals := &s.folder.Status.Approvals; len(approvals.Plan) > 0 {
		approvals.UsedPlans, approvals.Plan = approvals.UsedPlans+1, nil
	}
}

// showPlan shows what would change.
func (s *scope) showPlan() {
	lines := s.planned.Lines()
	lines = slices.Clone(lines[:min(len(lines), shownChanges)])
	for i := range lines {
		lines[i] = text.Shorten(lines[i], maxChangeLine)
	}
	shown := &v1alpha1.FolderPlan{
		Hash: s.planHash(), Create: s.id == 0, Add: int32(len(s.planned.Add)), Remove: int32(len(s.planned.Remove)),
		Move: int32(len(s.planned.Move)), Changes: lines,
	}
	if s.renames() {
		shown.RenameFrom = s.folder.Status.FolderName
	}
	s.folder.Status.Plan = shown
}
