package zone

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

const (
	// apex is how REG.API writes the domain itself (9.2).
	apex = "@"
	// maxNameLength of a complete name in DNS, without the final dot (RFC 1035, 3.1).
	maxNameLength = 253
	// maxLabelLength of a label in DNS (RFC 1035, 3.1).
	maxLabelLength = 63
)

// names converts to punycode by UTS 46 without the rules that hold for host names only, since records need underscores and stars.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// idnaDots are what UTS 46 takes for the dot between labels.
var idnaDots = strings.NewReplacer("\u3002", ".", "\uff0e", ".", "\uff61", ".")

var errEmptyLabel = errors.New("the name has an empty label; remove the extra dot")

// CanonicalDomain gives a domain in lower-case punycode without a final dot. It fails for what cannot be a domain name.
func CanonicalDomain(domain string) (string, error) {
	ascii, err := canonicalName(strings.TrimSuffix(domain, "."))
	if err != nil {
		return "", fmt.Errorf("domain %q: %w", domain, err)
	}
	return ascii, nil
}

// CanonicalRelative gives the name within a zone that a spec means, in lower-case punycode, "@" for the domain itself. The
// name may be relative or have the domain at its end, in any case, in Unicode or punycode, with a final dot or without.
// So a name below www.example.ru.example.ru has to have the domain on it. domain is canonical.
func CanonicalRelative(name, domain string) (string, error) {
	if name == "" || name == apex {
		return apex, nil
	}
	bare, absolute := strings.CutSuffix(name, ".")
	ascii, err := canonicalName(bare)
	if err != nil {
		return "", err
	}
	ascii, inside := cutDomain(ascii, domain)
	if absolute && !inside {
		return "", outside(name, domain)
	}
	if len(ascii)+1+len(domain) > maxNameLength {
		return "", fmt.Errorf("with the domain the name has more than %d characters; shorten it", maxNameLength)
	}
	return ascii, nil
}

// cutDomain takes the domain off the end of a name, both in canonical form, and says whether it was there.
func cutDomain(name, domain string) (relative string, found bool) {
	if name == domain {
		return apex, true
	}
	return strings.CutSuffix(name, "."+domain)
}

// canonicalHost gives a host name in lower-case punycode with a final dot; "." stays.
func canonicalHost(host string) (string, error) {
	if host == "." {
		return host, nil
	}
	ascii, err := canonicalName(strings.TrimSuffix(host, "."))
	if err != nil {
		return "", err
	}
	return ascii + ".", nil
}

func canonicalName(name string) (string, error) {
	ascii, plain := name, isPlain(name)
	if !plain {
		var err error
		if ascii, err = names.ToASCII(name); err != nil {
			return "", errors.New("not a valid internationalised name; check its spelling")
		}
		ascii = strings.ToLower(ascii)
	}
	if len(ascii) > maxNameLength {
		return "", fmt.Errorf("the name has more than %d characters; shorten it", maxNameLength)
	}
	for label := range strings.SplitSeq(ascii, ".") {
		if err := checkLabel(label, plain); err != nil {
			return "", err
		}
	}
	return ascii, nil
}

// isPlain says whether a name is in canonical form by its letters alone, as nearly all are, so that neither it nor its labels need the tables of
// Unicode.
func isPlain(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', '0' <= c && c <= '9', c == '-', c == '_', c == '*', c == '.':
		default:
			return false
		}
	}
	return !strings.Contains(name, "xn--")
}

// checkLabel refuses what no label can be. A plain one has letters that need no looking at.
func checkLabel(label string, plain bool) error {
	switch {
	case label == "":
		return errEmptyLabel
	case len(label) > maxLabelLength:
		return fmt.Errorf("label %q has more than %d characters in punycode; shorten it", label, maxLabelLength)
	case plain:
		return nil
	case strings.ContainsFunc(label, func(r rune) bool { return r <= ' ' || r > '~' }):
		return fmt.Errorf("label %q has a space or a control character; remove it", label)
	}
	decoded, err := names.ToUnicode(label)
	if err != nil {
		return fmt.Errorf("label %q is not valid punycode; check its spelling", label)
	}
	if mixesAlphabets(decoded) {
		return fmt.Errorf("label %q mixes Latin and Cyrillic letters, which REG.API refuses; write it in one alphabet", decoded)
	}
	return nil
}

func mixesAlphabets(label string) bool {
	latin := strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(unicode.Latin, r) })
	return latin && strings.ContainsFunc(label, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) })
}

// Relative gives the name within a zone of a complete name at or below its domain, both in canonical form: "@" for the
// domain itself.
func Relative(name, domain string) string {
	relative, _ := cutDomain(name, domain)
	return relative
}
