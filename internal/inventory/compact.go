package inventory

import (
	"slices"
	"unique"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// compact makes what is remembered of a zone take no more memory than it needs: the names, types and many contents of records are the
// same in thousands of zones, and are kept once. Nobody else may have got hold of the zone yet.
func compact(zone *regapi.ZoneRecords) *regapi.ZoneRecords {
	if zone == nil {
		return nil
	}
	zone.Records = slices.Clip(zone.Records)
	for i := range zone.Records {
		record := &zone.Records[i]
		for _, text := range []*string{&record.Subname, &record.Rectype, &record.Content, &record.State} {
			*text = unique.Make(*text).Value()
		}
	}
	return zone
}
