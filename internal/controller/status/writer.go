package status

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	jsonpatch "github.com/evanphx/json-patch/v5"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/text"
)

// MaxMessage bounds the message of a condition; the API allows 32768, but people read it.
const MaxMessage = 2048

// Object is one of our kinds.
type Object interface {
	client.Object
	GetConditions() *[]metav1.Condition
	SetObservedGeneration(int64)
}

// Writer writes the status of objects. Both of its fields have to be set.
type Writer struct {
	client.Client
	Events events.EventRecorder
}

// Settle turns an outcome into conditions, writes the status if it differs from before, and gives the reconciler's
// result. It is the only place that does.
func (w *Writer) Settle(ctx context.Context, before, after Object, o outcome.Outcome) (ctrl.Result, error) {
	if o.Coming || (o.Silent && ReadyFor(*after.GetConditions(), after.GetGeneration())) {
		return o.Result()
	}
	o = await(after, o)
	setConditions(after, o)
	if err := w.PatchStatus(ctx, before, after); err != nil {
		// The object has changed meanwhile, or is gone; the next event, or the next attempt, sees it as it is.
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	w.announce(ctx, before, after)
	return o.Result()
}

// PatchStatus writes the status of after if it differs from that of before. It fails where the object is no longer the
// one that was read: a status computed from an old object must not overwrite what has been recorded since.
func (w *Writer) PatchStatus(ctx context.Context, before, after Object) error {
	if reflect.DeepEqual(before, after) {
		return nil
	}
	difference, stored, err := statusDifference(before, after)
	switch {
	case err != nil:
		return err
	case string(difference) == "{}": // It only looks different in memory: a time of another location, say.
		return setStatus(after, stored)
	}
	return w.send(ctx, before, after, difference, stored)
}

// PatchStatusInAnyCase is PatchStatus, but asks the API server even where nothing differs: it fails where before is no longer
// what the API server holds, and whoever is about to act on it has to know. Nothing is stored in that case.
func (w *Writer) PatchStatusInAnyCase(ctx context.Context, before, after Object) error {
	difference, stored, err := statusDifference(before, after)
	if err != nil {
		return err
	}
	return w.send(ctx, before, after, difference, stored)
}

// send writes the difference of two statuses, of which stored is the latter. The API server refuses it for any other version of the object than before.
func (w *Writer) send(ctx context.Context, before, after Object, difference, stored []byte) error {
	data, err := json.Marshal(map[string]any{
		"metadata": map[string]string{"resourceVersion": before.GetResourceVersion()},
		"status":   json.RawMessage(difference),
	})
	if err != nil {
		return fmt.Errorf("write down the difference of the status: %w", err)
	}
	kind, err := w.GroupVersionKindFor(after)
	if err != nil {
		return fmt.Errorf("find the kind of %T: %w", after, err)
	}
	// Nothing is new in the answer but the version, so that no more than the metadata is asked for.
	written := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{Namespace: after.GetNamespace(), Name: after.GetName()}}
	written.SetGroupVersionKind(kind)
	if err := w.Status().Patch(ctx, written, client.RawPatch(types.MergePatchType, data)); err != nil {
		if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
			return err
		}
		return fmt.Errorf("write the status: %w", err)
	}
	after.SetResourceVersion(written.GetResourceVersion())
	return setStatus(after, stored)
}

// PatchFinalizers writes the finalizers of after, and gives the object as the API server has it then: the new starting point for its status. What was
// found out for the status so far stays with after. It fails where the object is no longer the one that was read.
func PatchFinalizers[O Object](ctx context.Context, w *Writer, before, after O) (now O, err error) {
	found := after.DeepCopyObject().(O)
	if err := w.Patch(ctx, after, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		return before, fmt.Errorf("write the finalizer: %w", err)
	}
	now = after.DeepCopyObject().(O)
	statusOf(after).Set(statusOf(found))
	return now, nil
}

// statusDifference gives what a merge patch has to say to make the status of after out of that of before, and the status as it will be stored.
func statusDifference(before, after Object) (difference, stored []byte, err error) {
	former, err := json.Marshal(statusOf(before).Interface())
	if err == nil {
		stored, err = json.Marshal(statusOf(after).Interface())
	}
	if err == nil {
		difference, err = jsonpatch.CreateMergePatch(former, stored)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("compare the status: %w", err)
	}
	return difference, stored, nil
}

// setStatus makes the status of an object what was stored: its times have no fractions of a second, say, so that it equals what the API server shows.
func setStatus(object Object, stored []byte) error {
	status := reflect.New(statusOf(object).Type())
	if err := json.Unmarshal(stored, status.Interface()); err != nil {
		return fmt.Errorf("read back the status: %w", err)
	}
	statusOf(object).Set(status.Elem())
	return nil
}

func statusOf(object Object) reflect.Value {
	return reflect.ValueOf(object).Elem().FieldByName("Status")
}

// firstMinute is how long after a spec was applied what it names may be missing without that being a stall.
const firstMinute = time.Minute

// await makes a stall over what may be on its way a wait, for the first minute of a generation, and has it looked at again when
// that is over.
func await(obj Object, o outcome.Outcome) outcome.Outcome {
	left := firstMinute - sinceApplied(obj)
	if !o.Awaited || left <= 0 {
		return o
	}
	o.Stalled, o.Reconciling = false, true
	if o.After == 0 || o.After > left {
		o.After = left
	}
	return o
}

// sinceApplied is for how long the operator has known the generation of an object, as its conditions tell: Reconciling begins
// anew with every generation. Once it has ended, that is long ago.
func sinceApplied(obj Object) time.Duration {
	conditions, generation := *obj.GetConditions(), obj.GetGeneration()
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	if ready == nil || ready.ObservedGeneration != generation {
		return 0
	}
	reconciling := meta.FindStatusCondition(conditions, v1alpha1.ConditionReconciling)
	if reconciling == nil || reconciling.ObservedGeneration != generation {
		return firstMinute
	}
	return time.Since(reconciling.LastTransitionTime.Time)
}

func setConditions(obj Object, o outcome.Outcome) {
	conditions, generation := obj.GetConditions(), obj.GetGeneration()
	message := text.Shorten(o.Message, MaxMessage)
	if !o.KeepReady || !ReadyFor(*conditions, generation) {
		meta.SetStatusCondition(conditions, metav1.Condition{
			Type: v1alpha1.ConditionReady, Status: o.Ready, Reason: o.Reason, Message: message, ObservedGeneration: generation,
		})
	}
	for _, extra := range []struct {
		kind  string
		holds bool
	}{{v1alpha1.ConditionReconciling, o.Reconciling}, {v1alpha1.ConditionStalled, o.Stalled}} {
		if before := meta.FindStatusCondition(*conditions, extra.kind); !extra.holds || (before != nil && before.ObservedGeneration != generation) {
			meta.RemoveStatusCondition(conditions, extra.kind)
		}
		if !extra.holds {
			continue
		}
		meta.SetStatusCondition(conditions, metav1.Condition{
			Type: extra.kind, Status: metav1.ConditionTrue, Reason: o.Reason, Message: message, ObservedGeneration: generation,
		})
	}
	obj.SetObservedGeneration(generation)
}

// ReadyFor says whether the object is known to be as this generation of its spec asks.
func ReadyFor(conditions []metav1.Condition, generation int64) bool {
	ready := meta.FindStatusCondition(conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == generation
}

// announce logs and records a change of the outcome, once.
func (w *Writer) announce(ctx context.Context, before, after Object) {
	ready := meta.FindStatusCondition(*after.GetConditions(), v1alpha1.ConditionReady)
	previous := meta.FindStatusCondition(*before.GetConditions(), v1alpha1.ConditionReady)
	stalled := meta.IsStatusConditionTrue(*after.GetConditions(), v1alpha1.ConditionStalled)
	wasStalled := meta.IsStatusConditionTrue(*before.GetConditions(), v1alpha1.ConditionStalled)
	if previous != nil && previous.Status == ready.Status && previous.Reason == ready.Reason && (wasStalled || !stalled) {
		return
	}
	kind, tell := corev1.EventTypeNormal, log.FromContext(ctx).Info
	if stalled { // What is only waited for needs nobody's attention.
		kind = corev1.EventTypeWarning
		tell = func(message string, values ...any) { log.FromContext(ctx).Error(nil, message, values...) } // A warning, since there is no error.
	}
	tell("Outcome changed", "ready", ready.Status, "reason", ready.Reason, "message", ready.Message)
	w.Events.Eventf(after, nil, kind, ready.Reason, "Reconcile", "%s", ready.Message)
}
