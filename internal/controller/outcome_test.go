package controller

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
)

func TestEveryClassOfErrorHasItsOutcome(t *testing.T) {
	refusal := func(code regapi.ErrorCode) error {
		return fmt.Errorf("do something: %w", &regapi.Error{Function: "zone/nop", Code: code, Text: "text"})
	}
	for name, test := range map[string]struct {
		err     error
		ready   metav1.ConditionStatus
		reason  string
		stalled bool
		waits   bool // has a time to look again
		fails   bool // is left to the queue's back-off
	}{
		"invalid":                    {err: refusal(regapi.CodeSubdInvalid), ready: "False", reason: v1alpha1.ReasonRequestRefused, stalled: true},
		"denied":                     {err: refusal(regapi.CodeAccessDeniedFromIP), ready: "False", reason: v1alpha1.ReasonAccessDenied, stalled: true, waits: true},
		"not found":                  {err: refusal(regapi.CodeDomainNotFound), ready: "False", reason: v1alpha1.ReasonNotFound, stalled: true, waits: true},
		"not delegated":              {err: refusal(regapi.CodeDomainIsNotUseRegruNSS), ready: "False", reason: v1alpha1.ReasonNotDelegated, stalled: true, waits: true},
		"blocked":                    {err: refusal(regapi.CodeDomainProtection), ready: "False", reason: v1alpha1.ReasonBlocked, stalled: true, waits: true},
		"throttled":                  {err: refusal(regapi.CodeIPExceededAllowedConnectionRate), ready: "Unknown", reason: v1alpha1.ReasonThrottled, waits: true},
		"busy":                       {err: refusal(regapi.CodeBillingLock), ready: "Unknown", reason: v1alpha1.ReasonBusy, waits: true},
		"unavailable":                {err: refusal(regapi.CodeServiceUnavailable), ready: "Unknown", reason: v1alpha1.ReasonRetrying, fails: true},
		"a code never heard of":      {err: refusal("SOMETHING_NEW"), ready: "Unknown", reason: v1alpha1.ReasonRetrying, fails: true},
		"an error of the API server": {err: errors.New("connection refused"), ready: "Unknown", reason: v1alpha1.ReasonRetrying, fails: true},
		"a missing dependency":       {err: fmt.Errorf("connect: %w", &account.Unavailable{Reason: v1alpha1.ReasonSecretNotFound, Message: "create it"}), ready: "False", reason: v1alpha1.ReasonSecretNotFound, stalled: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := outcomeOf(test.err)
			if o.ready != test.ready || o.reason != test.reason || o.stalled != test.stalled {
				t.Errorf("outcome %+v", o)
			}
			if o.reconciling == o.stalled {
				t.Errorf("stalled %v, reconciling %v: exactly one should hold", o.stalled, o.reconciling)
			}
			result, err := o.result()
			if (result.RequeueAfter > 0) != test.waits || (err != nil) != test.fails {
				t.Errorf("result %v, %v", result, err)
			}
			if o.message == "" {
				t.Error("no message")
			}
		})
	}
}

func TestAPassingFailureKeepsReadinessOfTheSameGenerationOnly(t *testing.T) {
	object := &v1alpha1.DNSZone{}
	object.Generation = 1
	setConditions(object, succeeded("fine"))
	setConditions(object, outcomeOf(errors.New("passing")))
	if !readyFor(object.Status.Conditions, 1) {
		t.Errorf("readiness was lost: %+v", object.Status.Conditions)
	}
	object.Generation = 2
	setConditions(object, outcomeOf(errors.New("passing")))
	if readyFor(object.Status.Conditions, 2) {
		t.Errorf("ready for a spec that was never reconciled: %+v", object.Status.Conditions)
	}
	setConditions(object, succeeded("fine"))
	if len(object.Status.Conditions) != 1 {
		t.Errorf("conditions %+v, want Ready alone", object.Status.Conditions)
	}
}

func TestTextsAreCutBetweenCharacters(t *testing.T) {
	for limit := 4; limit < 30; limit++ {
		cut := shorten(strings.Repeat("я", 20), limit)
		if len(cut) > limit || !utf8.ValidString(cut) || !strings.HasSuffix(cut, "…") {
			t.Errorf("limit %d: %q", limit, cut)
		}
	}
	if got := shorten("short", 10); got != "short" {
		t.Errorf("got %q", got)
	}
}
