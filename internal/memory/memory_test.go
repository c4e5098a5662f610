package memory

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

func TestASmallHeapMayBeMostlyGarbageAndALargeOneMayNot(t *testing.T) {
	for live, want := range map[uint64]int{0: mostPercent, 8 << 20: mostPercent, 48 << 20: 100, 96 << 20: leastPercent, 1 << 30: leastPercent} {
		if got := percentFor(live); got != want {
			t.Errorf("%d MiB in use: %d %%, want %d", live>>20, got, want)
		}
	}
}

func TestMemoryGoesBackOnlyWhereABurstIsOver(t *testing.T) {
	for name, test := range map[string]struct {
		before, now state
		want        bool
	}{
		"much is free, and little happens":     {state{allocated: 900 << 20}, state{allocated: 901 << 20, free: 50 << 20}, true},
		"much is garbage, and little happens":  {state{allocated: 900 << 20}, state{allocated: 901 << 20, live: 10 << 20, objects: 40 << 20}, true},
		"much is free, but work goes on":       {state{allocated: 900 << 20}, state{allocated: 950 << 20, free: 50 << 20}, false},
		"nothing happens, and nothing is free": {state{allocated: 900 << 20}, state{allocated: 900 << 20, free: 1 << 20}, false},
	} {
		if got := givesBack(test.before, test.now); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestTheRuntimeKnowsWhatIsAskedOfIt(t *testing.T) {
	debug.FreeOSMemory()
	if now := read(); now.live == 0 || now.objects == 0 || now.allocated == 0 {
		t.Errorf("%+v", now)
	}
}

func TestAKeeperEndsWithItsContext(t *testing.T) {
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	if err := (Keeper{}).Start(ctx); err != nil {
		t.Error(err)
	}
}

// A burst of which much stays in use is collected as what is in use by then asks for, and not as at its beginning.
func TestWhatIsInUseGrowsAndGarbageKeepsItsBound(t *testing.T) {
	before := debug.SetGCPercent(mostPercent)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	adapt(t.Context())
	var kept [][]byte
	most := uint64(0)
	for range 200 << 10 { // Of 800 MiB that are allocated, 200 stay.
		for range 3 {
			scratch = make([]byte, 1<<10)
		}
		kept = append(kept, make([]byte, 1<<10))
		if len(kept)%1024 == 0 {
			most = max(most, read().objects)
		}
	}
	runtime.KeepAlive(kept)
	if most > (200<<20)*14/10 {
		t.Errorf("%d MiB of heap for 200 in use", most>>20)
	}
	t.Logf("%d MiB at most", most>>20)
}

// scratch keeps what is allocated from being none.
var scratch []byte

func TestWhatACacheKeepsOfAZoneIsTheZoneAndNoMore(t *testing.T) {
	records := make([]v1alpha1.NameRecords, 0, 32)
	for n := range 20 {
		records = append(records, v1alpha1.NameRecords{Name: fmt.Sprintf("host-%d", n)})
	}
	zone := &v1alpha1.DNSZone{
		ObjectMeta: metav1.ObjectMeta{Name: "example", ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "kubectl"}}},
		Spec:       v1alpha1.DNSZoneSpec{Records: records},
	}
	kept, err := Compact(zone)
	if err != nil {
		t.Fatal(err)
	}
	got := kept.(*v1alpha1.DNSZone)
	if len(got.ManagedFields) > 0 || cap(got.Spec.Records) != 20 || got.Spec.Records[19].Name != "host-19" {
		t.Errorf("%+v, room for %d", got, cap(got.Spec.Records))
	}
	if empty, err := Compact(&v1alpha1.DNSZone{}); err != nil || empty.(*v1alpha1.DNSZone).Spec.Records != nil {
		t.Errorf("%+v, %v", empty, err)
	}
}
