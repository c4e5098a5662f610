package zone

import (
	"slices"
	"sort"
	"strings"
)

// challengeLabel begins the names of ACME challenges (RFC 8555, 8.4).
const challengeLabel = "_acme-challenge"

func isChallenge(name string) bool {
	return name == challengeLabel || strings.HasPrefix(name, challengeLabel+".")
}

// IsChallenge says whether a record is that of an ACME challenge.
func IsChallenge(record Record) bool { return isChallenge(record.Name) }

// heritage begins an ownership text of external-dns.
const heritage = "heritage=external-dns"

// isMark says whether a record is an ownership text of external-dns, in clear.
func isMark(record Record) bool {
	return record.Type == TXT && strings.HasPrefix(strings.Trim(record.Content, `"`), heritage)
}

// HasMarks says whether ownership texts of external-dns are among the records, so that what it made can be told.
func HasMarks(records []Record) bool { return slices.ContainsFunc(records, isMark) }

// marks knows what external-dns manages, by the ownership texts that it leaves in the zone. A text names its record by its own
// name: the record's, to whose first label the user may have added a prefix or a suffix (--txt-prefix, --txt-suffix), with the
// record's type in it or before it, and with a word for the star of a wildcard (--txt-wildcard-replacement). Which of that it
// is the name does not say.
type marks struct {
	// sure are the records of texts that can be read, and of those that standing records explain.
	sure map[place]Record
	// texts by their names, and by the ends of their names.
	texts []Record
	ends  []ending
}

// place is a name and a type.
type place struct {
	name string
	kind Type
}

// ending is the name of a text from its end to its beginning.
type ending struct {
	backwards string
	text      Record
}

// untyped are the types that a text without a type is about.
var untyped = []Type{A, AAAA, CNAME}

// findMarks reads the ownership texts of a zone. The others are the records that may be external-dns's: those that are
// nobody else's.
func findMarks(texts, others []Record) marks {
	found := marks{sure: map[place]Record{}, texts: sorted(slices.Clone(texts))}
	for _, text := range texts {
		found.ends = append(found.ends, ending{reversed(text.Name), text})
	}
	slices.SortFunc(found.ends, func(a, b ending) int { return strings.Compare(a.backwards, b.backwards) })
	stands := typesByName{}
	for _, record := range others {
		if at := (place{record.Name, record.Type}); !stands.has(at) {
			stands[at.name] = append(stands[at.name], at.kind)
		}
	}
	for _, text := range explain(found.texts, stands) {
		for _, at := range text.about {
			found.sure[at] = text.Record
		}
	}
	return found
}

// claims gives the text that says of a record, or of one that is to be added, that external-dns manages it.
func (m marks) claims(record Record) (mark Record, ok bool) {
	mark, ok = m.sure[place{record.Name, record.Type}]
	return mark, ok
}

// mayClaim says whether a text can be about a record, by any choice of the user. It says so too often rather than too seldom.
func (m marks) mayClaim(record Record) bool {
	first, rest, _ := strings.Cut(record.Name, ".")
	switch {
	case record.Type == TXT && slices.ContainsFunc(m.startingWith(record.Name), func(t Record) bool { return t.Name == record.Name }):
		return true
	case record.Name == apex: // The whole name of the text is a prefix, whose final dot comes before the domain.
		return slices.ContainsFunc(m.texts, func(t Record) bool { return mayBeAbout(t.Name, record.Type) })
	case first == "*": // Any word can stand for the star.
		return slices.ContainsFunc(m.endingWith(below(rest)), func(e ending) bool {
			return mayBeAbout(strings.TrimSuffix(e.text.Name, below(rest)), record.Type)
		})
	default:
		return m.mayPrefix(record) || m.maySuffix(record, first, rest)
	}
}

func (m marks) mayPrefix(record Record) bool {
	return slices.ContainsFunc(m.endingWith(record.Name), func(e ending) bool {
		return mayBeAbout(strings.TrimSuffix(e.text.Name, record.Name), record.Type)
	})
}

// maySuffix looks for texts that add something to the first label of a record, and the type before it or not.
func (m marks) maySuffix(record Record, first, rest string) bool {
	for _, lead := range []string{"", strings.ToLower(string(record.Type)) + "-"} {
		if slices.ContainsFunc(m.startingWith(lead+first), func(t Record) bool {
			suffix, ok := strings.CutSuffix(strings.TrimPrefix(t.Name, lead+first), below(rest))
			return ok && mayBeAbout(lead+suffix, record.Type)
		}) {
			return true
		}
	}
	return false
}

// mayBeAbout says whether a text to whose name this was added can be about a record of a type. The type stands somewhere in it,
// in a word of its own or not; texts of old versions have none.
func mayBeAbout(added string, kind Type) bool {
	if strings.Contains(added, strings.ToLower(string(kind))) {
		return true
	}
	words := typeWords(added)
	return slices.Contains(untyped, kind) && (len(words) == 0 || (len(words) == 1 && words[0] == TXT))
}

// below gives the end of the names below a name, which is "" for the zone itself.
func below(name string) string {
	if name == "" {
		return ""
	}
	return "." + name
}

func (m marks) startingWith(start string) []Record {
	from := sort.Search(len(m.texts), func(i int) bool { return m.texts[i].Name >= start })
	until := from
	for until < len(m.texts) && strings.HasPrefix(m.texts[until].Name, start) {
		until++
	}
	return m.texts[from:until]
}

func (m marks) endingWith(end string) []ending {
	start := reversed(end)
	from := sort.Search(len(m.ends), func(i int) bool { return m.ends[i].backwards >= start })
	until := from
	for until < len(m.ends) && strings.HasPrefix(m.ends[until].backwards, start) {
		until++
	}
	return m.ends[from:until]
}

func reversed(name string) string {
	backwards := []byte(name)
	slices.Reverse(backwards)
	return string(backwards)
}
