package contacts

import (
	"slices"
	"strings"
)

// field is one of a zone, with its length in characters.
type field struct {
	name     string
	min, max int
	optional bool
	latin    bool
}

// form is what a kind of zone wants: the fields of everybody, and those of a person or of an organization where it tells them apart.
type form struct {
	common, person, organization []field
	// joined are fields of the older edition that hold several of today's, one of which is enough.
	joined map[string][]string
	// spaced says that telephone numbers have spaces between their parts, and else a full stop behind the country's.
	spaced bool
}

var national = &form{
	common: []field{
		{name: "p_addr_zip", min: 2, max: 15}, {name: "p_addr_area", min: 3, max: 65, optional: true}, {name: "p_addr_city", min: 3, max: 25},
		{name: "p_addr_addr", min: 5, max: 105}, {name: "p_addr_recipient", min: 5, max: 45},
		{name: "phone", min: 8, max: 255}, {name: "fax", min: 8, max: 255, optional: true}, {name: "e_mail", min: 6, max: 255},
		{name: "country", min: 2, max: 2}, {name: "sms_security_number", min: 8, max: 25, optional: true},
		{name: "descr", max: 255, optional: true},
	},
	person: []field{
		{name: "person", min: 8, max: 64, latin: true},
		{name: "person_r_surname", min: 1, max: 32}, {name: "person_r_name", min: 1, max: 32}, {name: "person_r_patronimic", min: 1, max: 32, optional: true},
		{name: "passport_number", min: 6, max: 30}, {name: "passport_place", min: 3, max: 200}, {name: "passport_date", min: 10, max: 10},
		{name: "birth_date", min: 10, max: 10}, {name: "code", min: 12, max: 12, optional: true},
	},
	organization: []field{
		{name: "org", min: 6, max: 255, latin: true}, {name: "org_r", min: 10, max: 255}, {name: "code", min: 10, max: 10, optional: true},
		{name: "kpp", min: 9, max: 9}, {name: "address_r_zip", min: 2, max: 15}, {name: "address_r_area", min: 3, max: 65, optional: true},
		{name: "address_r_city", min: 3, max: 25}, {name: "address_r_addr", min: 5, max: 105},
	},
	joined: map[string][]string{
		"person_r":  {"person_r_surname", "person_r_name", "person_r_patronimic"},
		"passport":  {"passport_number", "passport_place", "passport_date"},
		"p_addr":    {"p_addr_zip", "p_addr_area", "p_addr_city", "p_addr_addr", "p_addr_recipient"},
		"address_r": {"address_r_zip", "address_r_area", "address_r_city", "address_r_addr"},
	},
	spaced: true,
}

var international = &form{common: people("o_", "a_", "t_", "b_")}

var ukrainian = &form{common: people("o_", "t_")}

// people are the fields of contacts that are all alike, each with a prefix: owner, administrator, technical and billing contact.
func people(prefixes ...string) (all []field) {
	for _, prefix := range prefixes {
		for _, f := range []field{
			{name: "company", min: 5, max: 80}, {name: "first_name", min: 2, max: 40}, {name: "last_name", min: 2, max: 40},
			{name: "email", min: 6, max: 80}, {name: "phone", min: 8, max: 20}, {name: "fax", min: 8, max: 20, optional: true},
			{name: "addr", min: 8, max: 80}, {name: "city", min: 2, max: 80}, {name: "state", min: 2, max: 40},
			{name: "postcode", min: 3, max: 10}, {name: "country_code", min: 2, max: 2},
		} {
			f.name, f.latin = prefix+f.name, true
			all = append(all, f)
		}
	}
	return all
}

// forms by zone, in ASCII. Other zones want more than is checked here.
var forms = map[string]*form{
	"ru": national, "su": national, "xn--p1ai": national,
	"com": international, "net": international, "org": international, "biz": international, "info": international, "name": international, "mobi": international,
	"com.ua": ukrainian, "kiev.ua": ukrainian,
}

// formOf gives the form of the zone that a domain is in, by its longest ending; nil where it is not known.
func formOf(domain string) *form {
	_, zone, nested := strings.Cut(domain, ".")
	for ; nested; _, zone, nested = strings.Cut(zone, ".") {
		if f := forms[zone]; f != nil {
			if strings.Count(domain, ".") > strings.Count(zone, ".")+1 {
				return nil // A name below a name, such as in com.ru, which has rules of its own.
			}
			return f
		}
	}
	return nil
}

// of gives the fields for who the contacts are of; ok is false where they tell of neither, or of both.
func (f *form) of(contacts map[string]string) (fields []field, ok bool) {
	if f.person == nil {
		return f.common, true
	}
	given := func(fields []field, joined ...string) bool {
		// Both may have a code: a person who is in business has one of twelve digits.
		return slices.ContainsFunc(fields, func(f field) bool { return f.name != "code" && contacts[f.name] != "" }) ||
			slices.ContainsFunc(joined, func(name string) bool { return contacts[name] != "" })
	}
	person, organization := given(f.person, "person_r", "passport"), given(f.organization, "address_r")
	switch {
	case person == organization:
		return f.common, false
	case person:
		return slices.Concat(f.common, f.person), true
	default:
		return slices.Concat(f.common, f.organization), true
	}
}
