package zone

import (
	"slices"
	"strings"
)

// markTypes are the types of records as texts write them.
var markTypes = map[string]Type{
	"a": A, "aaaa": AAAA, "cname": CNAME, "mx": MX, "ns": NS, "srv": SRV, "txt": TXT, "caa": CAA, "https": HTTPS, "ptr": "PTR", "naptr": "NAPTR",
}

// The values that docs/external-dns.md recommends, --txt-prefix=_edns-%{record_type}. and --txt-wildcard-replacement=_wildcard.
const (
	recommendedPrefix   = "_edns-"
	recommendedWildcard = "_wildcard"
)

// typesByName are the types of the records that may be external-dns's, by their names.
type typesByName map[string][]Type

func (s typesByName) has(at place) bool { return slices.Contains(s[at.name], at.kind) }

// enoughVotes make settings likelier than that the record of a text that can be read is gone.
const enoughVotes = 2

// explained is a text, and what it is about.
type explained struct {
	Record
	about []place
}

// explain finds out what texts are about. A text of the default or of the recommended settings can be read. Of any other, or
// where the record that is read does not stand, the standing records tell: of the settings by which it can be read as the text
// of one that stands, those count that explain most texts.
func explain(texts []Record, stands typesByName) []explained {
	plain, recommended := settings{before: "%-"}, settings{before: recommendedPrefix + "%."}
	votes := map[settings]int{plain: enoughVotes, recommended: enoughVotes}
	readings := make([][]reading, len(texts))
	found := make([]explained, len(texts))
	for i, text := range texts {
		about, certain := readable(text.Name, stands)
		found[i] = explained{text, about}
		switch {
		case certain && strings.HasPrefix(text.Name, recommendedPrefix):
			votes[recommended]++
			continue
		case certain:
			votes[plain]++
			continue
		}
		readings[i] = readingsOf(text.Name, stands)
		voted := map[settings]bool{}
		for _, r := range readings[i] {
			if !r.wild && !voted[r.settings] {
				voted[r.settings] = true
				votes[r.settings]++
			}
		}
	}
	for i, text := range texts {
		needed := 1
		if strings.HasPrefix(text.Name, recommendedPrefix) {
			needed = enoughVotes
		}
		elected := slices.DeleteFunc(readings[i], func(r reading) bool { return max(votes[r.settings], 1) < needed })
		found[i].about = append(found[i].about, elect(elected, votes)...)
	}
	return found
}

// readable gives what a text is about by the default settings and by the recommended ones. It is certain where no other
// settings have to be thought of.
func readable(name string, stands typesByName) (about []place, certain bool) {
	for _, kind := range untyped { // As old versions write them.
		about = append(about, place{name, kind})
	}
	if word, rest, ok := strings.Cut(name, "-"); ok && markTypes[word] != "" && rest != "" {
		plain := withStar(rest, markTypes[word])
		about = append(about, plain...)
		certain = slices.ContainsFunc(plain, stands.has)
	}
	if affix, ok := strings.CutPrefix(name, recommendedPrefix); ok {
		word, rest, below := strings.Cut(affix, ".")
		kind := markTypes[word]
		read := []place{{apex, kind}}
		if below {
			read = withStar(rest, kind)
		}
		if kind != "" {
			about = append(about, read...)
			certain = slices.ContainsFunc(read, stands.has)
		}
	}
	return about, certain
}

// withStar gives a place, and that of the wildcard for which its first label stands.
func withStar(name string, kind Type) []place {
	if first, rest, _ := strings.Cut(name, "."); first == recommendedWildcard {
		return []place{{name, kind}, {"*" + below(rest), kind}}
	}
	return []place{{name, kind}}
}

// settings are what a user may have chosen: what is added before and after the first label, with a percent sign for the type.
type settings struct{ before, after string }

// reading is one way to read a text as that of a record that stands.
type reading struct {
	settings
	at place
	// wild says that a word stands for the star of the record's name.
	wild bool
	// typed says that the text names the type.
	typed bool
	// added is how many characters were added, and whole says that they end with a separator.
	added int
	whole bool
}

// readingsOf gives the ways to read a text as that of a record that stands.
func readingsOf(mark string, stands typesByName) []reading {
	var found []reading
	for i := 1; i <= len(mark); i++ { // A prefix; the whole name can be one that ends with a dot, before the domain itself.
		if i < len(mark) {
			found = append(found, readingsAt(mark[:i], "", mark[i:], stands)...)
		} else {
			found = append(found, readingsAt(mark+".", "", apex, stands)...)
		}
	}
	firstEnd := strings.IndexByte(mark+".", '.')
	for _, start := range suffixStarts(mark[:firstEnd]) {
		for i := start + 1; i <= firstEnd; i++ { // A suffix of the first label, which may have dots.
			for end := firstEnd; end <= len(mark); end++ {
				if i < end && (end == len(mark) || mark[end] == '.') {
					found = append(found, readingsAt(mark[:start], mark[i:end], mark[start:i]+mark[end:], stands)...)
				}
			}
		}
	}
	return found
}

// suffixStarts are where the name can begin in a text with a suffix: at its beginning, or after the type.
func suffixStarts(label string) []int {
	if word, _, ok := strings.Cut(label, "-"); ok && markTypes[word] != "" {
		return []int{0, len(word) + 1}
	}
	return []int{0}
}

// readingsAt gives the records that stand at a name, or at the wildcard beside it, and have the type that was added.
func readingsAt(before, after, name string, stands typesByName) []reading {
	if name[0] == '.' {
		return nil
	}
	_, rest, _ := strings.Cut(name, ".")
	star := "*" + below(rest)
	var found []reading
	for _, at := range []string{name, star} {
		for _, kind := range stands[at] {
			if chosen, typed, ok := settingsFor(before, after, kind); ok {
				found = append(found, reading{
					settings: chosen, at: place{at, kind}, wild: at == star, typed: typed,
					added: len(before) + len(after), whole: strings.ContainsAny(before[max(0, len(before)-1):]+after[:min(1, len(after))], "-._"),
				})
			}
		}
	}
	return found
}

// settingsFor gives the settings by which this was added for a record of a type: the type is a word of it, or where no word is
// a type, a part; addresses and aliases need none.
func settingsFor(before, after string, kind Type) (chosen settings, typed, ok bool) {
	word := strings.ToLower(string(kind))
	if words := typeWords(before + "." + after); slices.Contains(words, kind) {
		return settings{replaceWord(before, word), replaceWord(after, word)}, true, true
	} else if len(words) > 0 {
		return settings{}, false, false
	}
	switch {
	case strings.Contains(before+"."+after, word):
		return settings{strings.Replace(before, word, "%", 1), strings.Replace(after, word, "%", 1)}, true, true
	case slices.Contains(untyped, kind):
		return settings{before, after}, false, true
	default:
		return settings{}, false, false
	}
}

func isSeparator(r rune) bool { return r == '-' || r == '.' || r == '_' }

// typeWords gives the types that stand as words in what was added.
func typeWords(added string) []Type {
	var kinds []Type
	for word := range strings.FieldsFuncSeq(added, isSeparator) {
		if kind := markTypes[word]; kind != "" {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// replaceWord puts a percent sign for every word that is the type.
func replaceWord(added, word string) string {
	var replaced strings.Builder
	start := 0
	for i := 0; i <= len(added); i++ {
		if i < len(added) && !isSeparator(rune(added[i])) {
			continue
		}
		if part := added[start:i]; part == word {
			replaced.WriteByte('%')
		} else {
			replaced.WriteString(part)
		}
		if i < len(added) {
			replaced.WriteByte(added[i])
		}
		start = i + 1
	}
	return replaced.String()
}

// elect gives what a text is about: by the settings that explain most texts, and of those that explain equally many by the ones
// that name the type and add least. A wildcard is beside that, where it can be just as well.
func elect(readings []reading, votes map[settings]int) []place {
	rank := func(r reading) [4]int {
		return [4]int{max(votes[r.settings], 1), truth(r.typed), truth(r.whole), -r.added}
	}
	exact, wild := leading(readings, false, rank), leading(readings, true, rank)
	switch {
	case len(exact) == 0:
		return placesOf(wild)
	case len(wild) == 0 || wild[0].settings == exact[0].settings:
		return placesOf(exact)
	}
	switch better := slices.Compare(slice(rank(wild[0])), slice(rank(exact[0]))); {
	case better <= 0:
		return placesOf(exact)
	case max(votes[wild[0].settings], 1) > votes[exact[0].settings]:
		return placesOf(wild)
	default:
		return append(placesOf(exact), placesOf(wild)...)
	}
}

// leading gives the readings of the highest rank among those of wildcards, or among the others.
func leading(readings []reading, wild bool, rank func(reading) [4]int) []reading {
	var best []reading
	for _, r := range readings {
		if r.wild != wild {
			continue
		}
		better := 1
		if len(best) > 0 {
			better = slices.Compare(slice(rank(r)), slice(rank(best[0])))
		}
		// A word that stands for a star can begin anywhere.
		same := better == 0 || (wild && len(best) > 0 && r.settings == best[0].settings)
		switch {
		case same && better > 0:
			best = append([]reading{r}, best...)
		case same:
			best = append(best, r)
		case better > 0:
			best = []reading{r}
		}
	}
	return best
}

func placesOf(readings []reading) []place {
	var about []place
	for _, r := range readings {
		about = append(about, r.at)
	}
	return about
}

func slice(rank [4]int) []int { return rank[:] }

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
