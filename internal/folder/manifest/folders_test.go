package manifest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/folder/manifest"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestEveryFolderOfTheAccountThatHoldsSomethingIsWritten(t *testing.T) {
	api := regapitest.New()
	defer api.Close()
	api.AddAccount(regapitest.Account{Login: "alice", Password: "x"})
	for _, name := range []string{"b.ru", "a.ru", "пример.рф"} {
		api.AddDomain("alice", regapitest.Domain{Name: name})
	}
	api.AddService("alice", regapitest.Service{Servtype: "srv_hosting_ispmgr", Domain: "a.ru", ServiceID: 9001})
	api.AddFolder("alice", regapitest.Folder{Name: "shop", Domains: []string{"b.ru", "a.ru", "пример.рф"}})
	api.AddFolder("alice", regapitest.Folder{Name: "Магазин", FolderID: 77, Domains: []string{"a.ru"}})
	api.AddFolder("alice", regapitest.Folder{Name: "empty"})
	caller, err := regapi.NewClient(regapi.WithEndpoint("http://127.0.0.1:1/api/regru2/"), regapi.WithTransport(api.Transport()),
		regapi.WithCredentials(regapi.Password{Username: "alice", Password: "x"}))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := caller.Folder.AddServices(t.Context(), regapi.FolderRef{ID: 77}, regapi.ByServiceID(9001)); err != nil {
		t.Fatal(err)
	}
	before := len(api.Journal())
	folders, err := manifest.Folders(t.Context(), caller, "team", v1alpha1.AccountReference{Name: "main"})
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]v1alpha1.FolderSpec{
		"shop":      {AccountRef: v1alpha1.AccountReference{Name: "main"}, Members: []v1alpha1.FolderMember{{DomainName: "a.ru"}, {DomainName: "b.ru"}, {DomainName: "пример.рф"}}},
		"folder-77": {AccountRef: v1alpha1.AccountReference{Name: "main"}, FolderName: "Магазин", Members: []v1alpha1.FolderMember{{ServiceID: "9001"}, {DomainName: "a.ru"}}},
	}
	got := map[string]v1alpha1.FolderSpec{}
	for _, folder := range folders {
		got[folder.Name] = folder.Spec
		if folder.Kind != "Folder" || folder.Namespace != "team" {
			t.Errorf("%s: kind %q, namespace %q", folder.Name, folder.Kind, folder.Namespace)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || len(api.Journal())-before != 2 {
		t.Errorf("%d requests (-want +got):\n%s", len(api.Journal())-before, diff)
	}
}
