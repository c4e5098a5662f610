package folder_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func (h *harness) annotate(object *v1alpha1.Folder, key, value string) {
	h.Helper()
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) {
		if f.Annotations == nil {
			f.Annotations = map[string]string{}
		}
		f.Annotations[key] = value
	})
}

func TestAnExclusiveFolderThatWouldLoseTooMuchWaitsForApproval(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(12)
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "shop", Domains: names})
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names[:4]...), Membership: v1alpha1.MembershipExclusive})
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPlanNeedsApproval)
	plan := object.Status.Plan
	if plan == nil || plan.Remove != 8 || plan.Add != 0 || !strings.Contains(ready.Message, "8 of 12") || h.Writes() != 0 {
		t.Fatalf("plan %+v, message %q, %d writes", plan, ready.Message, h.Writes())
	}
	if diff := cmp.Diff("- "+names[4], plan.Changes[0]); diff != "" {
		t.Error(diff)
	}
	h.annotate(object, v1alpha1.AnnotationApprovePlan, "another")
	h.annotate(object, v1alpha1.AnnotationApprovePlan, plan.Hash)
	h.WaitReady(object)
	h.holds("shop", names[:4]...)
	if status := object.Status; status.Plan != nil || status.Approvals.UsedPlans != 1 || status.Approvals.Plan != nil {
		t.Errorf("status %+v", status)
	}
}

func TestAFolderThatIsOnlyObservedShowsWhatWouldChange(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(3)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names[0]), ManagementPolicy: v1alpha1.PolicyObserve})
	h.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	if plan := object.Status.Plan; plan == nil || !plan.Create || plan.Add != 1 || object.Status.Missing != 1 {
		t.Errorf("status %+v", object.Status)
	}
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "other", Domains: names[1:]})
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) {
		f.Spec.FolderName, f.Spec.Membership = "other", v1alpha1.MembershipExclusive
		f.Spec.Members = named(names[0], names[1])
	})
	h.WaitFor(object, metav1.ConditionTrue, v1alpha1.ReasonObserved)
	plan := object.Status.Plan
	if plan == nil || plan.Create {
		t.Fatalf("plan %+v", plan)
	}
	if diff := cmp.Diff([]string{"+ " + names[0], "- " + names[2]}, plan.Changes); diff != "" || h.Writes() != 0 || object.Status.Owned.Confirmed != nil {
		t.Errorf("%d writes, owned %v; changes (-want +got):\n%s", h.Writes(), object.Status.Owned, diff)
	}
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.ManagementPolicy = v1alpha1.PolicyManage })
	h.WaitReady(object)
	h.holds("other", names[0], names[1])
}

func TestAPausedFolderIsNotWrittenUntilThePauseEnds(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names[0])})
	h.WaitReady(object)
	h.annotate(object, v1alpha1.AnnotationPaused, "")
	writes := h.Writes()
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.Members, f.Spec.FolderName = named(names...), "renamed" })
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonPaused)
	if plan := object.Status.Plan; plan == nil || plan.Add != 1 || plan.RenameFrom != "shop" || h.Writes() != writes {
		t.Errorf("plan %+v", plan)
	}
	h.annotate(object, v1alpha1.AnnotationPaused, "false")
	h.WaitReady(object)
	h.holds("renamed", names...)
}

func TestTheDeletionPolicyDecidesAboutTheFolder(t *testing.T) {
	for name, c := range map[string]struct {
		policy v1alpha1.DeletionPolicy
		stays  bool
	}{"Retain": {v1alpha1.DeletionRetain, true}, "Delete": {v1alpha1.DeletionDelete, false}} {
		t.Run(name, func(t *testing.T) {
			h := newHarness(t, controllertest.Options{})
			names := h.addDomains(2)
			object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...), DeletionPolicy: c.policy})
			h.WaitReady(object)
			h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "folder/remove", Count: 1})
			h.MustDelete(object)
			if _, err := h.inFolder("shop"); (err == nil) != c.stays {
				t.Errorf("the folder: %v", err)
			}
		})
	}
}

func TestAFolderThatHoldsWhatOthersPutInIsNotDeleted(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names[0]), DeletionPolicy: v1alpha1.DeletionDelete})
	h.WaitReady(object)
	h.asPerson("folder/add_services", map[string]any{"folder_name": "shop", "services": []map[string]string{{"domain_name": names[1]}}})
	if err := h.Delete(t.Context(), object); err != nil {
		t.Fatal(err)
	}
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonFolderNotEmpty)
	if !strings.Contains(ready.Message, names[1]) || strings.Contains(ready.Message, names[0]) {
		t.Errorf("message %q", ready.Message)
	}
	h.asPerson("folder/remove_services", map[string]any{"folder_name": "shop", "services": []map[string]string{{"domain_name": names[1]}}})
	h.gone(object)
	if _, err := h.inFolder("shop"); err == nil {
		t.Error("the folder is still there")
	}
}

func TestAFolderThatCannotBeDeletedIsLeftBehindAndTold(t *testing.T) {
	h := newHarness(t, controllertest.Options{ReleaseGrace: 3e9})
	names := h.addDomains(1)
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "shop", Domains: names})
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{DeletionPolicy: v1alpha1.DeletionDelete})
	h.WaitReady(object)
	h.MustDelete(object)
	h.holds("shop", names...)
	h.awaitEvent("FolderLeftBehind", "delete it by hand")
}

// awaitEvent waits for an event with a reason and a text.
func (h *harness) awaitEvent(reason, text string) {
	h.Helper()
	h.Eventually("an event "+reason, func() error {
		var recorded eventsv1.EventList
		if err := h.List(h.Context(), &recorded, client.InNamespace(h.Namespace)); err != nil {
			return err
		}
		for _, event := range recorded.Items {
			if event.Reason == reason && strings.Contains(event.Note, text) {
				return nil
			}
		}
		return fmt.Errorf("%d other events", len(recorded.Items))
	})
}

func TestAnEventAndTheMetricsTellWhatChanged(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(3)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...)})
	h.WaitReady(object)
	h.awaitEvent("FolderCreated", `"shop"`)
	h.awaitEvent("MembersChanged", "+ "+names[2])
	found, err := h.Metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]float64{}
	for _, family := range found {
		if family.GetName() == "regapi_folder_changes_total" {
			for _, metric := range family.GetMetric() {
				counts[metric.GetLabel()[0].GetValue()] = metric.GetCounter().GetValue()
			}
		}
	}
	if counts["created"] != 1 || counts["added"] != 3 {
		t.Errorf("counted %v", counts)
	}
}

func TestAFolderIsDeletedAlsoWhereItsAccountGoesWithIt(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(1)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...), DeletionPolicy: v1alpha1.DeletionDelete})
	h.WaitReady(object)
	account := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	h.Eventually("the Account to be held", func() error {
		if err := h.Get(t.Context(), client.ObjectKeyFromObject(account), account); err != nil || len(account.Finalizers) == 0 {
			return fmt.Errorf("finalizers %v, %w", account.Finalizers, err)
		}
		return nil
	})
	for _, doomed := range []client.Object{account, object} { // kubectl deletes in the order of a file.
		if err := h.Delete(t.Context(), doomed); err != nil {
			t.Fatal(err)
		}
	}
	h.gone(object)
	h.gone(account)
	if _, err := h.inFolder("shop"); err == nil {
		t.Error("the folder is still there")
	}
}
