package domain

import (
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// states names the states that REG.API abbreviates (7.7).
var states = map[regapi.State]v1alpha1.DomainState{
	regapi.Active:      v1alpha1.DomainActive,
	regapi.Inactive:    v1alpha1.DomainInactive,
	regapi.Suspended:   v1alpha1.DomainSuspended,
	regapi.Deleted:     v1alpha1.DomainDeleted,
	regapi.Transferred: v1alpha1.DomainTransferred,
}

// outcome turns what the phases found into the status. What they could not find out stays as it was seen last.
func (s *scope) outcome(err error) outcome.Outcome {
	if s.service != nil {
		s.showService()
	} else if regapi.IsNotFound(err) {
		s.domain.Status.HeldBy = ""
	}
	if s.isOrdered() {
		return s.acquiring()
	}
	s.showDelegation(err)
	if err != nil {
		return outcome.Of(err)
	}
	if state := s.domain.Status.State; state != v1alpha1.DomainActive && !s.isSuspendedAsAsked() {
		return s.foreign(state)
	}
	o := outcome.Succeeded("the account holds the domain")
	if len(s.would) > 0 {
		o = outcome.Ready(v1alpha1.ReasonObserved, observed(s.would...))
	}
	o.After = s.wake
	return o
}

// isSuspendedAsAsked says whether the domain is suspended since its spec asks for that.
func (s *scope) isSuspendedAsAsked() bool {
	return s.domain.Status.State == v1alpha1.DomainSuspended && s.domain.Spec.Delegation == v1alpha1.DelegationSuspended
}

// foreignStates say of each state in which a domain is not active what that is, and what to do. Nobody is fought over it.
var foreignStates = map[v1alpha1.DomainState]struct{ reason, message string }{
	v1alpha1.DomainInactive:     {v1alpha1.ReasonNotRegistered, "the domain is ordered and not there yet: finish its registration or transfer in the registrar's panel"},
	v1alpha1.DomainSuspended:    {v1alpha1.ReasonSuspended, "the registry or the registrar has suspended the delegation: look for its letters and into its panel, then resume the delegation there, or by spec.delegation: Active"},
	v1alpha1.DomainDeleted:      {v1alpha1.ReasonDeleted, "the domain is no longer registered: delete this object, or register the domain again"},
	v1alpha1.DomainTransferred:  {v1alpha1.ReasonMovedAway, "the domain has moved to another registrar: delete this object, or transfer the domain back"},
	v1alpha1.DomainStateUnknown: {v1alpha1.ReasonBlocked, "the domain is in a state that is in no documentation: look at it in the registrar's panel"},
}

// foreign is the outcome of a domain that is not active for reasons of others.
func (s *scope) foreign(state v1alpha1.DomainState) outcome.Outcome {
	is := foreignStates[state]
	if expired := meta.FindStatusCondition(s.domain.Status.Conditions, v1alpha1.ConditionExpiring); state == v1alpha1.DomainSuspended && expired != nil && expired.Reason == v1alpha1.ReasonExpired {
		is.message = "the delegation is suspended since the domain has expired: renew it"
	}
	o := polled(is.reason, is.message)
	switch {
	case state == v1alpha1.DomainDeleted, state == v1alpha1.DomainTransferred:
		o.After = pause.Jittered(goneForGood) // Should it come back, a sweep lists it, which wakes its object.
	case s.wake > 0:
		o.After = min(o.After, s.wake)
	}
	return o
}

// goneForGood is how often a domain is asked for that is another's, or nobody's.
const goneForGood = 6 * time.Hour

// showDelegation shows what the sweeps have read. What they could not read stays, unless nothing went wrong: then there is nothing to read.
func (s *scope) showDelegation(err error) {
	status := &s.domain.Status
	if err == nil {
		status.NameServers, status.DNSSEC = nil, ""
	}
	if delegation := s.facts.Delegation; delegation != nil && delegation.Err == nil {
		status.NameServers = nil
		for _, server := range delegation.NSS {
			status.NameServers = append(status.NameServers, server.Name)
		}
	}
	if signing := s.facts.Signing; signing != nil && signing.Err == nil {
		status.DNSSEC = string(signing.Status)
	}
}

func (s *scope) showService() {
	status := &s.domain.Status
	status.ServiceID = s.service.id.String()
	status.CreationDate, status.ExpirationDate = s.service.created.String(), s.service.expires.String()
	state, known := states[s.service.state]
	if !known {
		state = v1alpha1.DomainStateUnknown
	}
	status.State = state
	switch {
	case state == v1alpha1.DomainDeleted || state == v1alpha1.DomainTransferred:
		status.HeldBy = ""
	case s.login != "":
		status.HeldBy = s.login
	}
}
