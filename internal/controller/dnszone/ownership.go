package dnszone

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/text"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

const (
	// maxReplaced, maxTaken and maxRecordLine bound lists of the status.
	maxReplaced   = 50
	maxTaken      = 1000
	maxRecordLine = 4096
)

func (s *scope) ownership() zone.Ownership {
	owned := s.zone.Status.Owned
	return zone.Ownership{
		Confirmed: zone.ParseSet(owned.Confirmed), Pending: zone.ParseSet(owned.Pending), Adopted: zone.ParseSet(owned.Adopted),
	}
}

func (s *scope) setOwnership(owned zone.Ownership) {
	status := &s.zone.Status.Owned
	status.Confirmed, status.Pending, status.Adopted = owned.Confirmed.Bytes(), owned.Pending.Bytes(), owned.Adopted.Bytes()
}

// bind makes what the status remembers speak of the zone that was read. What it remembers of another account's zone, or of the
// same name bought again, tells nothing about this one.
func (s *scope) bind(current zone.Snapshot) {
	service := current.ServiceID.String()
	of := s.loginID() + "/" + service
	owned := &s.zone.Status.Owned
	if current.ServiceID == 0 || owned.Of == of { // An answer without the number tells nothing.
		return
	}
	if former, same := strings.CutSuffix(owned.Of, "/"+service); owned.Of != "" && (!same || !s.wasKnownAs(former)) {
		*owned = v1alpha1.OwnedRecords{Rule: v1alpha1.OwnershipDeclared}
		s.zone.Status.Approvals, s.zone.Status.Taken, s.zone.Status.WebService = v1alpha1.ZoneApprovals{}, nil, ""
	}
	owned.Of = of
}

func (s *scope) loginID() string {
	if s.connection == nil {
		return ""
	}
	return s.connection.ID
}

// wasKnownAs says whether the account was named like that before, after the spelling of its endpoint and of its user.
func (s *scope) wasKnownAs(id string) bool { return s.connection != nil && s.connection.WasKnownAs(id) }

// onOlderRule says whether a version wrote the status that owned what it created, and nothing that it found.
func (s *scope) onOlderRule() bool { return s.zone.Status.Owned.Rule == "" && !s.unseen }

// beginRule makes an object that nobody has looked at yet one of the present rule.
func (s *scope) beginRule() {
	if s.unseen {
		s.zone.Status.Owned.Rule = v1alpha1.OwnershipDeclared
	}
}

// adoptable are the records of the plan that become the object's own without a write. Where they would be removed with the
// object, one that an older rule has not counted among its own waits for the same approval as a value of somebody else.
func (s *scope) adoptable() []zone.Record {
	if s.mayNotWrite() {
		return nil
	}
	if !s.adoptionAsks() {
		return s.planned.Adopted
	}
	approved := zone.ParseSet(s.zone.Status.Approvals.Adoption)
	var adopted []zone.Record
	for _, record := range s.planned.Adopted {
		if approved.Has(record) {
			adopted = append(adopted, record)
		}
	}
	return adopted
}

// adoptionAsks says whether records that stand as declared may become the object's own only once that was approved.
func (s *scope) adoptionAsks() bool {
	return s.onOlderRule() && s.zone.Spec.DeletionPolicy == v1alpha1.DeletionDelete
}

// writeAhead records what is about to be done, before REG.API is asked: what is created, what becomes the object's own, what is
// taken away to make room, and whose values are replaced. If the process dies in between, the next one knows.
//
// It is written in every case, if only to make sure that the object is still the one that was read: a plan by an older one
// would take its own records for somebody else's.
func (r *Reconciler) writeAhead(ctx context.Context, s *scope) error {
	s.beginRule()
	ahead := s.planned
	ahead.Adopted = s.adoptable()
	s.setOwnership(s.ownership().Ahead(ahead))
	s.setTaken(append(takenBy(s.planned.Swaps), s.unrestored...))
	s.noteReplaced(s.planned.Replaced)
	if err := r.PatchStatusInAnyCase(ctx, s.before, s.zone); err != nil {
		return fmt.Errorf("record what is about to be done: %w", err)
	}
	s.before = copyOf(s.zone)
	return nil
}

// noteReplaced keeps the values of somebody else that are replaced. An attempt that is made again does not note them again.
func (s *scope) noteReplaced(records []zone.Record) {
	replaced := &s.zone.Status.Replaced
	for _, record := range records {
		entry := v1alpha1.ReplacedRecord{Record: text.Shorten(record.String(), maxRecordLine), Generation: s.zone.Generation}
		if !slices.Contains(*replaced, entry) {
			*replaced = append(*replaced, entry)
		}
	}
	*replaced = (*replaced)[max(0, len(*replaced)-maxReplaced):]
}

// takenBy gives the records that swaps take away.
func takenBy(swaps []zone.Swap) []zone.Record {
	var records []zone.Record
	for _, swap := range swaps {
		records = append(records, swap.Taken...)
	}
	return records
}

func (s *scope) setTaken(records []zone.Record) {
	s.zone.Status.Taken = nil
	for _, record := range records[:min(len(records), maxTaken)] {
		s.zone.Status.Taken = append(s.zone.Status.Taken, v1alpha1.TakenRecord{
			Name: record.Name, Type: string(record.Type), Priority: int32(record.Priority), Content: record.Content,
		})
	}
}

func (s *scope) taken() []zone.Record {
	var records []zone.Record
	for _, t := range s.zone.Status.Taken {
		records = append(records, zone.Record{Name: t.Name, Type: zone.Type(t.Type), Priority: uint16(t.Priority), Content: t.Content})
	}
	return records
}

// restore puts back what an earlier attempt took away without putting anything in its place. What REG.API does not take back is
// kept in mind until it does, or until the name holds something else.
func (r *Reconciler) restore(ctx context.Context, s *scope) error {
	if len(s.taken()) == 0 || s.mayNotWrite() {
		return nil
	}
	var taken []zone.Record
	result, err := r.Editor.Edit(ctx, s.target, zone.Edit{Fresh: true, Plan: func(current zone.Snapshot) zone.Edits {
		s.bind(current) // Nothing is put into a zone from which it was not taken.
		taken = slices.DeleteFunc(s.taken(), s.isGivenUp)
		return zone.Edits{Changes: zone.Restore(taken, current)}
	}})
	if err != nil {
		return fmt.Errorf("put back what was taken away: %w", err)
	}
	s.unrestored = zone.Unrestored(taken, result.Zone)
	s.setTaken(s.unrestored)
	return nil
}

// isGivenUp says whether a record is the object's own, at a name of which it declares nothing any more, or about to be removed
// with the object.
func (s *scope) isGivenUp(record zone.Record) bool {
	if s.deleting() && s.removesRecords() {
		return s.ownership().Has(record)
	}
	declared := func(d zone.Record) bool { return d.Name == record.Name }
	return s.ownership().Has(record) && !slices.ContainsFunc(s.declared.Records, declared) && !slices.ContainsFunc(s.declared.Missing, declared)
}

// takeStock remembers what is the object's own after an edit.
func (s *scope) takeStock(result zone.Result) {
	if left := zone.Unrestored(s.unrestored, result.Zone); len(left) > 0 {
		s.emptied = append(s.emptied, zone.Swap{Taken: left})
	}
	empty := takenBy(s.emptied)
	adopted := zone.Plan{Adopted: s.adoptable()}
	// What is still to be put back stays whose it was.
	declared := zone.Declaration{Records: s.declared.Records, Missing: append(slices.Clone(s.declared.Missing), empty...)}
	s.setOwnership(s.ownership().Ahead(adopted).After(declared, result, s.policy()))
	if s.mayNotWrite() {
		return
	}
	if len(s.asked) == 0 {
		s.zone.Status.Owned.Rule = v1alpha1.OwnershipDeclared
	}
	s.setTaken(empty)
	s.noteContests(result.Failures)
	if s.held == nil && len(result.Failures) == 0 {
		s.useApprovals()
	}
}

const (
	// contestedWithin and maxContests: so many changes by somebody else within that time are a contest.
	contestedWithin = time.Hour
	maxContests     = 3
	// maxContested bounds the list.
	maxContested = 100
)

// noteContests counts, for each unit, that REG.API has removed every value of somebody else, even if he has put one back by now.
// What an attempt leaves for the next one does not count: nobody has changed anything in between.
func (s *scope) noteContests(failures []zone.Failure) {
	replaced := map[string]bool{}
	for _, record := range s.planned.Replaced {
		replaced[zone.UnitOf(record)] = s.held == nil
	}
	for _, failure := range failures {
		unit := zone.UnitOf(failure.Change.Record)
		if replaced[unit] && failure.Change.Operation == zone.Remove && !errors.Is(failure.Err, zone.ErrNotApplied) {
			replaced[unit] = false
		}
	}
	for _, unit := range slices.Sorted(maps.Keys(replaced)) {
		if replaced[unit] {
			s.noteContest(unit)
		}
	}
}

// noteContest counts a change by somebody else at a unit; the first time it is first contact.
func (s *scope) noteContest(unit string) {
	contested := &s.zone.Status.Contested
	for i := range *contested {
		entry := &(*contested)[i]
		if entry.Unit != unit {
			continue
		}
		if time.Since(entry.Since.Time) > contestedWithin {
			*entry = v1alpha1.ContestedUnit{Unit: unit, Since: metav1.Now()}
		} else {
			entry.Changes++
		}
		return
	}
	*contested = append(*contested, v1alpha1.ContestedUnit{Unit: unit, Since: metav1.Now()})
	*contested = (*contested)[max(0, len(*contested)-maxContested):]
}

// contested are the units that are left to whoever changes them. Who has lost one gets it back with the next spec.
func (s *scope) contested() map[string]bool {
	units := map[string]bool{}
	for _, entry := range s.zone.Status.Contested {
		lately := time.Since(entry.Since.Time) <= contestedWithin
		if entry.Changes >= maxContests || (entry.Changes == maxContests-1 && lately) {
			units[entry.Unit] = true
		}
	}
	return units
}

// yield makes it last that units are left to somebody else.
func (s *scope) yield() {
	for _, blocked := range s.planned.Blocked {
		for i := range s.zone.Status.Contested {
			if entry := &s.zone.Status.Contested[i]; blocked.Contested() && entry.Unit == zone.UnitOf(blocked.By) {
				entry.Changes = maxContests
			}
		}
	}
}
