package behaviour

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Behaviour holds what the documentation leaves open, or what it and the field tell differently. The zero value is the simulator's own
// choice, given first in each list below; docs/simulator.md says why.
type Behaviour struct {
	// Types is the JSON type of numbers in answers.
	Types TypeStyle `json:"types,omitempty"`
	// Priority is how prio of a record without priority is given.
	Priority PriorityStyle `json:"priority,omitempty"`
	// ErrorParams is how an error without parameters gives error_params.
	ErrorParams ErrorParamsStyle `json:"errorParams,omitempty"`
	// ElementErrors is the shape of a failed list element.
	ElementErrors ElementErrorStyle `json:"elementErrors,omitempty"`
	// SingleErrors is where the error of a request without a list stands, for functions that take lists.
	SingleErrors SingleErrorStyle `json:"singleErrors,omitempty"`
	// DuplicateKeys is what an element that names two domains means.
	DuplicateKeys DuplicateKeyStyle `json:"duplicateKeys,omitempty"`
	// DuplicateAdd is what adding a record that exists does.
	DuplicateAdd DuplicateAddStyle `json:"duplicateAdd,omitempty"`
	// MissingRemove is what removing a record that does not exist does.
	MissingRemove MissingRemoveStyle `json:"missingRemove,omitempty"`
	// TXT is how TXT contents are read back.
	TXT TXTStyle `json:"txt,omitempty"`
	// IPv6 is how AAAA contents are read back.
	IPv6 IPv6Style `json:"ipv6,omitempty"`
	// TXTLimit is the longest text that zone/add_txt accepts, in bytes; 0 means 2048.
	TXTLimit int `json:"txtLimit,omitempty"`
	// SuffixM is what the suffix m means in zone/update_soa.
	SuffixM SuffixStyle `json:"suffixM,omitempty"`
	// IgnoreUpdateSOA makes zone/update_soa answer success and change nothing.
	IgnoreUpdateSOA bool `json:"ignoreUpdateSOA,omitempty"`
	// FreshZonesParked puts the parking records into every zone that is added without records of its own.
	FreshZonesParked bool `json:"freshZonesParked,omitempty"`
	// EnforceHTTPS answers HTTPS_ONLY to functions that are documented so (4.2) when the request came in clear.
	EnforceHTTPS bool `json:"enforceHTTPS,omitempty"`
	// AllowGET takes GET, and parameters in the address, as the older edition has it (2.2.2).
	AllowGET bool `json:"allowGET,omitempty"`
	// StrictOrders demands what domain/create calls mandatory although its examples leave it out: period and, of Partners, enduser_ip (8.7).
	StrictOrders bool `json:"strictOrders,omitempty"`
	// ResultInNSS adds the result that the example of domain/get_nss lacks (8.19) to its successful elements.
	ResultInNSS bool `json:"resultInNSS,omitempty"`
	// DNSSECErrorCodes adds the error_code that the examples of section 10 lack to elements that fail for a reason of DNSSEC.
	DNSSECErrorCodes bool `json:"dnssecErrorCodes,omitempty"`
	// BillErrorTexts adds error_text to the failed elements of the functions for bills, whose examples show the code alone (6.5).
	BillErrorTexts bool `json:"billErrorTexts,omitempty"`
	// FolderErrors is what a folder that is missing, or in the way, is refused with.
	FolderErrors FolderErrorStyle `json:"folderErrors,omitempty"`
	// DuplicateFolders makes another folder of a name that is taken.
	DuplicateFolders bool `json:"duplicateFolders,omitempty"`
	// OneFolder keeps a service in one folder at a time: what is put into a folder leaves the one that it lay in.
	OneFolder bool `json:"oneFolder,omitempty"`
	// BlockAfterFailures blocks an account that repeats the same failing request so many times; 0 means never.
	BlockAfterFailures int `json:"blockAfterFailures,omitempty"`
	// Subnames is how zone answers name a record.
	Subnames SubnameStyle `json:"subnames,omitempty"`
	// RegistrarNS is what becomes of the registrar's own NS records, which every zone lists, when somebody removes them.
	RegistrarNS RegistrarNSStyle `json:"registrarNS,omitempty"`
	// AnyMXPriority takes priorities of MX records above 10, which 9.7 calls the lowest.
	AnyMXPriority bool `json:"anyMXPriority,omitempty"`
	Payment
}

// Payment holds what is open about money.
type Payment struct {
	// SingleOrders is where the order of a single domain stands in its answer.
	SingleOrders SingleOrderStyle `json:"singleOrders,omitempty"`
	// PayTypes is what pay_type of an order is worth.
	PayTypes PayTypeStyle `json:"payTypes,omitempty"`
	// DoubleRenewals lets a service be renewed beside an unpaid renewal, which is DOUBLE_ORDER otherwise.
	DoubleRenewals bool `json:"doubleRenewals,omitempty"`
	// PrepayBillsPaySelf pays the bills that were left as prepay once the money is there, and leaves those so that were to be changed to it in vain.
	PrepayBillsPaySelf bool `json:"prepayBillsPaySelf,omitempty"`
	// DroppedOrders is what stays of an order whose bill was deleted or has lapsed.
	DroppedOrders DroppedOrderStyle `json:"droppedOrders,omitempty"`
	// GoneBills is what the functions for bills say of one that was deleted or has lapsed.
	GoneBills GoneBillStyle `json:"goneBills,omitempty"`
	// PaidBills is what bill/change_pay_type says of a bill that is paid already.
	PaidBills PaidBillStyle `json:"paidBills,omitempty"`
	// Interest is what payment systems take beside the amount of a bill, in percent; prepay costs none (6.3).
	Interest int `json:"interest,omitempty"`
	// UnpaidDays is how long a bill can be paid; 0 means 30.
	UnpaidDays int `json:"unpaidDays,omitempty"`
	// ListDates is how many days the dates of service/get_list are ahead of those of service/get_info.
	ListDates int `json:"listDates,omitempty"`
	// RenewalAction is the word for a renewal in bills, whose documentation shows new alone; empty means renew.
	RenewalAction string `json:"renewalAction,omitempty"`
}

// Check refuses words that mean nothing.
func (b Behaviour) Check() error {
	for _, field := range []struct {
		name, value string
		words       string
	}{
		{"types", string(b.Types), "production documented strings numbers alternate"}, {"priority", string(b.Priority), "null alternate"},
		{"errorParams", string(b.ErrorParams), "omitted null object alternate"}, {"elementErrors", string(b.ElementErrors), "text"},
		{"singleErrors", string(b.SingleErrors), "top"}, {"duplicateKeys", string(b.DuplicateKeys), "last"},
		{"duplicateAdd", string(b.DuplicateAdd), "refuse keep"}, {"missingRemove", string(b.MissingRemove), "refuse"},
		{"folderErrors", string(b.FolderErrors), "own"}, {"txt", string(b.TXT), "quoted"},
		{"ipv6", string(b.IPv6), "given expanded"}, {"suffixM", string(b.SuffixM), "minutes"}, {"subnames", string(b.Subnames), "full alternate"},
		{"registrarNS", string(b.RegistrarNS), "refuse remove hidden"}, {"singleOrders", string(b.SingleOrders), "top"},
		{"payTypes", string(b.PayTypes), "create ignored"}, {"droppedOrders", string(b.DroppedOrders), "kept"},
		{"goneBills", string(b.GoneBills), "cancelled"}, {"paidBills", string(b.PaidBills), "success"},
	} {
		if field.value != "" && !slices.Contains(strings.Fields(field.words), field.value) {
			return fmt.Errorf("behaviour.%s: %q is none of %s", field.name, field.value, field.words)
		}
	}
	for name, number := range map[string]int{
		"txtLimit": b.TXTLimit, "blockAfterFailures": b.BlockAfterFailures, "interest": b.Interest, "unpaidDays": b.UnpaidDays,
	} {
		if number < 0 {
			return fmt.Errorf("behaviour.%s: %d is negative", name, number)
		}
	}
	return nil
}

// RenewalWord is the action of a renewal in bills.
func (p Payment) RenewalWord() string { return cmp.Or(p.RenewalAction, "renew") }

// TypeStyle is the JSON type of numbers in answers.
type TypeStyle string

// Types of numbers: as clients in production have seen them, as each function's own section shows them, all strings, all numbers, or now this and
// now that. The user test always has them as documented.
const (
	TypesProduction TypeStyle = ""
	TypesDocumented TypeStyle = "documented"
	TypesStrings    TypeStyle = "strings"
	TypesNumbers    TypeStyle = "numbers"
	TypesAlternate  TypeStyle = "alternate"
)

// PriorityStyle is how prio of a record without priority is given.
type PriorityStyle string

// Priorities of records that have none: a zero like any other number, null, or now this and now that.
const (
	PriorityZero      PriorityStyle = ""
	PriorityNull      PriorityStyle = "null"
	PriorityAlternate PriorityStyle = "alternate"
)

// ErrorParamsStyle is how an error without parameters gives error_params.
type ErrorParamsStyle string

// Empty error_params: the function's name at the top level, as seen in production, and nothing in elements; left out, as in the examples of 2.3.2;
// null; {}; or now one of these and now another.
const (
	ErrorParamsCommand   ErrorParamsStyle = ""
	ErrorParamsOmitted   ErrorParamsStyle = "omitted"
	ErrorParamsNull      ErrorParamsStyle = "null"
	ErrorParamsObject    ErrorParamsStyle = "object"
	ErrorParamsAlternate ErrorParamsStyle = "alternate"
)

// ElementErrorStyle is the shape of a failed list element.
type ElementErrorStyle string

// Failed elements: result "error" beside error_text (the example of 2.2.4.4), or the text in result (its sentence, and the last example of 2.3.2).
const (
	ElementErrorWord ElementErrorStyle = ""
	ElementErrorText ElementErrorStyle = "text"
)

// SingleErrorStyle is where the error of a request without a list stands.
type SingleErrorStyle string

// Errors of requests without a list: in the only element of the answer, where its success would stand; or at the top level.
const (
	SingleErrorElement SingleErrorStyle = ""
	SingleErrorTop     SingleErrorStyle = "top"
)

// DuplicateKeyStyle is what an element that names two domains means.
type DuplicateKeyStyle string

// Elements such as {"dname":"test.ru","dname":"test.com"}: two elements, as the examples of 9.18 and 9.19 answer them; or the last name alone.
const (
	DuplicateKeysExpand DuplicateKeyStyle = ""
	DuplicateKeysLast   DuplicateKeyStyle = "last"
)

// DuplicateAddStyle is what adding a record that exists does.
type DuplicateAddStyle string

// Adding again: success and no change; PARAMETER_INCORRECT; or a second copy, which shows a client that writes twice.
const (
	DuplicateIgnore DuplicateAddStyle = ""
	DuplicateRefuse DuplicateAddStyle = "refuse"
	DuplicateKeep   DuplicateAddStyle = "keep"
)

// MissingRemoveStyle is what removing a record that does not exist does.
type MissingRemoveStyle string

// Removing nothing: success, or PARAMETER_INCORRECT.
const (
	MissingIgnore MissingRemoveStyle = ""
	MissingRefuse MissingRemoveStyle = "refuse"
)

// FolderErrorStyle is what a folder that is missing, or in the way, is refused with.
type FolderErrorStyle string

// Folders that are missing, or whose name is taken: PARAMETER_INCORRECT, because no table has a code for them; or codes of their own,
// FOLDER_NOT_FOUND and FOLDER_ALREADY_EXISTS, which a client cannot know.
const (
	FolderErrorParameter FolderErrorStyle = ""
	FolderErrorOwn       FolderErrorStyle = "own"
)

// TXTStyle is how TXT contents are read back.
type TXTStyle string

// TXT contents: as they were given, or in double quotes.
const (
	TXTPlain  TXTStyle = ""
	TXTQuoted TXTStyle = "quoted"
)

// IPv6Style is how AAAA contents are read back.
type IPv6Style string

// AAAA contents: shortest form, as they were given, or all eight groups of four digits.
const (
	IPv6Compressed IPv6Style = ""
	IPv6Given      IPv6Style = "given"
	IPv6Expanded   IPv6Style = "expanded"
)

// SuffixStyle is what the suffix m means in zone/update_soa.
type SuffixStyle string

// The suffix m: 30 days, as documented; or a minute, as zones show it.
const (
	SuffixMonths  SuffixStyle = ""
	SuffixMinutes SuffixStyle = "minutes"
)

// SubnameStyle is how zone answers name a record.
type SubnameStyle string

// Names of records: relative to the domain, as in the example of 9.11; with the domain on them; or now this and now that.
const (
	SubnamesRelative  SubnameStyle = ""
	SubnamesFull      SubnameStyle = "full"
	SubnamesAlternate SubnameStyle = "alternate"
)

// RegistrarNSStyle is what becomes of the registrar's own NS records when somebody removes them.
type RegistrarNSStyle string

// The registrar's NS: they stay, and the answer is a success; PARAMETER_INCORRECT; they are gone from answers, though not from DNS; or answers do
// not show them to begin with.
const (
	RegistrarNSKept    RegistrarNSStyle = ""
	RegistrarNSRefused RegistrarNSStyle = "refuse"
	RegistrarNSRemoved RegistrarNSStyle = "remove"
	RegistrarNSHidden  RegistrarNSStyle = "hidden"
)

// SingleOrderStyle is where the order of a single domain stands in its answer.
type SingleOrderStyle string

// Orders of single domains: the only element of a list (example of 8.7); or service_id at the top of the answer without a list, and errors at the
// top level (the field).
const (
	SingleOrderList SingleOrderStyle = ""
	SingleOrderTop  SingleOrderStyle = "top"
)

// PayTypeStyle is what pay_type of an order is worth.
type PayTypeStyle string

// Ways to pay: what was asked for (2.2.4.6); domain/create charges at once whatever it says (8.7); everything does.
const (
	PayTypesHonoured PayTypeStyle = ""
	PayTypesCreate   PayTypeStyle = "create"
	PayTypesIgnored  PayTypeStyle = "ignored"
)

// DroppedOrderStyle is what stays of an order whose bill was deleted or has lapsed.
type DroppedOrderStyle string

// Dropped orders: nothing, and their user_servid can be used again; or a service in state D.
const (
	DroppedForgotten DroppedOrderStyle = ""
	DroppedKept      DroppedOrderStyle = "kept"
)

// GoneBillStyle is what the functions for bills say of one that was deleted or has lapsed.
type GoneBillStyle string

// Gone bills: BILL_ID_NOT_FOUND, or a bill with the status cancelled of 6.3.
const (
	GoneBillsUnknown   GoneBillStyle = ""
	GoneBillsCancelled GoneBillStyle = "cancelled"
)

// PaidBillStyle is what bill/change_pay_type says of a bill that is paid already.
type PaidBillStyle string

// Paid bills: ORDER_ALREADY_PAYED, or a success that charges nothing.
const (
	PaidBillsRefused PaidBillStyle = ""
	PaidBillsSuccess PaidBillStyle = "success"
)
