package dnszone

import (
	"errors"
	"net/netip"
	"strings"
	"unicode"

	"golang.org/x/net/idna"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// The longest name and the longest label, in bytes (RFC 1035, 2.3.4).
const (
	MaxNameLength  = 253
	MaxLabelLength = 63
)

const punycodePrefix = "xn--"

// NameServers are those on which a zone can be managed (9.1).
var NameServers = []string{"ns1.reg.ru", "ns2.reg.ru"}

// profile maps Unicode to punycode by the rules of name lookup (UTS 46); the shape of labels is checked here, not by the profile,
// because zones hold names such as _dmarc that it would refuse.
var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// errUnstable is of names whose punycode is itself no valid name.
var errUnstable = errors.New("the name does not survive the way to punycode")

// ToASCII returns a name in lower case and punycode, in the one form that maps to itself.
func ToASCII(name string) (string, error) {
	ascii, err := profile.ToASCII(name)
	if err != nil {
		return "", err
	}
	if again, err := profile.ToASCII(ascii); err != nil || again != ascii {
		return "", errUnstable
	}
	return ascii, nil
}

// CanonicalDomain returns a domain name in lower case and punycode.
//
// Errors (2.3.3): NO_DOMAIN, HAVE_MIXED_CODETABLES, INVALID_DOMAIN_NAME_PUNYCODE, INVALID_DOMAIN_NAME_FORMAT.
func CanonicalDomain(name string) (string, *refusal.Error) {
	if name == "" {
		return "", refusal.New("NO_DOMAIN")
	}
	if mixesAlphabets(name) {
		return "", refusal.New("HAVE_MIXED_CODETABLES")
	}
	ascii, err := ToASCII(name)
	if err != nil {
		if strings.Contains(strings.ToLower(name), punycodePrefix) {
			return "", refusal.New("INVALID_DOMAIN_NAME_PUNYCODE", "domain_name", name)
		}
		return "", refusal.New("INVALID_DOMAIN_NAME_FORMAT", "domain_name", name)
	}
	labels := strings.Split(ascii, ".")
	if len(labels) < 2 || len(ascii) > MaxNameLength {
		return "", refusal.New("INVALID_DOMAIN_NAME_FORMAT", "domain_name", name)
	}
	for _, label := range labels {
		if !isLabel(label) || strings.Contains(label, "_") {
			return "", refusal.New("INVALID_DOMAIN_NAME_FORMAT", "domain_name", name)
		}
	}
	return ascii, nil
}

// UnicodeName is the form in which service/get_list shows a domain name.
func UnicodeName(ascii string) string {
	if name, err := profile.ToUnicode(ascii); err == nil {
		return name
	}
	return ascii
}

// IsIDN tells of a canonical name whether its first label is in other letters than Latin ones.
func IsIDN(name string) bool { return strings.HasPrefix(name, punycodePrefix) }

// mixesAlphabets tells whether one label of a name mixes Latin and Cyrillic letters.
func mixesAlphabets(name string) bool {
	for label := range strings.SplitSeq(name, ".") {
		latin, cyrillic := false, false
		for _, letter := range label {
			latin = latin || unicode.Is(unicode.Latin, letter)
			cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, letter)
		}
		if latin && cyrillic {
			return true
		}
	}
	return false
}

// isLabel accepts letters, digits, hyphens inside and underscores.
func isLabel(label string) bool {
	if label == "" || len(label) > MaxLabelLength || label[0] == '-' || label[len(label)-1] == '-' {
		return false
	}
	for _, c := range label {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// canonicalSubdomain returns a record's name relative to its zone, in lower case and punycode: "@", "*", "www", "*.sub". A name with a final dot is
// that name where it lies in the zone.
//
// Errors (2.3.3): HAVE_MIXED_CODETABLES, UNSUPPORTED_UNICODE_SYMBOL, SUBD_INVALID.
func canonicalSubdomain(name, zone string) (string, *refusal.Error) {
	if mixesAlphabets(name) {
		return "", refusal.New("HAVE_MIXED_CODETABLES")
	}
	if hasUnsupportedSymbol(name) {
		return "", refusal.New("UNSUPPORTED_UNICODE_SYMBOL")
	}
	if full, absolute := strings.CutSuffix(name, "."); absolute {
		var within bool
		if name, within = relativeTo(zone, full); !within {
			return "", refusal.New("SUBD_INVALID")
		}
	}
	if name == "@" || name == "*" {
		return name, nil
	}
	below, wildcard := strings.CutPrefix(name, "*.")
	ascii, ok := hostLabels(below)
	if !ok {
		return "", refusal.New("SUBD_INVALID")
	}
	if wildcard {
		ascii = "*." + ascii
	}
	if len(ascii)+1+len(zone) > MaxNameLength {
		return "", refusal.New("SUBD_INVALID")
	}
	return ascii, nil
}

// hasUnsupportedSymbol tells whether a name holds a character that no name can have in Unicode either.
func hasUnsupportedSymbol(name string) bool {
	return strings.ContainsFunc(name, func(letter rune) bool {
		_, err := profile.ToASCII(string(letter))
		return letter > unicode.MaxASCII && err != nil && !unicode.Is(unicode.Mn, letter)
	})
}

// relativeTo turns a full name into one of a zone, and tells whether it lies there.
func relativeTo(zone, full string) (string, bool) {
	below, wildcard := strings.CutPrefix(full, "*.")
	ascii, err := ToASCII(below)
	if err != nil {
		return "", false
	}
	name, within := strings.CutSuffix(ascii, "."+zone)
	switch {
	case ascii == zone && wildcard:
		return "*", true
	case ascii == zone:
		return "@", true
	case wildcard:
		return "*." + name, within
	default:
		return name, within
	}
}

// hostLabels returns a name in lower case and punycode if each of its labels could stand in the DNS.
func hostLabels(name string) (string, bool) {
	ascii, err := ToASCII(name)
	if err != nil || len(ascii) > MaxNameLength {
		return "", false
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if !isLabel(label) {
			return "", false
		}
	}
	return ascii, true
}

// canonicalTarget returns a host name as the zone stores it: in lower case and punycode, absolute, with a trailing dot. A name of one label
// is relative to the zone: the documentation's own example of zone/add_mx says mail_server=mail for mail.test.ru (9.7).
func canonicalTarget(name, zone string) (string, bool) {
	host, absolute := strings.CutSuffix(name, ".")
	if _, err := netip.ParseAddr(host); err == nil || mixesAlphabets(host) {
		return "", false
	}
	ascii, ok := hostLabels(host)
	if !ok {
		return "", false
	}
	if !absolute && !strings.Contains(ascii, ".") {
		ascii += "." + zone
	}
	return ascii + ".", len(ascii) <= MaxNameLength
}

// CanonicalHost returns a host name in lower case and punycode, without a trailing dot. A name of one label lies in the zone.
func CanonicalHost(name, zone string) (string, bool) {
	target, ok := canonicalTarget(name, zone)
	return strings.TrimSuffix(target, "."), ok
}
