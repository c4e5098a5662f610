package dnszone

import (
	"fmt"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/text"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// shownUnits is how many of the values that wait for approval the status shows.
const shownUnits = 20

// An approval names what it is for by a hash, and holds until that is carried out: through lost requests and half-made plans,
// and once. What was approved stands in the status meanwhile; a number in the hash makes the next one differ.

// planApproved plans with what was approved of values of somebody else.
func (s *scope) planApproved(records []zone.Record) zone.Plan {
	approvals := &s.zone.Status.Approvals
	policy := s.policy()
	policy.Approved = zone.ParseSet(approvals.Adoption)
	plan := zone.NewPlan(s.declared, s.ownership(), records, policy)
	s.asked = s.askedBy(plan, policy.Approved)
	hash := zone.HashOf(s.asked, int(approvals.UsedAdoptions))
	if len(s.asked) > 0 && s.zone.Annotations[v1alpha1.AnnotationApproveAdoption] == hash && !s.mayNotWrite() {
		for _, record := range s.asked {
			policy.Approved.Add(record)
		}
		approvals.Adoption = policy.Approved.Bytes()
		plan = zone.NewPlan(s.declared, s.ownership(), records, policy)
		s.asked = s.askedBy(plan, policy.Approved)
	}
	s.showAdoption()
	return plan
}

// askedBy gives what waits for approval, in order.
func (s *scope) askedBy(plan zone.Plan, approved zone.Set) []zone.Record {
	asked := plan.Asked
	if s.adoptionAsks() {
		for _, record := range plan.Adopted {
			if !approved.Has(record) {
				asked = append(asked, record)
			}
		}
	}
	return asked
}

func (s *scope) showAdoption() {
	s.zone.Status.Adoption = nil
	if len(s.asked) == 0 {
		return
	}
	shown := &v1alpha1.ZoneAdoption{Hash: zone.HashOf(s.asked, int(s.zone.Status.Approvals.UsedAdoptions)), Count: int32(len(s.asked))}
	for _, record := range s.asked[:min(len(s.asked), shownUnits)] {
		shown.Units = append(shown.Units, text.Shorten(record.String(), maxChangeLine))
	}
	s.zone.Status.Adoption = shown
}

// planIsApproved says whether every removal that the guard counts was approved, and takes note of a new approval.
func (s *scope) planIsApproved() bool {
	approvals := &s.zone.Status.Approvals
	guarded := s.planned.Guarded()
	if s.zone.Annotations[v1alpha1.AnnotationApprovePlan] == s.planHash() {
		approvals.Plan = zone.SetOf(guarded...).Bytes()
		return true
	}
	approved := zone.ParseSet(approvals.Plan)
	for _, record := range guarded {
		if !approved.Has(record) {
			return false
		}
	}
	return len(guarded) > 0
}

func (s *scope) planHash() string { return s.planned.Hash(int(s.zone.Status.Approvals.UsedPlans)) }

// useApprovals ends the approvals of what has been carried out.
func (s *scope) useApprovals() {
	approvals := &s.zone.Status.Approvals
	if len(approvals.Plan) > 0 {
		approvals.UsedPlans, approvals.Plan = approvals.UsedPlans+1, nil
	}
	if len(approvals.Adoption) > 0 && len(s.asked) == 0 {
		approvals.UsedAdoptions, approvals.Adoption = approvals.UsedAdoptions+1, nil
	}
}

func (s *scope) adoptionMessage() string {
	adoption := s.zone.Status.Adoption
	return fmt.Sprintf("values of somebody else stand where this object declares records: look at status.adoption, then annotate this object with %s=%s to have them replaced, or correct the spec",
		v1alpha1.AnnotationApproveAdoption, adoption.Hash)
}
