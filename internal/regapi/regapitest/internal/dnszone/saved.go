package dnszone

import (
	"slices"
	"time"
)

// Saved is all that a zone holds, as a document can keep it.
type Saved struct {
	SOA       SOA            `json:"soa"`
	Records   []SavedRecord  `json:"records,omitempty"`
	Versions  []SavedVersion `json:"versions"`
	WithoutNS []string       `json:"withoutNS,omitempty"`
}

// SavedRecord is a record with the text that its content was given in, where that is another one.
type SavedRecord struct {
	Record
	Given string `json:"given,omitempty"`
}

// SavedVersion is the zone as it is served from a moment on.
type SavedVersion struct {
	Since   time.Time     `json:"since"`
	SOA     SOA           `json:"soa"`
	Records []SavedRecord `json:"records,omitempty"`
}

// Save returns all that the zone holds.
func (z *Zone) Save() Saved {
	saved := Saved{SOA: z.soa, Records: saveRecords(z.records), WithoutNS: slices.Clone(z.withoutNS)}
	for _, v := range z.versions {
		saved.Versions = append(saved.Versions, SavedVersion{Since: v.since, SOA: v.soa, Records: saveRecords(v.records)})
	}
	return saved
}

// Load makes a zone of what was saved.
func Load(name string, saved Saved) *Zone {
	z := &Zone{name: name, soa: saved.SOA, records: loadRecords(saved.Records), withoutNS: slices.Clone(saved.WithoutNS)}
	for _, v := range saved.Versions {
		z.versions = append(z.versions, &version{since: v.Since, soa: v.SOA, records: loadRecords(v.Records)})
	}
	if len(z.versions) == 0 {
		z.Publish(time.Time{}, 0)
	}
	return z
}

func saveRecords(records []record) []SavedRecord {
	saved := make([]SavedRecord, 0, len(records))
	for _, r := range records {
		kept := SavedRecord{Record: r.Record}
		if r.given != r.Content {
			kept.Given = r.given
		}
		saved = append(saved, kept)
	}
	return saved
}

func loadRecords(saved []SavedRecord) []record {
	records := make([]record, 0, len(saved))
	for _, kept := range saved {
		given := kept.Given
		if given == "" {
			given = kept.Content
		}
		records = append(records, record{Record: kept.Record, given: given})
	}
	return records
}
