package regapitest

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// alphabet tells which letters the names in a zone may have.
type alphabet int

const (
	latinOnly alphabet = iota
	anyAlphabet
	cyrillicOnly
)

// contactScheme is the set of contacts that a zone wants (8.7).
type contactScheme string

const (
	schemeRU    contactScheme = "ru"    // .ru, .su, .рф: a person or an organization
	schemeGTLD  contactScheme = "gtld"  // owner, administrator, technical and billing contact
	schemeUA    contactScheme = "ua"    // com.ua, kiev.ua: owner and technical contact
	schemeCity  contactScheme = "city"  // .moscow and the like: owner, administrator, technical contact, some fields in Russian too
	schemeSites contactScheme = "sites" // .сайт, .онлайн: as GTLD, with names in Cyrillic too
)

// tld is a zone in which names are registered: its prices, in hundredths of a rouble a year, and its rules. The documentation shows the
// prices of four zones (8.2) and the rules of one (8.27); the others are the simulator's own, of the same size.
type tld struct {
	// name is in punycode.
	name     string
	contacts contactScheme
	letters  alphabet
	// register and renew are prices; idnRegister is that of names in other letters, 0 where there is no difference.
	register, renew, idnRegister int64
	// update is the price of a change of name servers or contacts (8.15, 8.20); 0 means free.
	update int64
	// maxPeriod is in years; the least is one.
	maxPeriod int
	minLength int
	// disabled zones are known, but not open for registration.
	disabled bool
	// delegation tells that domains can be taken out of delegation (8.7, 8.20); without authInfo nothing is needed for a transfer.
	delegation, authInfo bool
	// foreign zones have another registrar behind the vendor's back, who does not tell the state of transfers (8.9).
	foreign bool
	// verified zones want the registrant's e-mail address verified (8.28); privacy zones offer Privacy Protection (8.27).
	verified, privacy bool
}

// knownTLDs are the zones that the simulator serves.
var knownTLDs = tldTable([]tld{
	{name: "ru", contacts: schemeRU, register: 590_00, renew: 590_00, delegation: true, authInfo: true},
	{name: "su", contacts: schemeRU, letters: anyAlphabet, register: 590_00, renew: 590_00, delegation: true},
	{name: "xn--p1ai", contacts: schemeRU, letters: cyrillicOnly, register: 1200_00, renew: 1200_00, delegation: true, authInfo: true},
	{name: "com", letters: anyAlphabet, register: 450_00, renew: 450_00, idnRegister: 960_00, maxPeriod: 10},
	{name: "net", letters: anyAlphabet, register: 550_00, renew: 550_00, maxPeriod: 10},
	{name: "org", letters: anyAlphabet, register: 550_00, renew: 550_00, maxPeriod: 10},
	{name: "info", letters: anyAlphabet, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "biz", register: 600_00, renew: 600_00, maxPeriod: 10},
	{name: "name", register: 500_00, renew: 500_00, maxPeriod: 10},
	{name: "mobi", register: 700_00, renew: 700_00, maxPeriod: 10},
	{name: "me", register: 800_00, renew: 900_00, maxPeriod: 10},
	{name: "us", register: 600_00, renew: 600_00, maxPeriod: 10},
	{name: "eu", register: 500_00, renew: 500_00, update: 500_00, maxPeriod: 10},
	{name: "md", register: 4800_00, renew: 4800_00, update: 4800_00},
	{name: "academy", register: 1500_00, renew: 1500_00, maxPeriod: 10},
	{name: "ru.com", letters: anyAlphabet, register: 600_00, renew: 600_00, maxPeriod: 10},
	{name: "ae.org", register: 1500_00, renew: 1500_00, maxPeriod: 10},
	{name: "ooo", letters: anyAlphabet, register: 300_00, renew: 900_00, maxPeriod: 10, foreign: true},
	{name: "com.ua", contacts: schemeUA, register: 450_00, renew: 450_00, foreign: true},
	{name: "kiev.ua", contacts: schemeUA, register: 450_00, renew: 450_00, foreign: true},
	{name: "moscow", contacts: schemeCity, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "xn--80adxhks", contacts: schemeCity, letters: cyrillicOnly, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "xn--80aswg", contacts: schemeSites, letters: cyrillicOnly, register: 500_00, renew: 900_00, maxPeriod: 10},
	{name: "xn--80asehdb", contacts: schemeSites, letters: cyrillicOnly, register: 500_00, renew: 900_00, maxPeriod: 10},
	// The example of 8.6 finds .cn closed; 8.7 says so of .tj.
	{name: "cn", register: 900_00, renew: 900_00, disabled: true},
	{name: "tj", register: 3000_00, renew: 3000_00, disabled: true},
})

// tldTable gives the zones what most have in common.
func tldTable(zones []tld) map[string]tld {
	table := map[string]tld{}
	for _, zone := range zones {
		zone.maxPeriod = max(zone.maxPeriod, 1)
		zone.minLength = max(zone.minLength, 2)
		if zone.contacts == "" {
			zone.contacts = schemeGTLD
		}
		if zone.contacts == schemeGTLD {
			zone.authInfo, zone.verified, zone.privacy = true, true, true
		}
		table[zone.name] = zone
	}
	return table
}

// openTLDs are the zones that registration is possible in, by name.
func openTLDs() []tld {
	open := []tld{}
	for _, name := range slices.Sorted(maps.Keys(knownTLDs)) {
		if !knownTLDs[name].disabled {
			open = append(open, knownTLDs[name])
		}
	}
	return open
}

// splitTLD returns the label in front of the longest known zone that a canonical name lies in.
func splitTLD(name string) (label string, zone tld, ok bool) {
	for at, letter := range name {
		if letter != '.' {
			continue
		}
		if zone, ok := knownTLDs[name[at+1:]]; ok {
			return name[:at], zone, !strings.Contains(name[:at], ".")
		}
	}
	return "", tld{}, false
}

// tldOf returns the zone of a domain; of one that the simulator does not serve, with prices and rules like those of com.
func tldOf(name string) tld {
	if _, zone, ok := splitTLD(name); ok {
		return zone
	}
	return knownTLDs["com"]
}

// price is that of registering a name for so many years.
func (z tld) price(name string, years int) int64 {
	price := z.register
	if z.idnRegister != 0 && dnszone.IsIDN(name) {
		price = z.idnRegister
	}
	return price * int64(years)
}

// impossible tells of a canonical name that its zone has no such letters: then nobody can have it, and the examples call its form wrong (8.9).
func impossible(name string) bool {
	label, zone, ok := splitTLD(name)
	return ok && zone.letters == cyrillicOnly && !dnszone.IsIDN(label) && strings.ContainsFunc(label, unicode.IsLetter)
}

// checkName checks a given name, whose canonical form is known, by the rules of zones.
//
// Errors (2.3.3): INVALID_DOMAIN_NAME_FORMAT, TLD_DISABLED, DOMAIN_NAME_MUSTBEENG, DOMAIN_NAME_MUSTBERUS, DOMAIN_BAD_NAME,
// DOMAIN_INVALID_LENGTH.
func checkName(given, name string) (tld, *refusal.Error) {
	label, zone, ok := splitTLD(name)
	if !ok {
		return tld{}, refusal.New("INVALID_DOMAIN_NAME_FORMAT", "domain_name", given)
	}
	shown := dnszone.UnicodeName(zone.name)
	if zone.disabled {
		return tld{}, refusal.New("TLD_DISABLED", "tld", shown)
	}
	letters := []rune(dnszone.UnicodeName(label))
	latin := slices.ContainsFunc(letters, func(letter rune) bool { return unicode.Is(unicode.Latin, letter) })
	switch {
	case zone.letters == cyrillicOnly && latin:
		return tld{}, refusal.New("DOMAIN_NAME_MUSTBERUS", "tld", shown)
	case zone.letters == latinOnly && dnszone.IsIDN(label) && zone.contacts == schemeRU:
		return tld{}, refusal.New("DOMAIN_NAME_MUSTBEENG", "tld", shown)
	case zone.letters == latinOnly && dnszone.IsIDN(label):
		return tld{}, refusal.New("DOMAIN_BAD_NAME", "domain_name", given)
	case len(letters) < zone.minLength:
		return tld{}, refusal.New("DOMAIN_INVALID_LENGTH")
	}
	return zone, nil
}
