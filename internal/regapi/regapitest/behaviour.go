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
	// SubnameStyle is how zone answers name a record.
	SubnameStyle = behaviour.SubnameStyle
	// RegistrarNSStyle is what becomes of the registrar's own NS records when somebody removes them.
	RegistrarNSStyle = behaviour.RegistrarNSStyle
	// Payment holds what is open about money.
	Payment = behaviour.Payment
	// SingleOrderStyle is where the order of a single domain stands in its answer.
	SingleOrderStyle = behaviour.SingleOrderStyle
	// PayTypeStyle is what pay_type of an order is worth.
	PayTypeStyle = behaviour.PayTypeStyle
	// DroppedOrderStyle is what stays of an order whose bill was deleted or has lapsed.
	DroppedOrderStyle = behaviour.DroppedOrderStyle
	// GoneBillStyle is what the functions for bills say of one that was deleted or has lapsed.
	GoneBillStyle = behaviour.GoneBillStyle
	// PaidBillStyle is what bill/change_pay_type says of a bill that is paid already.
	PaidBillStyle = behaviour.PaidBillStyle
)

// The styles, the simulator's own choice first. Package behaviour says what each of them means.
const (
	TypesProduction = behaviour.TypesProduction
	TypesDocumented = behaviour.TypesDocumented
	TypesStrings    = behaviour.TypesStrings
	TypesNumbers    = behaviour.TypesNumbers
	TypesAlternate  = behaviour.TypesAlternate

	PriorityZero      = behaviour.PriorityZero
	PriorityNull      = behaviour.PriorityNull
	PriorityAlternate = behaviour.PriorityAlternate

	ErrorParamsCommand   = behaviour.ErrorParamsCommand
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

	SubnamesRelative  = behaviour.SubnamesRelative
	SubnamesFull      = behaviour.SubnamesFull
	SubnamesAlternate = behaviour.SubnamesAlternate

	RegistrarNSKept    = behaviour.RegistrarNSKept
	RegistrarNSRefused = behaviour.RegistrarNSRefused
	RegistrarNSRemoved = behaviour.RegistrarNSRemoved
	RegistrarNSHidden  = behaviour.RegistrarNSHidden

	SingleOrderList = behaviour.SingleOrderList
	SingleOrderTop  = behaviour.SingleOrderTop

	PayTypesHonoured = behaviour.PayTypesHonoured
	PayTypesCreate   = behaviour.PayTypesCreate
	PayTypesIgnored  = behaviour.PayTypesIgnored

	DroppedForgotten = behaviour.DroppedForgotten
	DroppedKept      = behaviour.DroppedKept

	GoneBillsUnknown   = behaviour.GoneBillsUnknown
	GoneBillsCancelled = behaviour.GoneBillsCancelled

	PaidBillsRefused = behaviour.PaidBillsRefused
	PaidBillsSuccess = behaviour.PaidBillsSuccess
)
