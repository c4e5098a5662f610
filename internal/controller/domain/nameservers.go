package domain

import (
	"context"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/ordering"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

const (
	// showsWithin is how long a change of name servers may take to show: registries publish by the hour or so, and sweeps come now and then.
	showsWithin = 2 * time.Hour
	// maxChanges is how often one generation of a spec is put in place: whoever changes it back each time is not to be fought.
	maxChanges = 3
)

// pointToServers delegates the domain to the name servers that the spec names. Without any it touches none.
func (r *Reconciler) pointToServers(ctx context.Context, s *scope) error {
	if len(s.domain.Spec.NameServers) == 0 {
		s.domain.Status.NameServerChange = nil
		if s.domain.Spec.Delegation == "" {
			s.while(v1alpha1.ConditionDelegated, false, "", "")
		}
		return nil
	}
	wanted, err := ordering.NameServers(s.domain, s.name)
	if err != nil {
		return s.undelegated(outcome.Stalled(v1alpha1.ReasonInvalidSpec, err.Error()))
	}
	held := s.facts.Delegation
	if known := held != nil && held.Err == nil; !known || s.service.state != regapi.Active || s.domain.Spec.Delegation == v1alpha1.DelegationSuspended {
		return nil // Nobody can tell how it stands, or it is not to be delegated at all.
	}
	if ordering.SameServers(held.NSS, wanted) {
		s.while(v1alpha1.ConditionDelegated, true, v1alpha1.ReasonDelegated, "the domain is delegated to the name servers of the spec")
		return nil
	}
	now, known := r.now(s)
	change := s.domain.Status.NameServerChange
	if change != nil && change.Generation != s.domain.Generation {
		change = nil
	}
	switch {
	case !known, change != nil && now.Sub(change.At.Time) < showsWithin:
		return s.undelegated(waits(v1alpha1.ReasonDelegating, "the name servers were changed at the registrar: that is still to show"))
	case change != nil && change.Times >= maxChanges:
		return s.undelegated(polled(v1alpha1.ReasonContested, "somebody else changes the name servers of the domain again and again: find out who, then change spec.nameServers"))
	}
	if why, err := r.mayPoint(ctx, s, wanted, now); err != nil || why != nil {
		return s.undelegatedOr(why, err)
	}
	if o := s.openChange(); o != nil {
		return s.undelegated(changing(o))
	}
	return r.changeServers(ctx, s, wanted, now, change)
}

// mayPoint says what keeps the name servers from being changed; nil is nothing.
func (r *Reconciler) mayPoint(ctx context.Context, s *scope, wanted []regapi.NameServer, now time.Time) (*outcome.Outcome, error) {
	names := make([]string, len(wanted))
	for i, server := range wanted {
		names[i] = server.Name
	}
	if s.preview != nil {
		return r.previewServers(ctx, s, names, wanted, now)
	}
	if why, err := r.mayChange(ctx, s, "delegate the domain to "+strings.Join(names, ", ")); why != nil || err != nil {
		return why, err
	}
	return s.mayMove(ctx, s.facts.Delegation.NSS, wanted, now)
}

// isSigned asks afresh whether the parent zone vouches for keys of the domain, at the registrar's name servers (10.2) or at others (10.7). Who cannot
// say so is taken for signed only where REG.API says that somebody works at it.
func (s *scope) isSigned(ctx context.Context) (bool, error) {
	ref := regapi.ByName(s.name)
	status, err := s.connection.Client.DNSSEC.GetStatus(ctx, ref)
	if err != nil {
		return false, err
	}
	if status[0].Err == nil && status[0].Status != regapi.DNSSECDisabled {
		return true, nil
	}
	records, err := s.connection.Client.DNSSEC.GetRecords(ctx, ref)
	if err != nil {
		return false, err
	}
	if err := records[0].Err; err != nil && status[0].Err != nil {
		return false, fmt.Errorf("ask whether the domain is signed: %w", err)
	}
	return len(records[0].Records) > 0, nil
}

// changeServers changes the name servers, and notes that. It agrees to no price: zones that take money for it refuse (8.20), and then an Order is
// made.
func (r *Reconciler) changeServers(ctx context.Context, s *scope, wanted []regapi.NameServer, now time.Time, before *v1alpha1.NameServerChange) error {
	_, tld, _ := strings.Cut(s.name, ".")
	what := fmt.Sprint("delegate domains of ", tld, " to ", wanted) // Zones may take money, each for itself.
	err := s.connection.Together(ctx, what, s.name, func(ctx context.Context, refs ...regapi.DomainRef) ([]regapi.DomainResult, error) {
		return s.connection.Client.Domain.UpdateNSS(ctx, regapi.NSSUpdate{NSS: wanted}, refs...)
	})
	if regapi.HasCode(err, regapi.CodeParameterMissing) {
		return r.orderServers(ctx, s, wanted, now)
	}
	if err != nil {
		s.delegating(v1alpha1.ReasonRetrying, "the name servers could not be changed")
		return fmt.Errorf("change the name servers: %w", err)
	}
	made := &v1alpha1.NameServerChange{Generation: s.domain.Generation, At: metav1.Time{Time: now}, Times: 1}
	if before != nil {
		made.Times = before.Times + 1
	}
	s.domain.Status.NameServerChange = made
	return s.undelegated(waits(v1alpha1.ReasonDelegating, "the name servers were changed at the registrar: that is still to show"))
}

// undelegated shows in the condition Delegated what the outcome says, and gives that back.
func (s *scope) undelegated(o outcome.Outcome) error {
	s.delegating(o.Reason, o.Message)
	return o.Err()
}

func (s *scope) undelegatedOr(o *outcome.Outcome, err error) error {
	if err != nil {
		return err
	}
	return s.undelegated(*o)
}
