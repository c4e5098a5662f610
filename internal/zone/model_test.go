package zone

import (
	"context"
	"errors"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// errLost is what becomes of a request whose answer is lost.
var errLost = errors.New("the answer was lost")

// modelStore is a zone that refuses what REG.API refuses, and fails as it is told to.
type modelStore struct {
	zone map[Record]bool
	// refused records are never added; failing ones once fail for a reason that passes.
	refused, failing map[Record]bool
	// ownNames keep every record of theirs from being removed.
	unremovable map[Record]bool
	// late records show one reading later than they are added.
	late map[Record]bool
	// hidden are those that do not show yet.
	hidden map[Record]bool
	// killAfter is after how many actions the process dies, with its answer lost; negative for never.
	killAfter int
	// deny removes what is known: whether nothing was read since the last write.
	writes int
	// removed are all records that were removed.
	removed []Record
}

func newModel(records ...Record) *modelStore {
	return &modelStore{zone: membership(records), killAfter: -1, hidden: map[Record]bool{}}
}

func (m *modelStore) Owner() string { return "" }

func (m *modelStore) KnownZone(string) (regapi.ZoneRecords, bool) { return regapi.ZoneRecords{}, false }

func (m *modelStore) ReadZone(context.Context, string) (regapi.ZoneRecords, error) {
	if m.killAfter == 0 {
		return regapi.ZoneRecords{}, errLost
	}
	var zone regapi.ZoneRecords
	for record := range m.zone {
		if !m.hidden[record] {
			zone.Records = append(zone.Records, regapi.ResourceRecord{
				Subname: record.Name, Rectype: string(record.Type), Content: record.Content, Prio: int(record.Priority),
			})
		}
	}
	clear(m.hidden)
	return zone, nil
}

func (m *modelStore) WriteZone(_ context.Context, domain string, actions []regapi.Action, needs [][]int) ([]error, error) {
	results := make([]error, len(actions))
	for n, action := range actions {
		if m.killAfter == 0 {
			return nil, errLost
		}
		if len(needs[n]) > 0 && !slices.ContainsFunc(needs[n], func(need int) bool { return results[need] == nil }) {
			results[n] = &regapi.Error{Domain: domain, Text: "given up"}
			continue
		}
		results[n] = m.take(domain, action)
		m.writes++
		m.killAfter--
	}
	if m.killAfter == 0 {
		return nil, errLost
	}
	return results, nil
}

// take makes one change.
func (m *modelStore) take(domain string, action regapi.Action) error {
	if removal, ok := action.(regapi.RemoveRecord); ok {
		record := FromAPI(regapi.ResourceRecord{Subname: removal.Subdomain, Rectype: removal.RecordType, Content: removal.Content, Prio: removal.Priority})
		if m.unremovable[record] {
			return &regapi.Error{Domain: domain, Code: regapi.CodeInternalError}
		}
		if m.zone[record] {
			m.removed = append(m.removed, record)
		}
		delete(m.zone, record)
		return nil
	}
	record, _ := recordOf(action)
	switch {
	case m.refused[record]:
		return &regapi.Error{Domain: domain, Code: regapi.CodeParameterIncorrect}
	case m.failing[record]:
		delete(m.failing, record)
		return &regapi.Error{Domain: domain, Code: regapi.CodeInternalError}
	}
	for other := range m.zone {
		if other.Name == record.Name && other != record && (other.Type == CNAME || record.Type == CNAME) {
			return &regapi.Error{Domain: domain, Code: regapi.CodeConflictCNAME}
		}
	}
	m.zone[record] = true
	if m.late[record] {
		delete(m.late, record)
		m.hidden[record] = true
	}
	return nil
}

func (m *modelStore) WriteSOA(context.Context, string, regapi.SOA) error { return nil }

func (m *modelStore) WriteWeb(context.Context, string, string) error { return nil }

func (m *modelStore) records() []Record {
	var records []Record
	for record := range m.zone {
		records = append(records, record)
	}
	return sorted(records)
}

// owner keeps a zone as a controller does: it writes ahead, edits, and remembers what came of it.
type owner struct {
	store    *modelStore
	owned    Ownership
	taken    []Record
	refused  map[Record]bool
	policy   Policy
	lastPlan Plan
}

// reconcile brings the zone to what is declared, as far as one attempt goes.
func (o *owner) reconcile(declared []Record) (Result, error) {
	target := Target{Domain: "example.ru", Store: o.store}
	if err := o.restore(target, declared); err != nil {
		return Result{}, err
	}
	unrestored := slices.Clone(o.taken)
	declaration := Declaration{Records: declared}
	for record := range o.refused {
		if slices.Contains(declared, record) {
			declaration.Missing = append(declaration.Missing, record)
		}
	}
	result, err := NewEditor().Edit(context.Background(), target, Edit{
		Plan: func(current Snapshot) Edits {
			o.lastPlan = NewPlan(declaration, o.owned, current.Records(), o.policy)
			return EditsOf(o.lastPlan)
		},
		Prepare: func(context.Context, Edits) error {
			o.owned = o.owned.Ahead(o.lastPlan)
			o.taken = nil
			for _, swap := range o.lastPlan.Swaps {
				o.taken = append(o.taken, swap.Taken...)
			}
			o.taken = append(o.taken, unrestored...)
			return nil
		},
	})
	if err != nil {
		return result, err
	}
	o.taken = nil
	for _, swap := range append(result.Empty, Swap{Taken: Unrestored(unrestored, result.Zone)}) {
		o.taken = append(o.taken, swap.Taken...)
	}
	declaration.Missing = append(declaration.Missing, o.taken...)
	o.owned = o.owned.Ahead(Plan{Adopted: o.lastPlan.Adopted}).After(declaration, result, o.policy)
	for _, failure := range result.Failures {
		if failure.Final() && !regapi.HasCode(failure.Err, regapi.CodeConflictCNAME) {
			o.refused[failure.Change.Record] = true
		}
	}
	return result, nil
}

// restore puts back what an earlier attempt took away and did not replace, and keeps in mind what is not taken back.
func (o *owner) restore(target Target, declared []Record) error {
	taken := slices.DeleteFunc(slices.Clone(o.taken), func(r Record) bool {
		return o.owned.Has(r) && !slices.ContainsFunc(declared, func(d Record) bool { return d.Name == r.Name })
	})
	o.taken = taken
	if len(taken) == 0 {
		return nil
	}
	result, err := NewEditor().Edit(context.Background(), target, Edit{Fresh: true, Plan: func(current Snapshot) Edits {
		return Edits{Changes: Restore(taken, current)}
	}})
	if err == nil {
		o.taken = Unrestored(taken, result.Zone)
	}
	return err
}
