package folder_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/door"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// unapplied is a Folder that nobody has applied.
func (h *harness) unapplied(spec v1alpha1.FolderSpec) *v1alpha1.Folder {
	spec.AccountRef.Name = "main"
	return &v1alpha1.Folder{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "unapplied", Generation: 1, CreationTimestamp: metav1.Now()}, Spec: spec}
}

func TestEveryChangeOfAFolderIsPlannedAndNothingIsDone(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(12)
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "full", Domains: names})
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "taken"})
	ruled := h.CreateFolder("ruled", v1alpha1.FolderSpec{Members: named(names[:2]...), FolderName: "ruled"})
	h.WaitReady(ruled)
	plan, err := controller.Previews(h.Manager, controller.Dependencies(h.Parts))
	if err != nil {
		t.Fatal(err)
	}
	renamed, taken, deleted := ruled.DeepCopy(), ruled.DeepCopy(), ruled.DeepCopy()
	renamed.Spec.FolderName, taken.Spec.FolderName = "fresh name", "taken"
	deleted.Spec.DeletionPolicy, deleted.Finalizers, deleted.DeletionTimestamp = v1alpha1.DeletionDelete, []string{"regapi.io/folder"}, &metav1.Time{Time: time.Now()}
	for name, want := range map[string]struct {
		object  *v1alpha1.Folder
		plan    door.PlanAnswer
		refused string
	}{
		"as it is": {object: ruled, plan: door.PlanAnswer{Subject: "ruled"}},
		"a folder that is not there": {
			object: h.unapplied(v1alpha1.FolderSpec{FolderName: "new", Members: named(names[0], "elsewhere.ru")}),
			plan:   door.PlanAnswer{Subject: "new", Changes: []string{`make the folder "new"`, "+ domain-0000.ru", "+ elsewhere.ru"}, Add: 2, Requests: 4},
		},
		"an exclusive folder that would lose too much": {
			object: h.unapplied(v1alpha1.FolderSpec{FolderName: "full", Members: named(names[:11]...), Membership: v1alpha1.MembershipExclusive}),
			plan:   door.PlanAnswer{Subject: "full", Changes: []string{"- domain-0011.ru"}, Remove: 1, Requests: 2},
		},
		"one that waits for approval": {
			object: h.unapplied(v1alpha1.FolderSpec{FolderName: "full", Members: named(names[0]), Membership: v1alpha1.MembershipExclusive, ManagementPolicy: v1alpha1.PolicyManage}),
			plan:   door.PlanAnswer{Subject: "full", Remove: 11, Requests: 2, Held: v1alpha1.ReasonPlanNeedsApproval},
		},
		"one that is only observed": {
			object: h.unapplied(v1alpha1.FolderSpec{FolderName: "taken", Members: named(names[0]), ManagementPolicy: v1alpha1.PolicyObserve}),
			plan:   door.PlanAnswer{Subject: "taken", Changes: []string{"+ domain-0000.ru"}, Add: 1, Requests: 2, Held: v1alpha1.ReasonObserved},
		},
		"another name":                       {object: renamed, plan: door.PlanAnswer{Subject: "fresh name", Changes: []string{`rename the folder "ruled" to "fresh name"`}, Requests: 2}},
		"a name that is taken":               {object: taken, plan: door.PlanAnswer{Subject: "taken"}, refused: "another folder has that name"},
		"a folder that another object rules": {object: h.unapplied(v1alpha1.FolderSpec{FolderName: "ruled"}), plan: door.PlanAnswer{Subject: "ruled"}, refused: "manages the folder"},
		"a name that no domain has": {
			object: h.unapplied(v1alpha1.FolderSpec{FolderName: "taken", Members: named("not a name")}), plan: door.PlanAnswer{Subject: "taken"}, refused: "not a name: ",
		},
		"a deletion": {object: deleted, plan: door.PlanAnswer{Subject: "ruled", Changes: []string{`delete the folder "ruled"`}, Requests: 1}},
	} {
		got, err := h.Plan(plan, want.object)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if want.plan.Changes == nil && got.Held == v1alpha1.ReasonPlanNeedsApproval {
			want.plan.Changes = got.Changes
		}
		if !slices.Equal(got.Changes, want.plan.Changes) || got.Add != want.plan.Add || got.Remove != want.plan.Remove || got.Requests != want.plan.Requests ||
			got.Held != want.plan.Held || got.Subject != want.plan.Subject || (got.Hash != "") != (got.Held == v1alpha1.ReasonPlanNeedsApproval) {
			t.Errorf("%s: %+v", name, got)
		}
		if (len(got.Refused) > 0) != (want.refused != "") || !strings.Contains(strings.Join(got.Refused, "\n"), want.refused) {
			t.Errorf("%s: %q is not %q", name, got.Refused, want.refused)
		}
	}
}
