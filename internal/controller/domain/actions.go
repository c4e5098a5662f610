package domain

import (
	"slices"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/purchase"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/text"
)

// require notes what a person has to do, for a reason.
func (s *scope) require(kind v1alpha1.ActionType, reason, message string) {
	message = text.Shorten(message, status.MaxMessage)
	s.actions = append(s.actions, v1alpha1.RequiredAction{Type: kind, Message: message})
	if len(s.actions) == 1 {
		s.actionReason = reason
	}
}

// showActions lists what a person has to do, each since it was seen first. Where nobody could look for it the list stays as it was.
func (r *Reconciler) showActions(s *scope, err error) {
	if !s.looked {
		return
	}
	if s.unverified || regapi.HasCode(err, regapi.CodeDomainIsNotVerified) {
		s.require(v1alpha1.ActionConfirmEmail, v1alpha1.ReasonEmailNotVerified, emailRemedy)
	}
	now, known := r.now(s)
	if !known {
		now = time.Now()
	}
	before := s.before.Status.ActionRequired
	s.domain.Status.ActionRequired = nil
	for _, action := range s.actions {
		action.Since = metav1.NewTime(now.UTC().Truncate(time.Second))
		if i := slices.IndexFunc(before, func(a v1alpha1.RequiredAction) bool { return a.Type == action.Type }); i >= 0 {
			action.Since = before[i].Since
		}
		if !slices.ContainsFunc(s.domain.Status.ActionRequired, func(a v1alpha1.RequiredAction) bool { return a.Type == action.Type }) {
			s.domain.Status.ActionRequired = append(s.domain.Status.ActionRequired, action)
		}
	}
	first := ""
	if len(s.actions) > 0 {
		first = s.actions[0].Message
	}
	s.while(v1alpha1.ConditionActionRequired, len(s.actions) > 0, s.actionReason, first)
}

// emailRemedy says what to do about an address that is not verified.
const emailRemedy = "the registrant has to follow the link in the letter that the registrar has sent to the address of the domain's contacts"

// actionFor says what a person has to do for an order that waits for one.
func actionFor(o *v1alpha1.Order) v1alpha1.ActionType {
	switch {
	case purchase.State(o.Status.State) == purchase.Unclear:
		return v1alpha1.ActionSettleOrder
	case purchase.State(o.Status.State) == purchase.AwaitingApproval:
		return v1alpha1.ActionApproveQuote
	case purchase.Reason(o.Status.Reason) == purchase.NotEnoughMoney:
		return v1alpha1.ActionPay
	default:
		return v1alpha1.ActionLookAtOrder
	}
}
