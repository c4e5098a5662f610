package dnszone

import (
	"context"
	"fmt"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/text"
	"github.com/regapi-io/regapi-operator/internal/zone"
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

// plan says what has to change in the zone; nothing while something keeps the plan from being carried out.
func (s *scope) plan(current zone.Snapshot) zone.Edits {
	s.bind(current)
	s.planned = s.planApproved(current.Records())
	edits := zone.EditsOf(s.planned)
	edits.SOA, edits.Web = s.wantedSOA(current.SOA), s.wantedWeb(current)
	s.held, s.zone.Status.Plan = s.holdOn(edits), nil
	if s.held != nil {
		s.zone.Status.Plan = s.showPlan(edits)
		return zone.Edits{}
	}
	return edits
}

// planBesideExternalDNS is plan, with what the provider of external-dns made. It is asked under the lock of the zone, so that
// the provider makes nothing meanwhile.
func (r *Reconciler) planBesideExternalDNS(ctx context.Context, s *scope, current zone.Snapshot) zone.Edits {
	if r.Provenance == nil {
		return s.plan(current)
	}
	made, complete, err := r.Provenance.Made(ctx, s.target.Domain)
	if err != nil {
		s.planErr = fmt.Errorf("find out what external-dns made in the zone: %w", err)
		return zone.Edits{}
	}
	s.external = made
	s.unmarked = !complete && s.servesExternalDNS(ctx, r.Client) && !zone.HasMarks(current.Records())
	return s.plan(current)
}

// servesExternalDNS says whether external-dns may manage records of the zone, as the spec or else the Account says.
func (s *scope) servesExternalDNS(ctx context.Context, reader client.Reader) bool {
	if chosen := s.zone.Spec.ExternalDNS; chosen != "" {
		return chosen == v1alpha1.ExternalDNSEnabled
	}
	var found v1alpha1.Account
	err := reader.Get(ctx, s.zone.Spec.AccountRef.KeyFrom(s.zone.Namespace), &found)
	return err != nil || found.Spec.ExternalDNS == v1alpha1.ExternalDNSEnabled // Spare rather too much.
}

// policy bounds the plan as the spec says.
func (s *scope) policy() zone.Policy {
	policy := zone.Policy{
		Kept: zone.ParseSet(s.zone.Status.Owned.Web), Protected: s.protected, Contested: s.contested(), External: s.external,
		Ask: s.zone.Spec.Adoption == v1alpha1.AdoptionAsk, AskAlways: s.onOlderRule(),
	}
	switch s.zone.Spec.Prune {
	case v1alpha1.PruneAll:
		policy.Prune = zone.PruneAll
	case v1alpha1.PruneNone:
		policy.Prune = zone.PruneNone
	case v1alpha1.PruneOwned:
	}
	return policy
}

// holdOn says what keeps edits from being made to the zone; nil if nothing does.
func (s *scope) holdOn(edits zone.Edits) *hold {
	switch why := s.guard().Objects(s.planned); {
	case edits.Empty():
		return nil
	case s.halt != nil:
		return &hold{reason: s.halt.Reason, message: "the changes of status.plan wait: " + s.halt.Remedy}
	case s.zone.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		return &hold{reason: v1alpha1.ReasonObserved, message: "nothing is written; status.plan says what managementPolicy: Manage would change", ready: true}
	case s.unmarked && s.zone.Spec.Prune == v1alpha1.PruneAll:
		return &hold{
			reason:  v1alpha1.ReasonExternalDNSUnmarked,
			message: "prune: All would remove what external-dns makes, of which nothing in the zone tells: wait until external-dns has synced through this operator, give it the registry txt, or set externalDNS: Disabled or prune: Owned",
		}
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

// mayNotWrite says whether the object only looks.
func (s *scope) mayNotWrite() bool {
	return s.halt != nil || s.zone.Spec.ManagementPolicy == v1alpha1.PolicyObserve
}

func (s *scope) guard() zone.Guard {
	guard := zone.DefaultGuard
	if chosen := s.zone.Spec.DeletionGuard; chosen != nil {
		if chosen.MaxPercent != nil {
			guard.MaxPercent = int(*chosen.MaxPercent)
		}
		if chosen.MinRecords != nil {
			guard.MinRecords = int(*chosen.MinRecords)
		}
	}
	return guard
}

func (s *scope) showPlan(edits zone.Edits) *v1alpha1.ZonePlan {
	var lines []string
	if edits.SOA != nil {
		lines = append(lines, fmt.Sprintf("+ @ SOA ttl=%s minimumTTL=%s", edits.SOA.TTL, edits.SOA.MinimumTTL))
	}
	for _, operation := range edits.Web {
		lines = append(lines, "+ "+string(operation))
	}
	lines = append(lines, s.planned.Lines()...)
	shown := lines[:min(len(lines), shownChanges)]
	for i := range shown {
		shown[i] = text.Shorten(shown[i], maxChangeLine)
	}
	return &v1alpha1.ZonePlan{
		Hash: s.planHash(), Add: int32(len(s.planned.Added())), Remove: int32(len(s.planned.Removed())), Changes: shown,
	}
}

// wantedSOA gives the lifetimes to set, nil where the zone has them already or REG.API has refused them.
func (s *scope) wantedSOA(current regapi.SOA) *regapi.SOA {
	if s.zone.Spec.SOA == nil || s.soaRefused {
		return nil
	}
	wanted := current
	if ttl := s.zone.Spec.SOA.TTL; ttl != nil {
		wanted.TTL = ttl.Duration
	}
	if ttl := s.zone.Spec.SOA.MinimumTTL; ttl != nil {
		wanted.MinimumTTL = ttl.Duration
	}
	if wanted == current {
		return nil
	}
	return &wanted
}

// wantedWeb gives what sets the zone up for its web service. What the registrar adds for it is documented nowhere, so that
// it is cleared away first: what then appears is known to be the service's own.
func (s *scope) wantedWeb(current zone.Snapshot) []zone.WebOperation {
	wanted, done := s.zone.Spec.WebService, s.zone.Status.WebService
	if wanted == "" || (wanted == done && s.webIsComplete(current)) {
		return nil
	}
	operations := []zone.WebOperation{zone.ClearForwarding, zone.ClearParking}
	switch wanted {
	case v1alpha1.WebServiceForwarding:
		operations = append(operations, zone.TuneForwarding)
	case v1alpha1.WebServiceParking:
		operations = append(operations, zone.TuneParking)
	case v1alpha1.WebServiceNone:
	}
	return operations
}

// webIsComplete says whether the zone still holds every record that the registrar added for the web service.
func (s *scope) webIsComplete(current zone.Snapshot) bool {
	added := zone.ParseSet(s.zone.Status.Owned.Web)
	held := 0
	for _, record := range current.Records() {
		if added.Has(record) {
			held++
		}
	}
	return held == added.Len()
}

// recordWeb remembers what the web service was set to, and which records appeared with it.
func (s *scope) recordWeb(result zone.Result) {
	s.zone.Status.WebService = s.zone.Spec.WebService
	added := zone.SetOf(s.desired...)
	var web zone.Set
	for _, record := range result.Zone.Records() {
		if !result.Before.Has(record) && !added.Has(record) {
			web.Add(record)
		}
	}
	s.zone.Status.Owned.Web = web.Bytes()
}

// outcome is the outcome of a plan that is not carried out.
func (h *hold) outcome() outcome.Outcome {
	if h.ready {
		return outcome.Ready(h.reason, h.message)
	}
	return outcome.Stalled(h.reason, h.message)
}
