package zone

// Prune says which records that are not desired are removed.
type Prune string

// The ways to prune.
const (
	// PruneOwned removes what the owner created. It is the default.
	PruneOwned Prune = ""
	// PruneAll also removes what somebody else created, but for names of external-dns and ACME challenges.
	PruneAll Prune = "All"
	// PruneNone removes nothing, not even what the owner created.
	PruneNone Prune = "None"
)

// Policy bounds what a plan may do.
type Policy struct {
	Prune Prune
	// Protected are the names at which nothing is removed.
	Protected Patterns
	// Kept are records that somebody else needs though nobody declares them, such as those of web forwarding.
	Kept Set
	// External are records that external-dns is known to have made, with or without a mark.
	External Set
	// Spared are records that another owner declares. A plan without declarations, which gives a zone up, leaves their units to
	// him.
	Spared []Record

	// Ask leaves values of somebody else in declared units, at first contact, until they are Approved.
	Ask bool
	// AskAlways does so at any contact: for an owner whose memory was written under another rule.
	AskAlways bool
	// Approved are values of somebody else that may be replaced all the same.
	Approved Set
	// Contested are units, as UnitOf names them, that somebody else changes again and again. They are left to him.
	Contested map[string]bool
}

// Protects says whether the name of a record is protected.
func (p Policy) Protects(record Record) bool { return p.Protected.Match(record.Name) }
