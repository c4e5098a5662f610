package folder_test

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/controller/controllertest"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

var folders = flag.Int("folders", 40, "how many Folders of 50 Domains rest together; docs/performance.md tells of 200")

// versions are those of all Folders and Domains.
func (h *harness) versions() map[string]string {
	h.Helper()
	var folders v1alpha1.FolderList
	var domains v1alpha1.DomainList
	for _, list := range []client.ObjectList{&folders, &domains} {
		if err := h.List(h.Context(), list, client.InNamespace(h.Namespace)); err != nil {
			h.Fatal(err)
		}
	}
	found := map[string]string{}
	for _, object := range folders.Items {
		found["Folder "+object.Name] = object.ResourceVersion
	}
	for _, object := range domains.Items {
		found["Domain "+object.Name] = object.ResourceVersion
	}
	return found
}

// awaitRest waits until nothing has been written for some turns.
func (h *harness) awaitRest(turn time.Duration) map[string]string {
	h.Helper()
	before := h.versions()
	h.Eventually("the objects to rest", func() error {
		time.Sleep(5 * turn)
		now := h.versions()
		if !maps.Equal(now, before) {
			before = now
			return fmt.Errorf("still changing")
		}
		return nil
	})
	return before
}

// The operator reads folders in turns of a minute and a second, so that an hour has 59 of them; see inventory.DefaultFolderTurn.
func TestFoldersAndTheirDomainsRestWithOneReadingATurnAndNoWrite(t *testing.T) {
	const domainsOfEach, turn, turns = 50, time.Second, 30
	h := newHarness(t, controllertest.Options{FolderTurn: turn, Sweeps: 20 * time.Second})
	names := h.addDomains(*folders * domainsOfEach)
	numbers := make([]int, *folders)
	for n := range numbers {
		numbers[n] = n
	}
	teamOf := func(n int) string { return fmt.Sprint("team-", n) }
	each(numbers, func(n int) {
		members := names[n*domainsOfEach : (n+1)*domainsOfEach]
		h.API.AddFolder(controllertest.Login, regapitest.Folder{Name: teamOf(n), Domains: members}) // To make two hundred takes more than an hour's requests.
		h.labelled(teamOf(n), members...)
	})
	var made []*v1alpha1.Folder
	for n := range numbers {
		made = append(made, h.CreateFolder(teamOf(n), v1alpha1.FolderSpec{Selector: ofTeam(teamOf(n))}))
	}
	for _, folder := range made {
		h.awaitMembers(folder, domainsOfEach)
	}
	before := h.awaitRest(turn)

	h.API.ResetJournal()
	began := time.Now()
	time.Sleep(turns * turn)
	most := int(time.Since(began)/turn) + 1
	if reads := h.API.Calls("folder/*"); reads == 0 || reads > most {
		t.Errorf("%d readings of folders in %d turns", reads, turns)
	}
	h.Eventually("a sweep to go by", func() error { // On a busy machine it comes late.
		if h.API.Calls("service/get_list") == 0 {
			return errors.New("none did")
		}
		return nil
	})
	if writes := h.API.Journal(regapitest.Writes()); len(writes) > 0 {
		t.Errorf("%d requests wrote", len(writes))
	}
	if !maps.Equal(h.versions(), before) {
		t.Error("objects were written")
	}
	t.Logf("%d Folders of %d Domains each: %d readings in %d turns", *folders, domainsOfEach, h.API.Calls("folder/*"), turns)
}
