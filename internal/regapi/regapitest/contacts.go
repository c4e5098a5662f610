package regapitest

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// contactField is one field of a contact with its documented length in characters; optional fields may be empty or absent.
type contactField struct {
	name     string
	min, max int
	optional bool
}

// fields reads "name:min-max" or, for an optional one, "name?:min-max", each under all prefixes.
func fields(spec string, prefixes ...string) []contactField {
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	read := []contactField{}
	for _, prefix := range prefixes {
		for word := range strings.FieldsSeq(spec) {
			name, limits, _ := strings.Cut(word, ":")
			field := contactField{}
			if _, err := fmt.Sscanf(limits, "%d-%d", &field.min, &field.max); err != nil {
				panic(err) // the tables below are right
			}
			name, field.optional = strings.CutSuffix(name, "?")
			field.name = prefix + name
			read = append(read, field)
		}
	}
	return read
}

// The contacts of 8.7. What the examples leave out or empty is optional, and so is what the tables call so.
var (
	ruCommon = fields("p_addr_zip:2-15 p_addr_area?:3-65 p_addr_city:3-25 p_addr_addr:5-105 p_addr_recipient:5-45 phone:8-255 e_mail:6-255 " +
		"country:2-2 sms_security_number?:8-25 fax?:8-255 descr?:0-255 private_person_flag?:1-1")
	ruPerson = fields("person:8-64 person_r_surname:1-32 person_r_name:1-32 person_r_patronimic?:1-32 passport_number:6-30 " +
		"passport_place:3-200 passport_date:10-10 birth_date:10-10")
	ruOrganization = fields("org:6-255 org_r:10-255 code?:10-10 kpp:9-9 address_r_zip:2-15 address_r_area?:3-65 address_r_city:3-25 " +
		"address_r_addr:5-105")
	worldFields = "company:5-80 first_name:2-40 last_name:2-40 email:6-90 phone:8-20 fax?:8-20 addr:8-80 city:2-80 state:2-40 " +
		"postcode:3-10 country_code:2-2 "
	gtldFields = append(fields(worldFields, "o_", "a_", "t_", "b_"), fields("private_person_flag?:1-1")...)
	uaFields   = fields(worldFields, "o_", "t_")
	siteFields = append(slices.Clone(gtldFields),
		fields("first_name_r:2-25 last_name_r:2-25 company_r:5-255 city_r:3-80 state_r?:2-80 addr_r:15-255", "o_", "a_", "t_", "b_")...)
	cityCommon = fields("first_name:2-40 first_name_ru:2-40 last_name:2-40 last_name_ru:2-40 patronimic?:2-25 patronimic_ru?:2-25 city:2-40 "+
		"city_ru:3-80 addr:8-80 addr_ru:10-255 state:2-40 state_ru:2-40 phone:8-20 email:6-90 postcode:3-10 country_code:2-2 code:6-12",
		"o_", "a_", "t_")
	cityOrganization = fields("company:5-80 company_ru:5-255 l_addr_ru:10-255 l_addr:10-255 l_city:2-40 l_city_ru:3-80 l_postcode:3-8 "+
		"l_state:2-40 l_state_ru:2-40", "o_", "a_", "t_")
	cityPerson = fields("birth_date:10-10 passport_date:10-30 passport_number:6-30 passport_place:10-200", "o_", "a_", "t_")
)

// joined are the fields of old that hold several of today's (7.10, example of 8.12).
var joined = map[string][]string{
	"person_r":  {"person_r_surname", "person_r_name", "person_r_patronimic"},
	"passport":  {"passport_number", "passport_place", "passport_date"},
	"p_addr":    {"p_addr_zip", "p_addr_area", "p_addr_city", "p_addr_addr", "p_addr_recipient"},
	"address_r": {"address_r_zip", "address_r_area", "address_r_city", "address_r_addr"},
}

// registrant is who a domain is registered to.
type registrant string

const (
	unknownRegistrant registrant = ""
	person            registrant = "person"
	organization      registrant = "organization"
)

// contactFields returns the fields of a scheme for a kind of registrant; all of them for an unknown one.
func contactFields(scheme contactScheme, kind registrant) []contactField {
	var common, ofPerson, ofOrganization []contactField
	switch scheme {
	case schemeRU:
		common, ofPerson, ofOrganization = ruCommon, ruPerson, ruOrganization
	case schemeCity:
		common, ofPerson, ofOrganization = cityCommon, cityPerson, cityOrganization
	case schemeUA:
		common = uaFields
	case schemeSites:
		common = siteFields
	default:
		common = gtldFields
	}
	switch kind {
	case person:
		return slices.Concat(common, ofPerson)
	case organization:
		return slices.Concat(common, ofOrganization)
	default:
		return slices.Concat(common, ofPerson, ofOrganization)
	}
}

// contactsOf reads the contacts of an element: the object contacts, or form fields of the scheme's names (8.7).
func contactsOf(e *element, scheme contactScheme) map[string]string {
	contacts := map[string]string{}
	if given, ok := e.Value("contacts").(form.Params); ok {
		for name := range given {
			contacts[name] = given.Text(name)
		}
		return contacts
	}
	names := slices.Collect(maps.Keys(joined))
	for _, field := range contactFields(scheme, unknownRegistrant) {
		names = append(names, field.name)
	}
	for _, name := range names {
		if e.Has(name) {
			contacts[name] = e.Text(name)
		}
	}
	return contacts
}

// registrantOf guesses from the fields that only one kind of registrant has.
func registrantOf(scheme contactScheme, contacts map[string]string) registrant {
	isPerson := scheme == schemeRU && (contacts["person_r"] != "" || contacts["passport"] != "")
	isOrganization := scheme == schemeRU && contacts["address_r"] != ""
	common := contactFields(scheme, unknownRegistrant)
	ofBoth := contactFields(scheme, organization)
	for _, field := range common {
		if contacts[field.name] == "" {
			continue
		}
		inPerson, inOrganization := slices.Contains(contactFields(scheme, person), field), slices.Contains(ofBoth, field)
		isPerson = isPerson || !inOrganization
		isOrganization = isOrganization || !inPerson
	}
	switch {
	case isPerson == isOrganization:
		return unknownRegistrant
	case isPerson:
		return person
	default:
		return organization
	}
}

var (
	contactDate    = regexp.MustCompile(`^[0-9]{2}\.[0-9]{2}\.[0-9]{4}$`)
	contactCountry = regexp.MustCompile(`^[A-Z]{2}$`)
)

// checkContacts checks the lengths of contacts and the form of dates, countries and e-mail addresses; complete demands all that are not optional.
//
// Errors: UNKNOWN_CONTYPE, PARAMETER_MISSING, PARAMETER_INCORRECT.
func checkContacts(scheme contactScheme, contacts map[string]string, complete bool) *refusal.Error {
	kind := registrantOf(scheme, contacts)
	if kind == unknownRegistrant && complete && (scheme == schemeRU || scheme == schemeCity) {
		return refusal.New("UNKNOWN_CONTYPE")
	}
	for _, field := range contactFields(scheme, kind) {
		value := contacts[field.name]
		if value == "" {
			if complete && !field.optional && !inJoined(field.name, contacts) {
				return refusal.Missing(field.name)
			}
			continue
		}
		if !field.fits(value) {
			return refusal.Incorrect(field.name)
		}
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

func (f contactField) fits(value string) bool {
	switch {
	case strings.HasSuffix(f.name, "_date") && !contactDate.MatchString(value):
		return false
	case strings.HasSuffix(f.name, "country") || strings.HasSuffix(f.name, "country_code"):
		return contactCountry.MatchString(value)
	case strings.HasSuffix(f.name, "mail") && !strings.Contains(value, "@"):
		return false
	case f.name == "code" || f.name == "kpp":
		if _, err := strconv.ParseUint(value, 10, 64); err != nil {
			return false
		}
	}
	length := utf8.RuneCountInString(value)
	return f.min <= length && length <= f.max
}
