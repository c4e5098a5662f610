package regapitest

import "github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"

// What the documentation leaves open. [Behaviour] says what each style is about.
type (
	Behaviour          = behaviour.Behaviour
	TypeStyle          = behaviour.TypeStyle
	PriorityStyle      = behaviour.PriorityStyle
	ErrorParamsStyle   = behaviour.ErrorParamsStyle
	ElementErrorStyle  = behaviour.ElementErrorStyle
	SingleErrorStyle   = behaviour.SingleErrorStyle
	DuplicateKeyStyle  = behaviour.DuplicateKeyStyle
	DuplicateAddStyle  = behaviour.DuplicateAddStyle
	MissingRemoveStyle = behaviour.MissingRemoveStyle
	FolderErrorStyle   = behaviour.FolderErrorStyle
	TXTStyle           = behaviour.TXTStyle
	IPv6Style          = behaviour.IPv6Style
	SuffixStyle        = behaviour.SuffixStyle
)

// The styles, the simulator's own choice first. Their package says what each of them means.
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
