package regapitest

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// folderOf returns the names of what lies in a folder of alice's, as folder/get_services tells.
func (w *world) folderOf(name string) []string {
	w.t.Helper()
	content, ok := w.alice("folder/get_services", "folder_name", name).Answer["folder_content"].([]any)
	if !ok {
		w.t.Fatalf("there is no folder %s", name)
	}
	names := []string{}
	for _, item := range content {
		names = append(names, item.(map[string]any)["domain_name"].(string))
	}
	slices.Sort(names)
	return names
}

func (w *world) wantFolder(name string, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), w.folderOf(name)); diff != "" {
		w.t.Errorf("folder %s (-want +got):\n%s", name, diff)
	}
}

func TestAFolderIsFoundByItsNameAndByTheNumberThatNopTells(t *testing.T) {
	w := newWorld(t)
	if created := w.alice("folder/create", "folder_name", "shop"); created.Result != "success" || created.Answer != nil {
		t.Fatalf("create: %+v", created)
	}
	id, _ := w.alice("folder/nop", "folder_name", "shop").Answer["id"].(string)
	if found := w.alice("folder/nop", "folder_id", id, "folder_name", "another"); found.Answer["name"] != "shop" {
		t.Errorf("the folder of number %q is %v", id, found.Answer)
	}
}

func TestServicesComeAndGo(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", Domains: []string{"example.ru"}})
	w.AddFolder("alice", Folder{Name: "two"})
	both := `"services":[{"domain_name":"example.ru"},{"service_id":"502"}]`
	for _, step := range []struct {
		function, input string
		one, two        []string
	}{
		{"add_services", `{"folder_name":"one",` + both + `}`, []string{"example.ru", "пример.рф"}, nil},
		{"move_services", `{"folder_name":"one","new_folder_name":"two","services":[{"dname":"пример.рф"}]}`, []string{"example.ru"}, []string{"пример.рф"}},
		{"replace_services", `{"folder_name":"two","services":[{"dname":"example.ru"}]}`, []string{"example.ru"}, []string{"example.ru"}},
		{"remove_services", `{"folder_name":"one",` + both + `}`, nil, []string{"example.ru"}},
	} {
		w.must(w.aliceJSON("folder/"+step.function, step.input))
		w.wantFolder("one", step.one...)
		w.wantFolder("two", step.two...)
	}
}

func TestReplacingEmptiesTheFolderEvenWhenNothingCanBePutIntoIt(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", Domains: []string{"example.ru"}})
	code := w.aliceJSON("folder/replace_services", `{"folder_name":"one","services":[{"dname":"nobody.ru"}]}`).code(t)
	if code != "DOMAIN_NOT_FOUND" {
		t.Errorf("code %q", code)
	}
	w.wantFolder("one")
}

func TestTheFoldersOfAServiceAreToldByServiceFunctions(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", FolderID: 77, Domains: []string{"example.ru"}})
	want := []any{map[string]any{"folder_id": "77", "folder_name": "one"}}
	info := w.alice("service/get_info", "dname", "example.ru", "show_folders", "1").element(t, 0)["folders"]
	folders := w.alice("service/get_folders", "dname", "example.ru").Answer["folders"]
	for function, got := range map[string]any{"service/get_info": info, "service/get_folders": folders} {
		if diff := cmp.Diff(any(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", function, diff)
		}
	}
}

func TestWhatLeavesTheAccountLeavesItsFolders(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", Domains: []string{"example.ru", "пример.рф"}})
	w.RemoveDomain("example.ru")
	w.wantFolder("one", "пример.рф")
}

func TestRemovingAFolderKeepsWhatLayInIt(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", Domains: []string{"example.ru"}})
	if removed := w.alice("folder/remove", "folder_name", "one"); removed.Result != "success" {
		t.Fatalf("%+v", removed)
	}
	if found := w.alice("folder/nop", "folder_name", "one"); found.Result != "error" {
		t.Errorf("the folder is still there: %+v", found)
	}
	w.must(w.alice("service/nop", "dname", "example.ru"))
}

func TestFolderRefusals(t *testing.T) {
	for _, c := range []struct {
		name, function, own, documented string
		fields                          []string
	}{
		{"no such name", "folder/nop", "FOLDER_NOT_FOUND", "PARAMETER_INCORRECT", []string{"folder_name", "none"}},
		{"no such number", "folder/get_services", "FOLDER_NOT_FOUND", "PARAMETER_INCORRECT", []string{"folder_id", "9"}},
		{"another account's", "folder/remove", "FOLDER_NOT_FOUND", "PARAMETER_INCORRECT", []string{"folder_name", "bob's"}},
		{"a second of one name", "folder/create", "FOLDER_ALREADY_EXISTS", "PARAMETER_INCORRECT", []string{"folder_name", "one"}},
		{"renamed to a taken name", "folder/rename", "FOLDER_ALREADY_EXISTS", "PARAMETER_INCORRECT", []string{"folder_name", "one", "new_folder_name", "two"}},
		{"no folder named", "folder/nop", "PARAMETER_MISSING", "PARAMETER_MISSING", nil},
		{"no new name", "folder/rename", "PARAMETER_MISSING", "PARAMETER_MISSING", []string{"folder_name", "one"}},
		{"no name to create", "folder/create", "PARAMETER_MISSING", "PARAMETER_MISSING", nil},
		{"no folder to move to", "folder/move_services", "PARAMETER_MISSING", "PARAMETER_MISSING", []string{"folder_name", "one", "dname", "example.ru"}},
		{"no services", "folder/add_services", "NO_DOMAIN", "NO_DOMAIN", []string{"folder_name", "one"}},
	} {
		for behaviour, want := range map[Behaviour]string{{}: c.documented, {FolderErrors: FolderErrorOwn}: c.own} {
			t.Run(c.name+" "+want, func(t *testing.T) {
				w := newWorld(t, WithBehaviour(behaviour))
				w.AddFolder("alice", Folder{Name: "one"})
				w.AddFolder("alice", Folder{Name: "two"})
				w.AddFolder("bob", Folder{Name: "bob's"})
				if code := w.alice(c.function, c.fields...).ErrorCode; code != want {
					t.Errorf("code %q, want %q", code, want)
				}
			})
		}
	}
}

func TestFoldersWantToKnowWhoseTheyAre(t *testing.T) {
	w := newWorld(t)
	for name, f := range functions() {
		if f.Category() != "folder" {
			continue
		}
		if code := w.send(name, formOf("folder_name", "one", "dname", "example.ru")).decode(t).ErrorCode; code != "NO_USERNAME" {
			t.Errorf("%s without credentials: code %q", name, code)
		}
	}
}

func TestAnOrderThatIsRefusedMakesNoFolder(t *testing.T) {
	w := newWorld(t)
	w.rich("poor", "1", false)
	order := orderOf(t, map[string]any{"domain_name": "new.ru", "folder_name": "shelf"})
	if got := w.call("poor", "x", "domain/create", "input_format", "json", "input_data", order); got.ErrorCode != "NOT_ENOUGH_MONEY" {
		t.Fatalf("%+v", got)
	}
	if got := w.as("poor", "folder/nop", "folder_name", "shelf"); got.Result != "error" {
		t.Errorf("there is a folder: %+v", got)
	}
	w.TopUp("poor", "1000")
	w.must(w.call("poor", "x", "domain/create", "input_format", "json", "input_data", order))
	w.succeed(w.as("poor", "folder/nop", "folder_name", "shelf"))
}

func TestAServiceLiesInOneFolderWhereTheAccountKeepsItSo(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", Domains: []string{"example.ru", "пример.рф"}})
	w.AddFolder("alice", Folder{Name: "two"})
	w.SetBehaviour(Behaviour{OneFolder: true})
	w.must(w.alice("folder/add_services", "folder_name", "two", "dname", "example.ru"))
	w.wantFolder("one", "пример.рф")
	w.wantFolder("two", "example.ru")
	w.must(w.alice("folder/move_services", "folder_name", "one", "new_folder_name", "two", "dname", "пример.рф"))
	w.must(w.alice("folder/remove_services", "folder_name", "one", "dname", "example.ru"))
	w.wantFolder("one")
	w.wantFolder("two", "example.ru", "пример.рф")
}

func TestASecondFolderOfANameIsMadeWhereTheAccountTakesIt(t *testing.T) {
	w := newWorld(t)
	w.AddFolder("alice", Folder{Name: "one", FolderID: 77})
	w.SetBehaviour(Behaviour{DuplicateFolders: true})
	if made := w.alice("folder/create", "folder_name", "one"); made.Result != "success" {
		t.Fatalf("create: %+v", made)
	}
	if id := w.alice("folder/nop", "folder_name", "one").Answer["id"]; id != "77" {
		t.Errorf("found is number %v", id)
	}
	if count := w.alice("user/get_statistics").Answer["domain_folders_cnt"]; count != "2" {
		t.Errorf("%v folders", count)
	}
}
