package leader

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// fakeLock is a Lease that takes what is written, unless it is away.
type fakeLock struct {
	resourcelock.Interface
	away bool
}

func (*fakeLock) Identity() string { return "me" }

func (l *fakeLock) Update(context.Context, resourcelock.LeaderElectionRecord) error {
	time.Sleep(time.Second)
	if l.away {
		return errors.New("the API server is away")
	}
	return nil
}

func (l *fakeLock) Create(ctx context.Context, record resourcelock.LeaderElectionRecord) error {
	return l.Update(ctx, record)
}

func TestATermLastsAsLongAsTheLeaseFromTheLastSignOfLifeOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		lease, term := &fakeLock{}, NewTerm(15*time.Second)
		lock, mine := term.Watch(lease), resourcelock.LeaderElectionRecord{HolderIdentity: "me"}
		holds := func(when string, want bool) {
			t.Helper()
			if got := term.Holds(); got != want {
				t.Errorf("%s: %t", when, got)
			}
		}
		holds("before it leads", false)
		if err := lock.Create(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		holds("when it leads", true)
		time.Sleep(10 * time.Second)
		if err := lock.Update(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		time.Sleep(13 * time.Second)
		holds("fourteen seconds after it began to renew", true)
		lease.away = true
		if lock.Update(t.Context(), mine) == nil {
			t.Fatal("renewed although the API server is away")
		}
		holds("after the Lease has run out, when nobody has told yet", false)
		lease.away = false
		if err := lock.Update(t.Context(), mine); err != nil {
			t.Fatal(err)
		}
		holds("when it leads again", true)
		if err := lock.Update(t.Context(), resourcelock.LeaderElectionRecord{}); err != nil {
			t.Fatal(err)
		}
		holds("when it has given the Lease back", false)
	})
	if !(*Term)(nil).Holds() {
		t.Error("a process that leads in any case does not")
	}
}
