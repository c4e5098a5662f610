package dnszone

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// The zone's times until somebody changes them: those of the documentation's example (9.11).
const (
	defaultTTL        = 24 * 60 * 60
	defaultMinimumTTL = 12 * 60 * 60
)

// SOA is what zone/update_soa can change, in seconds, and the serial number of the zone's newest contents.
type SOA struct {
	TTL        uint32 `json:"ttl"`
	MinimumTTL uint32 `json:"minimum_ttl"`
	Serial     uint32 `json:"serial"`
}

// Zone is the contents of one zone and the history of what its name servers were told.
type Zone struct {
	name     string
	soa      SOA
	records  []record
	versions []*version
	// withoutNS are those of the registrar's own NS records that somebody removed from answers.
	withoutNS []string
}

// version is the zone as the name servers serve it from a moment on.
type version struct {
	since   time.Time
	soa     SOA
	records []record
	byName  map[string][]record
}

// New makes an empty zone with the default times, visible in DNS at once.
func New(name string, now time.Time) *Zone {
	z := &Zone{name: name, soa: SOA{TTL: defaultTTL, MinimumTTL: defaultMinimumTTL}}
	z.Publish(now, 0)
	return z
}

// Publish makes the present contents visible in DNS after the given delay, under a new serial number. It shares the records with the zone, which
// therefore only ever appends to them or replaces them.
func (z *Zone) Publish(now time.Time, delay time.Duration) {
	z.soa.Serial++
	z.versions = append(z.versions, &version{since: now.Add(delay), soa: z.soa, records: slices.Clip(z.records)})
	z.visible(now)
}

// visible returns what the name servers serve at the given time, and forgets what came before it.
func (z *Zone) visible(now time.Time) *version {
	for len(z.versions) > 1 && !z.versions[1].since.After(now) {
		z.versions = z.versions[1:]
	}
	return z.versions[0]
}

// nodes returns the records by their names. They are gathered when they are first asked for: most versions never are.
func (v *version) nodes() map[string][]record {
	if v.byName == nil {
		v.byName = map[string][]record{}
		for _, r := range v.records {
			v.byName[r.Name] = append(v.byName[r.Name], r)
		}
	}
	return v.byName
}

// SOA returns the times and the serial number.
func (z *Zone) SOA() SOA { return z.soa }

// Add brings a record into the stored form, puts it into the zone and tells whether anything changed.
func (z *Zone) Add(r Record, b behaviour.Behaviour) (bool, *refusal.Error) {
	added, err := newRecord(z.name, r)
	if err != nil {
		return false, err
	}
	return z.put(added, b)
}

// put adds a record that is in the stored form.
//
// Beside a CNAME nothing may stand: CONFLICT_CNAME (2.3.3). A CNAME beside data is CNAME_ANDOTHERDATA, because that code is
// listed for zone/add_cname alone (9.5).
func (z *Zone) put(r record, b behaviour.Behaviour) (bool, *refusal.Error) {
	if slices.ContainsFunc(z.records, func(old record) bool { return old.Record == r.Record }) {
		return z.addAgain(r, b)
	}
	for _, old := range z.records {
		if old.Name != r.Name {
			continue
		}
		if r.Type == "CNAME" {
			return false, refusal.New("CNAME_ANDOTHERDATA")
		}
		if old.Type == "CNAME" {
			return false, refusal.New("CONFLICT_CNAME")
		}
	}
	z.records = append(z.records, r)
	return true, nil
}

func (z *Zone) addAgain(r record, b behaviour.Behaviour) (bool, *refusal.Error) {
	switch b.DuplicateAdd {
	case behaviour.DuplicateRefuse:
		return false, refusal.Incorrect("content")
	case behaviour.DuplicateKeep:
		z.records = append(z.records, r)
		return true, nil
	default:
		return false, nil
	}
}

// removal is what zone/remove_record was asked for (9.18).
type removal struct {
	name, recordType string
	priority         int
	anyPriority      bool
	content          string
	anyContent       bool
}

// matches tells whether a record falls under the removal. canonical is the asked content in the stored form.
func (q removal) matches(r record, canonical string) bool {
	if r.Name != q.name || r.Type != q.recordType {
		return false
	}
	if HasPriority(r.Type) && !q.anyPriority && r.Priority != q.priority {
		return false
	}
	return q.anyContent || r.Content == canonical
}

// remove deletes every record that falls under the removal and returns how many did. TXT content is looked for as it was given and, only if
// nothing is found, without the quotes that a read may have put around it.
func (z *Zone) remove(q removal) int {
	canonical, err := canonicalContent(z.name, q.recordType, q.content)
	if err != nil && !q.anyContent {
		return 0
	}
	removed := z.removeWhere(func(r record) bool { return q.matches(r, canonical) })
	if removed == 0 && q.recordType == "TXT" && !q.anyContent {
		return z.removeWhere(func(r record) bool { return q.matches(r, unquote(q.content)) })
	}
	return removed
}

// Delete takes a record out of the zone, with every copy of it, and returns how many there were.
func (z *Zone) Delete(r Record) (int, *refusal.Error) {
	doomed, err := newRecord(z.name, r)
	if err != nil {
		return 0, err
	}
	return z.removeWhere(func(old record) bool { return old.Record == doomed.Record }), nil
}

// Clear takes out every record and tells whether there were any.
func (z *Zone) Clear() bool {
	return z.removeWhere(func(record) bool { return true }) > 0
}

func (z *Zone) removeWhere(doomed func(record) bool) int {
	before := len(z.records)
	z.records = slices.DeleteFunc(slices.Clone(z.records), doomed)
	return before - len(z.records)
}

// Records returns the records as they are stored, by name, type and priority. They are never nil.
func (z *Zone) Records() []Record {
	records := []Record{}
	for _, r := range z.sorted() {
		records = append(records, r.Record)
	}
	return records
}

// Own returns the registrar's own NS records, which answers list beside those of the zone and which are no records that anybody added.
func (z *Zone) Own(b behaviour.Behaviour) []Record {
	records := []Record{}
	if b.RegistrarNS == behaviour.RegistrarNSHidden {
		return records
	}
	for number, server := range NameServers {
		if !slices.Contains(z.withoutNS, server) {
			records = append(records, Record{Name: "@", Type: "NS", Content: server + ".", Priority: number})
		}
	}
	return records
}

// removeOwn is what becomes of the registrar's own NS records that a removal names.
func (z *Zone) removeOwn(q removal, b behaviour.Behaviour) (bool, *refusal.Error) {
	canonical, _ := canonicalContent(z.name, q.recordType, q.content)
	changed := false
	for _, own := range z.Own(b) {
		if own.Name != q.name || own.Type != q.recordType || (!q.anyContent && own.Content != canonical) {
			continue
		}
		switch b.RegistrarNS {
		case behaviour.RegistrarNSRefused:
			return false, refusal.Incorrect("content")
		case behaviour.RegistrarNSRemoved:
			z.withoutNS = append(z.withoutNS, strings.TrimSuffix(own.Content, "."))
			changed = true
		default:
		}
	}
	return changed, nil
}

// Shown returns the records with the contents that zone/get_resource_records gives back, in the same order.
func (z *Zone) Shown(b behaviour.Behaviour) []Record {
	records := []Record{}
	for _, r := range z.sorted() {
		r.Content = r.shown(b)
		records = append(records, r.Record)
	}
	return records
}

// sorted returns the records in a stable order: by name, type, priority, then as they came. NS records of a name follow their record_number
// (9.8), which is their priority.
func (z *Zone) sorted() []record {
	records := slices.Clone(z.records)
	slices.SortStableFunc(records, func(a, b record) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Type, b.Type), cmp.Compare(a.Priority, b.Priority))
	})
	return records
}

// Units of a zone's times. The documentation says that m stands for months, w for weeks, d for days and h for hours (9.13).
const (
	secondsPerMinute = 60
	secondsPerHour   = 60 * secondsPerMinute
	secondsPerDay    = 24 * secondsPerHour
	secondsPerWeek   = 7 * secondsPerDay
	secondsPerMonth  = 30 * secondsPerDay
	maxTTL           = 1<<31 - 1 // RFC 2181, 8
)

// parseTTL reads a time as zone/update_soa takes it: seconds, or a number with a suffix.
func parseTTL(text string, b behaviour.Behaviour) (uint32, *refusal.Error) {
	unit := uint64(1)
	if text != "" {
		last := len(text) - 1
		if seconds, ok := unitSeconds(text[last], b); ok {
			unit, text = seconds, text[:last]
		}
	}
	number, err := strconv.ParseUint(text, 10, 32)
	if err != nil || number*unit > maxTTL {
		return 0, refusal.New("SOA_RECORD_INVALID")
	}
	return uint32(number * unit), nil
}

// SetTimes changes the times that are given and leaves those that are empty.
func (z *Zone) SetTimes(ttl, minimum string, b behaviour.Behaviour) *refusal.Error {
	changed := z.soa
	for _, field := range []struct {
		text string
		into *uint32
	}{{ttl, &changed.TTL}, {minimum, &changed.MinimumTTL}} {
		if field.text == "" {
			continue
		}
		seconds, err := parseTTL(field.text, b)
		if err != nil {
			return err
		}
		*field.into = seconds
	}
	z.soa = changed
	return nil
}

func unitSeconds(suffix byte, b behaviour.Behaviour) (uint64, bool) {
	switch suffix {
	case 'w':
		return secondsPerWeek, true
	case 'd':
		return secondsPerDay, true
	case 'h':
		return secondsPerHour, true
	case 'm':
		if b.SuffixM == behaviour.SuffixMinutes {
			return secondsPerMinute, true
		}
		return secondsPerMonth, true
	default:
		return 0, false
	}
}

// FormatTTL writes a time as zones show it: in the largest unit that divides it, where m is a minute.
func FormatTTL(seconds uint32) string {
	units := []struct {
		suffix  string
		seconds uint32
	}{{"w", secondsPerWeek}, {"d", secondsPerDay}, {"h", secondsPerHour}, {"m", secondsPerMinute}}
	for _, unit := range units {
		if seconds > 0 && seconds%unit.seconds == 0 {
			return fmt.Sprintf("%d%s", seconds/unit.seconds, unit.suffix)
		}
	}
	return strconv.FormatUint(uint64(seconds), 10)
}
