package form

import (
	"maps"
	"slices"
	"strings"
)

// Params are decoded request parameters. A value is a string, nil, a list ([]any), an object (Params) or Repeated.
type Params map[string]any

// Repeated holds the values of a name that one JSON object carries more than once.
type Repeated []any

func (p Params) put(name string, value any) {
	switch old := p[name].(type) {
	case nil:
		p[name] = value
	case Repeated:
		p[name] = append(old, value)
	default:
		p[name] = Repeated{old, value}
	}
}

// Value returns a parameter as an ordinary JSON parser would see it: of a repeated name the last one.
func (p Params) Value(name string) any {
	if all, ok := p[name].(Repeated); ok {
		return all[len(all)-1]
	}
	return p[name]
}

// Text returns a scalar parameter, or "" when it is absent, null or not a scalar.
func (p Params) Text(name string) string {
	text, _ := p.Value(name).(string)
	return text
}

// Has tells whether a parameter was given a value.
func (p Params) Has(name string) bool { return p.Value(name) != nil }

// Scalars returns the parameters that are plain text, secrets excepted: what an element that could not be identified is echoed with (2.2.4.4).
func (p Params) Scalars() map[string]any {
	echo := map[string]any{}
	for name := range p {
		if text, ok := p.Value(name).(string); ok && !isSecret(name) {
			echo[name] = text
		}
	}
	return echo
}

// Signed returns the text that a signature covers: every value but that of sig, sorted, joined by semicolons; zero, empty and
// undefined values are left out (2.2.4.1).
func (p Params) Signed() string {
	values := signedValues(p, nil)
	slices.Sort(values)
	return strings.Join(values, ";")
}

func signedValues(value any, into []string) []string {
	switch value := value.(type) {
	case string:
		if value != "" && value != "0" {
			into = append(into, value)
		}
	case []any:
		for _, item := range value {
			into = signedValues(item, into)
		}
	case Repeated:
		into = signedValues(value[len(value)-1], into)
	case Params:
		for name, item := range value {
			if name != "sig" {
				into = signedValues(item, into)
			}
		}
	}
	return into
}

// secrets are parts of names of parameters that no answer gives back unasked.
var secrets = []string{"password", "sig", "input_data", "authinfo"}

func isSecret(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(secrets, func(secret string) bool { return strings.Contains(name, secret) })
}

// Plain returns a deep copy as ordinary maps and lists, without the parameters that are hidden; nil hides none.
func (p Params) Plain(hidden func(name string) bool) map[string]any {
	out := make(map[string]any, len(p))
	for _, name := range slices.Sorted(maps.Keys(p)) {
		if hidden == nil || !hidden(name) {
			out[name] = plainValue(p.Value(name), hidden)
		}
	}
	return out
}

func plainValue(value any, hidden func(name string) bool) any {
	switch value := value.(type) {
	case Params:
		return value.Plain(hidden)
	case []any:
		list := make([]any, 0, len(value))
		for _, item := range value {
			list = append(list, plainValue(item, hidden))
		}
		return list
	default:
		return value
	}
}
