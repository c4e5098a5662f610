package externaldns

import (
	"slices"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// Ownership texts come before the records that they are for, and go after them: external-dns never again touches a record that
// stands there without one.

// isMarkText says whether a record is an ownership text in clear.
func isMarkText(record zone.Record) bool {
	return record.Type == zone.TXT && strings.HasPrefix(record.Content, heritage)
}

func (g *group) hasMark(w wish) bool {
	return slices.ContainsFunc(slices.Concat(g.marks, g.lostMarks, g.unmarks), w.about)
}

// badMark finds an ownership text of a record that cannot be made.
func (g *group) badMark(w wish) (mark zone.Record, ok bool) {
	for _, m := range g.lostMarks {
		if m.about(w) {
			return m.record, true
		}
	}
	for _, m := range g.marks {
		if !m.about(w) || g.current.Has(m.record) {
			continue
		}
		_, failed := g.failed[zone.Change{Operation: zone.Add, Record: m.record}]
		_, refused := g.refused(m.record)
		if _, obstructed := obstacle(m.record, g.staying[m.record.Name]); failed || refused || obstructed {
			return m.record, true
		}
	}
	return zone.Record{}, false
}

// addMarks adds the texts of what stands or comes. A name that gets no record gets no text either, which would keep a DNSZone
// from having the name.
func (g *group) addMarks() {
	for _, m := range g.marks {
		if failure, failed := g.failed[zone.Change{Operation: zone.Add, Record: m.record}]; failed {
			g.refusals = append(g.refusals, failure)
			continue
		}
		if before, refused := g.refused(m.record); refused {
			g.refusals = append(g.refusals, before)
			continue
		}
		if _, obstructed := obstacle(m.record, g.staying[m.record.Name]); obstructed || g.current.Has(m.record) || slices.Contains(g.marking, m.record) || !g.deserved(m) {
			continue
		}
		g.marking = append(g.marking, m.record)
		for _, w := range g.adds {
			if g.coming[w.record] && w.about(m) {
				g.needs[w.record] = append(g.needs[w.record], m.record)
			}
		}
	}
}

// deserved says whether a record that a text is for stands or comes, or the order has none.
func (g *group) deserved(m wish) bool {
	records := slices.DeleteFunc(slices.Concat(g.adds, g.lost), func(w wish) bool { return !w.about(m) })
	return len(records) == 0 || slices.ContainsFunc(records, func(w wish) bool {
		return g.coming[w.record] || (g.current.Has(w.record) && !g.undone[w.record])
	})
}

// removeMarks removes the texts of what has gone or goes, and those that were made in vain.
func (g *group) removeMarks() {
	for _, m := range g.unmarks {
		switch kept := g.keeps(m); {
		case g.wanted[m.record] || slices.Contains(g.unmarking, m.record):
		case kept && g.unmarked[m.record] && !g.current.Has(m.record) && !slices.Contains(g.marking, m.record):
			g.marking = append(g.marking, m.record)
		case !kept && g.current.Has(m.record):
			g.unmarking = append(g.unmarking, m.record)
			g.needs[m.record] = g.neededBy(m)
		}
	}
	for _, m := range g.marks {
		inVain := g.current.Has(m.record) && !g.unwanted[m.record] && !g.deserved(m) && !g.keeps(m)
		if inVain && (g.added[m.record] || g.refusedForGood(m)) && !slices.Contains(g.unmarking, m.record) {
			g.unmarking = append(g.unmarking, m.record)
		}
	}
}

// keeps says whether a record that a text is for stays, or comes back, though the order wants it gone.
func (g *group) keeps(m wish) bool {
	return slices.ContainsFunc(g.removes, func(w wish) bool {
		return w.about(m) && (g.kept[w.record] || slices.Contains(g.left, w.record))
	})
}

// neededBy gives the additions without which the records that a text is for do not go.
func (g *group) neededBy(m wish) []zone.Record {
	var needed []zone.Record
	for _, w := range g.removes {
		switch {
		case !w.about(m):
		case slices.Contains(g.swap.Taken, w.record):
			needed = append(needed, g.swap.Given...)
		default:
			needed = append(needed, g.needs[w.record]...)
		}
	}
	return needed
}

// refusedForGood says whether REG.API refused all records that a text is for.
func (g *group) refusedForGood(m wish) bool {
	return !slices.ContainsFunc(g.adds, func(w wish) bool {
		_, refused := g.refused(w.record)
		return w.about(m) && !refused
	})
}
