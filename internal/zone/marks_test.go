package zone

import (
	"fmt"
	"strings"
	"testing"
)

// chosen are the settings of an external-dns.
type chosen struct{ prefix, suffix, wildcard string }

const typeTemplate = "%{record_type}"

// mark gives the ownership text of a record, by the rules of external-dns 0.22 (registry/mapper, ToTXTName); ok is false where
// REG.API takes no such text: outside of the zone, or with a star within.
func (c chosen) mark(record Record) (text Record, ok bool) {
	const domain = "example.ru"
	full := domain
	if record.Name != apex {
		full = record.Name + "." + domain
	}
	word := strings.ToLower(string(record.Type))
	first, rest, _ := strings.Cut(full, ".")
	if first == "*" && c.wildcard != "" {
		first = c.wildcard
	}
	if !strings.Contains(c.prefix+c.suffix, typeTemplate) {
		first = word + "-" + first
	}
	fill := func(affix string) string { return strings.ReplaceAll(affix, typeTemplate, word) }
	name, inside := strings.CutSuffix(fill(c.prefix)+first+fill(c.suffix)+"."+rest, "."+domain)
	return Record{Name: name, Type: TXT, Content: heritage + ",external-dns/owner=default"}, inside && !strings.Contains(name, "*")
}

// everyChoice are settings of every kind: with the type and without, with and without a separator, with dots.
func everyChoice() []chosen {
	var all []chosen
	for _, wildcard := range []string{"", "_wildcard", "any", "any-thing"} {
		for _, prefix := range []string{
			"", "_edns-%{record_type}.", "edns-", "edns.", "_edns.", "txt", "txt-", "%{record_type}", "%{record_type}.", "%{record_type}-",
			"x%{record_type}y", "a.b-%{record_type}.", "owner-%{record_type}-of-", "cname-", "mx-", "_edns-%{record_type}.zone.",
		} {
			all = append(all, chosen{prefix: prefix, wildcard: wildcard})
		}
		for _, suffix := range []string{"-edns", "-%{record_type}", "_%{record_type}_x", ".edns", "edns", "%{record_type}", "-%{record_type}.x.y", "-txt"} {
			all = append(all, chosen{suffix: suffix, wildcard: wildcard})
		}
	}
	return all
}

// everyRecord are records of all types, at the domain itself, at wildcards and below.
func everyRecord() []Record {
	var all []Record
	for _, name := range []string{apex, "*", "*.apps", "www", "a-b", "mx", "deep.sub.name", "apps", "x.apps", "a", "txt", "xn--80aswg"} {
		for _, kind := range []Type{A, AAAA, CNAME, MX, NS, SRV, TXT, CAA} {
			all = append(all, Record{Name: name, Type: kind, Content: "made by external-dns"})
		}
	}
	return all
}

func TestPruningEverythingSparesWhatExternalDNSMadeUnderEverySetting(t *testing.T) {
	for _, settings := range everyChoice() {
		for _, record := range everyRecord() {
			text, ok := settings.mark(record)
			if !ok {
				continue
			}
			for _, others := range [][]Record{nil, {record}, {record, {Name: "other", Type: A, Content: "192.0.2.1"}}} {
				if !findMarks([]Record{text}, others).mayClaim(record) {
					t.Errorf("%+v: %s is not spared by %s", settings, record, text.Name)
				}
			}
		}
	}
}

func TestWhatExternalDNSMadeIsItsOwnUnderEverySetting(t *testing.T) {
	for _, settings := range everyChoice() {
		var texts []Record
		var made []Record
		for _, record := range everyRecord() {
			if text, ok := settings.mark(record); ok && record.Type != TXT {
				texts, made = append(texts, text), append(made, record)
			}
		}
		found := findMarks(texts, made)
		for _, record := range made {
			if _, ok := found.claims(record); !ok {
				t.Errorf("%+v: %s is not known to be external-dns's", settings, record)
			}
		}
	}
}

func TestASingleRecordOfExternalDNSIsItsOwnUnderEverySetting(t *testing.T) {
	for _, settings := range everyChoice() {
		if strings.HasPrefix(settings.prefix, recommendedPrefix+typeTemplate+".z") {
			continue // Read as the recommended one, unless several texts say otherwise.
		}
		for _, record := range everyRecord() {
			text, ok := settings.mark(record)
			if _, claimed := findMarks([]Record{text}, []Record{record}).claims(record); ok && !claimed {
				t.Errorf("%+v: %s is not known to be external-dns's by %s", settings, record, text.Name)
			}
		}
	}
}

func TestTheRecommendedTextsAreReadWhetherOrNotTheirRecordStands(t *testing.T) {
	for _, settings := range []chosen{{prefix: "_edns-%{record_type}.", wildcard: "_wildcard"}, {wildcard: "_wildcard"}} {
		for _, record := range everyRecord() {
			text, ok := settings.mark(record)
			if got, claimed := findMarks([]Record{text}, nil).claims(record); ok && (!claimed || got != text) {
				t.Errorf("%+v: %s is not claimed by %s", settings, record, text.Name)
			}
		}
	}
}

// With several texts the settings are plain, and a neighbour of what external-dns made is nobody's.
func TestANeighbourOfWhatExternalDNSMadeIsNotItsOwn(t *testing.T) {
	for _, settings := range everyChoice() {
		var texts, others []Record
		for i := range 5 {
			record := Record{Name: fmt.Sprintf("web%d.apps", i), Type: A, Content: "192.0.2.1"}
			text, ok := settings.mark(record)
			if !ok {
				t.Fatalf("%+v: %s has no text", settings, record)
			}
			texts, others = append(texts, text), append(others, record)
		}
		strangers := []Record{
			{Name: "*.apps", Type: A}, {Name: "apps", Type: A}, {Name: apex, Type: A}, {Name: "*", Type: A}, {Name: "mail", Type: A},
			{Name: "web1.apps", Type: MX}, {Name: "web1.apps", Type: TXT}, {Name: "s", Type: A}, {Name: "eb1.apps", Type: A},
		}
		found := findMarks(texts, append(others, strangers...))
		for _, stranger := range strangers {
			if text, claimed := found.claims(stranger); claimed {
				t.Errorf("%+v: %s is taken for external-dns's, as %s says", settings, stranger, text.Name)
			}
		}
	}
}

func FuzzTextsOfExternalDNSSpareTheirRecords(f *testing.F) {
	f.Add("_edns-%{record_type}.", "", "_wildcard", "*.apps", uint8(0))
	f.Add("", "-%{record_type}.x", "any", "deep.sub.name", uint8(3))
	f.Add("%{record_type}", "", "", "@", uint8(7))
	types := []Type{A, AAAA, CNAME, MX, NS, SRV, CAA, "DNAME"}
	f.Fuzz(func(t *testing.T, prefix, suffix, wildcard, name string, kind uint8) {
		settings := chosen{prefix: prefix, suffix: suffix, wildcard: wildcard}
		if prefix != "" {
			settings.suffix = ""
		}
		canonical, err := CanonicalRelative(name, "example.ru")
		if err != nil || strings.ContainsAny(prefix+suffix+wildcard, "\x00 ") {
			t.Skip()
		}
		record := Record{Name: canonical, Type: types[int(kind)%len(types)], Content: "made"}
		text, ok := settings.mark(record)
		if _, err := CanonicalRelative(text.Name, "example.ru"); !ok || err != nil || text.Name == "" || text.Name[0] == '.' {
			t.Skip() // REG.API takes no such text.
		}
		if found := findMarks([]Record{text}, []Record{record}); !found.mayClaim(record) {
			t.Fatalf("%+v: %s is not spared by %s", settings, record, text.Name)
		}
	})
}

func BenchmarkReadingTenThousandTexts(b *testing.B) {
	for _, settings := range []chosen{{prefix: "_edns-%{record_type}."}, {prefix: "owner-"}, {suffix: "-%{record_type}"}} {
		b.Run(settings.prefix+settings.suffix, func(b *testing.B) {
			var texts, others []Record
			for i := range 10_000 {
				record := Record{Name: fmt.Sprintf("host-%d.team-%d", i, i%50), Type: A, Content: "192.0.2.1"}
				text, _ := settings.mark(record)
				texts, others = append(texts, text), append(others, record)
			}
			for b.Loop() {
				found := findMarks(texts, others)
				for _, record := range others {
					found.mayClaim(record)
				}
			}
		})
	}
}
