package release

import (
	"cmp"
	"context"
	"errors"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/controller/status"
	"github.com/regapi-io/regapi-operator/internal/pause"
)

const (
	// longest is how long a deletion waits for what passes by itself: requests are rationed by the hour.
	longest = 24 * time.Hour
	// firstRetry and lastRetry bound the wait between two attempts. It is as long as the failures have lasted.
	firstRetry = 2 * time.Second
	lastRetry  = 30 * time.Second
)

// ErrObserved is why an object that only looks leaves what it would have to see off.
var ErrObserved = errors.New("under managementPolicy: Observe nothing is written")

// Deletion is that of an object.
type Deletion struct {
	// Object as it was read, with its deletion timestamp.
	Object status.Object
	// Grace is how long it waits for what is out of reach; 0 is account.ReleaseGrace.
	Grace time.Duration
	// Polls says that it looks again even where nothing failed: what stops it wakes nobody.
	Polls bool
}

// Waits says whether a deletion waits for what an error stopped. Otherwise it lets go, and tells what it leaves.
func (d Deletion) Waits(err error) bool {
	return !errors.Is(err, ErrObserved) && (d.left(err) > 0 || isOfCluster(err))
}

// left is how long it still waits: for what is out of reach, since that began, and so long that a namespace can always be deleted.
func (d Deletion) left(err error) time.Duration {
	if passes(err) {
		return time.Until(d.Object.GetDeletionTimestamp().Add(longest))
	}
	return cmp.Or(d.Grace, account.ReleaseGrace) - d.outOfReachFor()
}

// outOfReachFor is for how long it has not got on. Stalled tells when that began, since a deletion is Stalled for no other reason, and setting a
// deletion timestamp begins a generation.
func (d Deletion) outOfReachFor() time.Duration {
	stalled := meta.FindStatusCondition(*d.Object.GetConditions(), v1alpha1.ConditionStalled)
	if stalled == nil || stalled.ObservedGeneration != d.Object.GetGeneration() {
		return 0
	}
	return time.Since(stalled.LastTransitionTime.Time)
}

// Outcome is that of a deletion that waits; undone says what is not done yet, for people.
func (d Deletion) Outcome(undone string, err error) outcome.Outcome {
	o := outcome.Of(err)
	o.KeepReady, o.Ready, o.Awaited = false, metav1.ConditionFalse, false
	o.Message = undone + ": " + o.Message
	if passes(err) || isOfCluster(err) {
		return o
	}
	o.After = max(d.left(err), time.Second)
	if o.Failure != nil || d.Polls {
		o.After = min(o.After, pause.Jittered(min(max(d.outOfReachFor(), firstRetry), lastRetry)))
	}
	o.Stalled, o.Reconciling, o.Failure = true, false, nil
	return o
}

// passes says whether an error ends by itself and soon, so that it is waited for, however often it comes.
func passes(err error) bool {
	var unavailable *account.Unavailable
	o := outcome.Of(err)
	return o.Reconciling && o.Failure == nil && !errors.As(err, &unavailable)
}

// isOfCluster says whether the API server sent an error: an object that has changed meanwhile, say. The next attempt sees it.
func isOfCluster(err error) bool { return apierrors.ReasonForError(err) != metav1.StatusReasonUnknown }

// Tell tells of what an object that is gone has left, where somebody reads it still: by an event in the namespace that is always there, and by one
// in its own if that stays.
func Tell(ctx context.Context, w *status.Writer, object client.Object, reason, note string) {
	// The API server takes an event for the object's own namespace alone, so that the object is named without; related has it in full.
	regarding := object.DeepCopyObject().(client.Object)
	regarding.SetNamespace("")
	w.Events.Eventf(regarding, object, corev1.EventTypeWarning, reason, "Delete", "%s", note)
	var namespace corev1.Namespace
	if err := w.Get(ctx, types.NamespacedName{Name: object.GetNamespace()}, &namespace); err == nil && namespace.DeletionTimestamp.IsZero() {
		w.Events.Eventf(object, nil, corev1.EventTypeWarning, reason, "Delete", "%s", note)
	}
}
