package otherapi

// Habits are what an instance does where the documentation leaves room. The zero value of each is as the documentation has it, or its
// first reading.
type Habits struct {
	Numbers      Numbers
	Priority     Priority
	Indented     bool // indented JSON, as text/plain
	Text         Text
	CAAQuoted    bool // 0 issue "ca.example.com" instead of 0 issue ca.example.com
	PriorityIn   bool // priorities of SRV and HTTPS stand in the content: 10 5 5060 sip.example.ru
	FinalDots    bool // host names in contents end with a dot
	Names        Names
	Punycode     bool // internationalised names are listed in punycode, not in Unicode
	LongIPv6     bool // 2001:0db8:0000:0000:0000:0000:0000:0001
	RegistrarNS  RegistrarNS
	MXLimit      bool // add_mx refuses priorities over 10, as 9.7 has it
	Errors       Errors
	Duplicate    Duplicate
	Missing      Missing
	ExactRemoval bool // remove_record finds a record by the content that is listed alone, in no other spelling
}

// Numbers says how numbers stand in answers, other than priorities.
type Numbers string

// The forms of numbers: as the examples of the documentation have them (mostly as text), or the other way round.
const (
	NumbersDocumented Numbers = ""
	NumbersSwapped    Numbers = "swapped"
)

// Priority says how the priority of a listed record is given (9.11 has it as priority in the table and as prio in the example).
type Priority string

// The forms of priorities.
const (
	PrioText    Priority = ""         // "prio": "10"
	PrioNumber  Priority = "number"   // "prio": 10
	PrioNull    Priority = "null"     // null for types without one
	PriorityKey Priority = "priority" // "priority": "10"
)

// Text says how texts are listed.
type Text string

// The forms of texts.
const (
	TextPlain   Text = ""
	TextQuoted  Text = "quoted"
	TextStrings Text = "strings" // quoted strings of 255 bytes at most
)

// Names says how the names of records are listed.
type Names string

// The forms of names.
const (
	NamesRelative Names = ""
	NamesAbsolute Names = "absolute" // www.example.ru.
	NamesUpper    Names = "upper"
)

// RegistrarNS says what becomes of a removal of the registrar's own name servers, which every zone lists.
type RegistrarNS string

// What becomes of it: an error, or a success after which they are still there.
const (
	NSRefused RegistrarNS = ""
	NSKept    RegistrarNS = "kept"
)

// Errors is the form of the error of one element.
type Errors string

// The forms of errors.
const (
	ErrorsCoded    Errors = ""         // result: error
	ErrorsSentence Errors = "sentence" // the sentence stands in result
	ErrorsBare     Errors = "bare"     // no result, as in 9.12
)

// Duplicate says what becomes of a record that is added once more.
type Duplicate string

// What becomes of it.
const (
	DuplicateIgnored Duplicate = ""
	DuplicateRefused Duplicate = "refused"
	DuplicateKept    Duplicate = "kept" // it stands twice
)

// Missing says what a removal of a record answers that is not there.
type Missing string

// What it answers.
const (
	MissingSuccess Missing = ""
	MissingError   Missing = "error"
)
