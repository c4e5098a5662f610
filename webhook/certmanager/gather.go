package certmanager

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/pause"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// target is a zone and the way to it.
type target struct {
	connection *account.Connection
	domain     string
}

// wish is a record that somebody wants to be in a zone, or out of it.
type wish struct {
	zone.Change
	// number in the order in which cert-manager asked.
	number uint64
	// report is called when the change has been made, whether or not the caller still waits.
	report func()
	// err is the outcome, to be read when done is closed.
	err  error
	done chan struct{}
}

func newWish(number uint64, wanted zone.Change, report func()) *wish {
	return &wish{Change: wanted, number: number, report: report, done: make(chan struct{})}
}

func (w *wish) settle(err error) {
	w.err = err
	close(w.done)
}

// gatherer carries out wishes, one edit per zone at a time, each with everything that waits by then.
type gatherer struct {
	editor             *zone.Editor
	backoffs           *backoffs
	linger, workWithin time.Duration

	base    context.Context
	workers sync.WaitGroup

	mu     sync.Mutex
	closed bool
	// waiting holds a zone from its first wish on, as long as a worker runs for it.
	waiting map[target][]*wish
}

func newGatherer(base context.Context, settings Settings, backoffs *backoffs) *gatherer {
	return &gatherer{
		editor: settings.Editor, backoffs: backoffs, linger: settings.Linger, workWithin: settings.WorkWithin,
		base: traffic.WithAskers(traffic.WithPriority(base, traffic.Interactive), traffic.ByChallenge), waiting: map[target][]*wish{},
	}
}

var errClosed = errors.New("the operator is shutting down: cert-manager tries again")

// wait ends with the last worker, after base has ended.
func (g *gatherer) wait() {
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.workers.Wait()
}

// do brings a wish about. When the context ends one that waits is dropped, and one whose edit is under way is left to it.
func (g *gatherer) do(ctx context.Context, t target, w *wish) error {
	if !g.join(t, w) {
		return errClosed
	}
	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
	}
	g.leave(t, w)
	select {
	case <-w.done: // It was settled at the same moment.
		return w.err
	default:
	}
	if current := g.backoffs.current(t.connection.Login, t.domain); current != nil {
		return current.err
	}
	return ctx.Err()
}

// join puts a wish to those that wait for its zone, and starts a worker if there is none.
func (g *gatherer) join(t target, w *wish) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return false
	}
	_, running := g.waiting[t]
	g.waiting[t] = append(g.waiting[t], w)
	if !running {
		g.workers.Go(func() { g.run(t) })
	}
	return true
}

func (g *gatherer) leave(t target, w *wish) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if waiting, running := g.waiting[t]; running {
		g.waiting[t] = slices.DeleteFunc(waiting, func(other *wish) bool { return other == w })
	}
}

// run carries out the wishes for a zone until none waits.
func (g *gatherer) run(t target) {
	for {
		pause.For(g.base, g.linger)
		err := g.backoffs.wait(g.base, t.connection.Login, t.domain)
		batch := g.take(t)
		if len(batch) == 0 {
			return
		}
		if err != nil || g.base.Err() != nil {
			settleAll(batch, errClosed)
			continue
		}
		started := time.Now()
		g.backoffs.learn(t.connection.Login, t.domain, started, g.carryOut(t, batch))
	}
}

// take gives the wishes for the next edit, in the order in which cert-manager asked: all of them, but none that asks for the
// opposite of an earlier one. When none waits the worker has ended.
func (g *gatherer) take(t target) []*wish {
	g.mu.Lock()
	defer g.mu.Unlock()
	waiting := g.waiting[t]
	if len(waiting) == 0 {
		delete(g.waiting, t)
		return nil
	}
	slices.SortFunc(waiting, func(a, b *wish) int { return cmp.Compare(a.number, b.number) })
	operations := map[zone.Record]zone.Operation{}
	end := slices.IndexFunc(waiting, func(w *wish) bool {
		earlier, ok := operations[w.Record]
		operations[w.Record] = w.Operation
		return ok && earlier != w.Operation
	})
	if end < 0 {
		end = len(waiting)
	}
	g.waiting[t] = slices.Clone(waiting[end:])
	return waiting[:end:end]
}

// carryOut makes the changes that a batch asks for, and settles every wish in it. The error is that of the edit as a whole.
func (g *gatherer) carryOut(t target, batch []*wish) error {
	ctx, cancel := context.WithTimeout(g.base, g.workWithin)
	defer cancel()
	var hidden map[*wish]error
	plan := func(current zone.Snapshot) zone.Edits {
		hidden = hiddenIn(t.domain, batch, current)
		served := slices.DeleteFunc(slices.Clone(batch), func(w *wish) bool { return hidden[w] != nil })
		return zone.Edits{Changes: changesFor(served, current)}
	}
	result, err := g.editor.Edit(ctx, zone.Target{Domain: t.domain, Store: freshStore{t.connection}}, zone.Edit{Plan: plan})
	if err != nil {
		settleAll(batch, err)
		return err
	}
	log.FromContext(ctx).V(1).Info("Carried out challenges", "domain", t.domain, "challenges", len(batch), "changes", len(result.Made()))
	made := result.Made()
	for _, w := range batch {
		if n := slices.Index(made, w.Change); n >= 0 {
			made = slices.Delete(made, n, n+1) // Of several equal wishes the first made the change.
			w.report()
		}
		w.settle(cmp.Or(hidden[w], failureOf(w, result.Failures)))
	}
	return nil
}

// hiddenIn gives those of a batch that would be added below a delegation, where no name server of the zone ever answers with them.
func hiddenIn(domain string, batch []*wish, current zone.Snapshot) map[*wish]error {
	hidden := map[*wish]error{}
	delegations := zone.NewDelegations(domain, current.Records())
	for _, w := range batch {
		if w.Operation != zone.Add || len(delegations.Occluded([]zone.Record{w.Record})) == 0 {
			continue
		}
		delegation, _ := delegations.Over(w.Record.Name)
		hidden[w] = fmt.Errorf("zone %s delegates %s to other name servers, so that nobody would see the TXT record of %s: solve the challenge at their provider, "+
			"or add there a CNAME for it that points into a zone of this operator, with cnameStrategy: Follow", domain, delegation, w.Record.Name)
	}
	return hidden
}

func failureOf(w *wish, failures []zone.Failure) error {
	n := slices.IndexFunc(failures, func(f zone.Failure) bool { return f.Change == w.Change })
	if n < 0 {
		return nil
	}
	return fmt.Errorf("%s the TXT record of %s: %w", w.Operation, w.Record.Name, failures[n].Err)
}

func settleAll(batch []*wish, err error) {
	for _, w := range batch {
		w.settle(err)
	}
}

// changesFor gives what a batch still needs of a zone, in the order of the wishes.
func changesFor(batch []*wish, current zone.Snapshot) []zone.Change {
	var changes []zone.Change
	for _, w := range batch {
		done := current.Has(w.Record) == (w.Operation == zone.Add)
		if !done && !slices.Contains(changes, w.Change) {
			changes = append(changes, w.Change)
		}
	}
	return changes
}

// freshStore keeps an Editor from trusting what is known of a zone that can be edited, which may be older than a write
// whose answer was lost: a challenge has been presented, or is gone, when REG.API says so now.
type freshStore struct{ *account.Connection }

// KnownZone gives what is known of a zone that cannot be edited, so that asking for it costs nothing.
func (s freshStore) KnownZone(domain string) (regapi.ZoneRecords, bool) {
	known, ok := s.Connection.KnownZone(domain)
	return known, ok && known.Err != nil
}
