package controller

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
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
	// soaRefused says that the lifetimes of the zone are among them.
	soaRefused bool
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

// connect finds the connection of the account, and makes its inventory follow the zone.
func (r *DNSZoneReconciler) connect(ctx context.Context, s *dnsZoneScope) error {
	connection, err := connectionOf(ctx, r.Client, r.Directory, s.zone.Namespace, s.zone.Spec.AccountRef)
	if err != nil {
		return err
	}
	s.target.Store = connection
	r.Directory.Follow(connection, followerOf("DNSZone", client.ObjectKeyFromObject(s.zone)), s.target.Domain, account.Records)
	return nil
}

// interpret turns the spec into records and sets apart what no zone can hold.
func (r *DNSZoneReconciler) interpret(_ context.Context, s *dnsZoneScope) error {
	records, invalid := zone.FromSpec(s.zone.Spec.Records, s.target.Domain)
	for _, entry := range invalid {
		s.refuse(entry.Record, reasonInvalidRecord, entry.Reason)
	}
	remembered := s.rememberedRefusals()
	if refusal, ok := remembered[soaRecord]; ok && s.zone.Spec.SOA != nil {
		s.soaRefused = true
		s.refused = append(s.refused, refusal)
	}
	for _, record := range records {
		if refusal, ok := remembered[record.String()]; ok {
			s.refused = append(s.refused, refusal)
			continue
		}
		s.desired = append(s.desired, record)
	}
	return nil
}

// priority of the requests: carrying out a new spec goes before putting drift right.
func (s *dnsZoneScope) priority() regapi.Priority {
	if readyFor(s.zone.Status.Conditions, s.zone.Generation) {
		return regapi.Background
	}
	return regapi.Change
}

// sync brings the zone to what the spec asks.
func (r *DNSZoneReconciler) sync(ctx context.Context, s *dnsZoneScope) error {
	ctx = regapi.WithPriority(ctx, s.priority())
	var blocked []zone.Blocked
	result, err := r.Editor.Edit(ctx, s.target, zone.Edit{
		Plan: func(current zone.Snapshot) zone.Edits {
			plan := zone.NewPlan(s.desired, s.ownership(), current.Records())
			blocked = plan.Blocked
			return zone.Edits{SOA: s.wantedSOA(current.SOA), Changes: plan.Changes}
		},
		Prepare: func(ctx context.Context, edits zone.Edits) error { return r.writeAhead(ctx, s, edits.Added()) },
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

// wantedSOA gives the lifetimes to set, nil where the zone has them already or REG.API has refused them.
func (s *dnsZoneScope) wantedSOA(current regapi.SOA) *regapi.SOA {
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
