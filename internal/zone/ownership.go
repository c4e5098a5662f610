package zone

import "slices"

// Ownership names the records that an owner may remove.
type Ownership struct {
	// Confirmed records were read back from the zone after the owner had added them.
	Confirmed Set
	// Pending records were about to be added when the owner was last heard of.
	Pending Set
	// Adopted records stood in the zone as the owner declares them, before it added anything.
	Adopted Set
}

// Has says whether the record is the owner's, or was about to be.
func (o Ownership) Has(record Record) bool {
	if o.Empty() {
		return false
	}
	member := record.fingerprint()
	return o.Confirmed.has(member) || o.Pending.has(member) || o.Adopted.has(member)
}

// Empty says that nothing is the owner's.
func (o Ownership) Empty() bool { return o.Confirmed.Len()+o.Pending.Len()+o.Adopted.Len() == 0 }

// Ahead is what has to be written down before a plan is carried out: if the process dies in between, the next one knows that
// the records may be the owner's.
func (o Ownership) Ahead(plan Plan) Ownership {
	return Ownership{Confirmed: o.Confirmed, Pending: o.Pending.with(plan.Added()), Adopted: o.Adopted.with(plan.Adopted)}
}

// After is what an owner holds once an edit has been carried out: what was read back, and what it declares and only vanished
// for the moment. What was about to be added stays pending until it shows, or has failed for good, or a later reading, before
// which nothing was written, lacks it.
func (o Ownership) After(declared Declaration, result Result, policy Policy) Ownership {
	declares := membership(append(slices.Clone(declared.Records), declared.Missing...))
	var after Ownership
	after.Pending = o.Pending.with(nil)
	for _, record := range result.Zone.Records() {
		member := record.fingerprint()
		delete(after.Pending.members, member)
		if policy.Prune == PruneNone && !declares[record] {
			continue // That is how a record is handed over.
		}
		switch {
		case o.Confirmed.has(member) || o.Pending.has(member):
			after.Confirmed.add(member)
		case o.Adopted.has(member):
			after.Adopted.add(member)
		}
	}
	for record := range declares {
		switch {
		case result.Zone.Has(record):
		case o.Confirmed.Has(record):
			after.Confirmed.Add(record)
		case o.Adopted.Has(record):
			after.Adopted.Add(record)
		}
	}
	for _, failure := range result.Failures {
		if failure.Final() {
			after.Pending.remove(failure.Change.Record)
		}
	}
	if len(result.asked) == 0 {
		after.Pending = after.Pending.among(declares)
	}
	return after
}

// Declaration is what an owner wants a zone to hold.
type Declaration struct {
	// Records in canonical form.
	Records []Record
	// Missing are records that are declared and not to be had: what no zone can hold, of which name and type may be all that is
	// known, and what REG.API has refused. Their unit keeps what it holds.
	Missing []Record
}

// Declare gives the declaration of records all of which are to be had.
func Declare(records ...Record) Declaration { return Declaration{Records: records} }
