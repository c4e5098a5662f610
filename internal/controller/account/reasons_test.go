package account_test

import (
	"fmt"
	"strings"
	"testing"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kstatus "sigs.k8s.io/cli-utils/pkg/kstatus/status"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// is holds what kstatus makes of an object.
func is(h *controllertest.Harness, object *v1alpha1.Account, want kstatus.Status) {
	h.Helper()
	if got := h.Kstatus(object); got != want {
		h.Errorf("kstatus says %s, want %s; conditions %+v", got, want, object.Status.Conditions)
	}
}

func TestAnAccountSaysWhetherItsSweepsSucceed(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true, Sweeps: controllertest.Soon})
	object := h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitReady(object)
	fresh := func(holds metav1.ConditionStatus, reason string) {
		t.Helper()
		h.Eventually(fmt.Sprintf("its inventory to be %s (%s)", holds, reason), func() error {
			if err := h.Get(t.Context(), client.ObjectKeyFromObject(object), object); err != nil {
				return err
			}
			found := meta.FindStatusCondition(object.Status.Conditions, v1alpha1.ConditionInventoryFresh)
			if found == nil || found.Status != holds || found.Reason != reason {
				return fmt.Errorf("conditions %+v", object.Status.Conditions)
			}
			return nil
		})
		h.CheckInvariants(object)
		is(h, object, kstatus.CurrentStatus) // It can be used all the same.
	}
	fresh(metav1.ConditionTrue, v1alpha1.ReasonSwept)
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultError, Function: "service/get_list", Code: "SERVICE_UNAVAILABLE"})
	fresh(metav1.ConditionFalse, v1alpha1.ReasonSweepFailed)
	h.API.ClearFaults()
	fresh(metav1.ConditionTrue, v1alpha1.ReasonSwept)
}

func TestAnAccountWhoseHourIsSpentSaysSo(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultRateLimit, Function: "nop"})
	object := h.CreateAccount("main", controllertest.Login, controllertest.Password)
	h.WaitFor(object, metav1.ConditionUnknown, v1alpha1.ReasonThrottled)
	is(h, object, kstatus.InProgressStatus)
}

func TestAnAccountOfAnOperatorThatOnlyReadsIsReadyAndSaysSo(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true, ReadOnly: true})
	object := h.CreateAccount("main", controllertest.Login, controllertest.Password)
	ready := h.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonReadOnly)
	is(h, object, kstatus.CurrentStatus)
	if !strings.Contains(ready.Message, "--read-only") {
		t.Errorf("message %q", ready.Message)
	}
}

func TestAnAccountThatItsDomainsNeedForTheirDeletionSaysThatItGoesAfterThem(t *testing.T) {
	h := controllertest.New(t, controllertest.Options{WithoutAccount: true})
	object := h.CreateAccount("main", controllertest.Login, controllertest.Password)
	zone := h.CreateZoneWith(v1alpha1.DNSZoneSpec{DeletionPolicy: v1alpha1.DeletionDelete, Records: []v1alpha1.NameRecords{controllertest.WWW("192.0.2.1")}})
	h.WaitReady(zone)
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	deleting := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonDeleting)
	is(h, object, kstatus.TerminatingStatus)
	if !strings.Contains(deleting.Message, "need this Account") {
		t.Errorf("message %q", deleting.Message)
	}
	if err := h.Delete(t.Context(), zone); err != nil {
		t.Fatal(err)
	}
	h.Eventually("both to be gone", func() error {
		for _, left := range []client.Object{zone, object} {
			if err := h.Get(t.Context(), client.ObjectKeyFromObject(left), left); client.IgnoreNotFound(err) != nil || err == nil {
				return fmt.Errorf("%s is there, %w", left.GetName(), err)
			}
		}
		return nil
	})
}
