package batch

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/regapi-io/regapi-operator/internal/portion"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

// ErrClosed is what calls get that [Zones.Close] keeps from being sent.
var ErrClosed = errors.New("the account's connection was closed before the request was sent")

// closeGrace is how long [Zones.Close] lets the request under way come to its end.
const closeGrace = 10 * time.Second

// Zones reads and writes the zones of one account (login) in as few requests as possible. Make it with [New]; it is
// safe for concurrent use.
//
// Calls gather while a request is under way, and at least for their [Linger]; then as many as possible leave together.
// One request is under way at a time. Goroutines run only while something waits.
//
// The priority of a call is that of its context. A call whose
// context ends returns at once with the context's error: what has not been sent by then never is, what has been sent
// goes on for the others that it was sent for.
//
// Nothing is sent twice that may have been applied: the answer to a request that got lost is an error for every action of
// that request, and the zone has to be read to find out. What only reads, or provably never left, queues again after a passing
// failure, twice at most, and holds nobody up meanwhile. A list that fails as a whole is halved; see package portion.
type Zones struct {
	client  *regapi.Client
	options options

	// base ends with the last request; no caller's context ends a request that others share.
	base   context.Context
	cancel context.CancelFunc
	// dispatcher are the goroutines of the desks, and of the request under way. sending holds an element from the moment in which
	// it is decided what a request holds until its answer is settled: what is sent next depends on it.
	dispatcher sync.WaitGroup
	sending    chan struct{}

	mu         sync.Mutex
	closed     bool
	desks      []*desk // by priority
	lastTicket uint64
	capability Capability
	turns      int // requests for equal edits so far
	answered   int // requests since a reading was last given up
	sizes      sizes

	probes  probeQueue
	reads   readQueue
	records editQueue
	times   editQueue // edits of SOAs
}

// sizes is how much the next request of each kind may hold.
type sizes struct {
	reads, records, times *portion.Size // in zones
	lists                 *portion.Size // in actions of a zone/update_records
}

// New gives the zones of the account that the client calls for.
func New(client *regapi.Client, opts ...Option) *Zones {
	settings := defaultOptions()
	for _, apply := range opts {
		apply(&settings)
	}
	base, cancel := context.WithCancel(context.Background())
	z := &Zones{
		client: client, options: settings,
		base: base, cancel: cancel, sending: make(chan struct{}, 1),
		capability: Unknown,
		sizes: sizes{
			reads: portion.New(settings.limits.Zones), records: portion.New(settings.limits.Zones),
			times: portion.New(settings.limits.Zones), lists: portion.New(settings.limits.Actions),
		},
		reads: readQueue{}, records: editQueue{}, times: editQueue{},
	}
	for priority := traffic.Background; priority <= traffic.Interactive; priority++ {
		z.desks = append(z.desks, &desk{priority: priority, wake: make(chan struct{}, 1)})
	}
	return z
}

// Read reads a zone (9.11). Reads of different zones leave as one request, up to 1000 at a time; the answer is of a request
// that was sent after the call began.
func (z *Zones) Read(ctx context.Context, domain string) (regapi.ZoneRecords, error) {
	domain, err := checkCall(ctx, domain)
	if err != nil {
		return regapi.ZoneRecords{}, err
	}
	var zone regapi.ZoneRecords
	var failure error
	done := make(chan struct{})
	job := &readJob{domain: domain, done: func(read regapi.ZoneRecords, err error) {
		zone, failure = read, err
		close(done)
	}}
	z.mu.Lock()
	job.ticket = z.newTicket(ctx, z.options.linger.ofRead(traffic.PriorityOf(ctx)))
	z.submitRead(job)
	z.mu.Unlock()

	if !z.await(ctx, done, func() { z.reads.remove(job) }) {
		return regapi.ZoneRecords{}, ctx.Err()
	}
	return zone, failure
}

// Write makes changes in a zone, in their order, which also holds between calls for one zone. It gives one result per
// action, nil for an action that was applied. A refused action does not keep the later ones from being tried, unless the
// refusal speaks of more than that action: see [regapi.ConcernsOneAction].
//
// needs has, for an action that must not be taken in vain, the places of earlier actions of which one has to have been applied
// first; an action whose needs have all failed is given up, with an error as its result. needs may be nil.
//
// The error is not nil, and the results are nil, when nothing is known of any action.
func (z *Zones) Write(ctx context.Context, domain string, actions []regapi.Action, needs ...[]int) ([]error, error) {
	domain, err := checkCall(ctx, domain)
	if err != nil {
		return nil, err
	}
	return z.edit(ctx, z.records, z.newWriteJob(ctx, domain, actions, needs))
}

// UpdateSOA sets the times of a zone (9.13). Zones that get equal times share a request. REG.API may report success and
// change nothing: read the zone back.
func (z *Zones) UpdateSOA(ctx context.Context, domain string, soa regapi.SOA) error {
	domain, err := checkCall(ctx, domain)
	if err != nil {
		return err
	}
	results, err := z.edit(ctx, z.times, newWriteJob(domain, []regapi.Action{setTimes(soa)}))
	if err != nil {
		return err
	}
	return results[0]
}

// Close lets the request under way come to its end, for ten seconds at most, and fails everything else that waits with
// [ErrClosed]. When it returns nothing runs any more.
func (z *Zones) Close() {
	z.mu.Lock()
	z.closed = true
	z.failWaiting(ErrClosed, func(ticket) bool { return true })
	z.retract()
	z.mu.Unlock()
	grace := time.AfterFunc(closeGrace, z.cancel)
	defer grace.Stop()
	z.dispatcher.Wait()
	z.cancel()
}

// edit submits a job and waits for its results.
func (z *Zones) edit(ctx context.Context, queue editQueue, job *writeJob) ([]error, error) {
	if job.left == 0 {
		return job.outcome()
	}
	z.mu.Lock()
	job.ticket = z.newTicket(ctx, z.options.linger.ofWrite(traffic.PriorityOf(ctx)))
	z.submitEdits(queue, job)
	z.mu.Unlock()

	if !z.await(ctx, job.done, func() { queue.end(job, ctx.Err()) }) {
		return nil, ctx.Err()
	}
	return job.outcome()
}

// await waits until a call is done or its context ends; then it withdraws the call and returns false. A call that is done
// and ends at the same moment is done.
func (z *Zones) await(ctx context.Context, done <-chan struct{}, withdraw func()) bool {
	select {
	case <-done:
		return true
	case <-ctx.Done():
	}
	z.mu.Lock()
	defer z.mu.Unlock()
	select {
	case <-done:
		return true
	default:
	}
	withdraw()
	z.retract()
	return false
}

// checkCall gives the canonical name of a domain, and refuses what would make a request that others share fail as a whole.
func checkCall(ctx context.Context, domain string) (string, error) {
	if domain = regapi.CanonicalName(domain); domain == "" {
		return "", &regapi.Error{Function: "zone", Code: regapi.CodeServiceNotSpecified, Text: "no domain"}
	}
	return domain, ctx.Err()
}

// refs identifies zones by name.
func refs(domains []string) []regapi.DomainRef {
	list := make([]regapi.DomainRef, len(domains))
	for i, domain := range domains {
		list[i] = regapi.ByName(domain)
	}
	return list
}
