package zone

import (
	"context"
	"errors"
	"fmt"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Edits is what to do with a zone.
type Edits struct {
	// SOA to set; nil leaves it.
	SOA *regapi.SOA
	// Web operations, which come before the changes.
	Web []WebOperation
	// Changes in their order.
	Changes []Change
	// Needs and Swaps are those of a Plan.
	Needs map[Record][]Record
	Swaps []Swap
}

// EditsOf gives the edits that carry out a plan.
func EditsOf(plan Plan) Edits {
	return Edits{Changes: plan.Changes, Needs: plan.Needs, Swaps: plan.Swaps}
}

// Added gives the records that the edits add.
func (e Edits) Added() []Record { return recordsOf(e.Changes, Add) }

// Empty says that there is nothing to do.
func (e Edits) Empty() bool { return e.SOA == nil && len(e.Web) == 0 && len(e.Changes) == 0 }

// Failure is a change that did not come about, while others did.
type Failure struct {
	// Change that failed; its record is empty where the SOA failed.
	Change Change
	// Err is what REG.API said, or ErrNotApplied, or ErrGivenUp.
	Err error
}

// Final says whether trying again is pointless as long as the record stays the same.
func (f Failure) Final() bool {
	return f.Change.Operation != Remove && regapi.IsInvalid(f.Err)
}

// GivenUp says whether the change was not even tried, because what it needed did not come about.
func (f Failure) GivenUp() bool { return errors.Is(f.Err, ErrGivenUp) }

// String names the change and what went wrong with it.
func (f Failure) String() string { return fmt.Sprintf("%s: %v", describe(f.Change), f.Err) }

var (
	// ErrNotApplied says that REG.API reported success and the zone does not show it.
	ErrNotApplied = errors.New("REG.API reported success, but the zone does not show the change")
	// ErrGivenUp says that a removal was given up, because nothing took the place of its record.
	ErrGivenUp = errors.New("what should take its place did not come about")
)

// Interrupted is the error of an edit that ended when some of its changes had been made, so that the next one has less to do.
type Interrupted struct{ Err error }

func (e *Interrupted) Error() string { return e.Err.Error() }

// Unwrap gives what ended the edit.
func (e *Interrupted) Unwrap() error { return e.Err }

// Progressed says that trying again is no repetition.
func (e *Interrupted) Progressed() bool { return true }

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
	// Empty are the swaps of which neither a new record stands nor, put back, all of the old ones.
	Empty []Swap

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

// Edit is what somebody wants of a zone.
type Edit struct {
	// Plan says what to do with a zone. It may be asked more than once, each time with a newer state of the zone.
	Plan func(current Snapshot) Edits
	// Prepare is called before anything is written; nothing is when it fails. It may be nil.
	Prepare func(ctx context.Context, edits Edits) error
	// Fresh makes the edit read the zone even if it is known: for who must not conclude from memory.
	Fresh bool
}

// Editor changes zones. One Editor serves a whole process.
type Editor struct {
	locks keyedLock
}

// NewEditor gives an Editor.
func NewEditor() *Editor { return &Editor{} }

// Edit brings a zone to what somebody wants of it: it reads the zone, plans, writes, and reads it back. While it runs no
// other Edit of the same owner's zone does. A zone that is known already and needs nothing, or that cannot be changed, costs no
// request; what is known may be minutes old, so that the Store is always asked for a reading before anything is written.
//
// A change that REG.API refuses does not stop the others: it is among the failures of the result, and so are the removals that
// needed it, which are not made. An error ends the edit at once, and says that the zone's state is not known; what Prepare
// wrote down lets the next edit find out. It is an Interrupted where some changes had been made.
func (e *Editor) Edit(ctx context.Context, target Target, edit Edit) (Result, error) {
	unlock, err := e.locks.lock(ctx, target.Store.Owner()+" "+target.Domain)
	if err != nil {
		return Result{}, err
	}
	defer unlock()

	if known, ok := target.Store.KnownZone(target.Domain); ok {
		if outOfHand(known.Err) {
			return Result{}, known.Err
		}
		if zone := NewSnapshot(known); known.Err == nil && !edit.Fresh && edit.Plan(zone).Empty() {
			return Result{Zone: zone}, nil
		}
	}
	before, err := read(ctx, target)
	if err != nil {
		return Result{}, err
	}
	edits := edit.Plan(before)
	if edits.Empty() {
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
		return Result{}, rescue(ctx, target, edits.Swaps, err)
	}
	after, err := read(ctx, target)
	if err != nil {
		return Result{}, err
	}
	result := Result{
		Before: before, Zone: after, Failures: verify(after, edits, failures),
		WebChanged: len(edits.Web) > 0, asked: edits.Changes,
	}
	return result, fillEmptyNames(ctx, target, edits, &result)
}
