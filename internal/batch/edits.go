package batch

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// setTimes lets an edit of a zone's SOA take the way of an action that all zones make alike.
type setTimes regapi.SOA

// ActionName returns "update_soa".
func (setTimes) ActionName() string { return "update_soa" }

// writeJob is a list of actions for one zone that is on its way.
type writeJob struct {
	ticket
	domain  string
	actions []regapi.Action
	keys    []string // equal for equal actions
	names   []string // of the records that they are about, within the zone; "" where that is not known
	needs   [][]int  // for an action that must not be taken in vain: those of which one has to have been applied
	results []error
	settled []bool
	left    int           // actions that are not settled
	ended   error         // why the rest of the actions must not be sent, or nil
	done    chan struct{} // closed when none is left
}

func newWriteJob(domain string, actions []regapi.Action) *writeJob {
	job := &writeJob{
		domain: domain, actions: actions, keys: make([]string, len(actions)), names: make([]string, len(actions)),
		results: make([]error, len(actions)), settled: make([]bool, len(actions)),
		left: len(actions), done: make(chan struct{}),
	}
	for i, action := range actions {
		job.keys[i], job.names[i] = actionKey(action), recordName(action, domain)
	}
	return job
}

// errGivenUp is the result of an action that was not taken, since nothing that it needed came about. It concerns that
// action alone.
func (j *writeJob) errGivenUp() error {
	return &regapi.Error{Function: "zone/update_records", Domain: j.domain, Text: "given up, since what it makes room for did not come about"}
}

// inVain says whether nothing that an action needs has come about, or can any more.
func (j *writeJob) inVain(index int) bool {
	if index >= len(j.needs) || len(j.needs[index]) == 0 {
		return false
	}
	return !slices.ContainsFunc(j.needs[index], func(need int) bool { return !j.settled[need] || j.results[need] == nil })
}

// newWriteJob settles beforehand what the client itself refuses, since that would make it refuse the whole request.
func (z *Zones) newWriteJob(ctx context.Context, domain string, actions []regapi.Action, needs [][]int) *writeJob {
	refusals := make([]error, len(actions))
	for i, action := range actions {
		_, refusals[i] = z.client.Zone.Apply(ctx, action) // in no zone: checked, and not sent
	}
	job := newWriteJob(domain, actions)
	job.needs = needs
	for i, refusal := range refusals {
		if refusal != nil {
			job.settle(i, refusal)
		}
	}
	return job
}

// actionKey names an action by all its parameters; one that cannot be written is refused before it is sent.
func actionKey(action regapi.Action) string {
	fields, err := json.Marshal(action)
	if err != nil || action == nil {
		return ""
	}
	return action.ActionName() + string(fields)
}

// recordName gives the name of the record that an action is about, however it is written; "" for an action of another kind.
func recordName(action regapi.Action, domain string) string {
	var name string
	switch action := action.(type) {
	case regapi.AddAlias:
		name = action.Subdomain
	case regapi.AddAAAA:
		name = action.Subdomain
	case regapi.AddCAA:
		name = action.Subdomain
	case regapi.AddCNAME:
		name = action.Subdomain
	case regapi.AddHTTPS:
		name = action.Subdomain
	case regapi.AddMX:
		name = action.Subdomain
	case regapi.AddNS:
		name = action.Subdomain
	case regapi.AddTXT:
		name = action.Subdomain
	case regapi.AddSRV:
		name = action.Service
	case regapi.RemoveRecord:
		name = action.Subdomain
	default:
		return ""
	}
	name = strings.TrimSuffix(strings.TrimSuffix(strings.ToLower(name), "."), domain)
	if name = strings.TrimSuffix(name, "."); name == "" {
		return "@"
	}
	return name
}

func (j *writeJob) settle(index int, err error) {
	if j.settled[index] {
		return
	}
	j.settled[index], j.results[index] = true, err
	if j.left--; j.left == 0 {
		close(j.done)
	}
}

// outcome is what the caller gets: an error alone if it concerns more than one action and nothing is known of any.
func (j *writeJob) outcome() ([]error, error) {
	var failure error
	for _, err := range j.results {
		if err == nil || regapi.ConcernsOneAction(err) {
			return j.results, nil
		}
		failure = err
	}
	return nil, failure
}

// edit is one action of a job.
type edit struct {
	*writeJob
	index int
}

func (e edit) action() regapi.Action { return e.actions[e.index] }
func (e edit) key() string           { return e.keys[e.index] }
func (e edit) name() string          { return e.names[e.index] }

// zoneEdits are the edits of one zone that wait, in the order in which they have to be made.
type zoneEdits struct {
	domain  string
	waiting []edit
	// inDoubt says that the zone has to be read before anything else may be sent for it.
	inDoubt bool
	repose  repose
	best    ticket // set when a batch is formed
}

func (e *zoneEdits) urgency() ticket { return e.best }

// dropVain settles the edits whose needs have all failed.
func (e *zoneEdits) dropVain() {
	e.waiting = slices.DeleteFunc(e.waiting, func(waiting edit) bool {
		vain := waiting.inVain(waiting.index)
		if vain {
			waiting.settle(waiting.index, waiting.errGivenUp())
		}
		return vain
	})
}

// rank sets the ticket of the zone: the age of its first edit, with the urgency of the most urgent one behind it. One whose
// turn it is makes it the zone's turn.
func (e *zoneEdits) rank(m moment) {
	e.best = e.waiting[0].ticket
	turn := false
	for _, waiting := range e.waiting {
		turn = turn || waiting.priority == m.turn
		e.best.priority = max(e.best.priority, waiting.priority)
		if waiting.due.Before(e.best.due) {
			e.best.due = waiting.due
		}
	}
	if turn {
		e.best.priority = m.turn
	}
}

// editQueue holds the edits that wait, by domain.
type editQueue map[string]*zoneEdits

func (q editQueue) tickets(yield func(ticket) bool) {
	for _, zone := range q {
		if zone.inDoubt {
			continue
		}
		for _, waiting := range zone.waiting {
			t := waiting.ticket
			t.rest = zone.repose.until
			if !yield(t) {
				return
			}
		}
	}
}

// several says whether more than one edit waits.
func (q editQueue) several() bool {
	count := 0
	for range q.tickets {
		if count++; count > 1 {
			return true
		}
	}
	return false
}

func (q editQueue) zone(domain string) *zoneEdits {
	zone := q[domain]
	if zone == nil {
		zone = &zoneEdits{domain: domain}
		q[domain] = zone
	}
	return zone
}

// ready gives the zones for which something may be sent.
func (q editQueue) ready(m moment) []*zoneEdits {
	zones := slices.DeleteFunc(slices.Collect(maps.Values(q)), func(zone *zoneEdits) bool {
		return zone.inDoubt || len(zone.waiting) == 0 || zone.repose.until.After(m.now)
	})
	for _, zone := range zones {
		zone.rank(m)
	}
	return zones
}

// pop takes the first edits of a zone.
func (q editQueue) pop(zone *zoneEdits, count int) []edit {
	taken := slices.Clone(zone.waiting[:count])
	zone.waiting = slices.Delete(zone.waiting, 0, count)
	q.tidy(zone)
	return taken
}

func (q editQueue) tidy(zone *zoneEdits) {
	if len(zone.waiting) == 0 && !zone.inDoubt && q[zone.domain] == zone {
		delete(q, zone.domain)
	}
}

// end keeps the edits of a job that still wait from being sent, now and later.
func (q editQueue) end(job *writeJob, err error) {
	if job.ended == nil {
		job.ended = err
	}
	zone := q[job.domain]
	if zone == nil {
		return
	}
	zone.waiting = slices.DeleteFunc(zone.waiting, func(waiting edit) bool {
		if waiting.writeJob != job {
			return false
		}
		job.settle(waiting.index, job.ended)
		return true
	})
	q.tidy(zone)
}

// fail ends the matching jobs.
func (q editQueue) fail(err error, match func(ticket) bool) {
	jobs := map[*writeJob]bool{}
	for _, zone := range q {
		for _, waiting := range zone.waiting {
			if match(waiting.ticket) {
				jobs[waiting.writeJob] = true
			}
		}
	}
	for job := range jobs {
		q.end(job, err)
	}
}

// settle gives an edit its result. A failure that concerns more than one action ends its job.
func (q editQueue) settle(done edit, err error) {
	done.settle(done.index, err)
	switch zone := q[done.domain]; {
	case err == nil:
	case !regapi.ConcernsOneAction(err):
		q.end(done.writeJob, err)
	case zone != nil:
		zone.dropVain()
		q.tidy(zone)
	}
}

// putBack puts edits of a zone that have not been made back to the beginning of its list, except for those of jobs that
// have ended.
func (q editQueue) putBack(domain string, edits []edit) {
	var still []edit
	for _, back := range edits {
		if back.ended != nil {
			back.settle(back.index, back.ended)
			continue
		}
		if back.inVain(back.index) {
			back.settle(back.index, back.errGivenUp())
			continue
		}
		still = append(still, back)
	}
	if len(still) > 0 {
		zone := q.zone(domain)
		zone.waiting = append(still, zone.waiting...)
	}
}

// submitEdits adds what is left of a job, unless the zones have been closed.
func (z *Zones) submitEdits(queue editQueue, job *writeJob) {
	if z.closed {
		job.ended = ErrClosed
	}
	var edits []edit
	for index := range job.actions {
		if job.settled[index] {
			continue
		}
		if job.ended != nil {
			job.settle(index, job.ended)
			continue
		}
		if job.inVain(index) {
			job.settle(index, job.errGivenUp())
			continue
		}
		edits = append(edits, edit{job, index})
	}
	if len(edits) > 0 {
		zone := queue.zone(job.domain)
		zone.waiting = append(zone.waiting, edits...)
		z.notice(job.ticket)
	}
}

// putBack lets edits that have not been made wait again, unless the zones have been closed.
func (z *Zones) putBack(queue editQueue, domain string, edits []edit, rest repose) {
	if z.closed {
		for _, back := range edits {
			queue.settle(back, ErrClosed)
		}
		return
	}
	queue.putBack(domain, edits)
	if zone := queue[domain]; zone != nil && rest.until.After(zone.repose.until) {
		zone.repose = rest
	}
}

// cutRecords makes the next request of the edits of records.
func (z *Zones) cutRecords(m moment) request {
	switch {
	case z.capability == Unknown && z.records.several() && !z.probes.repose.until.After(m.now):
		return z.cutProbe(m)
	case z.capability == Partner:
		return z.cutLists(m)
	default:
		return z.cutEqual(z.records, z.sizes.records, m)
	}
}

// cutTimes makes the next request of the edits of SOAs (9.13).
func (z *Zones) cutTimes(m moment) request { return z.cutEqual(z.times, z.sizes.times, m) }
