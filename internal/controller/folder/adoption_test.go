package folder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestAFolderThatExistsIsAdoptedAndNothingOfOthersLeavesIt(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(4)
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "Магазин", FolderID: 77, Domains: names[:2]})
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{FolderName: "Магазин", Members: named(names[1], names[2])})
	h.WaitReady(object)
	h.holds("Магазин", names[0], names[1], names[2])
	if status := object.Status; status.FolderID != "77" || status.FolderName != "Магазин" || status.Members != 2 || status.Services != 3 || h.API.Calls("folder/create") != 0 {
		t.Errorf("%d folders made, status %+v", h.API.Calls("folder/create"), status)
	}
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.Members = named(names[3]) })
	h.WaitReady(object)
	h.holds("Магазин", names[0], names[3]) // What it found as declared is its own, and leaves with the declaration.
}

func TestAFolderOfTheSameNameThatAnotherAccountHoldsIsNotTouched(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.AddAccount(regapitest.Account{Login: "stranger", Password: "x"})
	h.API.AddDomain("stranger", regapitest.Domain{Name: "stranger.ru"})
	h.API.AddFolder("stranger", regapitest.Folder{Name: "shop", FolderID: 66, Domains: []string{"stranger.ru"}})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...), Membership: v1alpha1.MembershipExclusive})
	h.WaitReady(object)
	h.holds("shop", names...)
	if theirs, err := membersOf(h.API, "stranger", "shop"); err != nil || len(theirs) != 1 || object.Status.FolderID == "66" {
		t.Errorf("the stranger's folder holds %v, %v; ours is number %s", theirs, err, object.Status.FolderID)
	}
}

func TestAServiceThatLooksLikeAMemberAndIsNoneIsNotTouched(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	h.API.AddService(controllertest.Login, regapitest.Service{Servtype: "srv_hosting_ispmgr", Domain: names[0], ServiceID: 9001})
	h.API.AddService(controllertest.Login, regapitest.Service{Servtype: "srv_hosting_ispmgr", Domain: names[1], ServiceID: 9002})
	other := h.CreateFolder("by-number", v1alpha1.FolderSpec{FolderName: "shop", Members: []v1alpha1.FolderMember{{ServiceID: "9001"}}})
	h.WaitReady(other)
	h.MustDelete(other)
	object := h.CreateFolder("by-name", v1alpha1.FolderSpec{FolderName: "shop", Members: named(names...)})
	h.WaitReady(object)
	if object.Status.Services != 3 || object.Status.Members != 2 {
		t.Errorf("status %+v", object.Status)
	}
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.Members = named(names[1]) })
	h.WaitReady(object)
	if object.Status.Services != 2 { // The hosting that belongs to the domain that left is still there.
		t.Errorf("status %+v", object.Status)
	}
	if calls := h.API.Calls("folder/remove_services"); calls != 1 {
		t.Errorf("%d removals", calls)
	}
}

// MustDelete deletes an object and waits until it is gone.
func (h *harness) MustDelete(object client.Object) {
	h.Helper()
	if err := h.Delete(h.Context(), object); err != nil {
		h.Fatal(err)
	}
	h.gone(object)
}

func TestANewNameRenamesTheFolder(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...)})
	h.WaitReady(object)
	id := object.Status.FolderID
	h.API.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "folder/rename", Count: 1})
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.FolderName = "new shop" })
	h.WaitReady(object)
	h.holds("new shop", names...)
	if object.Status.FolderID != id || object.Status.FolderName != "new shop" || h.API.Calls("folder/rename") != 1 || h.API.Calls("folder/create") != 1 {
		t.Errorf("status %+v", object.Status)
	}
}

func TestANameThatIsTakenIsNotTakenAway(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names[0])})
	h.WaitReady(object)
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "taken", Domains: names[1:]})
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.FolderName = "taken" })
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonNameTaken)
	if !strings.Contains(ready.Message, "give spec.folderName another one") || h.API.Calls("folder/rename") != 0 {
		t.Errorf("message %q", ready.Message)
	}
	h.holds("shop", names[0])
	h.holds("taken", names[1])
}

func TestAFolderThatIsDeletedByHandIsMadeAgain(t *testing.T) {
	for _, style := range []regapitest.FolderErrorStyle{regapitest.FolderErrorParameter, regapitest.FolderErrorOwn} {
		t.Run(string(style), func(t *testing.T) {
			h := newHarness(t, controllertest.Options{
				Sweeps: controllertest.Soon, FolderTurn: controllertest.Soon,
				Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{FolderErrors: style})},
			})
			names := h.addDomains(2)
			object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: named(names...)})
			h.WaitReady(object)
			h.asPerson("folder/remove", map[string]any{"folder_name": "shop"})
			h.Eventually("the folder to be made and filled again", func() error {
				held, err := h.inFolder("shop")
				if err == nil && !slices.Equal(held, names) {
					err = fmt.Errorf("it holds %v", held)
				}
				return err
			})
			h.WaitReady(object)
		})
	}
}

func TestMembersAreFoundInEverySpelling(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "пример.рф", ServiceID: 777})
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "shop", Domains: []string{"пример.рф"}})
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{
		Membership: v1alpha1.MembershipExclusive,
		Members:    append(named("Пример.РФ", "xn--e1afmkfd.xn--p1ai"), v1alpha1.FolderMember{ServiceID: "777"}),
	})
	h.WaitReady(object)
	if writes := h.Writes(); writes != 0 || object.Status.Members != 1 {
		t.Errorf("%d writes, status %+v", writes, object.Status)
	}
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.FolderName = "Магазин" })
	h.WaitReady(object)
	h.holds("Магазин", "xn--e1afmkfd.xn--p1ai")
}
