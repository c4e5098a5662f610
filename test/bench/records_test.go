package bench

import (
	"maps"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// simulated gives records as the simulator is told them.
func simulated(records []zone.Record) []regapitest.Record {
	told := make([]regapitest.Record, len(records))
	for n, record := range records {
		told[n] = regapitest.Record{Name: record.Name, Type: string(record.Type), Content: record.Content, Priority: int(record.Priority)}
	}
	return told
}

// canonical counts how often the simulator holds each record.
func canonical(held []regapitest.Record) map[zone.Record]int {
	counts := map[zone.Record]int{}
	for _, record := range held {
		counts[zone.FromAPI(regapi.ResourceRecord{Subname: record.Name, Rectype: record.Type, Content: record.Content, Prio: record.Priority})]++
	}
	return counts
}

// membership counts every record once.
func membership(records []zone.Record) map[zone.Record]int {
	counts := map[zone.Record]int{}
	for _, record := range records {
		counts[record] = 1
	}
	return counts
}

func sameMembers(held, wanted map[zone.Record]int) bool { return maps.Equal(held, wanted) }
