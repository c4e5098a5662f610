package folder_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestOfTwoFoldersOfOneNameTheOlderRulesAndTheNewerIsWoken(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	h.CreateAccount("again", controllertest.Login, controllertest.Password) // The same login under another name.
	older := h.CreateFolder("older", v1alpha1.FolderSpec{FolderName: "shop", Members: named(names[0])})
	h.WaitReady(older)
	newer := &v1alpha1.Folder{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "newer"}, Spec: v1alpha1.FolderSpec{
		AccountRef: v1alpha1.AccountReference{Name: "again"}, FolderName: "shop", Members: named(names[1]), Membership: v1alpha1.MembershipExclusive,
	}}
	h.MustCreate(newer)
	ready := h.WaitFor(newer, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	if !strings.Contains(ready.Message, "Folder "+h.Namespace+"/older") {
		t.Errorf("message %q", ready.Message)
	}
	h.holds("shop", names[0])
	h.MustDelete(older)
	h.WaitReady(newer)
	h.holds("shop", names[1])
}

func TestANewNameWaitsForWhoHasItAndTheOldFolderStays(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	one := h.CreateFolder("one", v1alpha1.FolderSpec{Members: named(names[0])})
	two := h.CreateFolder("two", v1alpha1.FolderSpec{Members: named(names[1])})
	h.WaitReady(one)
	h.WaitReady(two)
	controllertest.Change(h.Harness, one, func(f *v1alpha1.Folder) { f.Spec.FolderName = "two" })
	h.WaitFor(one, metav1.ConditionFalse, v1alpha1.ReasonConflict)
	h.holds("one", names[0])
	controllertest.Change(h.Harness, two, func(f *v1alpha1.Folder) { f.Spec.FolderName = "three" })
	h.WaitReady(two)
	h.WaitReady(one)
	h.holds("two", names[0])
	h.holds("three", names[1])
}

func TestAServiceThatIsKeptInOneFolderStaysWithTheOlder(t *testing.T) {
	h := newHarness(t, controllertest.Options{Simulator: []regapitest.Option{regapitest.WithBehaviour(regapitest.Behaviour{OneFolder: true})}})
	names := h.addDomains(3)
	older := h.CreateFolder("older", v1alpha1.FolderSpec{Members: named(names[0], names[1])})
	h.WaitReady(older)
	time.Sleep(time.Until(older.CreationTimestamp.Add(1100 * time.Millisecond))) // Ages are told in seconds.
	newer := h.CreateFolder("newer", v1alpha1.FolderSpec{Members: named(names[1], names[2])})
	ready := h.WaitFor(newer, metav1.ConditionFalse, v1alpha1.ReasonMembersRefused)
	if !strings.Contains(ready.Message, names[1]) || !strings.Contains(ready.Message, "older") || newer.Status.Refused[0].Reason != "InOlderFolder" {
		t.Errorf("message %q, refused %+v", ready.Message, newer.Status.Refused)
	}
	h.holds("older", names[0], names[1])
	h.holds("newer", names[2])
	controllertest.Change(h.Harness, older, func(f *v1alpha1.Folder) { f.Spec.Members = named(names[0]) })
	h.WaitReady(newer)
	h.holds("newer", names[1], names[2])
	h.holds("older", names[0])
}

func TestAServiceOfTwoFoldersIsInBothWhereItMayBe(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	one := h.CreateFolder("one", v1alpha1.FolderSpec{Members: named(names...)})
	two := h.CreateFolder("two", v1alpha1.FolderSpec{Members: named(names[1])})
	h.WaitReady(one)
	h.WaitReady(two)
	h.holds("one", names...)
	h.holds("two", names[1])
}

func TestADomainShowsItsFoldersWithoutARequestOfItsOwn(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	domain := h.CreateDomain("example.ru")
	h.WaitReady(domain)
	one := h.CreateFolder("one", v1alpha1.FolderSpec{Members: named("example.ru")})
	two := h.CreateFolder("two", v1alpha1.FolderSpec{Members: named("example.ru")})
	h.WaitReady(one)
	h.WaitReady(two)
	h.awaitFolders(domain, "one", "two")
	controllertest.Change(h.Harness, one, func(f *v1alpha1.Folder) { f.Spec.FolderName = "first" })
	h.awaitFolders(domain, "first", "two")
	controllertest.Change(h.Harness, two, func(f *v1alpha1.Folder) { f.Spec.Members = nil })
	h.awaitFolders(domain, "first")
	h.MustDelete(one)
	h.awaitFolders(domain)
	if asked := h.API.Calls("service/get_folders") + h.API.Calls("service/get_info"); asked != 0 {
		t.Errorf("%d requests about the domain", asked)
	}
}

func (h *harness) awaitFolders(domain *v1alpha1.Domain, want ...string) {
	h.Helper()
	h.Eventually("the domain to show its folders", func() error {
		if err := h.Get(h.Context(), client.ObjectKeyFromObject(domain), domain); err != nil {
			return err
		}
		if !slices.Equal(domain.Status.Folders, want) {
			return fmt.Errorf("folders %v, want %v", domain.Status.Folders, want)
		}
		return nil
	})
}

func TestAnotherNamespaceMayUseTheDomainsThatItsAccountAllows(t *testing.T) {
	h := newHarness(t, controllertest.Options{Neighbour: map[string]string{"team": "web"}})
	names := h.addDomains(3)
	h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: "shop", Domains: names[1:2]})
	object := &v1alpha1.Folder{ObjectMeta: metav1.ObjectMeta{Namespace: h.Neighbour, Name: "shop"}, Spec: v1alpha1.FolderSpec{
		AccountRef: v1alpha1.AccountReference{Namespace: h.Namespace, Name: "main"}, Members: named(names[0], names[2]), Membership: v1alpha1.MembershipExclusive,
	}}
	h.MustCreate(object)
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
	account := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	controllertest.Change(h.Harness, account, func(a *v1alpha1.Account) {
		a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll, Domains: []string{names[0]}}
	})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonMembersRefused)
	if object.Status.Refused[0].Reason != "NotAllowed" || object.Status.Missing != 1 || object.Status.Members != 1 {
		t.Errorf("status %+v", object.Status)
	}
	h.holds("shop", names[0], names[1]) // What is not for this namespace is not taken out either.
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.FolderName = "theirs" })
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonAccountNotAllowed)
	h.holds("shop", names[0], names[1])
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.FolderName = "" })
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) {
		f.Spec.SelectFrom, f.Spec.Selector = v1alpha1.SelectFromAllowed, ofTeam("web")
	})
	h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonInvalidSpec)
}

func TestAFolderBesideTheAccountSelectsInTheNamespacesThatItAllows(t *testing.T) {
	h := newHarness(t, controllertest.Options{Neighbour: map[string]string{"team": "web"}})
	names := h.addDomains(2)
	h.labelled("web", names[0])
	h.MustCreate(&v1alpha1.Domain{
		ObjectMeta: metav1.ObjectMeta{Namespace: h.Neighbour, Name: "theirs", Labels: map[string]string{"team": "web"}},
		Spec:       v1alpha1.DomainSpec{AccountRef: v1alpha1.AccountReference{Namespace: h.Namespace, Name: "main"}, DomainName: v1alpha1.DomainName(names[1])},
	})
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Selector: ofTeam("web"), SelectFrom: v1alpha1.SelectFromAllowed})
	h.awaitMembers(object, 1)
	account := &v1alpha1.Account{ObjectMeta: metav1.ObjectMeta{Namespace: h.Namespace, Name: "main"}}
	controllertest.Change(h.Harness, account, func(a *v1alpha1.Account) {
		a.Spec.AllowedNamespaces = &v1alpha1.AllowedNamespaces{From: v1alpha1.NamespacesAll}
	})
	h.awaitMembers(object, 2)
	h.holds("shop", names...)
}

func TestAMemberThatCannotBeAddedIsNamedAndStopsNoOther(t *testing.T) {
	h := newHarness(t, controllertest.Options{})
	names := h.addDomains(2)
	object := h.CreateFolder("shop", v1alpha1.FolderSpec{Members: append(named(names[0], "nobody.ru", names[1]), v1alpha1.FolderMember{ServiceID: "999"})})
	ready := h.WaitFor(object, metav1.ConditionFalse, v1alpha1.ReasonMembersRefused)
	if !strings.Contains(ready.Message, "nobody.ru") || !strings.Contains(ready.Message, "service 999") || object.Status.Members != 2 || object.Status.Missing != 2 {
		t.Errorf("message %q, status %+v", ready.Message, object.Status)
	}
	h.holds("shop", names...)
	adds := h.API.Calls("folder/add_services")
	h.annotate(object, "example.ru/touched", "yes")
	h.API.AddDomain(controllertest.Login, regapitest.Domain{Name: "third.ru"})
	controllertest.Change(h.Harness, object, func(f *v1alpha1.Folder) { f.Spec.Members = named(names[0], "nobody.ru", names[1], "third.ru") })
	h.Eventually("the third to be there", func() error {
		held, err := h.inFolder("shop")
		if !slices.Contains(held, "third.ru") {
			return fmt.Errorf("%v, %w", held, err)
		}
		return nil
	})
	if more := h.API.Calls("folder/add_services") - adds; more != 1 {
		t.Errorf("%d more requests", more)
	}
}
