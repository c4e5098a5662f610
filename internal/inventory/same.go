package inventory

import (
	"errors"
	"maps"
	"reflect"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// sameZone compares what a follower could care about: the order of records means nothing.
func sameZone(a, b *regapi.ZoneRecords) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && a.SOA == b.SOA && sameRecords(a.Records, b.Records)
}

func sameRecords(a, b []regapi.ResourceRecord) bool {
	if len(a) != len(b) {
		return false
	}
	counts := make(map[regapi.ResourceRecord]int, len(a))
	for _, record := range a {
		counts[record]++
	}
	for _, record := range b {
		counts[record]--
		if counts[record] < 0 {
			return false
		}
	}
	return true
}

func sameDelegation(a, b *regapi.DomainNSS) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && reflect.DeepEqual(a.NSS, b.NSS)
}

func sameSigning(a, b *regapi.DomainDNSSEC) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && a.Status == b.Status
}

func sameRegistrant(a, b *regapi.Registrant) bool {
	if a == nil || b == nil {
		return a == b
	}
	return sameError(a.Err, b.Err) && reflect.DeepEqual(a.Hidden, b.Hidden) && maps.Equal(a.Contacts, b.Contacts)
}

func sameError(a, b error) bool {
	var first, second *regapi.Error
	if errors.As(a, &first) && errors.As(b, &second) {
		return first.Code == second.Code
	}
	return (a == nil) == (b == nil)
}
