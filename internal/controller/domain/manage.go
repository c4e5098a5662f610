package domain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// manage brings the domain to what its spec asks for, part by part. What keeps one part back keeps no other back, unless it would fail alike.
func (r *Reconciler) manage(ctx context.Context, s *scope) error {
	var together []outcome.Outcome
	for _, part := range []func(context.Context, *scope) error{r.suspend, r.sign, r.pointToServers, r.hide, r.keepContacts} {
		err := part(ctx, s)
		s.unverified = s.unverified || regapi.HasCode(err, regapi.CodeDomainIsNotVerified)
		if regapi.IsDenied(err) || regapi.IsThrottled(err) || (err != nil && ctx.Err() != nil) {
			return err
		}
		if err == nil {
			continue
		}
		if o := outcome.Of(err); o.Ready != metav1.ConditionTrue {
			together = append(together, o)
		}
	}
	if len(together) == 0 || s.preview.took(together) {
		return nil
	}
	return joined(together).Err()
}

// joined makes one outcome of those of several parts: what waits for a person is told first, and all are looked at again as the most urgent asks.
func joined(parts []outcome.Outcome) outcome.Outcome {
	first := parts[0]
	var after time.Duration
	var failures []error
	for _, o := range parts {
		if o.Stalled && !first.Stalled {
			first = o
		}
		if after == 0 || (o.After > 0 && o.After < after) {
			after = o.After
		}
		failures = append(failures, o.Failure)
	}
	first.After, first.Failure = after, errors.Join(failures...)
	return first
}

// mayChange says what keeps the domain from being changed at the registrar; nil is nothing. what is what would be done, for people. It is asked only
// where there is something to do, and decides for all parts of a look at once who rules.
func (r *Reconciler) mayChange(ctx context.Context, s *scope, what string) (*outcome.Outcome, error) {
	stop := func(o outcome.Outcome) (*outcome.Outcome, error) { return &o, nil }
	switch {
	case s.preview != nil:
		return stop(s.preview.instead(what, 1))
	case s.domain.Spec.ManagementPolicy == v1alpha1.PolicyObserve:
		s.would = append(s.would, what)
		return stop(outcome.Ready(v1alpha1.ReasonObserved, observed(what)))
	case r.Desk == nil || s.login == "":
		return stop(polled(v1alpha1.ReasonBlocked, "nobody knows yet which Domain rules this name, so that nothing is changed"))
	}
	if halt := r.Directory.Halt(s.domain); halt != nil {
		return stop(polled(halt.Reason, halt.Cause+" keeps the operator from what the spec asks for: "+what))
	}
	if s.ruler == "" {
		ruling, err := r.Desk.Ruler(ctx, s.login, s.name)
		if err != nil {
			return nil, err
		}
		if s.ruler = "nobody"; ruling != nil {
			s.ruler = string(ruling.Domain.UID)
		}
	}
	if s.ruler != string(s.domain.UID) {
		return stop(polled(v1alpha1.ReasonConflict, "another Domain rules this name, so that nothing is changed for this one"))
	}
	return nil, nil
}

// observed says of what would be done that it is not.
func observed(what ...string) string {
	return "nothing is changed; managementPolicy: Manage would " + strings.Join(what, "; ")
}

// waits is the outcome of what was changed, or is to be, and comes by itself.
func waits(reason, message string) outcome.Outcome {
	return outcome.Outcome{
		Ready: metav1.ConditionFalse, Reconciling: true, Reason: reason, Message: message, After: pause.Jittered(acquiringPoll),
	}
}

// polled is the outcome of what a person has to change, which may wake nobody.
func polled(reason, message string) outcome.Outcome {
	o := outcome.Stalled(reason, message)
	o.After = outcome.Poll()
	return o
}

// only gives the result of a call for one domain.
func only(results []regapi.DomainResult, err error) error {
	if err != nil || len(results) == 0 {
		return err
	}
	return results[0].Err
}

// suspend has the delegation of the domain suspended, or resumed, where the spec says which. What this object has resumed once for its spec and
// somebody else suspends again is not fought over: a registry or a registrar has its reasons.
func (r *Reconciler) suspend(ctx context.Context, s *scope) error {
	wanted, state := s.domain.Spec.Delegation, s.service.state
	if wanted == "" {
		s.domain.Status.DelegationChange = nil
		return nil
	}
	has := map[regapi.State]v1alpha1.DelegationMode{regapi.Active: v1alpha1.DelegationActive, regapi.Suspended: v1alpha1.DelegationSuspended}[state]
	switch {
	case has == "":
		return nil // Its state says more.
	case has == wanted && wanted == v1alpha1.DelegationSuspended:
		s.delegating(v1alpha1.ReasonSuspended, "the delegation is suspended, as the spec asks")
		return nil
	case has == wanted && len(s.domain.Spec.NameServers) == 0:
		s.while(v1alpha1.ConditionDelegated, true, v1alpha1.ReasonDelegated, "the domain is delegated")
		return nil
	case has == wanted:
		return nil
	}
	now, known := r.now(s)
	change := s.domain.Status.DelegationChange
	made := change != nil && change.Generation == s.domain.Generation && change.To == wanted
	switch {
	case !known, made && now.Sub(change.At.Time) < showsWithin:
		return s.undelegated(waits(v1alpha1.ReasonDelegating, "the delegation was changed at the registrar: that is still to show"))
	case wanted == v1alpha1.DelegationActive && !now.Before(s.service.expires.Time().AddDate(0, 0, 1)):
		return s.undelegated(polled(v1alpha1.ReasonSuspended, "the delegation is suspended since the domain has expired: renew it"))
	case made:
		return s.undelegated(polled(v1alpha1.ReasonContested, "somebody else, who may be the registry, has changed the delegation back: find out why, then change spec.delegation"))
	}
	return r.setDelegation(ctx, s, wanted, now)
}

// setDelegation suspends the delegation of the domain, or resumes it (7.17, 7.18).
func (r *Reconciler) setDelegation(ctx context.Context, s *scope, wanted v1alpha1.DelegationMode, now time.Time) error {
	call, what := s.connection.Client.Service.Resume, "resume the delegation"
	if wanted == v1alpha1.DelegationSuspended {
		call, what = s.connection.Client.Service.Suspend, "suspend the delegation"
	}
	if why, err := r.mayChange(ctx, s, what); err != nil || why != nil {
		return s.undelegatedOr(why, err)
	}
	if err := call(ctx, regapi.ByServiceID(s.service.id)); err != nil {
		o := outcome.Of(err)
		s.delegating(cmp.Or(o.Reason, v1alpha1.ReasonRetrying), "REG.API did not "+what+": "+o.Message)
		return fmt.Errorf("%s: %w", what, err)
	}
	s.domain.Status.DelegationChange = &v1alpha1.DelegationChange{Generation: s.domain.Generation, At: metav1.Time{Time: now}, To: wanted}
	return s.undelegated(waits(v1alpha1.ReasonDelegating, "the delegation was changed at the registrar: that is still to show"))
}
