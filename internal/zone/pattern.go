package zone

import (
	"fmt"
	"slices"
	"strings"
)

// Pattern names records of a zone: labels in which a star stands for any characters and a question mark for one, neither
// of them for a dot.
//
// A label with one of the two is compared with a label of a name as people read it and as DNS writes it, in Unicode and
// in punycode: it protects rather too much than too little.
type Pattern struct {
	labels []string
}

// Patterns are names that nothing is removed from.
type Patterns []Pattern

// ReadPatterns reads the protected names of a spec, and tells apart from them what can be no name of the zone.
func ReadPatterns(spec []string, domain string) (Patterns, []Invalid) {
	var patterns Patterns
	var invalid []Invalid
	for _, text := range spec {
		pattern, err := ReadPattern(text, domain)
		if err != nil {
			invalid = append(invalid, Invalid{Record: text, Reason: "in protected: " + err.Error()})
			continue
		}
		patterns = append(patterns, pattern)
	}
	return patterns, invalid
}

// Match says whether one of the patterns names a record's name, which is canonical.
func (p Patterns) Match(name string) bool {
	return slices.ContainsFunc(p, func(pattern Pattern) bool { return pattern.Match(name) })
}

// ReadPattern reads a pattern in every spelling that CanonicalRelative reads a name in. domain is canonical.
func ReadPattern(text, domain string) (Pattern, error) {
	if text == "" || text == apex {
		return Pattern{labels: []string{apex}}, nil
	}
	bare, absolute := strings.CutSuffix(text, ".")
	labels := strings.Split(idnaDots.Replace(bare), ".")
	for i, label := range labels {
		if label == "" {
			return Pattern{}, errEmptyLabel
		}
		labels[i] = patternLabel(label)
	}
	name, inside := cutDomain(strings.Join(labels, "."), domain)
	if absolute && !inside {
		return Pattern{}, outside(text, domain)
	}
	return Pattern{labels: strings.Split(name, ".")}, nil
}

// patternLabel gives a label as it is compared. What is no label of any name stays as it is, and matches what a zone holds in
// the same spelling.
func patternLabel(label string) string {
	if !isWild(label) {
		if ascii, err := canonicalName(label); err == nil {
			return ascii
		}
		return strings.ToLower(label)
	}
	if decoded, err := names.ToUnicode(label); err == nil {
		return decoded
	}
	return strings.ToLower(label)
}

func isWild(label string) bool { return strings.ContainsAny(label, "*?") }

// Match says whether the pattern names a name, which is canonical.
func (p Pattern) Match(name string) bool {
	labels := strings.Split(name, ".")
	return slices.EqualFunc(p.labels, labels, func(pattern, label string) bool {
		if pattern == label {
			return true
		}
		if !isWild(pattern) {
			return false
		}
		decoded, err := names.ToUnicode(label)
		return wildcard([]rune(pattern), []rune(label)) || (err == nil && wildcard([]rune(pattern), []rune(decoded)))
	})
}

// String gives the pattern in its canonical form.
func (p Pattern) String() string { return strings.Join(p.labels, ".") }

// wildcard matches a label, going back to the last star where the characters after it do not fit.
func wildcard(pattern, label []rune) bool {
	star, retry := -1, 0
	at := 0
	for i := 0; i < len(label); {
		switch {
		case at < len(pattern) && pattern[at] == '*':
			star, retry = at, i
			at++
		case at < len(pattern) && (pattern[at] == '?' || pattern[at] == label[i]):
			at++
			i++
		case star >= 0:
			retry++
			at, i = star+1, retry
		default:
			return false
		}
	}
	for at < len(pattern) && pattern[at] == '*' {
		at++
	}
	return at == len(pattern)
}

func outside(name, domain string) error {
	return fmt.Errorf("%s ends with a dot, which makes it a complete name, and is not in the zone of %s: leave the dot off, or move it to the DNSZone of its own domain", name, domain)
}
