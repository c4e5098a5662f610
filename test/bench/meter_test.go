package bench

import (
	"fmt"
	"io"
	"runtime"
	"runtime/metrics"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// figures are what a piece of work has cost.
type figures struct {
	// reads and writes are the requests that REG.API took, refused those that it refused for their rate.
	reads, writes, refused int
	// simulated is the time in the bubble, cpu that of this process with the simulator's share.
	simulated, cpu time.Duration
	// heap is the highest rise of the heap in use, in bytes, with what the simulator needs to answer.
	heap uint64
}

func (f figures) requests() int { return f.reads + f.writes }

// counter counts requests where they arrive; its count is a simulator's hook.
type counter struct {
	mu                     sync.Mutex
	reads, writes, refused int
}

func (c *counter) count(stage regapitest.Stage, request *regapitest.Entry) {
	if stage != regapitest.StageAnswered {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case refusedForRate(request):
		c.refused++
	case request.Write:
		c.writes++
	default:
		c.reads++
	}
}

func refusedForRate(request *regapitest.Entry) bool {
	return strings.HasSuffix(request.ErrorCode, "_EXCEEDED_ALLOWED_CONNECTION_RATE")
}

func (c *counter) figures() figures {
	c.mu.Lock()
	defer c.mu.Unlock()
	return figures{reads: c.reads, writes: c.writes, refused: c.refused}
}

// meter measures from begin to end. It is made outside of a bubble, because it looks at the heap in real time.
type meter struct {
	counter
	peak    atomic.Uint64
	stopped chan struct{}
	looking sync.WaitGroup

	before  figures
	base    uint64
	started time.Time
	cpu     time.Duration
}

// heapInterval is short beside the least of the workloads, and long beside a look at the heap.
const heapInterval = time.Millisecond

func newMeter() *meter {
	m := &meter{stopped: make(chan struct{})}
	m.looking.Go(func() {
		ticker := time.NewTicker(heapInterval)
		defer ticker.Stop()
		for {
			select {
			case <-m.stopped:
				return
			case <-ticker.C:
				m.look()
			}
		}
	})
	return m
}

func (m *meter) close() {
	close(m.stopped)
	m.looking.Wait()
}

func (m *meter) look() {
	now := heapInUse()
	for peak := m.peak.Load(); now > peak; peak = m.peak.Load() {
		if m.peak.CompareAndSwap(peak, now) {
			return
		}
	}
}

// begin ends the preparations: what came before does not count.
func (m *meter) begin() {
	runtime.GC()
	m.base = heapInUse()
	m.peak.Store(m.base)
	m.before = m.figures()
	m.started, m.cpu = time.Now(), cpuTime()
}

// end gives what the work since begin has cost.
func (m *meter) end() figures {
	m.look()
	total := m.figures()
	return figures{
		reads: total.reads - m.before.reads, writes: total.writes - m.before.writes, refused: total.refused - m.before.refused,
		simulated: time.Since(m.started), cpu: cpuTime() - m.cpu, heap: m.peak.Load() - m.base,
	}
}

func heapInUse() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// cpuTime is what this process has used so far; real time, in a bubble too.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // Only a mistake in the arguments makes it fail.
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// printTable sets what both clients needed for a workload side by side.
func printTable(t *testing.T, out io.Writer, title string, ours, plain figures) {
	t.Helper()
	fmt.Fprintf(out, "\n%s\n", title)
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', tabwriter.AlignRight)
	row := func(name, ours, plain, ratio string) {
		fmt.Fprintf(table, "  %-20s\t%s\t%s\t%s\t\n", name, ours, plain, ratio)
	}
	count := func(name string, ours, plain int) {
		row(name, fmt.Sprint(ours), fmt.Sprint(plain), ratio(float64(ours), float64(plain)))
	}
	row("", "this client", "plain client", "plain / this")
	count("requests", ours.requests(), plain.requests())
	count("  reads", ours.reads, plain.reads)
	count("  writes", ours.writes, plain.writes)
	count("refused for rate", ours.refused, plain.refused)
	row("simulated time", ours.simulated.Round(100*time.Millisecond).String(), plain.simulated.Round(100*time.Millisecond).String(),
		ratio(ours.simulated.Seconds(), plain.simulated.Seconds()))
	row("CPU time", ours.cpu.Round(time.Millisecond).String(), plain.cpu.Round(time.Millisecond).String(),
		ratio(ours.cpu.Seconds(), plain.cpu.Seconds()))
	row("peak heap", mebibytes(ours.heap), mebibytes(plain.heap), ratio(float64(ours.heap), float64(plain.heap)))
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
}

func ratio(ours, plain float64) string {
	if ours == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", plain/ours)
}

func mebibytes(bytes uint64) string { return fmt.Sprintf("%.1f MiB", float64(bytes)/(1<<20)) }
