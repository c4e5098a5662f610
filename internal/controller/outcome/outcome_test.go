package outcome_test

import (
	"errors"
	"fmt"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/controller/outcome"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
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
		"an end amid its changes":    {err: fmt.Errorf("write: %w", &zone.Interrupted{Err: refusal(regapi.CodeServiceUnavailable)}), ready: "Unknown", reason: v1alpha1.ReasonRetrying, waits: true},
		"throttled amid its changes": {err: &zone.Interrupted{Err: refusal(regapi.CodeIPExceededAllowedConnectionRate)}, ready: "Unknown", reason: v1alpha1.ReasonThrottled, waits: true},
		"a missing dependency":       {err: fmt.Errorf("connect: %w", &account.Unavailable{Reason: v1alpha1.ReasonSecretNotFound, Message: "create it"}), ready: "False", reason: v1alpha1.ReasonSecretNotFound, stalled: true},
		"an Account not looked at":   {err: &account.Unavailable{Reason: v1alpha1.ReasonAccountNotReady, Message: "not checked yet", Passing: true}, ready: "False", reason: v1alpha1.ReasonAccountNotReady, waits: true},
		"a Secret that is forbidden": {err: &account.Unavailable{Reason: v1alpha1.ReasonSecretForbidden, Message: "grant it"}, ready: "False", reason: v1alpha1.ReasonSecretForbidden, stalled: true, waits: true},
	} {
		t.Run(name, func(t *testing.T) {
			o := outcome.Of(test.err)
			if o.Ready != test.ready || o.Reason != test.reason || o.Stalled != test.stalled {
				t.Errorf("outcome %+v", o)
			}
			if o.Reconciling == o.Stalled {
				t.Errorf("stalled %v, reconciling %v: exactly one should hold", o.Stalled, o.Reconciling)
			}
			result, err := o.Result()
			if (result.RequeueAfter > 0) != test.waits || (err != nil) != test.fails {
				t.Errorf("result %v, %v", result, err)
			}
			if o.Message == "" {
				t.Error("no message")
			}
		})
	}
}

// A status must not tell whoever names an endpoint what listens there.
func TestAStatusDoesNotTellWhatAnswersAtAnEndpoint(t *testing.T) {
	said := map[string]bool{}
	for _, err := range []error{
		&regapi.TransportError{Function: "nop", Reason: "cannot connect to 127.0.0.1:6443: connection refused", NeverSent: true},
		&regapi.TransportError{Function: "nop", Reason: "the certificate of 127.0.0.1:6443 is signed by an unknown authority", NeverSent: true},
		fmt.Errorf("list the domains: %w", &regapi.TransportError{Function: "service/get_list", Reason: "something that is no envelope", Status: 404, ContentType: "text/html", Length: 19}),
		&regapi.TransportError{Function: "nop", Reason: "no answer within 60s"},
	} {
		o := outcome.Of(err)
		said[o.Reason+" "+string(o.Ready)+" "+o.Message] = true
	}
	if len(said) != 1 {
		t.Errorf("told apart: %v", said)
	}
}

func TestWhatIsWaitedForTogetherIsNotWrittenForEveryObject(t *testing.T) {
	refused := &regapi.Error{Function: "zone/nop", Code: regapi.CodeIPExceededAllowedConnectionRate}
	if !outcome.Of(refused).Silent {
		t.Error("every object that is Ready says that the requests of the hour are spent")
	}
	unchecked := &account.Unavailable{Reason: v1alpha1.ReasonAccountNotReady, Passing: true, Unchecked: true}
	if !outcome.Of(unchecked).Coming {
		t.Error("every new object says that its Account is about to be checked")
	}
	unchecked.Unchecked = false
	if outcome.Of(unchecked).Coming {
		t.Error("nobody says that an Account has long not been checked")
	}
}
