package externaldns

import (
	"context"
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/provenance"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	// maxPasses of an order: one for it, and one to tidy up after what did not come; the last is a reserve.
	maxPasses = 3
	// recently is how old a reading may be that changes are made by, which is a sweep's interval and some more. external-dns
	// has planned by the same reading. What somebody else changed since is refused, or shows when the zone is read back.
	recently = 15 * time.Minute
)

// recentStore spares the reading of a zone that was read recently, and notes what was refused.
type recentStore struct {
	*account.Connection
	// refused are the actions that REG.API refused, also where the zone shows what they should have brought: somebody else did.
	refused map[regapi.Action]bool
}

// ReadZone reads a zone, unless that was done recently and nothing was written since.
func (s recentStore) ReadZone(ctx context.Context, domain string) (regapi.ZoneRecords, error) {
	if known, ok := s.RecentZone(domain, recently); ok && known.Err == nil {
		return known, nil
	}
	return s.Connection.ReadZone(ctx, domain)
}

// WriteZone makes changes in a zone.
func (s recentStore) WriteZone(ctx context.Context, domain string, actions []regapi.Action, needs [][]int) ([]error, error) {
	results, err := s.Connection.WriteZone(ctx, domain, actions, needs)
	for i, refused := range results {
		if refused != nil {
			s.refused[actions[i]] = true
		}
	}
	return results, err
}

// refuses says whether REG.API refused to add a record.
func (s recentStore) refuses(record zone.Record) bool {
	action, err := zone.AddAction(record)
	return err != nil || s.refused[action]
}

// work is an order that is being carried out.
type work struct {
	*Provider
	found  *served
	order  *order
	domain string
	store  recentStore
	rules  rules
	done   progress
	made   []zone.Change
	// refusals are what of the order has not come about as far as it has been carried out.
	refusals []refusal
}

// newWork begins to carry out an order. What an earlier one has taken away and not replaced is put back first.
func (p *Provider) newWork(ctx context.Context, found *served, o *order) (*work, error) {
	connection, err := p.connect(ctx, found)
	if err != nil {
		return nil, err
	}
	left, err := p.restore(ctx, found, o.domain)
	if err != nil {
		return nil, err
	}
	remembered, err := p.settings.Memory.Of(ctx, o.domain)
	if err != nil {
		return nil, err
	}
	w := &work{
		Provider: p, found: found, order: o, rules: newRules(found.zone, o.domain),
		domain: o.domain, store: recentStore{connection, map[regapi.Action]bool{}},
		done: progress{failed: map[zone.Change]refusal{}, added: map[zone.Record]bool{}, unmarked: map[zone.Record]bool{}, left: left},
	}
	w.rules.limit, w.rules.made = p.settings.MaxChanges, remembered.Made.Has
	w.rules.refused = func(record zone.Record) (refusal, bool) { return p.refusals.holds(o.domain, record) }
	return w, nil
}

func (w *work) run(ctx context.Context) error {
	for range maxPasses {
		if more, err := w.pass(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByExternalDNS)); err != nil || !more {
			return err
		}
	}
	return nil
}

// pass makes the changes of the next plan, and says whether there is another.
func (w *work) pass(ctx context.Context) (more bool, err error) {
	var planned plan
	asked := zone.Edit{
		Plan: func(current zone.Snapshot) zone.Edits {
			planned = w.order.plan(current, w.rules, w.done)
			if w.settings.DryRun {
				return zone.Edits{}
			}
			return planned.edits
		},
		Prepare: func(ctx context.Context, edits zone.Edits) error {
			return w.remember(ctx, edits)
		},
	}
	result, err := w.settings.Editor.Edit(ctx, zone.Target{Domain: w.domain, Store: w.store}, asked)
	if err != nil {
		return false, err
	}
	w.refusals = slices.Concat(planned.refusals, refusalsOfEmpty(w.done.left, result.Zone))
	if w.settings.DryRun {
		showPlan(ctx, w.domain, planned.edits.Changes)
		return false, nil
	}
	if planned.edits.Empty() {
		return false, nil
	}
	w.learn(planned, result)
	if err := w.settle(ctx, result); err != nil {
		return false, err
	}
	next := w.order.plan(result.Zone, w.rules, w.done)
	w.refusals = slices.Concat(next.refusals, refusalsOfEmpty(w.done.left, result.Zone))
	return !next.edits.Empty(), nil
}

// learn takes over what came of a pass.
func (w *work) learn(planned plan, result zone.Result) {
	w.done.names, w.rules.limit = planned.names, 0
	for _, change := range result.Made() {
		if change.Operation == zone.Add && w.store.refuses(change.Record) {
			continue // Somebody else added it.
		}
		w.made = append(w.made, change)
		w.done.added[change.Record] = change.Operation == zone.Add
	}
	for _, record := range planned.unmarked {
		w.done.unmarked[record] = !result.Zone.Has(record)
	}
	standing := map[string][]zone.Record{}
	for _, record := range result.Zone.Records() {
		standing[record.Name] = append(standing[record.Name], record)
	}
	for _, failure := range result.Failures {
		record := failure.Change.Record
		// Somebody else was quicker, with the record or with one that it cannot stand beside; the next plan sees which.
		_, obstructed := obstacle(record, standing[record.Name])
		if failure.GivenUp() || (failure.Change.Operation == zone.Add && (obstructed || result.Zone.Has(record)) && !swapped(planned, record)) {
			continue
		}
		w.done.failed[failure.Change] = refusalOf(failure)
	}
}

// swapped says whether a record was to take the place of one that it cannot stand beside, and that stands again.
func swapped(planned plan, record zone.Record) bool {
	for _, swap := range planned.edits.Swaps {
		for _, given := range swap.Given {
			if given == record {
				return true
			}
		}
	}
	return false
}

// remember writes down what edits are about to make and to take.
func (w *work) remember(ctx context.Context, edits zone.Edits) error {
	taken := slices.Clone(w.done.left)
	for _, swap := range edits.Swaps {
		taken = append(taken, swap.Taken...)
	}
	return w.settings.Memory.Change(ctx, w.domain, func(e *provenance.Entry) {
		for _, record := range edits.Added() {
			e.Made.Add(record)
		}
		e.Take(taken, w.found.accountKey())
	})
}

// settle writes down what has become of edits. What left a name empty stays noted, to be put back.
func (w *work) settle(ctx context.Context, result zone.Result) error {
	left := w.done.left
	for _, swap := range result.Empty {
		left = append(left, swap.Taken...)
	}
	w.done.left = zone.Unrestored(left, result.Zone)
	return w.settings.Memory.Change(ctx, w.domain, func(e *provenance.Entry) {
		var made zone.Set
		for _, record := range result.Zone.Records() {
			if e.Made.Has(record) {
				made.Add(record)
			}
		}
		e.Made = made
		e.Take(w.done.left, w.found.accountKey())
	})
}

// restore puts back what was taken from names that are empty since, and gives what is left of that.
func (p *Provider) restore(ctx context.Context, found *served, domain string) (left []zone.Record, err error) {
	remembered, err := p.settings.Memory.Of(ctx, domain)
	if err != nil || len(remembered.Taken) == 0 || remembered.Of != found.accountKey() {
		return nil, err
	}
	connection, err := p.connect(ctx, found)
	if err != nil {
		return nil, err
	}
	edit := zone.Edit{Fresh: true, Plan: func(current zone.Snapshot) zone.Edits {
		return zone.Edits{Changes: zone.Restore(remembered.Taken, current)}
	}}
	result, err := p.settings.Editor.Edit(traffic.WithAskers(traffic.WithPriority(ctx, traffic.Change), traffic.ByExternalDNS), zone.Target{Domain: domain, Store: connection}, edit)
	if err != nil {
		return nil, fmt.Errorf("put back what was taken from zone %s: %w", domain, err)
	}
	p.report(ctx, found, domain, result.Made())
	left = zone.Unrestored(remembered.Taken, result.Zone)
	return left, p.settings.Memory.Change(ctx, domain, func(e *provenance.Entry) { e.Take(left, found.accountKey()) })
}

func showPlan(ctx context.Context, domain string, planned []zone.Change) {
	for _, change := range planned {
		log.FromContext(ctx).Info("Would change the zone for external-dns", "domain", domain, "change", change.String())
	}
}
