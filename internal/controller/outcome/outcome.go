package outcome

import (
	"errors"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// Outcome is what a reconciliation came to: the conditions and the next attempt.
type Outcome struct {
	// Ready is the status of the condition Ready. KeepReady leaves a True of the present generation as it is.
	Ready     metav1.ConditionStatus
	KeepReady bool
	// Stalled and Reconciling are the other conditions; at most one of them holds.
	Stalled, Reconciling bool
	// Awaited says that what is missing may be on its way, since it is applied together with the object, say. For the first
	// minute of a generation that is no stall; package status keeps the minute.
	Awaited bool
	// Silent says that nothing is written for an object that is Ready for its present generation: what it waits for is shown elsewhere.
	Silent bool
	// Coming says that nothing is written for any object: what it waits for comes within seconds, and wakes it.
	Coming bool

	Reason, Message string

	// After is when to look again; 0 waits for an event.
	After time.Duration
	// Failure is given to the queue, which then waits longer each time; nil if nothing failed.
	Failure error
}

// Result gives the queue what it has to know.
func (o Outcome) Result() (ctrl.Result, error) {
	return ctrl.Result{RequeueAfter: o.After}, o.Failure
}

// Err gives an outcome as the error of a phase that knows it already. Of gives it back.
func (o Outcome) Err() error { return &decided{o} }

// Succeeded is the outcome of a reconciliation that found or made everything as the spec asks. The inventory wakes the
// object when that changes.
func Succeeded(message string) Outcome {
	return Ready(v1alpha1.ReasonSucceeded, message)
}

// Ready is the outcome of a reconciliation that left nothing to be done.
func Ready(reason, message string) Outcome {
	return Outcome{Ready: metav1.ConditionTrue, Reason: reason, Message: message}
}

// Progress is the outcome of an attempt that made some of its changes and has others left, for a reason that may pass. The
// next one follows soon: a failure among successes is no reason to wait longer each time.
func Progress(err error) Outcome {
	return Outcome{
		Ready: metav1.ConditionUnknown, KeepReady: true, Reconciling: true, Reason: v1alpha1.ReasonRetrying, Message: Message(err),
		After: pause.Jittered(progressDelay),
	}
}

// Coming is the outcome of an object that waits for what comes within seconds, and that is woken by it: nothing is written, and no worker
// waits meanwhile. It looks again in any case.
func Coming() Outcome { return Outcome{Coming: true, After: pause.Jittered(passingDelay)} }

// Stalled is the outcome of a reconciliation that cannot go on until something changes, such as the spec.
func Stalled(reason, message string) Outcome {
	return Outcome{Ready: metav1.ConditionFalse, Stalled: true, Reason: reason, Message: message}
}

// decided is an error for which a phase already knows the outcome.
type decided struct {
	outcome Outcome
}

func (e *decided) Error() string { return e.outcome.Message }

// unavailable is an error that names the reason of its condition: something that the object depends on cannot be used, for
// a reason that lies in the cluster.
type unavailable interface {
	error
	ConditionReason() string
	// Passes says that the reason passes without anybody's doing.
	Passes() bool
	// Comes says that it does so within seconds, and wakes who waits.
	Comes() bool
}

// partial is an error of an attempt that may have made some of its changes.
type partial interface {
	error
	Progressed() bool
}

// Of maps an error to its outcome. This is the one place where that is decided.
func Of(err error) Outcome {
	var known *decided
	if errors.As(err, &known) {
		return known.outcome
	}
	var dependency unavailable
	if errors.As(err, &dependency) {
		return dependent(dependency)
	}
	message := Message(err)
	if refused := (*traffic.ReadOnlyError)(nil); errors.As(err, &refused) {
		return Stalled(v1alpha1.ReasonReadOnly, message)
	}
	switch regapi.ClassOf(err) {
	case regapi.ClassInvalid:
		return Stalled(v1alpha1.ReasonRequestRefused, message)
	case regapi.ClassDenied:
		return stalledFor(probeDelay, v1alpha1.ReasonAccessDenied, message)
	case regapi.ClassNotFound:
		o := stalledFor(pollDelay, v1alpha1.ReasonNotFound, message)
		o.Awaited = true
		return o
	case regapi.ClassBlocked, regapi.ClassConflict:
		return stalledFor(pollDelay, blockedReason(err), message)
	case regapi.ClassThrottled:
		o := waitingFor(throttledWait(err), v1alpha1.ReasonThrottled, message)
		o.Silent = true // The Account tells what is left of the hour.
		return o
	case regapi.ClassBusy:
		return waitingFor(busyDelay, v1alpha1.ReasonBusy, message)
	default:
		if some := partial(nil); errors.As(err, &some) && some.Progressed() {
			return Progress(err)
		}
		if wait, told := traffic.RetryAfter(err); told {
			return waitingFor(wait, v1alpha1.ReasonRetrying, message)
		}
		return Outcome{Ready: metav1.ConditionUnknown, KeepReady: true, Reconciling: true, Reason: v1alpha1.ReasonRetrying, Message: message, Failure: err}
	}
}

// dependent is the outcome of what cannot be used. A watch wakes the object when the Account or Secret appears or changes, or the labels of
// its namespace do.
func dependent(cause unavailable) Outcome {
	o := Stalled(cause.ConditionReason(), cause.Error())
	if cause.Passes() {
		o.Stalled, o.Reconciling, o.KeepReady, o.Silent, o.After = false, true, true, true, pause.Jittered(passingDelay)
		o.Coming = cause.Comes()
	}
	switch o.Reason {
	case v1alpha1.ReasonAccountNotFound, v1alpha1.ReasonSecretNotFound:
		o.Awaited = true
	case v1alpha1.ReasonSecretForbidden: // A Role that is made wakes nobody.
		o.Awaited, o.After = true, Poll()
	case v1alpha1.ReasonAccountNotAllowed: // An Account of another namespace that is missing looks the same.
		o.Awaited, o.After = true, Poll()
	}
	return o
}

func stalledFor(delay time.Duration, reason, message string) Outcome {
	o := Stalled(reason, message)
	o.After = pause.Jittered(delay)
	return o
}

func waitingFor(delay time.Duration, reason, message string) Outcome {
	return Outcome{Ready: metav1.ConditionUnknown, KeepReady: true, Reconciling: true, Reason: reason, Message: message, After: pause.Jittered(delay)}
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

// Message adds the remedy, where there is one, to what an error says in public.
func Message(err error) string {
	if remedy := regapi.Remedy(err); remedy != "" {
		return fmt.Sprintf("%s. %s", regapi.Discreet(err), remedy)
	}
	return regapi.Discreet(err)
}

// Decided gives the outcome of an error for which a phase knew it already.
func Decided(err error) (Outcome, bool) {
	if known, ok := errors.AsType[*decided](err); ok {
		return known.outcome, true
	}
	return Outcome{}, false
}
