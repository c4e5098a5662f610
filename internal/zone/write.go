package zone

import (
	"context"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// writeWeb carries out operations of web services. Before the last it reads the zone again, so that what the last one adds
// can be told from everything else.
func writeWeb(ctx context.Context, target Target, before Snapshot, operations []WebOperation) (Snapshot, error) {
	for n, operation := range operations {
		if n > 0 && n == len(operations)-1 {
			var err error
			if before, err = read(ctx, target); err != nil {
				return Snapshot{}, err
			}
		}
		if err := target.Store.WriteWeb(ctx, target.Domain, string(operation)); err != nil {
			return Snapshot{}, fmt.Errorf("%s: %w", operation, err)
		}
	}
	return before, nil
}

func write(ctx context.Context, target Target, before Snapshot, edits Edits) ([]Failure, error) {
	var failures []Failure
	if edits.SOA != nil {
		if err := target.Store.WriteSOA(ctx, target.Domain, *edits.SOA); err != nil {
			if !regapi.ConcernsOneAction(err) {
				return nil, fmt.Errorf("%s: %w", describe(Change{}), err)
			}
			failures = append(failures, Failure{Err: err})
		}
	}
	refused, err := writeChanges(ctx, target, before, edits)
	return append(failures, refused...), err
}

func writeChanges(ctx context.Context, target Target, before Snapshot, edits Edits) ([]Failure, error) {
	list, err := actionsOf(edits, before)
	if err != nil || len(list.actions) == 0 {
		return nil, err
	}
	results, err := target.Store.WriteZone(ctx, target.Domain, list.actions, list.needs)
	if err != nil {
		return nil, fmt.Errorf("write zone %s: %w", target.Domain, err)
	}
	var failures []Failure
	for n, err := range results {
		switch {
		case err == nil:
		case list.inVain(n, results):
			failures = append(failures, Failure{Change: list.of[n], Err: ErrGivenUp})
		case regapi.ConcernsOneAction(err):
			failures = append(failures, Failure{Change: list.of[n], Err: err})
		default:
			err = fmt.Errorf("%s: %w", describe(list.of[n]), err)
			if list.progressed(results, edits.Swaps) {
				err = &Interrupted{err}
			}
			return nil, err
		}
	}
	return failures, nil
}

// progressed says whether REG.API has made a change that is no part of a swap, which may be undone yet.
func (l actionList) progressed(results []error, swaps []Swap) bool {
	swapped := map[Record]bool{}
	for _, swap := range swaps {
		for _, record := range slices.Concat(swap.Taken, swap.Given) {
			swapped[record] = true
		}
	}
	for n, err := range results {
		if err == nil && !swapped[l.of[n].Record] {
			return true
		}
	}
	return false
}

// actionList is what is sent, with what stands beside each action.
type actionList struct {
	actions []regapi.Action
	of      []Change
	needs   [][]int
}

// inVain says whether an action was given up, since nothing that it needed came about.
func (l actionList) inVain(n int, results []error) bool {
	return len(l.needs[n]) > 0 && !slices.ContainsFunc(l.needs[n], func(need int) bool { return results[need] == nil })
}

// actionsOf gives one action for an addition, and one for every spelling that the zone lists for a removal.
func actionsOf(edits Edits, before Snapshot) (actionList, error) {
	var list actionList
	placeOf := map[Record]int{}
	for _, change := range edits.Changes {
		var needs []int
		for _, needed := range edits.Needs[change.Record] {
			needs = append(needs, placeOf[needed])
		}
		if change.Operation == Add {
			action, err := AddAction(change.Record)
			if err != nil {
				return actionList{}, err
			}
			placeOf[change.Record] = len(list.actions)
			list.append(action, change, needs)
			continue
		}
		for _, rr := range before.listed[change.Record] {
			list.append(removeAction(rr), change, needs)
		}
	}
	return list, nil
}

func (l *actionList) append(action regapi.Action, of Change, needs []int) {
	l.actions, l.of, l.needs = append(l.actions, action), append(l.of, of), append(l.needs, needs)
}

// verify adds to the failures what was reported as done and does not show, and takes out what was refused and shows all the
// same: a record that was there already, or one that was gone.
func verify(after Snapshot, edits Edits, failures []Failure) []Failure {
	done := func(change Change) bool { return after.Has(change.Record) == (change.Operation == Add) }
	failures = slices.DeleteFunc(failures, func(f Failure) bool { return f.Change != (Change{}) && done(f.Change) })
	failed := map[Change]bool{}
	for _, failure := range failures {
		failed[failure.Change] = true
	}
	if soa := (Change{}); edits.SOA != nil && !failed[soa] && after.SOA != *edits.SOA {
		failures = append(failures, Failure{Change: soa, Err: ErrNotApplied})
	}
	for _, change := range edits.Changes {
		if !done(change) && !failed[change] {
			failures = append(failures, Failure{Change: change, Err: ErrNotApplied})
		}
	}
	return failures
}

func describe(change Change) string {
	switch change.Operation {
	case Add:
		return "add " + change.Record.String()
	case Remove:
		return "remove " + change.Record.String()
	default:
		return "set the SOA"
	}
}
