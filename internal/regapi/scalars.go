package regapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Scalars are read one by one: what is written in a way that nobody documents is not known, and spoils nothing beside it.

// readAs decodes an object into its form on the wire, and hands that on.
func readAs[W any](raw []byte, take func(W)) error {
	members, ok := decodeObject(raw)
	if !ok {
		return errors.New("no object")
	}
	var wire W
	if err := members.decode(&wire, ""); err != nil {
		return err
	}
	take(wire)
	return nil
}

// ID is a number by which REG.API identifies a service, a user, a folder or a bill; 0 is none.
// Answers write it as a number, a string or null. Answers that refuse a malformed number echo it;
// such an echo is no ID and reads as 0.
type ID int64

// UnmarshalJSON accepts 12345, "12345" and null.
func (id *ID) UnmarshalJSON(raw []byte) error {
	*id = parseID(scalarText(raw))
	return nil
}

func parseID(text string) ID {
	number, err := strconv.ParseInt(text, 10, 64)
	if err != nil || number < 0 {
		return 0
	}
	return ID(number)
}

// String returns the decimal digits.
func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// Int is a whole number that answers write as a number, a string or null.
type Int int

// UnmarshalJSON accepts 10 and "10"; anything else reads as 0.
func (i *Int) UnmarshalJSON(raw []byte) error {
	number, err := strconv.Atoi(scalarText(raw))
	if err != nil {
		number = 0
	}
	*i = Int(number)
	return nil
}

// exactInt is an Int that belongs to the identity of something, and so has to be known.
type exactInt int

// UnmarshalJSON accepts 10, "10", "" and null.
func (i *exactInt) UnmarshalJSON(raw []byte) error {
	text := scalarText(raw)
	if text == "" && object(map[string]json.RawMessage{"": raw}).holds("") && string(raw) != `""` {
		return errors.New("not a whole number")
	}
	if text == "" {
		*i = 0
		return nil
	}
	number, err := strconv.Atoi(text)
	*i = exactInt(number)
	return err
}

// Text is a string that answers may write as a number, or leave null.
type Text string

// UnmarshalJSON accepts strings and numbers; anything else reads as "".
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Text(scalarText(raw))
	return nil
}

// Date is a day in the registrar's calendar, kept as midnight UTC. The zero value is no date.
type Date struct{ day time.Time }

// NewDate makes a date.
func NewDate(year int, month time.Month, day int) Date {
	return Date{time.Date(year, month, day, 0, 0, 0, 0, time.UTC)}
}

// UnmarshalJSON accepts "2011-04-18" and the same with a time after it; anything else is no date.
func (d *Date) UnmarshalJSON(raw []byte) error {
	*d = Date{}
	day, _, _ := strings.Cut(scalarText(raw), " ")
	if parsed, err := time.Parse(time.DateOnly, day); err == nil {
		d.day = parsed
	}
	return nil
}

// MarshalJSON writes "2011-04-18", and "" for no date.
func (d Date) MarshalJSON() ([]byte, error) { return json.Marshal(d.String()) }

// Time returns midnight UTC of the day, or the zero time for no date.
func (d Date) Time() time.Time { return d.day }

// IsZero reports whether there is no date.
func (d Date) IsZero() bool { return d.day.IsZero() }

// String returns the date as 2011-04-18, "" for no date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.day.Format(time.DateOnly)
}

// Money is an amount in decimal notation, such as "1000" or "-12.50", without a currency. It is
// never a float. The empty string is 0, and [MoneyUnknown] is no amount.
type Money string

// MoneyUnknown is what an answer writes in a way that is no amount. It counts as more than any amount, so that no limit lets
// it pass.
const MoneyUnknown Money = "unknown"

var moneyShape = regexp.MustCompile(`^-?[0-9]{1,18}(?:\.[0-9]{1,9})?$`)

// UnmarshalJSON accepts 1000, "1000.50", "" and null; anything else is [MoneyUnknown].
func (m *Money) UnmarshalJSON(raw []byte) error {
	text := strings.TrimSpace(scalarText(raw))
	switch {
	case moneyShape.MatchString(text):
		*m = Money(text)
	case text == "" && (string(raw) == "null" || len(raw) > 0 && raw[0] == '"'):
		*m = ""
	default:
		*m = MoneyUnknown
	}
	return nil
}

// Known reports whether it is an amount.
func (m Money) Known() bool { return m == "" || moneyShape.MatchString(string(m)) }

// Rat returns the amount as an exact fraction; it is 0 for what is not an amount.
func (m Money) Rat() *big.Rat {
	amount := new(big.Rat)
	if moneyShape.MatchString(string(m)) {
		amount.SetString(string(m))
	}
	return amount
}

// Cmp compares amounts of one currency: -1 if m is less than other, 0 if equal, +1 if more. What is not known is more than any
// amount.
func (m Money) Cmp(other Money) int {
	switch {
	case m.Known() && other.Known():
		return m.Rat().Cmp(other.Rat())
	case m.Known():
		return -1
	case other.Known():
		return 1
	default:
		return 0
	}
}

// String returns the decimal notation.
func (m Money) String() string {
	if m == "" {
		return "0"
	}
	return string(m)
}

// ttlUnits are the suffixes of a TTL, in seconds. The documentation calls m months (9.13); zones
// show it where minutes are meant, and no TTL lasts months.
var ttlUnits = map[byte]int64{'s': 1, 'm': 60, 'h': 3600, 'd': 86400, 'w': 604800}

// ParseTTL reads a TTL as zones show it: whole seconds, or a number with the suffix s, m (minutes),
// h, d or w, such as "1d" or "12h".
func ParseTTL(text string) (time.Duration, error) {
	digits, unit := text, int64(1)
	if last := len(text) - 1; last >= 0 {
		if factor, ok := ttlUnits[text[last]|0x20]; ok {
			digits, unit = text[:last], factor
		}
	}
	number, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || int64(number) > math.MaxInt32/unit {
		return 0, fmt.Errorf("%q is no TTL", truncate(text))
	}
	return time.Duration(int64(number)*unit) * time.Second, nil
}
