package regapitest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"unicode"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
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

// tld is a zone in which names are registered: its prices, in hundredths of a rouble a year, and its rules. The documentation shows the
// prices of four zones (8.2) and the rules of one (8.27); the others are the simulator's own, of the same size.
type tld struct {
	// name is in punycode.
	name     string
	contacts contact.Scheme
	letters  alphabet
	// register and renew are prices; idnRegister is that of names in other letters, 0 where there is no difference.
	register, renew, idnRegister int64
	// update is the price of a change of name servers or contacts (8.15, 8.20); 0 means free.
	update int64
	// restore is what restoring a domain costs beside its renewal.
	restore int64
	// maxPeriod is in years; the least is one. renewPeriods are those of a renewal, all up to maxPeriod when nil.
	maxPeriod    int
	renewPeriods []int
	minLength    int
	// A domain can be renewed from renewBefore days before its end to renewAfter days behind it, and then restored for restoration days more; not
	// within renewNotFor days of its registration (8.27).
	renewBefore, renewAfter, restoration, renewNotFor int
	// disabled zones are known, but not open for registration.
	disabled bool
	// delegation tells that domains can be taken out of delegation (8.7, 8.20); without authInfo nothing is needed for a transfer.
	delegation, authInfo bool
	// foreign zones have another registrar behind the vendor's back, who does not tell the state of transfers (8.9).
	foreign bool
	// verified zones want the registrant's e-mail address verified (8.28); privacy zones offer Privacy Protection (8.7, 8.27).
	verified, privacy bool
}

// anyTime is the window of zones that let their domains be renewed at any time.
const anyTime = 3650

// knownTLDs are the zones that the simulator serves.
var knownTLDs = tldTable(slices.Concat([]tld{
	{name: "ru", contacts: contact.RU, register: 590_00, renew: 590_00, delegation: true, authInfo: true},
	{name: "su", contacts: contact.RU, letters: anyAlphabet, register: 590_00, renew: 590_00, delegation: true},
	{name: "xn--p1ai", contacts: contact.RU, letters: cyrillicOnly, register: 1200_00, renew: 1200_00, delegation: true, authInfo: true},
	{name: "com", letters: anyAlphabet, register: 450_00, renew: 450_00, idnRegister: 960_00, maxPeriod: 10, privacy: true},
	{name: "net", letters: anyAlphabet, register: 550_00, renew: 550_00, maxPeriod: 10, privacy: true},
	{name: "org", letters: anyAlphabet, register: 550_00, renew: 550_00, maxPeriod: 10, privacy: true},
	{name: "info", letters: anyAlphabet, register: 500_00, renew: 700_00, maxPeriod: 10, privacy: true},
	{name: "biz", register: 600_00, renew: 600_00, maxPeriod: 10, privacy: true},
	{name: "name", register: 500_00, renew: 500_00, maxPeriod: 10, privacy: true},
	{name: "mobi", register: 700_00, renew: 700_00, maxPeriod: 10, privacy: true},
	{name: "me", register: 800_00, renew: 900_00, maxPeriod: 10, privacy: true},
	{name: "us", contacts: contact.US, register: 600_00, renew: 600_00, maxPeriod: 10},
	{name: "eu", contacts: contact.EU, register: 500_00, renew: 500_00, update: 500_00, maxPeriod: 10, restoration: 40, restore: 1500_00},
	{name: "es", contacts: contact.ES, register: 900_00, renew: 900_00, maxPeriod: 5, renewAfter: 10},
	{name: "pro", contacts: contact.Pro, register: 900_00, renew: 900_00, maxPeriod: 10},
	{name: "jobs", contacts: contact.Jobs, register: 7000_00, renew: 7000_00, maxPeriod: 10},
	{name: "lv", contacts: contact.LV, register: 1200_00, renew: 1200_00},
	{name: "ro", contacts: contact.LV, register: 1200_00, renew: 1200_00, maxPeriod: 10},
	{name: "kz", contacts: contact.KZ, register: 2000_00, renew: 2000_00, maxPeriod: 2},
	{name: "com.kz", contacts: contact.KZ, register: 1500_00, renew: 1500_00, maxPeriod: 2},
	{name: "md", register: 4800_00, renew: 4800_00, update: 4800_00},
	{name: "academy", register: 1500_00, renew: 1500_00, maxPeriod: 10, renewPeriods: []int{1, 2, 5, 10}},
	{name: "ru.com", letters: anyAlphabet, register: 600_00, renew: 600_00, maxPeriod: 10},
	{name: "ae.org", register: 1500_00, renew: 1500_00, maxPeriod: 10},
	{name: "ooo", letters: anyAlphabet, register: 300_00, renew: 900_00, maxPeriod: 10, foreign: true, renewNotFor: 45},
	{name: "com.ua", contacts: contact.UA, register: 450_00, renew: 450_00, foreign: true},
	{name: "kiev.ua", contacts: contact.UA, register: 450_00, renew: 450_00, foreign: true},
	{name: "pp.ua", register: 100_00, renew: 100_00},
	{name: "moscow", contacts: contact.City, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "xn--80adxhks", contacts: contact.City, letters: cyrillicOnly, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "xn--d1acj3b", contacts: contact.City, letters: cyrillicOnly, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "tatar", contacts: contact.City, register: 500_00, renew: 700_00, maxPeriod: 10},
	{name: "xn--80aswg", contacts: contact.Sites, letters: cyrillicOnly, register: 500_00, renew: 900_00, maxPeriod: 10},
	{name: "xn--80asehdb", contacts: contact.Sites, letters: cyrillicOnly, register: 500_00, renew: 900_00, maxPeriod: 10},
	// The example of 8.6 finds .cn closed; 8.7 says so of .tj.
	{name: "cn", register: 900_00, renew: 900_00, disabled: true},
	{name: "tj", register: 3000_00, renew: 3000_00, disabled: true},
}, geographic))

// tldTable gives the zones what most have in common.
func tldTable(zones []tld) map[string]tld {
	table := map[string]tld{}
	for _, zone := range zones {
		zone.maxPeriod = max(zone.maxPeriod, 1)
		zone.minLength = max(zone.minLength, 2)
		zone.contacts = cmp.Or(zone.contacts, contact.GTLD)
		if zone.contacts == contact.RU {
			zone.renewBefore, zone.renewAfter = 60, 31
		}
		if !slices.Contains([]contact.Scheme{contact.RU, contact.UA, contact.City, contact.Geo, contact.Sites}, zone.contacts) {
			zone.authInfo, zone.verified = true, true
			if zone.restoration == 0 {
				zone.renewAfter, zone.restoration, zone.restore = 30, 30, 5000_00
			}
		}
		zone.renewBefore = cmp.Or(zone.renewBefore, anyTime)
		table[zone.name] = zone
	}
	return table
}

// periods are the years that can be renewed at once.
func (z tld) periods() []int {
	if z.renewPeriods != nil {
		return z.renewPeriods
	}
	return upTo(z.maxPeriod)
}

func upTo(most int) []int {
	years := []int{}
	for year := range most {
		years = append(years, year+1)
	}
	return years
}

// hides tells whether contacts in the zone can be hidden in WHOIS: by Privacy Protection, or by the flag of .ru, .su and .рф (8.15).
func (z tld) hides() bool { return z.privacy || z.contacts == contact.RU }

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
// Errors (2.3.3): INVALID_DOMAIN_NAME_FORMAT, TLD_DISABLED, DOMAIN_BAD_NAME_ONLYDIGITS, DOMAIN_NAME_MUSTBEENG, DOMAIN_NAME_MUSTBERUS,
// DOMAIN_BAD_NAME, DOMAIN_INVALID_LENGTH.
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
	case zone.letters == cyrillicOnly && strings.Trim(label, "0123456789") == "":
		return tld{}, refusal.New("DOMAIN_BAD_NAME_ONLYDIGITS")
	case zone.letters == cyrillicOnly && latin:
		return tld{}, refusal.New("DOMAIN_NAME_MUSTBERUS", "tld", shown)
	case zone.letters == latinOnly && dnszone.IsIDN(label) && zone.contacts == contact.RU:
		return tld{}, refusal.New("DOMAIN_NAME_MUSTBEENG", "tld", shown)
	case zone.letters == latinOnly && dnszone.IsIDN(label):
		return tld{}, refusal.New("DOMAIN_BAD_NAME", "domain_name", given)
	case len(letters) < zone.minLength:
		return tld{}, refusal.New("DOMAIN_INVALID_LENGTH")
	}
	return zone, nil
}
