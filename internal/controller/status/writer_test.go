package status

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
)

func TestAPassingFailureKeepsReadinessOfTheSameGenerationOnly(t *testing.T) {
	object := &v1alpha1.DNSZone{}
	object.Generation = 1
	setConditions(object, outcome.Succeeded("fine"))
	setConditions(object, outcome.Of(errors.New("passing")))
	if !ReadyFor(object.Status.Conditions, 1) {
		t.Errorf("readiness was lost: %+v", object.Status.Conditions)
	}
	object.Generation = 2
	setConditions(object, outcome.Of(errors.New("passing")))
	if ReadyFor(object.Status.Conditions, 2) {
		t.Errorf("ready for a spec that was never reconciled: %+v", object.Status.Conditions)
	}
	setConditions(object, outcome.Succeeded("fine"))
	if len(object.Status.Conditions) != 1 {
		t.Errorf("conditions %+v, want Ready alone", object.Status.Conditions)
	}
}

func TestWhatIsMissingIsAwaitedForTheFirstMinuteOfAGeneration(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		object := &v1alpha1.DNSZone{}
		object.Generation = 1
		look := func() outcome.Outcome {
			o := await(object, outcome.Of(&account.Unavailable{Reason: v1alpha1.ReasonAccountNotFound, Message: "create it"}))
			setConditions(object, o)
			return o
		}
		for _, step := range []struct {
			name    string
			wait    time.Duration
			then    func()
			stalled bool
			after   time.Duration
		}{
			{name: "the first look", after: time.Minute},
			{name: "another within the minute", wait: 20 * time.Second, after: 40 * time.Second},
			{name: "a passing failure beside it", wait: 10 * time.Second, then: func() { setConditions(object, outcome.Of(errors.New("passing"))) }, after: 30 * time.Second},
			{name: "when the minute is over", wait: 30 * time.Second, stalled: true},
			{name: "later", wait: time.Hour, stalled: true},
			{name: "another spec", then: func() { object.Generation++ }, after: time.Minute},
			{name: "lost after it was there", then: func() { setConditions(object, outcome.Succeeded("fine")) }, stalled: true},
		} {
			time.Sleep(step.wait)
			if step.then != nil {
				step.then()
			}
			if o := look(); o.Stalled != step.stalled || o.Reconciling == step.stalled || o.After != step.after {
				t.Errorf("%s: outcome %+v", step.name, o)
			}
		}
	})
}
