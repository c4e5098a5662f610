package regapitest

import (
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
)

// secretWords are parts of names of parameters that no journal may hold: what proves who somebody is, what gives a domain away, and input_data for
// when it could not be decoded.
var secretWords = []string{"password", "passwd", "sig", "input_data", "authinfo"}

// personalNames are the names of parameters that tell about people: contacts of every zone (8.7), and those of a new user (5.2).
var personalNames = func() map[string]bool {
	names := map[string]bool{"contacts": true, "wmid": true, "approver_email": true, "email": true, "passport": true}
	for _, name := range contact.AllNames() {
		names[name] = true
	}
	for field := range strings.FieldsSeq("email ip first_name last_name company jabber_id icq phone fax addr city state postcode country_code") {
		names["user_"+field] = true
	}
	// What an order of hosting and the like tells about its owner (7.4).
	for field := range strings.FieldsSeq("org org_r code kpp a_addr a_name p_addr person person_r birth_date sms_security_number") {
		names[field] = true
	}
	return names
}()

// hidden tells whether a parameter is left out of the journal.
func hidden(name string) bool {
	name = strings.ToLower(name)
	for _, word := range secretWords {
		if strings.Contains(name, word) {
			return true
		}
	}
	return personalNames[name]
}
