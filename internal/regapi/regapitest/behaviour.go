package regapitest

import "github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"

// What the documentation leaves open.
type (
	// Behaviour holds what the documentation leaves open, or what it and the field tell differently. The zero value is the simulator's own
	// choice, given first in each list below; docs/simulator.md says why.
	Behaviour = behaviour.Behaviour
	// TypeStyle is the JSON type of numbers in answers.
	TypeStyle = behaviour.TypeStyle
	// PriorityStyle is how prio of a record without priority is given.
	PriorityStyle = behaviour.PriorityStyle
	// ErrorParamsStyle is how an error without parameters gives error_params.
	ErrorParamsStyle = behaviour.ErrorParamsStyle
	// ElementErrorStyle is the shape of a failed list element.
	ElementErrorStyle = behaviour.ElementErrorStyle
	// SingleErrorStyle is where the error of a request without a list stands.
	SingleErrorStyle = behaviour.SingleErrorStyle
	// DuplicateKeyStyle is what an element that names two domains means.
	DuplicateKeyStyle = behaviour.DuplicateKeyStyle
	// DuplicateAddStyle is what adding a record that exists does.
	DuplicateAddStyle = behaviour.DuplicateAddStyle
	// MissingRemoveStyle is what removing a record that does not exist does.
	MissingRemoveStyle = behaviour.MissingRemoveStyle
	// FolderErrorStyle is what a folder that is missing, or in the way, is refused with.
	FolderErrorStyle = behaviour.FolderErrorStyle
	// TXTStyle is how TXT contents are read back.
	TXTStyle = behaviour.TXTStyle
	// IPv6Style is how AAAA contents are read back.
	IPv6Style = behaviour.IPv6Style
	// SuffixStyle is what the suffix m means in zone/update_soa.
	SuffixStyle = behaviour.SuffixStyle
)

// The styles, the simulator's own choice first. Package behaviour says what each of them means.
const (
	TypesDocumented = behaviour.TypesDocumented
	TypesStrings    = behaviour.TypesStrings
	TypesNumbers    = behaviour.TypesNumbers
	TypesAlternate  = behaviour.TypesAlternate

	PriorityZero      = behaviour.PriorityZero
	PriorityNull      = behaviour.PriorityNull
	PriorityAlternate = behaviour.PriorityAlternate

	ErrorParamsOmitted   = behaviour.ErrorParamsOmitted
	ErrorParamsNull      = behaviour.ErrorParamsNull
	ErrorParamsObject    = behaviour.ErrorParamsObject
	ErrorParamsAlternate = behaviour.ErrorParamsAlternate

	ElementErrorWord = behaviour.ElementErrorWord
	ElementErrorText = behaviour.ElementErrorText

	SingleErrorElement = behaviour.SingleErrorElement
	SingleErrorTop     = behaviour.SingleErrorTop

	DuplicateKeysExpand = behaviour.DuplicateKeysExpand
	DuplicateKeysLast   = behaviour.DuplicateKeysLast

	DuplicateIgnore = behaviour.DuplicateIgnore
	DuplicateRefuse = behaviour.DuplicateRefuse
	DuplicateKeep   = behaviour.DuplicateKeep

	MissingIgnore = behaviour.MissingIgnore
	MissingRefuse = behaviour.MissingRefuse

	FolderErrorParameter = behaviour.FolderErrorParameter
	FolderErrorOwn       = behaviour.FolderErrorOwn

	TXTPlain  = behaviour.TXTPlain
	TXTQuoted = behaviour.TXTQuoted

	IPv6Compressed = behaviour.IPv6Compressed
	IPv6Given      = behaviour.IPv6Given
	IPv6Expanded   = behaviour.IPv6Expanded

	SuffixMonths  = behaviour.SuffixMonths
	SuffixMinutes = behaviour.SuffixMinutes
)
