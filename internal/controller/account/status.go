package account

import (
	"fmt"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/batch"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/inventory"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/text"
	"github.com/regapi-io/regapi-operator/internal/traffic/budget"
)

// budgetSteps is in how many steps what is left of a budget is shown, so that the status does not change with every request.
const budgetSteps = 10

// outcome turns what the phases found into the status.
func (s *scope) outcome(err error) outcome.Outcome {
	s.account.Status.SecretVersion = ""
	if s.account.Spec.Balance != v1alpha1.BalanceShown {
		s.account.Status.Balance = ""
	}
	if s.connection != nil {
		s.showConnection()
	}
	if err != nil {
		return s.failed(err)
	}
	s.account.Status.UserID = s.identity.UserID.String()
	if left := s.connection.Orphaned(); left > 0 {
		return s.orphaned(left)
	}
	if s.readOnly {
		return outcome.Ready(v1alpha1.ReasonReadOnly, "REG.API accepts the credentials, and nothing is written: the operator runs with --read-only")
	}
	return outcome.Succeeded("REG.API accepts the credentials")
}

// failed is the outcome of an error. An Account that was Ready stays so for its objects while new credentials are not accepted,
// which may be a slip of the hand: they wait.
func (s *scope) failed(err error) outcome.Outcome {
	o := outcome.Of(err)
	o.Silent = o.Silent && o.Reason != v1alpha1.ReasonThrottled // It speaks for all its objects, which are silent.
	if s.connection == nil && regapi.IsDenied(err) && status.ReadyFor(s.before.Status.Conditions, s.account.Generation) {
		o.Ready, o.KeepReady, o.Stalled, o.Reconciling = metav1.ConditionUnknown, true, false, true
	}
	return o
}

// orphaned is the outcome of an Account whose Secret has just vanished: it is usable for a moment.
func (s *scope) orphaned(left time.Duration) outcome.Outcome {
	return outcome.Outcome{
		Ready: metav1.ConditionUnknown, KeepReady: true, Reconciling: true, Reason: v1alpha1.ReasonSecretNotFound, After: left,
		Message: fmt.Sprintf("Secret %s is gone: create it again, or the Account cannot be used in a minute", s.account.Spec.SecretRef.Name),
	}
}

func (s *scope) showConnection() {
	status, summary := &s.account.Status, s.connection.Inventory.Summary()
	status.SecretVersion, status.ID = s.connection.SecretVersion(), s.connection.ID
	if capability := s.connection.Zones.Capability(); capability != batch.Unknown {
		status.Capability = v1alpha1.Capability(capability)
	}
	status.Zones = int32(summary.Zones)
	status.Budget = showBudget(s.connection.Budget())
	if !summary.SweptAt.IsZero() {
		status.Domains = int32(summary.Domains)
		s.showBalance(summary)
	}
	s.showFreshness(summary)
}

// showBalance shows what the account holds, to whom its owner wants to show it: everybody who lists Accounts reads it. What REG.API
// has not told is not shown.
func (s *scope) showBalance(summary inventory.Summary) {
	if prepay := summary.Balance.Prepay; s.account.Spec.Balance == v1alpha1.BalanceShown && prepay != "" && prepay.Known() {
		s.account.Status.Balance = fmt.Sprintf("%s %s", prepay, summary.Balance.Currency)
	}
}

func (s *scope) showFreshness(summary inventory.Summary) {
	condition := metav1.Condition{Type: v1alpha1.ConditionInventoryFresh, ObservedGeneration: s.account.Generation}
	switch {
	case summary.Err != nil:
		condition.Status, condition.Reason, condition.Message = metav1.ConditionFalse, v1alpha1.ReasonSweepFailed, text.Shorten(outcome.Message(summary.Err), status.MaxMessage)
	case !summary.SweptAt.IsZero():
		condition.Status, condition.Reason, condition.Message = metav1.ConditionTrue, v1alpha1.ReasonSwept, "the last sweep read everything"
	default:
		return // Nothing is known before the first sweep.
	}
	meta.SetStatusCondition(&s.account.Status.Conditions, condition)
}

func showBudget(state budget.State) v1alpha1.BudgetStatus {
	step := max(1, state.Limit/budgetSteps)
	left := max(0, state.Limit-state.Used)
	shown := v1alpha1.BudgetStatus{RequestsPerHour: int32(state.Limit), Left: int32(left / step * step)}
	if left < step && !state.NextToken.IsZero() {
		at := metav1.NewTime(state.NextToken.Truncate(0))
		shown.RefillsAt = &at
	}
	return shown
}
