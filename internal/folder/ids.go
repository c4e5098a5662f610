package folder

import (
	"encoding/binary"
	"maps"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// IDs is a set of services by their numbers. The nil set is empty and may be read.
type IDs map[regapi.ID]struct{}

// IDsOf gives the set of these numbers. Zero, which names no service, is left out.
func IDsOf(ids ...regapi.ID) IDs {
	set := make(IDs, len(ids))
	for _, id := range ids {
		set.Add(id)
	}
	return set
}

// Has says whether a service is in the set.
func (s IDs) Has(id regapi.ID) bool {
	_, ok := s[id]
	return ok
}

// Add puts a service into the set; zero is none.
func (s IDs) Add(id regapi.ID) {
	if id > 0 {
		s[id] = struct{}{}
	}
}

// Union gives what is in either set.
func (s IDs) Union(other IDs) IDs {
	union := make(IDs, len(s)+len(other))
	maps.Copy(union, s)
	maps.Copy(union, other)
	return union
}

// Bytes writes the set in a compact form: the distances between the numbers in their order, as varints. Three thousand services of one
// account take some six to nine kilobytes.
func (s IDs) Bytes() []byte {
	if len(s) == 0 {
		return nil
	}
	var encoded []byte
	last := regapi.ID(0)
	for _, id := range slices.Sorted(maps.Keys(s)) {
		encoded = binary.AppendUvarint(encoded, uint64(id-last))
		last = id
	}
	return encoded
}

// ParseIDs reads what [IDs.Bytes] wrote. What cannot be read, such as what somebody has edited by hand, ends the set: less is owned
// then, and less is taken out.
func ParseIDs(encoded []byte) IDs {
	set := IDs{}
	last := regapi.ID(0)
	for len(encoded) > 0 {
		distance, length := binary.Uvarint(encoded)
		next := last + regapi.ID(distance)
		if length <= 0 || next <= last {
			return set
		}
		set.Add(next)
		last, encoded = next, encoded[length:]
	}
	return set
}
