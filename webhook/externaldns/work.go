package externaldns

import (
	"context"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/regapi-io/regapi-operator/internal/account"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/traffic"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	// maxPasses of an order: one to add, one to remove, and one to tidy up after what did not come; the last is a reserve.
	maxPasses = 4
	// recently is how old a reading may be that changes are made by, which is a sweep's interval and some more. external-dns
	// has planned by the same reading. What somebody else changed since is refused, or shows when the zone is read back.
	recently = 15 * time.Minute
)

// recentStore spares the reading of a zone that was read recently.
type recentStore struct{ *account.Connection }

// ReadZone reads a zone, unless that was done recently and nothing was written since.
func (s recentStore) ReadZone(ctx context.Context, domain string) (regapi.ZoneRecords, error) {
	if known, ok := s.RecentZone(domain, recently); ok && known.Err == nil {
		return known, nil
	}
	return s.Connection.ReadZone(ctx, domain)
}

// work is an order that is being carried out.
type work struct {
	*Provider
	found  *served
	order  *order
	target zone.Target
	rules  rules
	done   progress
	made   []zone.Change
}

func (p *Provider) edit(ctx context.Context, found *served, o *order) error {
	connection, err := p.connect(ctx, found)
	if err != nil {
		return err
	}
	w := &work{
		Provider: p, found: found, order: o, rules: newRules(found.zone, o.domain),
		target: zone.Target{Domain: o.domain, Store: recentStore{connection}},
		done:   progress{failed: map[zone.Change]bool{}, taken: map[zone.Record]bool{}},
	}
	w.rules.limit, w.rules.rehearse = p.settings.MaxChanges, p.settings.DryRun
	w.rules.refused = func(record zone.Record) bool { return p.refusals.holds(o.domain, record) }
	defer func() { p.report(ctx, found, o.domain, w.made) }()
	for range maxPasses {
		if more, err := w.pass(traffic.WithPriority(ctx, traffic.Change)); err != nil || !more {
			return err
		}
	}
	return nil
}

// pass makes the changes of the next plan, and says whether there is another.
func (w *work) pass(ctx context.Context) (more bool, err error) {
	var planned plan
	asked := zone.Edit{Plan: func(current zone.Snapshot) zone.Edits {
		planned = w.order.plan(current, w.rules, w.done)
		if w.settings.DryRun {
			return zone.Edits{}
		}
		return zone.Edits{Changes: planned.now}
	}}
	result, err := w.settings.Editor.Edit(ctx, w.target, asked)
	if err != nil {
		return false, err
	}
	w.refuse(ctx, planned.refusals)
	if w.settings.DryRun {
		showPlan(ctx, w.order.domain, planned.now)
		return false, nil
	}
	if len(planned.now) == 0 {
		return false, nil
	}
	w.learn(ctx, planned, result)
	next := w.order.plan(result.Zone, w.rules, w.done)
	w.refuse(ctx, next.refusals)
	return len(next.now) > 0, nil
}

// learn takes over what came of a pass.
func (w *work) learn(ctx context.Context, planned plan, result zone.Result) {
	w.made = append(w.made, result.Made()...)
	w.done.names, w.rules.limit = planned.names, 0
	for _, record := range planned.taken {
		w.done.taken[record] = !result.Zone.Has(record)
	}
	standing := map[string][]zone.Record{}
	for _, record := range result.Zone.Records() {
		standing[record.Name] = append(standing[record.Name], record)
	}
	for _, failure := range result.Failures {
		record := failure.Change.Record
		// Somebody else was quicker, with the record or with one that it cannot stand beside; the next plan sees which.
		_, obstructed := obstacle(record, standing[record.Name])
		if failure.Change.Operation == zone.Add && (obstructed || result.Zone.Has(record)) {
			continue
		}
		w.done.failed[failure.Change] = true
		w.tell(ctx, w.found, w.order.domain, refusalOf(failure), failure.Final())
	}
}

func (w *work) refuse(ctx context.Context, refusals []refusal) {
	for _, r := range refusals {
		w.tell(ctx, w.found, w.order.domain, r, false)
	}
}

func showPlan(ctx context.Context, domain string, planned []zone.Change) {
	for _, change := range planned {
		log.FromContext(ctx).Info("Would change the zone for external-dns", "domain", domain, "change", change.String())
	}
}
