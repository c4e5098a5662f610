package zone

import (
	"bytes"
	"maps"
	"slices"
)

// Set is a set of records that fits into the status of its owner: it remembers eight bytes of a hash per record.
type Set struct {
	members map[fingerprint]struct{}
}

// SetOf gives the set of some records.
func SetOf(records ...Record) Set {
	var s Set
	for _, record := range records {
		s.Add(record)
	}
	return s
}

// ParseSet reads what Bytes wrote. Bytes at the end that make no whole member are ignored.
func ParseSet(data []byte) Set {
	var s Set
	for member := range slices.Chunk(data, fingerprintSize) {
		if len(member) == fingerprintSize {
			s.add(fingerprint(member))
		}
	}
	return s
}

// Bytes gives the members in a stable order, eight bytes each; nil for the empty set.
func (s Set) Bytes() []byte {
	var data []byte
	for _, member := range slices.SortedFunc(maps.Keys(s.members), func(a, b fingerprint) int { return bytes.Compare(a[:], b[:]) }) {
		data = append(data, member[:]...)
	}
	return data
}

// Len is the number of members.
func (s Set) Len() int { return len(s.members) }

// Has says whether the record is a member.
func (s Set) Has(record Record) bool {
	return len(s.members) > 0 && s.has(record.fingerprint()) // Of an empty set no hash is worth its time.
}

func (s Set) has(member fingerprint) bool {
	_, ok := s.members[member]
	return ok
}

// Add makes the record a member.
func (s *Set) Add(record Record) { s.add(record.fingerprint()) }

func (s *Set) add(member fingerprint) {
	if s.members == nil {
		s.members = map[fingerprint]struct{}{}
	}
	s.members[member] = struct{}{}
}

// with gives a set of its own that has the records as well.
func (s Set) with(records []Record) Set {
	both := Set{members: maps.Clone(s.members)}
	for _, record := range records {
		both.Add(record)
	}
	return both
}

func (s *Set) remove(record Record) { delete(s.members, record.fingerprint()) }

// among gives the members that are also among the records.
func (s Set) among(records map[Record]bool) Set {
	var both Set
	for record := range records {
		if s.Has(record) {
			both.Add(record)
		}
	}
	return both
}
