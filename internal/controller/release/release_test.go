package release

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestADeletionWaitsForWhatPassesAndNotForWhatIsOutOfReach(t *testing.T) {
	refusal := func(code regapi.ErrorCode) error {
		return fmt.Errorf("remove: %w", &regapi.Error{Function: "zone/nop", Code: code})
	}
	for name, test := range map[string]struct {
		err  error
		want time.Duration
	}{
		"unreachable":              {errors.New("connection refused"), 2 * time.Minute},
		"unavailable":              {refusal(regapi.CodeServiceUnavailable), 2 * time.Minute},
		"denied":                   {refusal(regapi.CodeAccessDeniedFromIP), 2 * time.Minute},
		"blocked":                  {refusal(regapi.CodeDomainProtection), 2 * time.Minute},
		"refused as invalid":       {refusal(regapi.CodeSubdInvalid), 2 * time.Minute},
		"the Account is gone":      {&account.Unavailable{Reason: v1alpha1.ReasonAccountNotFound}, 2 * time.Minute},
		"the Account is unchecked": {&account.Unavailable{Reason: v1alpha1.ReasonAccountNotReady, Passing: true}, 2 * time.Minute},
		"paused":                   {outcome.Stalled(v1alpha1.ReasonPaused, "paused").Err(), 2 * time.Minute},
		"throttled":                {refusal(regapi.CodeIPExceededAllowedConnectionRate), 23 * time.Hour},
		"busy":                     {refusal(regapi.CodeBillingLock), 23 * time.Hour},
		"half done":                {outcome.Progress(errors.New("one of them failed")).Err(), 23 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				// Deleted an hour ago, throttled for long, and out of reach for three minutes now.
				deleted, since := metav1.NewTime(time.Now().Add(-time.Hour)), metav1.NewTime(time.Now().Add(-3*time.Minute))
				object := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Generation: 2, DeletionTimestamp: &deleted}}
				object.Status.Conditions = []metav1.Condition{{
					Type: v1alpha1.ConditionStalled, Status: metav1.ConditionTrue, ObservedGeneration: 2, LastTransitionTime: since,
				}}
				if left := (Deletion{Object: object}).left(test.err); left != test.want {
					t.Errorf("%s are left, want %s", left, test.want)
				}
			})
		})
	}
}

func TestAStallFromBeforeTheDeletionDoesNotShortenItsGrace(t *testing.T) {
	deleted, since := metav1.Now(), metav1.NewTime(time.Now().Add(-24*time.Hour))
	object := &v1alpha1.DNSZone{ObjectMeta: metav1.ObjectMeta{Generation: 2, DeletionTimestamp: &deleted}}
	object.Status.Conditions = []metav1.Condition{{Type: v1alpha1.ConditionStalled, Status: metav1.ConditionTrue, ObservedGeneration: 1, LastTransitionTime: since}}
	if left := (Deletion{Object: object}).left(errors.New("connection refused")); left != account.ReleaseGrace {
		t.Errorf("%s are left", left)
	}
}

func TestAnErrorOfTheAPIServerEndsNoDeletion(t *testing.T) {
	conflict := apierrors.NewConflict(schema.GroupResource{Resource: "dnszones"}, "zone", errors.New("changed"))
	if !isOfCluster(fmt.Errorf("record what is about to be done: %w", conflict)) || isOfCluster(errors.New("REG.API is down")) {
		t.Error("errors of the API server and of REG.API are mixed up")
	}
}
