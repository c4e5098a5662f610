package dnszone

import (
	"context"
	"errors"
	"fmt"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Scope is what the phases find out, for a test that measures them without the API server.
type Scope = scope

// NewScope makes the scope of a DNSZone that has claimed its domain.
func NewScope(object *v1alpha1.DNSZone, domain string) *Scope {
	s := newScope(object)
	s.target.Domain = domain
	return s
}

// Compare does what a reconciliation does with a zone that is as its spec asks. It fails where there is something to change.
func (s *scope) Compare(ctx context.Context, current zone.Snapshot) error {
	if err := (&Reconciler{}).interpret(ctx, s); err != nil {
		return err
	}
	if edits := s.plan(current); len(edits.Changes) > 0 || s.held != nil {
		return fmt.Errorf("%d changes are planned, held by %+v", len(edits.Changes), s.held)
	}
	before := s.zone.Status.DeepCopy()
	s.takeStock(zone.Result{Zone: current})
	if string(before.Owned.Confirmed) != string(s.zone.Status.Owned.Confirmed) {
		return errors.New("the record of ownership changes without need")
	}
	return nil
}

// ReconcileAs reconciles an object as a cache shows it.
func (r *Reconciler) ReconcileAs(ctx context.Context, shown *v1alpha1.DNSZone) error {
	_, err := r.reconcile(ctx, shown)
	return err
}
