package inventory

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// shelf is a simulator with so many folders, which are followed, and what changed in them.
func shelf(t *testing.T, folders int) (*regapitest.Server, *Folders, *[]string) {
	t.Helper()
	api := regapitest.New()
	t.Cleanup(api.Close)
	api.AddAccount(regapitest.Account{Login: "alice", Password: "x"})
	api.AddDomain("alice", regapitest.Domain{Name: "example.ru", ServiceID: 5})
	caller, err := regapi.NewClient(regapi.WithEndpoint("http://127.0.0.1:1/api/regru2/"), regapi.WithTransport(api.Transport()),
		regapi.WithCredentials(regapi.Password{Username: "alice", Password: "x"}))
	if err != nil {
		t.Fatal(err)
	}
	changed := &[]string{}
	known := NewFolders(caller, DefaultFolderTurn, 10*time.Minute, func(subject string) { *changed = append(*changed, subject) })
	for n := range folders {
		id := int64(1000 + n)
		api.AddFolder("alice", regapitest.Folder{Name: fmt.Sprint("folder ", n), FolderID: id})
		known.Follow(fmt.Sprint("Folder ", n), regapi.ID(id))
	}
	return api, known, changed
}

func TestHoweverManyFoldersThereAreAnHourHasSixtyReadings(t *testing.T) {
	for folders, least := range map[int]int{1: 5, 10: 50, 200: 55} {
		t.Run(fmt.Sprint(folders), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				api, known, _ := shelf(t, folders)
				ctx, stop := context.WithCancel(t.Context())
				ended := make(chan struct{})
				go func() { known.Run(ctx); close(ended) }()
				const hours = 8
				time.Sleep(hours * time.Hour)
				stop()
				<-ended
				var times []time.Time
				for _, entry := range api.Journal(regapitest.OfFunction("folder/get_services")) {
					times = append(times, entry.Time)
				}
				for i := range times {
					if i >= 60 && times[i].Sub(times[i-60]) < time.Hour {
						t.Fatalf("readings %d to %d lie within an hour", i-60, i)
					}
				}
				if len(times) < hours*least {
					t.Errorf("%d readings in %d hours", len(times), hours)
				}
				for n := range folders {
					if known.Unread(regapi.ID(1000 + n)) {
						t.Errorf("folder %d was never read", n)
					}
				}
			})
		})
	}
}

func TestAFolderThatNobodyFollowsIsNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		api, known, _ := shelf(t, 1)
		known.Unfollow("Folder 0")
		ctx, stop := context.WithTimeout(t.Context(), 3*time.Hour)
		defer stop()
		known.Run(ctx)
		if calls := len(api.Journal()); calls != 0 {
			t.Errorf("%d requests", calls)
		}
	})
}

func TestAChangeOfAFolderIsToldOnceAndAWriteMakesAReadingOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, known, changed := shelf(t, 1)
		id, ref := regapi.ID(1000), regapi.FolderRef{ID: 1000}
		read := func() {
			t.Helper()
			if _, err := known.Read(t.Context(), id); err != nil {
				t.Fatal(err)
			}
		}
		read()
		read()
		if _, err := known.client.Folder.AddServices(t.Context(), ref, regapi.ByServiceID(5)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		known.NoteWrite(id)
		if _, fresh := known.Known(id); fresh {
			t.Error("what is older than a write passes for known")
		}
		time.Sleep(time.Second)
		read()
		if holds, seen := known.Holds(id, 5); !holds || !seen || len(*changed) != 2 {
			t.Errorf("held %t, known %t, told %v", holds, seen, *changed)
		}
		if err := known.client.Folder.Remove(t.Context(), ref); err != nil {
			t.Fatal(err)
		}
		if _, err := known.Read(t.Context(), id); !regapi.IsFolderMissing(err) || len(*changed) != 3 {
			t.Errorf("%v, told %v", err, *changed)
		}
		if of, ok := FolderOf((*changed)[0]); !ok || of != id {
			t.Errorf("told of %q", (*changed)[0])
		}
		if _, ok := FolderOf("example.ru"); ok {
			t.Error("a domain passes for a folder")
		}
	})
}
