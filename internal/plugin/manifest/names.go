package manifest

import (
	"regexp"
	"strings"

	"golang.org/x/net/idna"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Names gives objects their names: example-ru for example.ru, and the domain itself where that is taken.
type Names map[string]bool

// Of gives the name for the object of a domain in punycode.
func (n Names) Of(domain string) string {
	name := strings.ReplaceAll(domain, ".", "-")
	const longest = 63
	if len(name) > longest || n[name] {
		name = domain
	}
	n[name] = true
	return name
}

// readableDomain gives a domain as people read it, if that is the same domain.
func readableDomain(domain string) string {
	readable, err := idna.Display.ToUnicode(domain)
	if err != nil {
		return domain
	}
	if back, err := zone.CanonicalDomain(readable); err != nil || back != domain {
		return domain
	}
	return readable
}

// unfitForNames are the characters that the API server lets into no name of a zone.
var unfitForNames = regexp.MustCompile(`[\s\pZ",:;@\\()<>?]`)

// stars that are no whole first label.
var misplacedStar = regexp.MustCompile(`.[*]|[*][^.]`)

// readableName gives the name of an entry that means a name in canonical form: in letters where it can be, and with the domain on it where
// it would be misread without. It gives none where the API server takes none.
func readableName(name, domain string) (string, bool) {
	if name == "@" {
		return name, true
	}
	candidates := []string{name, name + "." + domain + "."}
	if readable, err := idna.Display.ToUnicode(name); err == nil && readable != name {
		candidates = append([]string{readable}, candidates...)
	}
	for _, candidate := range candidates {
		back, err := zone.CanonicalRelative(candidate, domain)
		if err == nil && back == name && len([]rune(candidate)) <= 254 && !unfitForNames.MatchString(candidate) && !misplacedStar.MatchString(candidate) {
			return candidate, true
		}
	}
	return "", false
}
