package folder_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestEveryOutcomeOfAFolderIsReachedAndKstatusAgrees(t *testing.T) {
	refuse := func(function, code string) regapitest.Fault {
		return regapitest.Fault{Kind: regapitest.FaultError, Function: function, Code: code}
	}
	for name, test := range map[string]struct {
		fault  regapitest.Fault
		ready  metav1.ConditionStatus
		reason string
		want   kstatus.Status
	}{
		"a name that is not taken":    {refuse("folder/create", "PARAMETER_INCORRECT"), "False", v1alpha1.ReasonRequestRefused, kstatus.FailedStatus},
		"denied":                      {refuse("folder/nop", "ACCESS_DENIED_FROM_IP"), "False", v1alpha1.ReasonAccessDenied, kstatus.FailedStatus},
		"blocked":                     {refuse("folder/create", "DOMAIN_PROTECTION"), "False", v1alpha1.ReasonBlocked, kstatus.FailedStatus},
		"not found":                   {refuse("folder/create", "SERVICE_NOT_FOUND"), "False", v1alpha1.ReasonNotFound, kstatus.InProgressStatus},
		"throttled":                   {regapitest.Fault{Kind: regapitest.FaultRateLimit, Function: "folder/nop"}, "Unknown", v1alpha1.ReasonThrottled, kstatus.InProgressStatus},
		"busy":                        {refuse("folder/create", "BILLING_LOCK"), "Unknown", v1alpha1.ReasonBusy, kstatus.InProgressStatus},
		"unavailable":                 {refuse("folder/nop", "SERVICE_UNAVAILABLE"), "Unknown", v1alpha1.ReasonRetrying, kstatus.InProgressStatus},
		"an unknown code":             {refuse("folder/nop", "SOMETHING_NEW"), "Unknown", v1alpha1.ReasonRetrying, kstatus.InProgressStatus},
		"members that pass":           {regapitest.Fault{Kind: regapitest.FaultElementError, Function: "folder/add_services", Code: "SOMETHING_NEW"}, "Unknown", v1alpha1.ReasonRetrying, kstatus.InProgressStatus},
		"members that do not":         {regapitest.Fault{Kind: regapitest.FaultElementError, Function: "folder/add_services", Code: "DOMAIN_NOT_FOUND"}, "False", v1alpha1.ReasonMembersRefused, kstatus.FailedStatus},
		"a lost answer to the making": {regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "folder/create", Count: 1}, "True", v1alpha1.ReasonSucceeded, kstatus.CurrentStatus},
		"a lost answer to the adding": {regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "folder/add_services", Count: 1}, "True", v1alpha1.ReasonSucceeded, kstatus.CurrentStatus},
		"nothing is wrong":            {regapitest.Fault{Kind: regapitest.FaultLatency, Function: "folder/nop", Latency: time.Millisecond}, "True", v1alpha1.ReasonSucceeded, kstatus.CurrentStatus},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			h.WaitReady(&v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}})
			h.API.Inject(test.fault)
			object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named("example.ru")})
			if got := h.Kstatus(object); got != kstatus.InProgressStatus {
				t.Errorf("kstatus says %s of a new object", got)
			}
			if ready := h.WaitFor(object, test.ready, test.reason); ready.Message == "" {
				t.Error("no message")
			}
			if got := h.Kstatus(object); got != test.want {
				t.Errorf("kstatus says %s, want %s; conditions %+v", got, test.want, object.Status.Conditions)
			}
			if strings.Contains(h.Logs.String(), controllertest.Password) {
				t.Error("the password is in the logs")
			}
		})
	}
}

// TestWhatIsAppliedTogetherIsInProgressUntilItIsReady looks at every state that the object goes through, as Flux does.
func TestWhatIsAppliedTogetherIsInProgressUntilItIsReady(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true, Simulator: []regapitest.Option{regapitest.WithLatency(100 * time.Millisecond)}})
	folder := h.CreateFolder("shop", v1alpha1.FolderSpec{Selector: ofTeam("shop")})
	h.labelled("shop", "example.ru")
	h.WaitFor(folder, metav1.ConditionFalse, v1alpha1.ReasonAccountNotFound)
	h.CreateAccount("main", controllertest.Login, controllertest.Password)
	seen := map[kstatus.Status]int{}
	h.Eventually("it to be current with its member", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(folder), folder); err != nil {
			return err
		}
		seen[h.Kstatus(folder)]++
		if h.Kstatus(folder) != kstatus.CurrentStatus || folder.Status.Members != 1 {
			return fmt.Errorf("status %+v", folder.Status)
		}
		return nil
	})
	if seen[kstatus.InProgressStatus] == 0 || seen[kstatus.FailedStatus] > 0 {
		t.Errorf("kstatus said %v", seen)
	}
}

func TestAFolderWhoseAccountIsNotReadySaysSo(t *testing.T) {
	h := newHarness(t, controllertest.Options{WithoutAccount: true})
	h.CreateAccount("main", controllertest.Login, "wrong")
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named("example.ru")})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotReady)
	if h.API.Calls("folder/*") != 0 {
		t.Error("REG.API was asked")
	}
}

func TestWhatPeopleChangeIsPutRightInItsTurnAndRestCostsNoWrite(t *testing.T) {
	h := newHarness(t, controllertest.Options{Sweeps: controllertest.Soon, FolderTurn: controllertest.Soon})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...)})
	h.WaitReady(object)
	h.asPerson("folder/remove_services", map[string]any{"folder_name": "shop", "services": []map[string]string{{"domain_name": names[1]}}})
	h.Eventually("the member to be back", func() error {
		if held, err := h.inFolder("shop"); err != nil || len(held) != 2 {
			return fmt.Errorf("%v, %w", held, err)
		}
		return nil
	})
	h.WaitReady(object)
	reads, writes, version := h.API.Calls("folder/get_services"), h.Writes(), ""
	h.Eventually("some more turns at rest", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
			return err
		}
		if version != object.ResourceVersion {
			version, reads, writes = object.ResourceVersion, h.API.Calls("folder/get_services"), h.Writes()
		}
		if turns := h.API.Calls("folder/get_services") - reads; turns < 5 {
			return fmt.Errorf("%d turns", turns)
		}
		return nil
	})
	if h.Writes() != writes {
		t.Error("REG.API was written to at rest")
	}
}
