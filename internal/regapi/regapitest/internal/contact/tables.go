package contact

import (
	"fmt"
	"slices"
	"strings"
)

// Scheme is the set of contacts that a zone wants (8.7).
type Scheme string

// The schemes, each for the zones that the documentation names with it.
const (
	RU    Scheme = "ru"    // .ru, .su, .рф: a person or an organization
	GTLD  Scheme = "gtld"  // owner, administrator, technical and billing contact
	UA    Scheme = "ua"    // com.ua, kiev.ua: owner and technical contact
	City  Scheme = "city"  // .moscow and the like: owner, administrator, technical contact, each also in Russian
	Geo   Scheme = "geo"   // .ru.net, .com.ru and geographical zones: as City, the owner alone
	Sites Scheme = "sites" // .сайт, .онлайн: as GTLD, in Cyrillic letters too
	EU    Scheme = "eu"    // as GTLD, with an owner in the European Union
	ES    Scheme = "es"    // as GTLD, with the papers of each contact
	US    Scheme = "us"    // as GTLD, with the nexus
	Pro   Scheme = "pro"   // as GTLD, with a profession
	LV    Scheme = "lv"    // .lv, .ro: as GTLD, with the numbers of a company
	KZ    Scheme = "kz"    // as GTLD, with the place of the server
	Jobs  Scheme = "jobs"  // as GTLD, with what the company does
)

// field is one field of a contact with its documented length in characters; optional fields may be empty or absent. words are all that it may be.
type field struct {
	name     string
	min, max int
	optional bool
	letters  letters
	words    []string
}

// letters tells which letters a field may have.
type letters int

const (
	anyLetters letters = iota
	latin
	cyrillic
)

// fields reads "name:min-max" or, for an optional one, "name?:min-max", each under all prefixes.
func fields(spec string, prefixes ...string) []field {
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	read := []field{}
	for _, prefix := range prefixes {
		for word := range strings.FieldsSeq(spec) {
			name, limits, _ := strings.Cut(word, ":")
			f := field{}
			if _, err := fmt.Sscanf(limits, "%d-%d", &f.min, &f.max); err != nil {
				panic(err) // the tables below are right
			}
			name, f.optional = strings.CutSuffix(name, "?")
			f.name = prefix + name
			read = append(read, f)
		}
	}
	return read
}

// in says which letters fields have.
func in(alphabet letters, all []field) []field {
	for i := range all {
		all[i].letters = alphabet
	}
	return all
}

// oneOf makes a field that is one of some words.
func oneOf(name, words string, prefixes ...string) []field {
	if len(prefixes) == 0 {
		prefixes = []string{""}
	}
	made := []field{}
	for _, prefix := range prefixes {
		made = append(made, field{name: prefix + name, min: 1, max: 255, words: strings.Fields(words)})
	}
	return made
}

// The contacts of 8.7. What the examples leave out or empty is optional, and so is what the tables call so. Fields with a twin in Russian are in
// Latin letters, and so are those of the zones that have four contacts, whose Cyrillic twins .сайт adds.
var (
	ruCommon = fields("p_addr_zip:2-15 p_addr_area?:3-65 p_addr_city:3-25 p_addr_addr:5-105 p_addr_recipient:5-45 phone:8-255 e_mail:6-255 " +
		"country:2-2 sms_security_number?:8-25 fax?:8-255 descr?:0-255")
	ruPerson = slices.Concat(in(latin, fields("person:8-64")), fields("person_r_surname:1-32 person_r_name:1-32 person_r_patronimic?:1-32 "+
		"passport_number:6-30 passport_place:3-200 passport_date:10-10 birth_date:10-10"))
	ruOrganization = slices.Concat(in(latin, fields("org:6-255")), fields("org_r:10-255 code?:10-10 kpp:9-9 address_r_zip:2-15 "+
		"address_r_area?:3-65 address_r_city:3-25 address_r_addr:5-105"))
	worldFields = "company:5-80 first_name:2-40 last_name:2-40 email:6-90 phone:8-20 fax?:8-20 addr:8-80 city:2-80 state:2-40 postcode:3-10 " +
		"country_code:2-2"
	everybody   = []string{"o_", "a_", "t_", "b_"}
	gtldFields  = in(latin, fields(worldFields, everybody...))
	uaFields    = in(latin, fields(worldFields, "o_", "t_"))
	siteFields  = in(cyrillic, fields("first_name_r:2-25 last_name_r:2-25 company_r:5-255 city_r:3-80 state_r?:2-80 addr_r:15-255", everybody...))
	cityLatin   = "first_name:2-40 last_name:2-40 patronimic?:2-25 city:2-40 addr:8-80 state:2-40 phone:8-20 email:6-90 postcode:3-10 country_code:2-2 code:6-12"
	cityRussian = "first_name_ru:2-40 last_name_ru:2-40 patronimic_ru?:2-25 city_ru:3-80 addr_ru:10-255 state_ru:2-40"
	firmLatin   = "company:5-80 l_addr:10-255 l_city:2-40 l_postcode:3-8 l_state:2-40"
	firmRussian = "company_ru:5-255 l_addr_ru:10-255 l_city_ru:3-80 l_state_ru:2-40"
	humanFields = "birth_date:10-10 passport_date:10-30 passport_number:6-30 passport_place:10-200"
	spanish     = slices.Concat(
		oneOf("es_form_juridica", "1 39 47 59 68 124 150 152 164 181 197 203 229 269 286 365 434 436 439 476 510 524 525 554 560 562 566 608 612 713 "+
			"717 744 745 746 747 877 878 879", "o_"),
		oneOf("es_form_juridica", "1", "a_", "b_", "t_"), oneOf("es_tipo_identificacion", "0 1 3", everybody...),
		fields("es_identificacion:3-30", everybody...))
	nexus = slices.Concat(oneOf("RselnexusAppPurpose", "P1 P2 P3 P4 P5"), oneOf("RselnexusCategory", "C11 C12 C21 C31 C32"))
	jobs  = slices.Concat(fields("company_url:4-255 job_title:4-255"), oneOf("hra_name", "no yes"), oneOf("admin_type", "0 1"),
		oneOf("ind_classification", "2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26"))
	baltic      = slices.Concat(fields("idnumber:3-100 vatid:3-100"), oneOf("registrant_type", "individual organization"))
	professions = "Acupuncturists|Allied Health Professionals|Ambulance Services|Architects|Asbestos Removal Professionals|" +
		"Barbers and Barber Shops|Certified Financial Analysts|Certified Financial Planners|" +
		"Certified Public Accountants|Check Cashers|Chiropractors|Contractors, Home Improvement|" +
		"Cosmetologists and Aestheticians|Debt Collectors|Dentists and Dental Hygienists|" +
		"Dieticians and Nutritionists|Doctors|Educators|Electricians|Electrologists|Emergency Medical Technician|" +
		"Engineers and Land Surveyors|Finance Companies|Financial Professional|Funeral Services|Health Care|" +
		"Hearing Instrument Specialists|Home Inspectors|HVAC Technicians|Insurance|Investment Advisors|" +
		"Landscape Architects|Lawyers|Lead Paint Inspectors|Manufactured Building Producers|Massage Therapy|" +
		"Money Transmitters|Mortgage Lenders and Brokers|Municipal Building Inspectors|Nurses and Nurse Aides|" +
		"Nursing Home Administrators|Nutritionists|Opticians|Optometrists|Perfusionist|Pharmacists|" +
		"Physical Therapists|Physician Assistants|Physicians|Plumbers and Gas Fitters|Podiatrists|Psychologists|" +
		"Public Relations|Radio and TV Technicians|Real Estate|Real Estate Appraisers|Respiratory Therapists|" +
		"Sanitarians|Social Workers|Speech Pathologists and Audiologists|Veterinarians|Water Plant Operator|" +
		"X-Ray Technicians|Internet Professional|Medical Professional|Legal Professional|Other"
	professional = []field{{name: "pro_profession", min: 1, max: 100, words: strings.Split(professions, "|")}}
	kazakh       = fields("srvloc_state:2-40 srvloc_city:2-40 srvloc_street:2-255 reg_purpose:5-150")
)

func town(prefixes ...string) group {
	return group{
		common: slices.Concat(in(latin, fields(cityLatin, prefixes...)), in(cyrillic, fields(cityRussian, prefixes...))),
		firm:   slices.Concat(in(latin, fields(firmLatin, prefixes...)), in(cyrillic, fields(firmRussian, prefixes...))),
		human:  fields(humanFields, prefixes...),
	}
}

// group is the contacts of a scheme: those of everybody, of people and of organizations.
type group struct{ common, human, firm []field }

var groups = map[Scheme]group{
	RU:   {common: ruCommon, human: ruPerson, firm: ruOrganization},
	UA:   {common: uaFields},
	City: town("o_", "a_", "t_"), Geo: town("o_"),
	GTLD: {common: gtldFields}, EU: {common: gtldFields},
	Sites: {common: slices.Concat(gtldFields, siteFields)},
	ES:    {common: slices.Concat(gtldFields, spanish)},
	US:    {common: slices.Concat(gtldFields, nexus)},
	Pro:   {common: slices.Concat(gtldFields, professional)},
	LV:    {common: slices.Concat(gtldFields, baltic)},
	KZ:    {common: slices.Concat(gtldFields, kazakh)},
	Jobs:  {common: slices.Concat(gtldFields, jobs)},
}

// profiles are the types of stored contacts (8.7) with the schemes that each has the contacts of.
var profiles = map[string][]Scheme{
	"RU.PP": {RU}, "RU.ORG": {RU}, "EU": {EU}, "TJ": {}, "NEWTCI.ORG": {City, Geo}, "NEWTCI.PP": {City, Geo},
	"GTLD": {GTLD, UA, Sites, ES, US, Pro, LV, KZ, Jobs},
}

// union are the countries whose people may have .eu.
var union = strings.Fields("AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK")

// joined are the fields of old that hold several of today's (7.10, example of 8.12).
var joined = map[string][]string{
	"person_r":  {"person_r_surname", "person_r_name", "person_r_patronimic"},
	"passport":  {"passport_number", "passport_place", "passport_date"},
	"p_addr":    {"p_addr_zip", "p_addr_area", "p_addr_city", "p_addr_addr", "p_addr_recipient"},
	"address_r": {"address_r_zip", "address_r_area", "address_r_city", "address_r_addr"},
}
