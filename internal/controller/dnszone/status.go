package dnszone

import (
	"fmt"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// maxRefused bounds the list in the status.
const maxRefused = 100

// outcome turns what the phases found into the status. What they could not find out stays as it was seen last.
func (s *scope) outcome(err error) outcome.Outcome {
	s.beginRule()
	if s.current != nil {
		s.showZone()
	}
	o := s.outcomeOfSync(err)
	s.showDelegation(err, o)
	s.showSynced(o)
	if wait := s.showPublication(); wait > 0 && o.Failure == nil {
		o.After = earlier(o.After, wait)
	}
	if s.heldInVain() && o.Failure == nil {
		o.After = earlier(o.After, afterSwap)
	}
	return o
}

func (s *scope) outcomeOfSync(err error) outcome.Outcome {
	switch {
	case err != nil && (len(s.foreignServers) > 0 || s.ofDomain != ""):
		o := outcome.Of(err)
		o.Message = s.notDelegated(o.Message)
		return o
	case err != nil:
		o := outcome.Of(err)
		o.Silent = o.Silent && len(s.planned.Changes) == 0 // Drift that has been seen and waits is told.
		return o
	case len(s.emptied) > 0:
		return s.nameEmpty()
	case s.held != nil:
		return s.held.outcome()
	case len(s.asked) > 0 && !s.mayNotWrite():
		return outcome.Stalled(v1alpha1.ReasonAdoptionNeedsApproval, s.adoptionMessage())
	case s.isContested():
		return outcome.Stalled(v1alpha1.ReasonContested, s.refusalMessage())
	case len(s.refused) > 0:
		refused := outcome.Stalled(v1alpha1.ReasonRecordsRefused, s.refusalMessage())
		if s.conflicts() {
			refused.After = outcome.Poll()
		}
		return refused
	default:
		return outcome.Succeeded(s.withOccluded("the zone holds every record of the spec"))
	}
}

// earlier gives the shorter of two waits, of which 0 is none.
func earlier(a, b time.Duration) time.Duration {
	if a == 0 || b == 0 {
		return max(a, b)
	}
	return min(a, b)
}

// showDelegation sets the condition Delegated. A zone that could be read is delegated (9.1).
func (s *scope) showDelegation(err error, o outcome.Outcome) {
	switch {
	case s.current != nil:
		s.setCondition(v1alpha1.ConditionDelegated, metav1.ConditionTrue, v1alpha1.ReasonDelegated, "the domain uses the registrar's name servers")
	case regapi.HasCode(err, regapi.CodeDomainIsNotUseRegruNSS):
		s.setCondition(v1alpha1.ConditionDelegated, metav1.ConditionFalse, v1alpha1.ReasonNotDelegated, o.Message)
	}
}

// showSynced sets the condition Synced: true only for what was read from the zone.
func (s *scope) showSynced(o outcome.Outcome) {
	switch {
	case s.current == nil && status.ReadyFor(s.zone.Status.Conditions, s.zone.Generation):
		// A failure that passes; the zone was as the spec asks when it was read last.
	case s.current != nil && s.held == nil && o.Reason == v1alpha1.ReasonSucceeded:
		s.setCondition(v1alpha1.ConditionSynced, metav1.ConditionTrue, o.Reason, o.Message)
	default:
		s.setCondition(v1alpha1.ConditionSynced, metav1.ConditionFalse, o.Reason, o.Message)
	}
}

func (s *scope) showZone() {
	status := &s.zone.Status
	status.ServiceID = s.current.ServiceID.String()
	status.Records = 0
	for _, record := range s.desired {
		if s.current.Has(record) {
			status.Records++
		}
	}
	s.showUnmanaged()
	slices.SortFunc(s.refused, func(a, b v1alpha1.RefusedRecord) int { return strings.Compare(a.Record, b.Record) })
	status.Refused = s.refused[:min(len(s.refused), maxRefused)]
}

func (s *scope) refusalMessage() string {
	lines := make([]string, len(s.refused))
	for i, refusal := range s.refused {
		lines[i] = fmt.Sprintf("%s: %s", refusal.Record, refusal.Message)
	}
	return "records are not as declared, while the others are in place: " + listOf(lines)
}

func (s *scope) isContested() bool {
	return slices.ContainsFunc(s.refused, func(r v1alpha1.RefusedRecord) bool { return r.Reason == v1alpha1.ReasonContested })
}

// nameEmpty is the outcome of a name that lost its records and got none, in spite of all tries. It is tried again.
func (s *scope) nameEmpty() outcome.Outcome {
	var lost []string
	for _, change := range zone.Restore(takenBy(s.emptied), *s.current) {
		lost = append(lost, change.Record.String())
	}
	o := outcome.Stalled(v1alpha1.ReasonNameEmpty, fmt.Sprintf(
		"records were removed to make room, and REG.API took neither the new ones nor, back, the old ones: add one by hand in the registrar's panel; lost: %s", listOf(lost)))
	o.After = outcome.Poll()
	return o
}

// showUnmanaged says how much of the zone is nobody's who is known.
func (s *scope) showUnmanaged() {
	s.zone.Status.Unmanaged = nil
	unmanaged := s.planned.Unmanaged
	if len(unmanaged) == 0 {
		return
	}
	shown := &v1alpha1.UnmanagedRecords{Count: int32(len(unmanaged))}
	for _, record := range unmanaged {
		name := record.Name + " " + string(record.Type)
		if len(shown.Names) < maxUnmanagedNames && !slices.Contains(shown.Names, name) {
			shown.Names = append(shown.Names, name)
		}
	}
	s.zone.Status.Unmanaged = shown
}

// maxUnmanagedNames bounds the list in the status.
const maxUnmanagedNames = 10

// conflicts says whether REG.API refused a record for another one, which may go without anybody's telling.
func (s *scope) conflicts() bool {
	return slices.ContainsFunc(s.refused, func(r v1alpha1.RefusedRecord) bool {
		return regapi.ErrorCode(r.Reason).Class() == regapi.ClassConflict
	})
}
