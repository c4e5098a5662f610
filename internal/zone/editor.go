package zone

import (
	"context"
	"errors"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Target is a zone and the way to it.
type Target struct {
	// Domain in canonical form.
	Domain string
	// Client of the account that holds the domain.
	Client *regapi.Client
}

func (t Target) ref() regapi.DomainRef { return regapi.ByName(t.Domain) }

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
	// Changes in their order.
	Changes []Change
}

func (e Edits) empty() bool { return e.SOA == nil && len(e.Changes) == 0 }

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

// Editor changes zones. One Editor serves a whole process.
type Editor struct {
	locks keyedLock
}

// NewEditor gives an Editor.
func NewEditor() *Editor { return &Editor{} }

// Edit reads a zone, asks decide what to do with it, does that, and reads it back. While it runs no other Edit of the same
// zone does. Nothing is written when decide fails or asks for nothing; then the zone is read once.
//
// A change that REG.API refuses does not stop the others: it is among the failures of the result. An error ends the edit
// at once, and says that the zone's state is not known; what decide wrote down beforehand lets the next edit find out.
func (e *Editor) Edit(ctx context.Context, target Target, decide func(ctx context.Context, current Snapshot) (Edits, error)) (Result, error) {
	unlock, err := e.locks.lock(ctx, target.Domain)
	if err != nil {
		return Result{}, err
	}
	defer unlock()

	before, err := read(ctx, target)
	if err != nil {
		return Result{}, err
	}
	edits, err := decide(ctx, before)
	if err != nil || edits.empty() {
		return Result{Zone: before}, err
	}
	failures, err := write(ctx, target, before, edits)
	if err != nil {
		return Result{Zone: before}, err
	}
	after, err := read(ctx, target)
	if err != nil {
		return Result{Zone: before}, err
	}
	return Result{Zone: after, Failures: verify(after, edits, failures), asked: edits.Changes}, nil
}

func read(ctx context.Context, target Target) (Snapshot, error) {
	zones, err := target.Client.Zone.GetResourceRecords(ctx, target.ref())
	if err != nil {
		return Snapshot{}, err
	}
	zone := zones[0]
	if zone.Err != nil {
		return Snapshot{}, zone.Err
	}
	snapshot := Snapshot{ServiceID: zone.ServiceID, SOA: zone.SOA, listed: make(map[Record][]regapi.ResourceRecord, len(zone.Records))}
	for _, rr := range zone.Records {
		record := FromAPI(rr)
		snapshot.listed[record] = append(snapshot.listed[record], rr)
	}
	return snapshot, nil
}

func write(ctx context.Context, target Target, before Snapshot, edits Edits) ([]Failure, error) {
	var failures []Failure
	attempt := func(change Change, call func() ([]regapi.DomainResult, error)) error {
		err := elementError(call())
		if err == nil {
			return nil
		}
		if !concernsOneChange(err) {
			return fmt.Errorf("%s: %w", describe(change), err)
		}
		failures = append(failures, Failure{Change: change, Err: err})
		return nil
	}
	if edits.SOA != nil {
		if err := attempt(Change{}, func() ([]regapi.DomainResult, error) {
			return target.Client.Zone.UpdateSOA(ctx, *edits.SOA, target.ref())
		}); err != nil {
			return nil, err
		}
	}
	for _, change := range edits.Changes {
		actions, err := actionsOf(change, before)
		if err != nil {
			return nil, err
		}
		for _, action := range actions {
			if err := attempt(change, func() ([]regapi.DomainResult, error) {
				return target.Client.Zone.Apply(ctx, action, target.ref())
			}); err != nil {
				return nil, err
			}
		}
	}
	return failures, nil
}

// actionsOf gives one action for an addition, and one for every spelling that the zone lists for a removal.
func actionsOf(change Change, before Snapshot) ([]regapi.Action, error) {
	if change.Operation == Add {
		action, err := AddAction(change.Record)
		return []regapi.Action{action}, err
	}
	var actions []regapi.Action
	for _, rr := range before.listed[change.Record] {
		actions = append(actions, removeAction(rr))
	}
	return actions, nil
}

// elementError finds the error of a call for one zone at either level of the answer.
func elementError(results []regapi.DomainResult, err error) error {
	if err != nil {
		return err
	}
	return results[0].Err
}

// concernsOneChange tells a refusal of one record from a failure of the zone, the account or the connection. Only
// an answer about the element says that REG.API looked at the record; of those, the classes that speak of the whole
// zone or account end the edit.
func concernsOneChange(err error) bool {
	var refusal *regapi.Error
	if !errors.As(err, &refusal) {
		return false
	}
	switch regapi.ClassOf(err) {
	case regapi.ClassInvalid:
		return true
	case regapi.ClassTransient:
		return refusal.Domain != ""
	default:
		return false
	}
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
