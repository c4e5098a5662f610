package regapitest

import (
	"maps"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// privacyFlag stands among the contacts and is none: it hides them in WHOIS (8.7, 8.15).
const privacyFlag = "private_person_flag"

// contactsOf reads the contacts of an element: the object contacts, or form fields of the scheme's names (8.7).
func contactsOf(e *element, scheme contact.Scheme) map[string]string {
	contacts := map[string]string{}
	if given, ok := e.Value("contacts").(form.Params); ok {
		for name := range given {
			contacts[name] = given.Text(name)
		}
		return contacts
	}
	for _, name := range append(scheme.Names(), privacyFlag) {
		if e.Has(name) {
			contacts[name] = e.Text(name)
		}
	}
	return contacts
}

// takePrivacyFlag takes the flag out of contacts. Zones that offer no privacy take none. Error: PARAMETER_INCORRECT.
func takePrivacyFlag(contacts map[string]string, zone tld) (hidden bool, err *refusal.Error) {
	flag := contacts[privacyFlag]
	delete(contacts, privacyFlag)
	if flag != "" && flag != "0" && (flag != "1" || !zone.hides()) {
		return false, refusal.Incorrect(privacyFlag)
	}
	return flag == "1", nil
}

// orderContacts takes the contacts from a profile of the account's, or from the request.
func (c *call) orderContacts(e *element, zone tld, optional bool) (map[string]string, *refusal.Error) {
	kind, name := e.Text("profile_type"), e.Text("profile_name")
	switch {
	case kind != "" && name == "":
		return nil, refusal.Missing("profile_name")
	case kind == "" && name != "":
		return nil, refusal.Missing("profile_type")
	case kind != "":
		return c.profile(kind, name, zone)
	}
	contacts := contactsOf(e, zone.contacts)
	complete := !optional || zone.contacts.Registrant(contacts) != contact.Unknown
	return contacts, contact.Check(zone.contacts, contacts, complete)
}

// profile are the account's stored contacts of a type, which must be that of the zone's.
func (c *call) profile(kind, name string, zone tld) (map[string]string, *refusal.Error) {
	if err := contact.CheckProfile(kind, zone.contacts); err != nil {
		return nil, err
	}
	if c.test {
		return map[string]string{}, nil
	}
	for _, profile := range c.account.Profiles {
		if profile.Type == kind && profile.Name == name {
			return maps.Clone(profile.Contacts), nil
		}
	}
	return nil, refusal.Incorrect("profile_name")
}
