package zone

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// A swap takes records away before what takes their place is there. So no edit ends with such a name empty, or with a part of what
// it held: what did not come about for a reason that may pass is tried once more, and then the old records are put back, all of them.

// lostIn gives what a swap has taken and a zone does not show, unless something that takes its place is there.
func (s Swap) lostIn(zone Snapshot) []Record {
	if slices.ContainsFunc(s.Given[:s.For], zone.Has) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.Taken), zone.Has)
}

// unfilled gives the swaps that have lost something.
func unfilled(swaps []Swap, zone Snapshot) []Swap {
	return slices.DeleteFunc(slices.Clone(swaps), func(s Swap) bool { return len(s.lostIn(zone)) == 0 })
}

// Restore gives the changes that put records back that were taken away, at the names that hold nothing but other records of these.
func Restore(taken []Record, current Snapshot) []Change {
	ours := map[Record]bool{}
	for _, record := range taken {
		ours[record] = true
	}
	holding := map[string]bool{}
	for _, record := range current.Records() {
		holding[record.Name] = holding[record.Name] || !record.Registrar() && !ours[record]
	}
	var changes []Change
	for _, record := range taken {
		if !holding[record.Name] && !current.Has(record) {
			changes = append(changes, Change{Add, record})
		}
	}
	return changes
}

// Unrestored gives those of the records that were taken away that are to be kept in mind: all of a name at which one has still to be
// put back, since those that are back do not stand in the way of the others.
func Unrestored(taken []Record, current Snapshot) []Record {
	missing := map[string]bool{}
	for _, change := range Restore(taken, current) {
		missing[change.Record.Name] = true
	}
	return slices.DeleteFunc(slices.Clone(taken), func(r Record) bool { return !missing[r.Name] })
}

// fillEmptyNames looks after the names that the edits have left empty, and brings the result up to date.
func fillEmptyNames(ctx context.Context, target Target, edits Edits, result *Result) error {
	empty := unfilled(edits.Swaps, result.Zone)
	if len(empty) == 0 {
		return nil
	}
	refused := map[Record]bool{}
	for _, failure := range result.Failures {
		refused[failure.Change.Record] = failure.Final()
	}
	zone, left, err := fill(ctx, target, empty, result.Zone, func(r Record) bool { return refused[r] })
	if err != nil {
		return err
	}
	result.Zone, result.Empty = zone, left
	result.Failures = verify(zone, edits, result.Failures)
	return nil
}

// rescue looks after the names of swaps of which it is not known how far they came, and adds to what went wrong what goes wrong
// with that.
func rescue(ctx context.Context, target Target, swaps []Swap, cause error) error {
	if len(swaps) == 0 || ctx.Err() != nil || regapi.IsThrottled(cause) || regapi.IsDenied(cause) {
		return cause // Nothing more goes now. What Prepare wrote down lets the next edit put right what is wrong.
	}
	zone, err := read(ctx, target)
	if err != nil {
		return errors.Join(cause, fmt.Errorf("see whether a name is empty: %w", err))
	}
	empty := unfilled(swaps, zone)
	if len(empty) == 0 {
		return cause
	}
	_, _, err = fill(ctx, target, empty, zone, func(Record) bool { return false })
	return errors.Join(cause, err)
}

// fill adds once more what the swaps give, unless it is refused, and puts back what they took where that helps nothing. It
// gives the zone as it is then, and the swaps whose names are still empty.
func fill(ctx context.Context, target Target, swaps []Swap, zone Snapshot, refused func(Record) bool) (Snapshot, []Swap, error) {
	for _, choose := range []func(Swap) []Record{
		func(s Swap) []Record {
			if len(s.lostIn(zone)) < len(s.Taken) {
				return nil // What is left of the old records stands in its way.
			}
			return slices.DeleteFunc(slices.Clone(s.Given[:s.For]), refused)
		},
		func(s Swap) []Record { return s.lostIn(zone) },
	} {
		var edits Edits
		for _, swap := range swaps {
			for _, record := range choose(swap) {
				edits.Changes = append(edits.Changes, Change{Add, record})
			}
		}
		if len(edits.Changes) == 0 {
			continue
		}
		_, failure := writeChanges(ctx, target, zone, edits)
		after, err := read(ctx, target)
		if err != nil {
			return zone, swaps, errors.Join(failure, err)
		}
		zone = after
		if swaps = unfilled(swaps, zone); len(swaps) == 0 {
			return zone, nil, nil
		}
		if regapi.IsDenied(failure) || regapi.IsThrottled(failure) {
			return zone, swaps, failure
		}
	}
	return zone, swaps, nil
}
