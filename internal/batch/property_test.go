package batch

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// FuzzJobsEndAsOneCallPerActionWould makes random jobs of several callers, for a few zones with a few names so that they
// clash, and compares zones and results with those of one call per action in the same order.
func FuzzJobsEndAsOneCallPerActionWould(f *testing.F) {
	for seed := range uint64(40) {
		f.Add(seed, seed%2 == 0, uint8(seed%5))
	}
	f.Fuzz(func(t *testing.T, seed uint64, partner bool, limit uint8) {
		capability := map[bool]Capability{true: Partner, false: Ordinary}[partner]
		limits := Limits{Zones: int(limit), Actions: 3 * int(limit), ZoneActions: 2 * int(limit)}
		inZones(t, capability, 4, func(t *testing.T, account *testAccount) {
			chance := rand.New(rand.NewPCG(seed, 1))
			if chance.IntN(4) == 0 {
				account.SetCapability([]Capability{Unknown, Partner}[chance.IntN(2)]) // which may be wrong
			}
			var jobs []randomJob
			for range 1 + chance.IntN(12) {
				job := newRandomJob(chance)
				job.call = account.start(with(job.priority), job.domain, job.actions...)
				time.Sleep(time.Duration(chance.IntN(2)*chance.IntN(400)) * time.Millisecond)
				jobs = append(jobs, job)
			}
			account.wait.Wait()
			compareWithOneCallPerAction(t, account, jobs)
		}, WithLimits(limits))
	})
}

type randomJob struct {
	domain   string
	priority traffic.Priority
	actions  []regapi.Action
	call     *call
}

func newRandomJob(chance *rand.Rand) randomJob {
	job := randomJob{domain: zoneName(chance.IntN(4)), priority: traffic.Priority(chance.IntN(3))}
	for range 1 + chance.IntN(6) {
		job.actions = append(job.actions, randomAction(chance))
	}
	return job
}

func randomAction(chance *rand.Rand) regapi.Action {
	name := []string{"@", "www", "a"}[chance.IntN(3)]
	number := byte(1 + chance.IntN(2))
	target := fmt.Sprintf("host%d.example.com", number)
	switch chance.IntN(9) {
	case 0, 1:
		return addr(name, number)
	case 2:
		return txt(name, fmt.Sprint(number))
	case 3, 4:
		return cname(name, target)
	case 5:
		return badAction(name)
	case 6:
		return regapi.RemoveRecord{Subdomain: name, RecordType: "CNAME", Content: target + "."}
	case 7:
		return regapi.RemoveRecord{Subdomain: name, RecordType: "TXT", Content: fmt.Sprint(number)}
	default:
		return regapi.RemoveRecord{Subdomain: name, RecordType: "A", Content: fmt.Sprintf("192.0.2.%d", number)}
	}
}

func compareWithOneCallPerAction(t *testing.T, account *testAccount, jobs []randomJob) {
	t.Helper()
	plain := newBubbleSimulator(t, false, len(account.domains))
	client := newBubbleClient(t, plain)
	for i, job := range jobs {
		if job.call.err != nil {
			t.Fatalf("job %d: %v", i, job.call.err)
		}
		for k, action := range job.actions {
			results, err := client.Zone.Apply(t.Context(), action, regapi.ByName(job.domain))
			if err != nil {
				t.Fatal(err)
			}
			if want, got := results[0].Err, job.call.results[k]; regapi.ClassOf(want) != regapi.ClassOf(got) {
				t.Errorf("job %d, action %d, %+v: %v, want %v", i, k, action, got, want)
			}
		}
	}
	for _, domain := range account.domains {
		if diff := cmp.Diff(plain.Records(domain), account.simulator.Records(domain)); diff != "" {
			t.Errorf("%s (-one call per action +got):\n%s", domain, diff)
		}
	}
	if most := account.simulator.MaxInFlight(testLogin); most > 1 {
		t.Errorf("%d requests at once", most)
	}
	if refused := account.simulator.Journal(regapitest.OfFunction("zone/update_records")); len(refused) > len(jobs)*6 {
		t.Errorf("%d lists for %d jobs", len(refused), len(jobs))
	}
	synctest.Wait()
	if !account.idle() || len(account.records)+len(account.reads)+len(account.times) > 0 {
		t.Error("something is left")
	}
}
