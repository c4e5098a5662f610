package batch

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// workThrough has a crew work through all zones, each of which is read, written, and read again.
func workThrough(t *testing.T, account *testAccount, crew *Crew, workers int, actionsOf func(zone int) []regapi.Action) {
	t.Helper()
	queue := make(chan int)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			ctx := InBulk(with(traffic.Change))
			for zone := range queue {
				end := crew.Begin()
				time.Sleep(time.Duration(zone%7) * time.Millisecond) // no two take the same time
				if _, err := account.Read(ctx, zoneName(zone)); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Duration(zone%11) * time.Millisecond)
				results, err := account.Write(ctx, zoneName(zone), actionsOf(zone))
				if err != nil || slices.ContainsFunc(results, func(err error) bool { return err != nil }) {
					t.Error(err, results)
				}
				if _, err := account.Read(ctx, zoneName(zone)); err != nil {
					t.Error(err)
				}
				end()
			}
		})
	}
	for zone := range account.domains {
		queue <- zone
	}
	close(queue)
	wait.Wait()
}

func TestThousandsOfZonesGoInWavesOfTheWorkers(t *testing.T) {
	const zones, workers = 3000, 1000
	crew := &Crew{}
	inZones(t, Partner, zones, func(t *testing.T, account *testAccount) {
		workThrough(t, account, crew, workers, func(int) []regapi.Action { return texts(2) })
		// Three waves, each of a reading, a write and a reading.
		if requests := account.simulator.Calls("*"); requests > 3*3+3 {
			t.Errorf("%d requests", requests)
		}
	}, WithBacklog(func() (int, bool) { return crew.Calls(), false }))
}

func TestEqualEditsOfAnOrdinaryAccountWaitForEachOther(t *testing.T) {
	const zones = 1000
	crew := &Crew{}
	inZones(t, Ordinary, zones, func(t *testing.T, account *testAccount) {
		workThrough(t, account, crew, zones, func(int) []regapi.Action { return texts(4) })
		if requests := account.simulator.Calls("*"); requests > 8 {
			t.Errorf("%d requests, want about a reading, four writes and a reading", requests)
		}
	}, WithBacklog(func() (int, bool) { return crew.Calls(), false }))
}

// waitsFor gives how long a write waits before it is sent, while so many calls are said to be under way.
func waitsFor(t *testing.T, capability Capability, calls int, scarce, bulk bool, priority traffic.Priority, zones int) (took time.Duration) {
	t.Helper()
	inZones(t, capability, zones, func(_ *testing.T, account *testAccount) {
		start := time.Now()
		ctx := with(priority)
		if bulk {
			ctx = InBulk(ctx)
		}
		for n, domain := range account.domains {
			account.start(ctx, domain, txt("a", fmt.Sprint(n)))
		}
		for account.simulator.Calls("*") == 0 {
			time.Sleep(time.Millisecond)
		}
		took = time.Since(start).Truncate(10 * time.Millisecond)
		account.wait.Wait()
	}, WithBacklog(func() (int, bool) { return calls, scarce }))
	return took
}

func TestACallInBulkWaitsForWhatIsKnownToComeAndNoLonger(t *testing.T) {
	plain := waitsFor(t, Partner, 1, false, true, traffic.Change, 1)
	cases := map[string]struct{ got, want time.Duration }{
		"everybody waits":            {waitsFor(t, Partner, 5, false, true, traffic.Change, 5), plain},
		"work that never comes":      {waitsFor(t, Partner, 6, false, true, traffic.Change, 5), gatherQuiet},
		"while little is left":       {waitsFor(t, Partner, 6, true, true, traffic.Change, 5), gatherScarce},
		"a single edit":              {waitsFor(t, Partner, 6, true, false, traffic.Change, 1), plain},
		"a challenge":                {waitsFor(t, Partner, 6, true, true, traffic.Interactive, 1), 0},
		"edits that cannot be equal": {waitsFor(t, Ordinary, 100, true, true, traffic.Change, fewZones), plain},
	}
	for name, c := range cases {
		if c.got < c.want-20*time.Millisecond || c.got > c.want+50*time.Millisecond {
			t.Errorf("%s: sent after %s, want %s", name, c.got, c.want)
		}
	}
}

func TestWhoComesSlowlyIsWaitedForAsLongAsHeComes(t *testing.T) {
	const zones = 30
	inZones(t, Partner, zones, func(t *testing.T, account *testAccount) {
		for n := range zones {
			account.start(InBulk(with(traffic.Change)), zoneName(n), txt("a", "x"))
			time.Sleep(gatherQuiet / 10)
		}
		account.wait.Wait()
		if requests := account.functions(); len(requests) != 1 {
			t.Errorf("requests %v for zones that come one after the other", requests)
		}
	}, WithBacklog(func() (int, bool) { return 2 * zones, false }))
}

func TestWhatCannotWaitTakesAlongWhatWaits(t *testing.T) {
	inZones(t, Partner, 3, func(t *testing.T, account *testAccount) {
		account.start(InBulk(with(traffic.Change)), zoneName(0), txt("a", "x"))
		account.start(InBulk(with(traffic.Background)), zoneName(1), txt("a", "x"))
		account.start(with(traffic.Interactive), zoneName(2), txt("a", "x"))
		account.wait.Wait()
		if requests := account.functions(); len(requests) != 1 {
			t.Errorf("requests %v", requests)
		}
	}, WithBacklog(func() (int, bool) { return 100, false }))
}

func TestACrewCountsAWorkerUntilItsEnd(t *testing.T) {
	var crew Crew
	end, other := crew.Begin(), crew.Begin()
	end()
	end() // Twice is once.
	if calls := crew.Calls(); calls != 1 {
		t.Errorf("%d calls of one worker", calls)
	}
	if other(); crew.Calls() != 0 {
		t.Errorf("%d calls of nobody", crew.Calls())
	}
}

func TestReadingInBulkComesAfterTheEditsThatWait(t *testing.T) {
	inZones(t, Partner, 2, func(t *testing.T, account *testAccount) {
		account.wait.Go(func() {
			if _, err := account.Read(InBulk(with(traffic.Change)), zoneName(0)); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(time.Millisecond)
		account.start(InBulk(with(traffic.Change)), zoneName(1), txt("a", "x"))
		account.wait.Wait()
		if requests := account.functions(); !slices.Equal(requests, []string{"update_records", "get_resource_records"}) {
			t.Errorf("requests %v", requests)
		}
	}, WithBacklog(func() (int, bool) { return 2, false }))
}
