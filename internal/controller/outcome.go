package controller

import (
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// outcome is what a reconciliation came to: the conditions and the next attempt.
type outcome struct {
	// ready is the status of the condition Ready. keepReady leaves a True of the present generation as it is.
	ready     metav1.ConditionStatus
	keepReady bool
	// stalled and reconciling are the other conditions; at most one of them holds.
	stalled, reconciling bool

	reason, message string

	// after is when to look again; 0 waits for an event.
	after time.Duration
	// failure is given to the queue, which then waits longer each time.
	failure error
}

func (o outcome) result() (ctrl.Result, error) {
	return ctrl.Result{RequeueAfter: o.after}, o.failure
}

// succeeded is the outcome of a reconciliation that found or made everything as the spec asks. The inventory wakes the
// object when that changes.
func succeeded(message string) outcome {
	return outcome{ready: metav1.ConditionTrue, reason: v1alpha1.ReasonSucceeded, message: message}
}

// stalledUntilSpecChanges is the outcome of a spec that asks for what cannot be.
func stalledUntilSpecChanges(reason, message string) outcome {
	return outcome{ready: metav1.ConditionFalse, stalled: true, reason: reason, message: message}
}

// phaseError is an error for which a phase already knows the outcome.
type phaseError struct {
	outcome outcome
}

func (e *phaseError) Error() string { return e.outcome.message }

// outcomeOf maps an error to its outcome. This is the one place where that is decided.
func outcomeOf(err error) outcome {
	var known *phaseError
	if errors.As(err, &known) {
		return known.outcome
	}
	var unavailable *account.Unavailable
	if errors.As(err, &unavailable) {
		// A watch wakes the object when the Account or Secret appears; the labels of namespaces are looked at again later.
		o := outcome{ready: metav1.ConditionFalse, stalled: true, reason: unavailable.Reason, message: unavailable.Message}
		if o.reason == v1alpha1.ReasonAccountNotAllowed {
			o.after = jittered(pollDelay)
		}
		return o
	}
	message := messageOf(err)
	switch regapi.ClassOf(err) {
	case regapi.ClassInvalid:
		return stalledUntilSpecChanges(v1alpha1.ReasonRequestRefused, message)
	case regapi.ClassDenied:
		return outcome{ready: metav1.ConditionFalse, stalled: true, reason: v1alpha1.ReasonAccessDenied, message: message, after: jittered(probeDelay)}
	case regapi.ClassNotFound:
		return outcome{ready: metav1.ConditionFalse, stalled: true, reason: v1alpha1.ReasonNotFound, message: message, after: jittered(pollDelay)}
	case regapi.ClassBlocked:
		return outcome{ready: metav1.ConditionFalse, stalled: true, reason: blockedReason(err), message: message, after: jittered(pollDelay)}
	case regapi.ClassThrottled:
		return waiting(v1alpha1.ReasonThrottled, message, throttledWait(err))
	case regapi.ClassBusy:
		return waiting(v1alpha1.ReasonBusy, message, busyDelay)
	default:
		return outcome{ready: metav1.ConditionUnknown, keepReady: true, reconciling: true, reason: v1alpha1.ReasonRetrying, message: message, failure: err}
	}
}

func waiting(reason, message string, delay time.Duration) outcome {
	return outcome{ready: metav1.ConditionUnknown, keepReady: true, reconciling: true, reason: reason, message: message, after: jittered(delay)}
}

// throttledWait is until the budget can pay again, as far as that is known.
func throttledWait(err error) time.Duration {
	if wait, ok := traffic.RetryAfter(err); ok {
		return max(wait, time.Second)
	}
	return throttledDelay
}

func blockedReason(err error) string {
	if regapi.HasCode(err, regapi.CodeDomainIsNotUseRegruNSS) {
		return v1alpha1.ReasonNotDelegated
	}
	return v1alpha1.ReasonBlocked
}

// messageOf adds the remedy, where there is one, to what an error says.
func messageOf(err error) string {
	if remedy := regapi.Remedy(err); remedy != "" {
		return fmt.Sprintf("%v. %s", err, remedy)
	}
	return err.Error()
}
