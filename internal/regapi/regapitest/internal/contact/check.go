package contact

import (
	"maps"
	"net/mail"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/language"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// Registrant is who a domain is registered to.
type Registrant string

// The registrants of zones that tell people from organizations.
const (
	Unknown      Registrant = ""
	Person       Registrant = "person"
	Organization Registrant = "organization"
)

// of returns the fields of a scheme for a kind of registrant; all of them for an unknown one.
func (s Scheme) of(kind Registrant) []field {
	g := groups[s]
	switch kind {
	case Person:
		return slices.Concat(g.common, g.human)
	case Organization:
		return slices.Concat(g.common, g.firm)
	default:
		return slices.Concat(g.common, g.human, g.firm)
	}
}

// Names are those of all contacts of a scheme, the joined ones of old among them.
func (s Scheme) Names() []string {
	names := slices.Collect(maps.Keys(joined))
	for _, f := range s.of(Unknown) {
		names = append(names, f.name)
	}
	return names
}

// Registrant tells people from organizations by the fields that only one kind of them has. Neither and both are unknown.
func (s Scheme) Registrant(contacts map[string]string) Registrant {
	isPerson := s == RU && (contacts["person_r"] != "" || contacts["passport"] != "")
	isOrganization := s == RU && contacts["address_r"] != ""
	given := func(all []field) bool {
		return slices.ContainsFunc(all, func(f field) bool { return contacts[f.name] != "" })
	}
	isPerson = isPerson || given(groups[s].human)
	isOrganization = isOrganization || given(groups[s].firm)
	switch {
	case isPerson == isOrganization:
		return Unknown
	case isPerson:
		return Person
	default:
		return Organization
	}
}

// Check checks contacts; complete demands all that are not optional.
//
// Errors: UNKNOWN_CONTYPE, PARAMETER_MISSING, PARAMETER_INCORRECT.
func Check(s Scheme, contacts map[string]string, complete bool) *refusal.Error {
	kind := s.Registrant(contacts)
	if kind == Unknown && complete && groups[s].human != nil {
		return refusal.New("UNKNOWN_CONTYPE")
	}
	for _, f := range s.of(kind) {
		value := contacts[f.name]
		if value == "" {
			if complete && !f.optional && !inJoined(f.name, contacts) {
				return refusal.Missing(f.name)
			}
			continue
		}
		if !f.fits(value) || !s.phoned(f, value) {
			return refusal.Incorrect(f.name)
		}
	}
	if country := contacts["o_country_code"]; s == EU && country != "" && !slices.Contains(union, country) {
		return refusal.Incorrect("o_country_code")
	}
	return nil
}

// AllNames are the names of the contacts of all schemes.
func AllNames() []string {
	names := []string{}
	for scheme := range groups {
		names = append(names, scheme.Names()...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// KnowsProfile tells whether stored contacts can be of a type.
func KnowsProfile(kind string) bool {
	_, known := profiles[kind]
	return known
}

// CheckProfile tells whether stored contacts of a type can be those of a zone. Error: PARAMETER_INCORRECT.
func CheckProfile(kind string, s Scheme) *refusal.Error {
	if fit, known := profiles[kind]; !known || !slices.Contains(fit, s) {
		return refusal.Incorrect("profile_type")
	}
	return nil
}

func inJoined(name string, contacts map[string]string) bool {
	for whole, parts := range joined {
		if contacts[whole] != "" && slices.Contains(parts, name) {
			return true
		}
	}
	return false
}

var country = regexp.MustCompile(`^[A-Z]{2}$`)

func (f field) fits(value string) bool {
	switch {
	case f.words != nil:
		return slices.Contains(f.words, value)
	case strings.HasSuffix(f.name, "_date"):
		if _, err := time.Parse("02.01.2006", value); err != nil {
			return false
		}
	case strings.HasSuffix(f.name, "country") || strings.HasSuffix(f.name, "country_code"):
		region, err := language.ParseRegion(value)
		return err == nil && region.IsCountry() && country.MatchString(value)
	case strings.HasSuffix(f.name, "mail"):
		if address, err := mail.ParseAddress(value); err != nil || address.Address != value {
			return false
		}
	case f.name == "code" || f.name == "kpp":
		if _, err := strconv.ParseUint(value, 10, 64); err != nil {
			return false
		}
	}
	length := utf8.RuneCountInString(value)
	return f.min <= length && length <= f.max && f.spelt(value)
}

// spelt tells whether a text is in the letters that its field wants; digits and signs are in every alphabet.
func (f field) spelt(value string) bool {
	switch f.letters {
	case latin:
		return !strings.ContainsFunc(value, func(letter rune) bool { return letter > unicode.MaxASCII })
	case cyrillic:
		return !strings.ContainsFunc(value, func(letter rune) bool { return unicode.IsLetter(letter) && !unicode.Is(unicode.Cyrillic, letter) })
	default:
		return true
	}
}

// Telephone numbers: digits, with spaces between the codes, in .ru, .su and .рф, with a full stop behind the country's elsewhere; the zones of cities take
// both, because their table shows the one and their example the other. The examples of 8.7 and 8.15 leave the plus sign percent-encoded.
var (
	spaced = regexp.MustCompile(`^(\+|%2B)[0-9]+( [0-9]+)*$`)
	dotted = regexp.MustCompile(`^\+[0-9]{1,3}\.[0-9]{4,}$`)
)

func (s Scheme) phoned(f field, value string) bool {
	if !strings.HasSuffix(f.name, "phone") && !strings.HasSuffix(f.name, "fax") && f.name != "sms_security_number" {
		return true
	}
	for line := range strings.Lines(value) {
		line = strings.TrimSpace(line)
		fits := dotted.MatchString(line)
		switch s {
		case RU:
			fits = spaced.MatchString(line)
		case City, Geo:
			fits = fits || spaced.MatchString(line)
		default:
		}
		if !fits {
			return false
		}
	}
	return true
}
