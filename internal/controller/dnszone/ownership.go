package dnszone

import (
	"context"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

func (s *scope) ownership() zone.Ownership {
	return zone.Ownership{
		Confirmed: zone.ParseSet(s.zone.Status.Owned.Confirmed),
		Pending:   zone.ParseSet(s.zone.Status.Owned.Pending),
	}
}

// writeAhead records what is about to be created, before REG.API is asked. If the process dies in between, the next
// one knows that the records may be its own.
func (r *Reconciler) writeAhead(ctx context.Context, s *scope, added []zone.Record) error {
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
	if err := r.PatchStatus(ctx, s.before, s.zone); err != nil {
		return fmt.Errorf("record what is about to be created: %w", err)
	}
	s.before = s.zone.DeepCopy()
	return nil
}

// confirmOwnership keeps what was read back, and what is still desired and only vanished for the moment.
func (s *scope) confirmOwnership(current zone.Snapshot) {
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
	s.zone.Status.Owned.Confirmed, s.zone.Status.Owned.Pending = confirmed.Bytes(), nil
}
