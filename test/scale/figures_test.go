package scale

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// figures are what a part of a run has cost.
type figures struct {
	// requests to REG.API, by function, and refused for their rate.
	requests map[string]int
	refused  int
	counted
	events    map[string]int
	took, cpu time.Duration
	resident  float64
	stood     int64
}

// moreParts bounds the requests that an estate needs besides when the machine stood still: those of another wave for each time.
func (f figures) moreParts() float64 { return 5 * float64(f.stood) }

// sum is how many requests there were.
func (f figures) sum() int {
	total := 0
	for _, times := range f.requests {
		total += times
	}
	return total
}

// meter counts from its making on.
type meter struct {
	e      *estate
	api    int
	before counted
	events map[string]int
	began  time.Time
	cpu    time.Duration
	stood  int64
}

// begin makes a meter; o may be nil where the operator is about to start.
func (e *estate) begin(o *operator) *meter {
	e.Helper()
	m := &meter{e: e, api: len(e.api.Journal(regapitest.OfAccount(place))), before: e.count(e.T), events: e.events(e.T), began: time.Now(), stood: e.stood.Load()}
	if o != nil {
		m.cpu, _ = o.usage()
	}
	return m
}

func (m *meter) end(o *operator) figures {
	m.e.Helper()
	f := figures{requests: map[string]int{}, took: time.Since(m.began), refused: m.e.api.Refusals(), stood: m.e.stood.Load() - m.stood}
	var cpu time.Duration
	cpu, f.resident = o.usage()
	f.cpu = cpu - m.cpu
	for _, entry := range m.e.api.Journal(regapitest.OfAccount(place))[m.api:] {
		f.requests[entry.Function]++
	}
	f.counted = m.e.count(m.e.T).since(m.before)
	f.events = m.e.events(m.e.T)
	for kind, times := range m.events {
		f.events[kind] -= times
	}
	return f
}

// settled waits until neither REG.API nor the API server was written to or asked for a while.
func (e *estate) settled(o *operator) {
	e.Helper()
	const quiet = 4 * time.Second
	state := func() string {
		return fmt.Sprint(len(e.api.Journal()), e.count(e.T).of("dnszones", "200"), e.count(e.T).of("domains", "200"))
	}
	deadline := time.Now().Add(5 * time.Minute)
	for before := ""; ; {
		now := state()
		if now == before {
			return
		}
		if before = now; time.Now().After(deadline) || !o.isRunning() {
			e.Fatal("the operator does not come to rest")
		}
		time.Sleep(quiet) // Nothing tells that a program rests.
	}
}

// limit is a figure beside what it may be; without a limit it is only printed.
type limit struct {
	name  string
	is    float64
	limit float64
}

// check holds the figures to their limits.
func check(t *testing.T, limits []limit) {
	t.Helper()
	for _, l := range limits {
		if l.limit >= 0 && l.is > l.limit {
			t.Errorf("%s: %.4g, want at most %.4g", l.name, l.is, l.limit)
		}
	}
}

// tabulate writes the figures as a table.
func tabulate(w io.Writer, title string, limits []limit) {
	fmt.Fprintf(w, "\n%s\n", title)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, l := range limits {
		most := ""
		if l.limit >= 0 {
			most = fmt.Sprintf("at most %.4g", l.limit)
		}
		fmt.Fprintf(table, "%s\t%.4g\t%s\n", l.name, l.is, most)
	}
	_ = table.Flush()
}

// byFunction says which requests there were.
func (f figures) byFunction() string {
	var parts []string
	for _, function := range slices.Sorted(maps.Keys(f.requests)) {
		parts = append(parts, fmt.Sprintf("%s %d", function, f.requests[function]))
	}
	return strings.Join(parts, ", ")
}

// byCode says which writes the API server saw.
func (f figures) byCode() string {
	var parts []string
	for kind, times := range f.writes {
		parts = append(parts, fmt.Sprintf("%s %s %s %d", kind.verb, kind.resource, kind.code, times))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}
