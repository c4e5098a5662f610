package zone

import (
	"context"
	"errors"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Store is how zones are read and written: the part of an account that an Editor needs.
type Store interface {
	// KnownZone gives a zone as it was last seen, which may be minutes ago, without a request.
	KnownZone(domain string) (regapi.ZoneRecords, bool)
	// ReadZone reads a zone. For the reading before a write a Store may give one that it made lately, where whoever edits has
	// planned by that one; never after a write.
	ReadZone(ctx context.Context, domain string) (regapi.ZoneRecords, error)
	// WriteZone makes changes in their order, and gives one result for each; an error where nothing is known of any.
	WriteZone(ctx context.Context, domain string, actions []regapi.Action) ([]error, error)
	// WriteSOA sets the lifetimes of a zone.
	WriteSOA(ctx context.Context, domain string, soa regapi.SOA) error
	// WriteWeb calls one of the functions that WebOperation names.
	WriteWeb(ctx context.Context, domain, function string) error
}

// WebOperation is a function of REG.API that changes records of a service of its own (9.14 to 9.17).
type WebOperation string

// The operations.
const (
	TuneForwarding  WebOperation = "zone/tune_forwarding"
	ClearForwarding WebOperation = "zone/clear_forwarding"
	TuneParking     WebOperation = "zone/tune_parking"
	ClearParking    WebOperation = "zone/clear_parking"
)

// Target is a zone and the way to it.
type Target struct {
	// Domain in canonical form.
	Domain string
	// Store of the account that holds the domain.
	Store Store
}

// Snapshot is a zone as REG.API listed it.
type Snapshot struct {
	// ServiceID is the number that REG.API knows the domain by.
	ServiceID regapi.ID
	// SOA holds the lifetimes of the zone.
	SOA regapi.SOA

	// listed holds each record in the spellings that the API used, since a removal has to name a record as it is listed.
	listed map[Record][]regapi.ResourceRecord
}

// Records gives the records in canonical form, in no particular order.
func (s Snapshot) Records() []Record {
	records := make([]Record, 0, len(s.listed))
	for record := range s.listed {
		records = append(records, record)
	}
	return records
}

// Has says whether the zone holds the record.
func (s Snapshot) Has(record Record) bool { return len(s.listed[record]) > 0 }

// Edits is what to do with a zone.
type Edits struct {
	// SOA to set; nil leaves it.
	SOA *regapi.SOA
	// Web operations, which come before the changes.
	Web []WebOperation
	// Changes in their order.
	Changes []Change
}

// Added gives the records that the edits add.
func (e Edits) Added() []Record { return recordsOf(e.Changes, Add) }

func (e Edits) empty() bool { return e.SOA == nil && len(e.Web) == 0 && len(e.Changes) == 0 }

// Failure is a change that did not come about, while others did.
type Failure struct {
	// Change that failed; its record is empty where the SOA failed.
	Change Change
	// Err is what REG.API said, or ErrNotApplied.
	Err error
}

// Final says whether trying again is pointless as long as the record stays the same.
func (f Failure) Final() bool {
	return f.Change.Operation != Remove && regapi.IsInvalid(f.Err)
}

// Result is what came of an edit.
type Result struct {
	// Before is the zone as it was read before the changes, and after web services were cleared away; empty if there were none.
	Before Snapshot
	// WebChanged says that operations of web services were carried out.
	WebChanged bool
	// Zone as it was read last: after the changes, if there were any.
	Zone Snapshot
	// Failures are the changes that did not come about.
	Failures []Failure

	asked []Change
}

// Made gives the changes that came about.
func (r Result) Made() []Change {
	failed := map[Change]bool{}
	for _, failure := range r.Failures {
		failed[failure.Change] = true
	}
	var made []Change
	for _, change := range r.asked {
		if !failed[change] {
			made = append(made, change)
		}
	}
	return made
}

// ErrNotApplied says that REG.API reported success and the zone does not show it.
var ErrNotApplied = errors.New("REG.API reported success, but the zone does not show the change")

// Edit is what somebody wants of a zone.
type Edit struct {
	// Plan says what to do with a zone. It may be asked more than once, each time with a newer state of the zone.
	Plan func(current Snapshot) Edits
	// Prepare is called before anything is written; nothing is when it fails. It may be nil.
	Prepare func(ctx context.Context, edits Edits) error
}

// Editor changes zones. One Editor serves a whole process.
type Editor struct {
	locks keyedLock
}

// NewEditor gives an Editor.
func NewEditor() *Editor { return &Editor{} }

// Edit brings a zone to what somebody wants of it: it reads the zone, plans, writes, and reads it back. While it runs no
// other Edit of the same zone does. A zone that is known already and needs nothing, or that cannot be changed, costs no
// request; what is known may be minutes old, so that the Store is always asked for a reading before anything is written.
//
// A change that REG.API refuses does not stop the others: it is among the failures of the result. An error ends the edit
// at once, and says that the zone's state is not known; what Prepare wrote down lets the next edit find out.
func (e *Editor) Edit(ctx context.Context, target Target, edit Edit) (Result, error) {
	unlock, err := e.locks.lock(ctx, target.Domain)
	if err != nil {
		return Result{}, err
	}
	defer unlock()

	if known, ok := target.Store.KnownZone(target.Domain); ok {
		if outOfHand(known.Err) {
			return Result{}, known.Err
		}
		if zone := NewSnapshot(known); known.Err == nil && edit.Plan(zone).empty() {
			return Result{Zone: zone}, nil
		}
	}
	before, err := read(ctx, target)
	if err != nil {
		return Result{}, err
	}
	edits := edit.Plan(before)
	if edits.empty() {
		return Result{Zone: before}, nil
	}
	return carryOut(ctx, target, edit, before, edits)
}

// outOfHand says whether an error tells of a zone that nothing here can change, so that the next sweep tells early enough
// whether that still holds: it is delegated elsewhere, or not in the account.
func outOfHand(err error) bool { return regapi.IsBlocked(err) || regapi.IsNotFound(err) }

func carryOut(ctx context.Context, target Target, edit Edit, before Snapshot, edits Edits) (Result, error) {
	if edit.Prepare != nil {
		if err := edit.Prepare(ctx, edits); err != nil {
			return Result{}, err
		}
	}
	before, err := writeWeb(ctx, target, before, edits.Web)
	if err != nil {
		return Result{}, err
	}
	failures, err := write(ctx, target, before, edits)
	if err != nil {
		return Result{}, err
	}
	after, err := read(ctx, target)
	if err != nil {
		return Result{}, err
	}
	return Result{
		Before: before, Zone: after, Failures: verify(after, edits, failures),
		WebChanged: len(edits.Web) > 0, asked: edits.Changes,
	}, nil
}

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

func read(ctx context.Context, target Target) (Snapshot, error) {
	zone, err := target.Store.ReadZone(ctx, target.Domain)
	if err != nil {
		return Snapshot{}, err
	}
	if zone.Err != nil {
		return Snapshot{}, zone.Err
	}
	return NewSnapshot(zone), nil
}

// NewSnapshot reads a zone as REG.API listed it.
func NewSnapshot(zone regapi.ZoneRecords) Snapshot {
	snapshot := Snapshot{ServiceID: zone.ServiceID, SOA: zone.SOA, listed: make(map[Record][]regapi.ResourceRecord, len(zone.Records))}
	for _, rr := range zone.Records {
		record := FromAPI(rr)
		snapshot.listed[record] = append(snapshot.listed[record], rr)
	}
	return snapshot
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
	actions, changes, err := actionsOf(edits.Changes, before)
	if err != nil || len(actions) == 0 {
		return failures, err
	}
	results, err := target.Store.WriteZone(ctx, target.Domain, actions)
	if err != nil {
		return nil, fmt.Errorf("write zone %s: %w", target.Domain, err)
	}
	for n, err := range results {
		switch {
		case err == nil:
		case regapi.ConcernsOneAction(err):
			failures = append(failures, Failure{Change: changes[n], Err: err})
		default:
			return nil, fmt.Errorf("%s: %w", describe(changes[n]), err)
		}
	}
	return failures, nil
}

// actionsOf gives one action for an addition, and one for every spelling that the zone lists for a removal; beside each
// action stands its change.
func actionsOf(changes []Change, before Snapshot) (actions []regapi.Action, of []Change, err error) {
	for _, change := range changes {
		if change.Operation == Remove {
			for _, rr := range before.listed[change.Record] {
				actions, of = append(actions, removeAction(rr)), append(of, change)
			}
			continue
		}
		action, err := AddAction(change.Record)
		if err != nil {
			return nil, nil, err
		}
		actions, of = append(actions, action), append(of, change)
	}
	return actions, of, nil
}

// verify adds to the failures what was reported as done and does not show.
func verify(after Snapshot, edits Edits, failures []Failure) []Failure {
	failed := map[Change]bool{}
	for _, failure := range failures {
		failed[failure.Change] = true
	}
	if soa := (Change{}); edits.SOA != nil && !failed[soa] && after.SOA != *edits.SOA {
		failures = append(failures, Failure{Change: soa, Err: ErrNotApplied})
	}
	for _, change := range edits.Changes {
		if done := after.Has(change.Record) == (change.Operation == Add); !done && !failed[change] {
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

// String names the change and what went wrong with it.
func (f Failure) String() string { return fmt.Sprintf("%s: %v", describe(f.Change), f.Err) }
