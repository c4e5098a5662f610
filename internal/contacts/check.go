package contacts

import (
	"fmt"
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Check says what is wrong with contacts for a domain, given in ASCII, in the order of the fields: one sentence for each, without any value. It is
// nil where nothing is. Whether a zone is known at all, Knows says.
func Check(domain string, contacts map[string]string) (wrong []string) {
	f := formOf(domain)
	if f == nil {
		return []string{"the contacts of this zone are not known here: enter them in the registrar's panel, and name them in contactProfile"}
	}
	fields, told := f.of(contacts)
	if !told {
		wrong = append(wrong, "the fields have to be those of a person (person, passport_number, ...) or those of an organization (org, kpp, ...), and not of both")
	}
	for _, one := range fields {
		if why := f.check(one, contacts); why != "" {
			wrong = append(wrong, one.name+" "+why)
		}
	}
	if told {
		for _, name := range slices.Sorted(maps.Keys(contacts)) {
			if !f.takes(fields, name) {
				wrong = append(wrong, fmt.Sprintf("%q is no field of these contacts", name))
			}
		}
	}
	return wrong
}

// Knows says whether the contacts of the zone of a domain can be checked.
func Knows(domain string) bool { return formOf(domain) != nil }

// Optional says whether a transfer to the zone of a domain may leave contacts out, since the registry knows them (8.8).
func Optional(domain string) bool { return formOf(domain) == national }

// Joined names the fields of the older edition among contacts, each of which holds several of today's, in order: REG.API tells the latter apart when it
// is asked what it knows (7.10).
func Joined(domain string, contacts map[string]string) (names []string) {
	f := formOf(domain)
	for _, name := range slices.Sorted(maps.Keys(contacts)) {
		if f != nil && f.joined[name] != nil && contacts[name] != "" {
			names = append(names, name)
		}
	}
	return names
}

// owner are the fields of a registrant by whose change ICANN's rules keep a domain from being transferred for 60 days.
var owner = []string{"o_company", "o_first_name", "o_last_name", "o_email"}

// Locks says whether a change of fields keeps a domain from being transferred for a while.
func Locks(domain string, fields []string) bool {
	return formOf(domain) == international && slices.ContainsFunc(fields, func(name string) bool { return slices.Contains(owner, name) })
}

func (f *form) takes(fields []field, name string) bool {
	return f.joined[name] != nil || slices.ContainsFunc(fields, func(f field) bool { return f.name == name })
}

// check says why a field is wrong; "" if it is not.
func (f *form) check(one field, contacts map[string]string) string {
	value := contacts[one.name]
	if value == "" {
		if one.optional || f.inJoined(one.name, contacts) {
			return ""
		}
		return "is missing"
	}
	length := utf8.RuneCountInString(value)
	switch {
	case length < one.min || length > one.max:
		return fmt.Sprintf("has to be %d to %d characters long", one.min, one.max)
	case !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
		return "holds characters that cannot be printed"
	case one.latin && strings.ContainsFunc(value, func(r rune) bool { return r > unicode.MaxASCII }):
		return "has to be in Latin letters"
	default:
		return f.shape(one.name, value)
	}
}

func (f *form) inJoined(name string, contacts map[string]string) bool {
	for whole, parts := range f.joined {
		if contacts[whole] != "" && slices.Contains(parts, name) {
			return true
		}
	}
	return false
}

var (
	country = regexp.MustCompile(`^[A-Z]{2}$`)
	digits  = regexp.MustCompile(`^[0-9]+$`)
	spaced  = regexp.MustCompile(`^\+[0-9]+( [0-9]+)+$`)
	dotted  = regexp.MustCompile(`^\+[0-9]{1,3}\.[0-9]{4,}$`)
)

// shape checks what a field of such a name looks like. Telephone numbers and addresses of national zones may be several lines.
func (f *form) shape(name, value string) string {
	switch {
	case strings.HasSuffix(name, "_date"):
		if _, err := time.Parse("02.01.2006", value); err != nil {
			return "has to be a day such as 07.11.1977"
		}
	case name == "country", strings.HasSuffix(name, "country_code"):
		if !country.MatchString(value) {
			return "has to be a country's two capital letters, such as RU"
		}
	case strings.HasSuffix(name, "mail"):
		for line := range strings.Lines(value) {
			line = strings.TrimSpace(line)
			if address, err := mail.ParseAddress(line); err != nil || address.Address != line {
				return "has to be an e-mail address"
			}
		}
	case name == "code", name == "kpp":
		if !digits.MatchString(value) {
			return "has to be digits alone"
		}
	case strings.HasSuffix(name, "phone"), strings.HasSuffix(name, "fax"), name == "sms_security_number":
		return f.telephone(value)
	}
	return ""
}

func (f *form) telephone(value string) string {
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		switch {
		case f.spaced && !spaced.MatchString(line):
			return "has to be a number such as +7 495 1234567"
		case !f.spaced && !dotted.MatchString(line):
			return "has to be a number such as +7.4951234567"
		}
	}
	return ""
}
