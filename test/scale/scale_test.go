package scale

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/go-logr/logr"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

var (
	zones   = flag.Int("zones", 200, "how many Domains and how many DNSZones there are")
	latency = flag.Duration("latency", 50*time.Millisecond, "how long the simulator takes for a request")
	table   = flag.Bool("table", false, "print what was measured beside its limits")
	// The profiles are read with go tool pprof.
	profiles = flag.String("profiles", "", "folder to keep profiles of the operator in: of its CPU in the first half minute, and of its memory at rest")
)

func TestMain(m *testing.M) {
	flag.Parse()
	ctrl.SetLogger(logr.Discard())
	os.Exit(run(m))
}

// run is TestMain up to the exit, which would skip what is deferred.
func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "regapi-scale")
	if err != nil {
		log.Print(err)
		return 1
	}
	defer os.RemoveAll(folder)
	if err := build(folder); err != nil {
		log.Print(err)
		return 1
	}
	return m.Run()
}

// noLimit is for a figure that is printed alone.
const noLimit = -1

const mebibyte = 1 << 20

func TestAnEstateOfAPartnerCostsLittle(t *testing.T) { measure(t, true) }

func TestAnEstateOfAnOrdinaryAccountCostsLittle(t *testing.T) { measure(t, false) }

// measure takes an estate through its first start, its rest, and what may happen to it.
func measure(t *testing.T, partner bool) {
	e := newEstate(t, *zones, partner, *latency)
	limits := e.start()
	limits = append(limits, e.restart()...)
	limits = append(limits, e.hang()...)
	limits = append(limits, e.runDry()...)
	check(t, limits)
	if *table {
		kind := "ordinary account, 4 equal records a zone"
		if partner {
			kind = "Partner account, 20 records a zone"
		}
		tabulate(os.Stdout, fmt.Sprintf("%d zones and as many Domains, %s, %s a request", e.zones, kind, *latency), limits)
	}
}

// requestsFor bounds the requests until so many zones and Domains are Ready: for each thousand those of the sweep, and of a wave of the
// workers, which needs several writes where every record is different.
func requestsFor(zones int) float64 {
	switch {
	case zones <= 1000:
		return 15
	case zones <= 5000:
		return 60
	default:
		return float64(zones) / 100
	}
}

// memoryAtMost bounds the memory of an estate up to the largest for which a bound was promised.
func (e *estate) memoryAtMost(mebibytes float64) float64 {
	if e.zones > 5000 {
		return noLimit
	}
	return mebibytes
}

// repose is how long the operator has nothing to do before its memory at rest is looked at: it gives back what it does not need a little later.
const repose = 15 * time.Second

// start starts the operator for the first time, and edits a zone when it has come to rest.
func (e *estate) start() []limit {
	e.Helper()
	m := e.begin(nil)
	o := startOperator(e.T, e.cluster)
	var profiling sync.WaitGroup
	profiling.Go(func() {
		if e.awaitServing(o) {
			o.profile("profile?seconds=30", "cpu")
		}
	})
	e.awaitReady(o, 20*time.Minute)
	f := m.end(o)
	profiling.Wait()
	e.settled(o)
	o.profile("allocs", "allocations")
	o.profile("heap?gc=1", "memory")
	if *table {
		time.Sleep(repose)
	}
	later := m.end(o)
	if *table {
		fmt.Printf("requests: %s\nwrites: %s\nwrites at rest: %s\n", f.byFunction(), f.byCode(), later.byCode())
	}
	edit := e.edit(place, domainOf(0), "203.0.113.1")
	e.settled(o)
	peak := o.stop()
	n := float64(e.zones)
	all := n + 1 // and the neighbour's
	return []limit{
		{"requests until all are Ready", float64(f.sum()), requestsFor(e.zones) + f.moreParts()},
		{"requests refused for their rate", float64(f.refused), 0},
		{"successful writes per zone", float64(later.of("dnszones", "200")) / all, 3},
		{"successful writes per Domain", float64(later.of("domains", "200")) / n, 1},
		{"conflicts per 100 objects", float64(later.of("dnszones", "409")+later.of("domains", "409")) / n * 50, 1},
		{"events per zone", float64(later.events["DNSZone"]) / all, 2},
		{"events per Domain", float64(later.events["Domain"]) / n, 1},
		{"seconds until all are Ready", f.took.Seconds(), noLimit},
		{"CPU seconds until all are Ready", f.cpu.Seconds(), noLimit},
		{"peak memory, MiB", peak / mebibyte, e.memoryAtMost(250)},
		{"memory at rest, MiB", later.resident / mebibyte, e.memoryAtMost(200)},
		{"etcd, MiB", later.stored / mebibyte, noLimit},
		{"milliseconds of an edit at rest", float64(edit.took.Milliseconds()), noLimit},
	}
}

// awaitServing waits until the operator serves its metrics; it is false where the operator ends before.
func (e *estate) awaitServing(o *operator) bool {
	for o.isRunning() {
		if answer, err := http.Get(o.metrics); err == nil {
			answer.Body.Close()
			return true
		}
		time.Sleep(50 * time.Millisecond)
	}
	return false
}

// restart starts the operator again with nothing changed, and edits a zone as soon as it has begun to ask.
func (e *estate) restart() []limit {
	e.Helper()
	m := e.begin(nil)
	o := startOperator(e.T, e.cluster)
	e.awaitRequest(o, place)
	edit := e.edit(place, domainOf(1), "203.0.113.2")
	e.settled(o)
	f := m.end(o)
	peak := o.stop()
	if *table {
		fmt.Printf("requests of the restart: %s\nits writes: %s\n", f.byFunction(), f.byCode())
	}
	sweep := 3*((e.zones+999)/1000) + 2
	return []limit{
		{"requests of a restart with an edit", float64(f.sum()), float64(sweep+4) + f.moreParts()},
		// The edit is one write of ours to the object, and one of its outcome and one ahead of it.
		{"writes of a restart with an edit", float64(f.of("dnszones", "200") + f.of("domains", "200")), 3},
		{"milliseconds of an edit while all wake", float64(edit.took.Milliseconds()), noLimit},
		{"requests until then", float64(edit.requests), e.untilEdited()},
		{"peak memory of a restart, MiB", peak / mebibyte, noLimit},
		{"memory at rest after a restart, MiB", f.resident / mebibyte, noLimit},
		{"CPU seconds of a restart", f.cpu.Seconds(), noLimit},
	}
}

// untilEdited bounds the requests until an edit is carried out that overtakes waking objects: the one under way, the reading, the write itself, and
// one that went between them. A small estate is awake before the operator hears of the edit.
func (e *estate) untilEdited() float64 {
	if e.zones < 5000 {
		return noLimit
	}
	return 4
}

// awaitRequest waits until the operator has asked for something of an account.
func (e *estate) awaitRequest(o *operator, login string) {
	e.Helper()
	known := len(e.api.Journal(regapitest.OfAccount(login)))
	for deadline := time.Now().Add(time.Minute); len(e.api.Journal(regapitest.OfAccount(login))) == known; {
		if time.Now().After(deadline) || !o.isRunning() {
			e.Fatal("the operator asks for nothing")
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// hang lets the account of all objects hang, and edits a zone of another one.
func (e *estate) hang() []limit {
	e.Helper()
	o := startOperator(e.T, e.cluster)
	e.settled(o)
	calm := e.edit(neighbour, "neighbour.ru", "203.0.113.3")
	e.settled(o)
	o.stop()
	e.api.Inject(regapitest.Fault{Kind: regapitest.FaultLatency, Latency: time.Minute, Login: place})
	o = startOperator(e.T, e.cluster)
	e.awaitRequest(o, neighbour)
	e.settled(o)
	beside := e.edit(neighbour, "neighbour.ru", "203.0.113.4")
	e.settled(o)
	o.stop()
	e.api.ClearFaults()
	return []limit{
		{"milliseconds of an edit of a neighbour", float64(calm.took.Milliseconds()), noLimit},
		{"the same beside an account that hangs", float64(beside.took.Milliseconds()), noLimit},
	}
}

// runDry starts the operator with a budget that is used up, and edits a zone.
func (e *estate) runDry() []limit {
	e.Helper()
	m := e.begin(nil)
	o := startOperator(e.T, e.cluster, "--egress-requests-per-hour=4")
	e.settled(o)
	f := m.end(o)
	if f.sum() > 0 {
		e.Errorf("%d requests without a budget: %s", f.sum(), f.byFunction())
	}
	if *table {
		fmt.Printf("writes without a budget: %s\n", f.byCode())
	}
	o.stop()
	return []limit{{"writes of a restart without a budget", float64(f.of("dnszones", "200") + f.of("domains", "200")), 0}}
}
