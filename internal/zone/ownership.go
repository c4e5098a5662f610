package zone

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
	return o.Confirmed.Has(record) || o.Pending.Has(record) || o.Adopted.Has(record)
}

// Empty says that nothing is the owner's.
func (o Ownership) Empty() bool { return o.Confirmed.Len()+o.Pending.Len()+o.Adopted.Len() == 0 }

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
