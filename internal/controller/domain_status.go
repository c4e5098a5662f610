package controller

import (
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// domainStates names the states that REG.API abbreviates (7.7).
var domainStates = map[regapi.State]v1alpha1.DomainState{
	regapi.Active:      v1alpha1.DomainActive,
	regapi.Inactive:    v1alpha1.DomainInactive,
	regapi.Suspended:   v1alpha1.DomainSuspended,
	regapi.Deleted:     v1alpha1.DomainDeleted,
	regapi.Transferred: v1alpha1.DomainTransferred,
}

// outcome turns what the phases found into the status. What they could not find out stays as it was seen last.
func (s *domainScope) outcome(err error, resync time.Duration) outcome {
	if s.info != nil {
		s.showInfo()
	}
	if err != nil {
		return outcomeOf(err)
	}
	s.domain.Status.NameServers = nil
	for _, server := range s.nameServers {
		s.domain.Status.NameServers = append(s.domain.Status.NameServers, server.Name)
	}
	if state := s.domain.Status.State; state != v1alpha1.DomainActive {
		return outcome{
			ready: metav1.ConditionFalse, stalled: true, reason: v1alpha1.ReasonBlocked, after: jittered(pollDelay),
			message: fmt.Sprintf("the domain is in state %s at the registrar: %s", state, stateRemedies[state]),
		}
	}
	return succeeded("the account holds the domain", resync)
}

// stateRemedies says what to do about a domain that is not active.
var stateRemedies = map[v1alpha1.DomainState]string{
	v1alpha1.DomainInactive:     "finish its registration or transfer in the registrar's panel",
	v1alpha1.DomainSuspended:    "resume its delegation, or renew it, in the registrar's panel",
	v1alpha1.DomainDeleted:      "it is no longer registered; delete this object, or register the domain again",
	v1alpha1.DomainTransferred:  "it has moved to another registrar; delete this object",
	v1alpha1.DomainStateUnknown: "look at it in the registrar's panel",
}

func (s *domainScope) showInfo() {
	status := &s.domain.Status
	status.ServiceID = s.info.ServiceID.String()
	status.CreationDate, status.ExpirationDate = s.info.CreationDate.String(), s.info.ExpirationDate.String()
	state, known := domainStates[s.info.State]
	if !known {
		state = v1alpha1.DomainStateUnknown
	}
	status.State = state
}
