package controller

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller/controllerutil"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// finalizer holds a DNSZone until its records are dealt with.
const finalizer = "regapi.io/dnszone"

// dnsZoneScope is what the phases of a DNSZone find out.
type dnsZoneScope struct {
	before, zone *v1alpha1.DNSZone

	target  zone.Target
	desired []zone.Record
	// refused are records that cannot be created, each with its reason.
	refused []v1alpha1.RefusedRecord
	// current is the zone as it was read last; nil if it was not.
	current *zone.Snapshot
}

func newDNSZoneScope(found *v1alpha1.DNSZone) *dnsZoneScope {
	s := &dnsZoneScope{before: found.DeepCopy(), zone: found}
	if found.Status.ObservedGeneration != found.Generation {
		found.Status.Refused = nil // They were refused of another spec.
	}
	return s
}

func (s *dnsZoneScope) deleting() bool { return !s.zone.DeletionTimestamp.IsZero() }

func (s *dnsZoneScope) ownership() zone.Ownership {
	return zone.Ownership{
		Confirmed: zone.ParseSet(s.zone.Status.Owned.Confirmed),
		Pending:   zone.ParseSet(s.zone.Status.Owned.Pending),
	}
}

// claim makes sure that this object rules its zone, and that it is not deleted without us.
func (r *DNSZoneReconciler) claim(ctx context.Context, s *dnsZoneScope) error {
	domain, err := zone.CanonicalDomain(string(s.zone.Spec.DomainName))
	if err != nil {
		return &phaseError{stalledUntilSpecChanges(v1alpha1.ReasonInvalidSpec, "spec.domainName: "+err.Error())}
	}
	s.target.Domain = domain
	var rivals v1alpha1.DNSZoneList
	if err := r.List(ctx, &rivals, client.MatchingFields{indexDomain: domain}); err != nil {
		return fmt.Errorf("list the objects for the same zone: %w", err)
	}
	for i := range rivals.Items {
		if rival := &rivals.Items[i]; older(rival, s.zone) {
			return &phaseError{stalledUntilSpecChanges(v1alpha1.ReasonConflict,
				fmt.Sprintf("DNSZone %s/%s is older and manages this zone: delete one of the two", rival.Namespace, rival.Name))}
		}
	}
	if !controllerutil.AddFinalizer(s.zone, finalizer) {
		return nil
	}
	return r.patchFinalizers(ctx, s)
}

// older says which of two objects for one zone rules it.
func older(a, b *v1alpha1.DNSZone) bool {
	if a.UID == b.UID {
		return false
	}
	if !a.CreationTimestamp.Equal(&b.CreationTimestamp) {
		return a.CreationTimestamp.Before(&b.CreationTimestamp)
	}
	return a.UID < b.UID
}

// patchFinalizers writes the finalizers and makes the answer the new starting point of the scope.
func (r *DNSZoneReconciler) patchFinalizers(ctx context.Context, s *dnsZoneScope) error {
	patch := client.MergeFromWithOptions(s.before, client.MergeFromWithOptimisticLock{})
	if err := r.Patch(ctx, s.zone, patch); err != nil {
		return fmt.Errorf("write the finalizer: %w", err)
	}
	s.before = s.zone.DeepCopy()
	return nil
}

// connect finds the client of the account.
func (r *DNSZoneReconciler) connect(ctx context.Context, s *dnsZoneScope) (err error) {
	s.target.Client, err = accountClient(ctx, r.Client, r.Directory, s.zone.Namespace, s.zone.Spec.AccountRef)
	return err
}

// interpret turns the spec into records and sets apart what no zone can hold.
func (r *DNSZoneReconciler) interpret(_ context.Context, s *dnsZoneScope) error {
	records, invalid := zone.FromSpec(s.zone.Spec.Records, s.target.Domain)
	for _, entry := range invalid {
		s.refuse(entry.Record, reasonInvalidRecord, entry.Reason)
	}
	remembered := s.rememberedRefusals()
	for _, record := range records {
		if refusal, ok := remembered[record.String()]; ok {
			s.refused = append(s.refused, refusal)
			continue
		}
		s.desired = append(s.desired, record)
	}
	return nil
}

// Reasons of refused records that are the operator's own words; every other is an error code of REG.API.
const (
	reasonInvalidRecord = "InvalidRecord"
	reasonBlockedRecord = "BlockedByOtherRecord"
	// soaRecord stands for the lifetimes of the zone among the refused records.
	soaRecord = "@ SOA"
)

func (s *dnsZoneScope) refuse(record, reason, message string) {
	s.refused = append(s.refused, v1alpha1.RefusedRecord{Record: record, Reason: reason, Message: shorten(message, maxMessage)})
}

// rememberedRefusals gives what REG.API refused of this very spec. Asking again would spend requests on the same answer,
// and repeated refusals may block the account.
func (s *dnsZoneScope) rememberedRefusals() map[string]v1alpha1.RefusedRecord {
	remembered := map[string]v1alpha1.RefusedRecord{}
	for _, refusal := range s.zone.Status.Refused {
		if dependsOnSpecAlone(refusal.Reason) {
			remembered[refusal.Record] = refusal
		}
	}
	return remembered
}

// dependsOnSpecAlone says whether a refusal holds until the spec changes. What another record caused may pass without.
func dependsOnSpecAlone(reason string) bool {
	switch regapi.ErrorCode(reason) {
	case reasonInvalidRecord, reasonBlockedRecord, regapi.CodeConflictCNAME, regapi.CodeCNAMEAndOtherData:
		return false
	default:
		return true
	}
}

// sync brings the zone to what the spec asks.
func (r *DNSZoneReconciler) sync(ctx context.Context, s *dnsZoneScope) error {
	var blocked []zone.Blocked
	result, err := r.Editor.Edit(ctx, s.target, func(ctx context.Context, current zone.Snapshot) (zone.Edits, error) {
		plan := zone.NewPlan(s.desired, s.ownership(), current.Records())
		blocked = plan.Blocked
		return zone.Edits{SOA: s.wantedSOA(current.SOA), Changes: plan.Changes}, r.writeAhead(ctx, s, plan.Added())
	})
	if err != nil {
		return err
	}
	s.current = &result.Zone
	for _, b := range blocked {
		s.refuse(b.Record.String(), reasonBlockedRecord, b.Reason())
	}
	r.reportChanges(ctx, s, result)
	s.confirmOwnership(result.Zone)
	return s.sortFailures(result.Failures)
}

// writeAhead records what is about to be created, before REG.API is asked. If the process dies in between, the next
// one knows that the records may be its own.
func (r *DNSZoneReconciler) writeAhead(ctx context.Context, s *dnsZoneScope, added []zone.Record) error {
	owned := s.ownership()
	known := true
	for _, record := range added {
		known = known && owned.Has(record)
		owned.Pending.Add(record)
	}
	if known {
		return nil
	}
	s.zone.Status.Owned.Pending = owned.Pending.Bytes()
	if err := r.patchStatus(ctx, s.before, s.zone); err != nil {
		return fmt.Errorf("record what is about to be created: %w", err)
	}
	s.before = s.zone.DeepCopy()
	return nil
}

// confirmOwnership keeps what was read back, and what is still desired and only vanished for the moment.
func (s *dnsZoneScope) confirmOwnership(current zone.Snapshot) {
	owned := s.ownership()
	var confirmed zone.Set
	for _, record := range current.Records() {
		if owned.Has(record) {
			confirmed.Add(record)
		}
	}
	for _, record := range s.desired {
		if owned.Confirmed.Has(record) {
			confirmed.Add(record)
		}
	}
	s.zone.Status.Owned = v1alpha1.OwnedRecords{Confirmed: confirmed.Bytes()}
}

// wantedSOA gives the lifetimes to set, nil where the zone has them already.
func (s *dnsZoneScope) wantedSOA(current regapi.SOA) *regapi.SOA {
	if s.zone.Spec.SOA == nil {
		return nil
	}
	if refusal, ok := s.rememberedRefusals()[soaRecord]; ok {
		s.refused = append(s.refused, refusal)
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

// sortFailures lists what was refused for good among the refused records, and gives an error for what may pass.
func (s *dnsZoneScope) sortFailures(failures []zone.Failure) error {
	var passing []string
	for _, failure := range failures {
		if !failure.Final() {
			passing = append(passing, failure.String())
			continue
		}
		var refusal *regapi.Error
		errors.As(failure.Err, &refusal) // Only REG.API's own refusals are final.
		record := failure.Change.Record.String()
		if failure.Change == (zone.Change{}) {
			record = soaRecord
		}
		s.refuse(record, string(refusal.Code), messageOf(failure.Err))
	}
	if len(passing) == 0 {
		return nil
	}
	return fmt.Errorf("changes did not come about and are tried again: %s", listOf(passing))
}

// listOf joins the first few of many.
func listOf(items []string) string {
	const shown = 3
	if len(items) <= shown {
		return strings.Join(items, "; ")
	}
	return fmt.Sprintf("%s; and %d more", strings.Join(items[:shown], "; "), len(items)-shown)
}

// reportChanges records what was changed in the outside world.
func (r *DNSZoneReconciler) reportChanges(ctx context.Context, s *dnsZoneScope, result zone.Result) {
	made := result.Made()
	if len(made) == 0 {
		return
	}
	lines := make([]string, len(made))
	for i, change := range made {
		lines[i] = change.String()
		log.FromContext(ctx).Info("Changed the zone", "domain", s.target.Domain, "change", lines[i])
	}
	r.Events.Eventf(s.zone, nil, corev1.EventTypeNormal, "RecordsChanged", "Sync", "%s",
		shorten(fmt.Sprintf("%d changes: %s", len(made), listOf(lines)), maxNote))
}

// release deals with the records of a DNSZone that is being deleted, as its deletion policy says.
func (r *DNSZoneReconciler) release(ctx context.Context, s *dnsZoneScope) error {
	if !controllerutil.ContainsFinalizer(s.zone, finalizer) || s.zone.Spec.DeletionPolicy != v1alpha1.DeletionDelete {
		return nil
	}
	owned := s.ownership()
	if owned.Confirmed.Len()+owned.Pending.Len() == 0 {
		return nil
	}
	err := runPhases(ctx, s, r.locate, r.connect, r.removeOwned)
	switch {
	case err == nil:
		return nil
	case regapi.IsNotFound(err):
		log.FromContext(ctx).Info("The account no longer holds the domain; nothing is left to remove", "domain", s.target.Domain)
		return nil
	case outOfReach(err) && graceIsOver(s.zone):
		r.Events.Eventf(s.zone, nil, corev1.EventTypeWarning, "RecordsLeftBehind", "Delete",
			"%s", shorten(fmt.Sprintf("records that this object created stay in zone %s, since it cannot be reached: %v", s.target.Domain, err), maxNote))
		return nil
	default:
		return err
	}
}

// locate fills in the domain without claiming it.
func (r *DNSZoneReconciler) locate(_ context.Context, s *dnsZoneScope) error {
	s.target.Domain = canonicalOrAsIs(s.zone.Spec.DomainName)
	return nil
}

// removeOwned removes what this object created and nothing else: with nothing desired, that is what the plan says.
func (r *DNSZoneReconciler) removeOwned(ctx context.Context, s *dnsZoneScope) error {
	result, err := r.Editor.Edit(ctx, s.target, func(_ context.Context, current zone.Snapshot) (zone.Edits, error) {
		return zone.Edits{Changes: zone.NewPlan(nil, s.ownership(), current.Records()).Changes}, nil
	})
	if err != nil {
		return err
	}
	r.reportChanges(ctx, s, result)
	if len(result.Failures) > 0 {
		return fmt.Errorf("remove the records of the zone: %s", result.Failures[0])
	}
	return nil
}

// outOfReach says whether an error will not pass by itself, so that a deletion cannot wait for it forever.
func outOfReach(err error) bool {
	var unavailable *account.Unavailable
	return errors.As(err, &unavailable) || regapi.IsDenied(err) || regapi.IsBlocked(err)
}

func graceIsOver(zone *v1alpha1.DNSZone) bool {
	return metav1.Now().After(zone.DeletionTimestamp.Add(releaseGrace))
}

// letGo takes the finalizer off, after which the object is gone.
func (r *DNSZoneReconciler) letGo(ctx context.Context, s *dnsZoneScope) error {
	if !controllerutil.RemoveFinalizer(s.zone, finalizer) {
		return nil
	}
	return client.IgnoreNotFound(r.patchFinalizers(ctx, s))
}

// untilGraceIsOver is how long to wait before the next look at a deletion.
func untilGraceIsOver(after time.Duration) time.Duration {
	if after == 0 {
		return releaseCheck
	}
	return min(after, releaseCheck)
}
