package memory

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	// roomy is a heap, garbage included, that nobody minds, in bytes: while what is in use leaves room in it, collecting can wait. A share of what
	// is in use alone would be little for a small process, which would collect all the time while it works, and much for a large one.
	roomy = 96 << 20
	// leastPercent and mostPercent bound garbage as a share of what is in use (GOGC): below, collecting would take more time than work does, and
	// above, a small process would be mostly garbage.
	leastPercent = 14
	mostPercent  = 300
	// period is how often the process looks at itself.
	period = 5 * time.Second
	// calm is how much may be allocated within a period by a process at rest, and excess how much free memory is worth giving back.
	calm   = 4 << 20
	excess = 8 << 20
)

// Keeper adapts the garbage collector to what is in use, and gives free memory back to the system when a burst of work is over. $GOGC and
// $GOMEMLIMIT go before it: with the former it only gives back, and the latter bounds all of it.
type Keeper struct{}

// Start adapts whenever a collection has ended and looks every few seconds, until the context ends. A runnable of a manager.
func (Keeper) Start(ctx context.Context) error {
	if os.Getenv("GOGC") == "" {
		adapt(ctx)
	}
	ticker := time.NewTicker(period)
	defer ticker.Stop()
	before := read()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		now := read()
		if givesBack(before, now) {
			debug.FreeOSMemory()
			now = read()
		}
		before = now
	}
}

// NeedLeaderElection says that every replica keeps its memory.
func (Keeper) NeedLeaderElection() bool { return false }

// collected is garbage as soon as it is made, so that its end tells that a collection has ended.
type collected struct{ _ *byte }

// adapt sets how much garbage may lie about, now and after each collection until the context ends: what is in use grows tenfold within a few
// seconds when thousands of objects are first read, and what was right before would let the heap grow to several times of that.
func adapt(ctx context.Context) {
	if ctx.Err() != nil {
		return
	}
	debug.SetGCPercent(percentFor(read().live))
	runtime.AddCleanup(&collected{}, adapt, ctx)
}

// percentFor is the percentage of what is in use that may lie about as garbage.
func percentFor(live uint64) int {
	room := roomy - min(live, roomy)
	return int(min(max(100*room/max(live, 1), leastPercent), mostPercent))
}

// givesBack says whether the process has come to rest with much that it does not use.
func givesBack(before, now state) bool {
	return now.allocated-before.allocated < calm && now.free+now.garbage() > excess
}

// state is what the runtime tells of the heap, in bytes.
type state struct {
	// live is what the last collection found in use, and objects what has not been collected since.
	live, objects uint64
	// free is what the process could give back at once, and allocated all that was ever allocated.
	free, allocated uint64
}

// garbage is at most how much a collection would free.
func (s state) garbage() uint64 { return s.objects - min(s.objects, s.live) }

func read() state {
	samples := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"}, {Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/free:bytes"}, {Name: "/gc/heap/allocs:bytes"},
	}
	metrics.Read(samples)
	return state{
		live: samples[0].Value.Uint64(), objects: samples[1].Value.Uint64(), free: samples[2].Value.Uint64(), allocated: samples[3].Value.Uint64(),
	}
}
