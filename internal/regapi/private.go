package regapi

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
)

// Secret is a password or a transfer key. It is sent as it is and never printed or logged.
type Secret string

// Format prints that there is a secret.
func (s Secret) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, mask) }

// LogValue logs that there is a secret.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// Contacts are the personal data of a registrant by the names of their fields, which depend on the
// zone: person_r_surname, o_email and so on (8.7). They are sent as they are; only the names are
// ever printed or logged.
type Contacts map[string]string

// Format prints the names of the fields.
func (c Contacts) Format(state fmt.State, _ rune) {
	printNames(state, "Contacts", slices.Sorted(maps.Keys(c)))
}

// LogValue logs the names of the fields.
func (c Contacts) LogValue() slog.Value { return slog.AnyValue(slices.Sorted(maps.Keys(c))) }

// UnmarshalJSON reads contacts whose values may be numbers or null.
func (c *Contacts) UnmarshalJSON(raw []byte) error {
	var fields map[string]Text
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	*c = make(Contacts, len(fields))
	for name, value := range fields {
		(*c)[name] = string(value)
	}
	return nil
}

// Details are the members of an answer whose names depend on the type of service or on the zone.
// They may hold contacts and passwords: only their names are ever printed or logged.
type Details struct{ members object }

// UnmarshalJSON keeps an object; anything else is without details.
func (d *Details) UnmarshalJSON(raw []byte) error {
	d.members, _ = decodeObject(raw)
	return nil
}

// Names returns the names of the members in order.
func (d Details) Names() []string { return slices.Sorted(maps.Keys(d.members)) }

// Text returns a member that is a string or a number; anything else is "".
func (d Details) Text(name string) string { return d.members.text(name) }

// Group returns a member that is an object with details of its own.
func (d Details) Group(name string) Details {
	var group Details
	group.members, _ = decodeObject(d.members[name])
	return group
}

// Decode decodes a member of any shape as JSON. Its error may show values.
func (d Details) Decode(name string, into any) error { return json.Unmarshal(d.members[name], into) }

// Format prints the names of the members.
func (d Details) Format(state fmt.State, _ rune) { printNames(state, "Details", d.Names()) }

// LogValue logs the names of the members.
func (d Details) LogValue() slog.Value { return slog.AnyValue(d.Names()) }

// Equal reports whether both hold the same members as JSON.
func (d Details) Equal(other Details) bool {
	return maps.EqualFunc(d.members, other.members, func(a, b json.RawMessage) bool { return string(a) == string(b) })
}

func printNames(w io.Writer, kind string, names []string) {
	_, _ = fmt.Fprintf(w, "regapi.%s%v", kind, names)
}

// flag is a truth that answers write as 1, "1", 0, "0", true, false or null.
type flag bool

// UnmarshalJSON reads everything but these as false.
func (f *flag) UnmarshalJSON(raw []byte) error {
	text := scalarText(raw)
	*f = flag(string(raw) == "true" || (text != "" && text != "0"))
	return nil
}
