package zone

import (
	"slices"
	"strings"
)

// challengeLabel begins the names of ACME challenges (RFC 8555, 8.4).
const challengeLabel = "_acme-challenge"

func isChallenge(name string) bool {
	return name == challengeLabel || strings.HasPrefix(name, challengeLabel+".")
}

// heritage begins an ownership text of external-dns.
const heritage = "heritage=external-dns"

// isMark says whether a record is an ownership text of external-dns.
func isMark(record Record) bool {
	return record.Type == TXT && strings.HasPrefix(strings.Trim(record.Content, `"`), heritage)
}

// marks knows what external-dns manages, by the ownership texts that it leaves in the zone. A text names its record by its own
// name, to which the user may have added a prefix or a suffix (--txt-prefix, --txt-suffix), the record's type, and a word for
// the star of a wildcard (--txt-wildcard-replacement).
type marks struct {
	// sure are the records of texts without any of that, and of those that only one standing record explains.
	sure map[place]Record
	// possible are all records that a text can be about, by any choice of the user.
	possible map[place]Record
}

// place is a name and a type. A mark without a type is about addresses and aliases.
type place struct {
	name string
	kind Type
}

// markTypes are the types of records as marks write them.
var markTypes = map[string]Type{
	"a": A, "aaaa": AAAA, "cname": CNAME, "mx": MX, "ns": NS, "srv": SRV, "txt": TXT, "caa": CAA, "https": HTTPS, "ptr": "PTR", "naptr": "NAPTR",
}

// untyped are the types that a mark without one is about.
var untyped = []Type{A, AAAA, CNAME}

// findMarks reads the ownership texts of a zone. What stands are the records that may be external-dns's: those that are
// nobody else's.
func findMarks(texts, standing []Record) marks {
	found := marks{sure: map[place]Record{}, possible: map[place]Record{}}
	stands := map[place]bool{}
	for _, record := range standing {
		stands[place{record.Name, record.Type}] = true
	}
	for _, text := range texts {
		found.possible[place{text.Name, TXT}] = text
		plain := plainReadings(text.Name)
		// A text that begins with a type is about the rest of its name, whether or not a record stands there yet.
		explained := len(plain) > len(untyped) || slices.ContainsFunc(plain, func(p place) bool { return stands[p] })
		for _, p := range plain {
			found.sure[p], found.possible[p] = text, text
		}
		best := -1
		for _, reading := range otherReadings(text.Name) {
			for _, p := range reading.places() {
				found.possible[p] = text
				// Of what a text can be about, it is about the longest name that holds such a record.
				if stands[p] && !explained && (best < 0 || reading.cut == best) {
					best = reading.cut
					found.sure[p] = text
				}
			}
		}
	}
	return found
}

// plainReadings are what a text is about if the user has chosen nothing: a-www is about the A of www, and www, as older
// versions of external-dns write it, about the addresses or the alias of www.
func plainReadings(name string) []place {
	var read []place
	for _, kind := range untyped {
		read = append(read, place{name, kind})
	}
	if label, rest, ok := strings.Cut(name, "-"); ok && markTypes[label] != "" {
		read = append(read, place{rest, markTypes[label]})
	}
	return read
}

// reading is what a text can be about: its name without what the user may have added.
type reading struct {
	names []string
	kinds []Type
	cut   int // how many characters are left out; what is the domain itself leaves out all of them
}

func (r reading) places() []place {
	var read []place
	for _, name := range r.names {
		for _, kind := range r.kinds {
			read = append(read, place{name, kind})
		}
	}
	return read
}

// otherReadings are what a text can be about by any prefix, suffix and wildcard replacement, the longest names first.
func otherReadings(mark string) []reading {
	firstEnd := strings.IndexByte(mark+".", '.')
	var read []reading
	for i := range len(mark) {
		if mark[i] != '-' && mark[i] != '.' && mark[i] != '_' {
			continue
		}
		read = append(read, readingOf(mark[i+1:], mark[:i+1]))
		if i < firstEnd { // A suffix is added to the first label.
			read = append(read, readingOf(mark[:i]+mark[firstEnd:], mark[i:firstEnd]))
		}
	}
	slices.SortStableFunc(read, func(a, b reading) int { return a.cut - b.cut })
	// The whole name can be a prefix that ends with a dot, before the domain itself.
	return append(read, reading{names: []string{apex, "*"}, kinds: kindsIn(mark), cut: len(mark)})
}

func readingOf(name, added string) reading {
	names := []string{name}
	if _, below, ok := strings.Cut(name, "."); ok {
		names = append(names, "*."+below)
	} else {
		names = append(names, "*")
	}
	return reading{names: names, kinds: kindsIn(added), cut: len(added)}
}

// kindsIn gives the types that stand as a word in what the user added; addresses and aliases where none does.
func kindsIn(added string) []Type {
	var kinds []Type
	for _, word := range strings.FieldsFunc(added, func(r rune) bool { return r == '-' || r == '.' || r == '_' }) {
		if kind := markTypes[word]; kind != "" {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return untyped
	}
	return kinds
}

// claims gives the text that says of a record, or of one that is to be added, that external-dns manages it.
func (m marks) claims(record Record) (mark Record, ok bool) {
	mark, ok = m.sure[place{record.Name, record.Type}]
	return mark, ok
}

// mayClaim says whether a text can be about a record.
func (m marks) mayClaim(record Record) bool {
	_, ok := m.possible[place{record.Name, record.Type}]
	return ok
}
