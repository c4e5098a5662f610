package main

import (
	"fmt"
	"math/rand/v2"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// randomRecords gives a few records at five names, each name either a CNAME or addresses and a text.
func randomRecords(random *rand.Rand) []v1alpha1.NameRecords {
	var entries []v1alpha1.NameRecords
	for i := range 5 {
		entry := v1alpha1.NameRecords{Name: fmt.Sprintf("name-%d", i)}
		switch kind := random.IntN(4); {
		case kind == 0:
			continue
		case kind == 1 && i > 0: // A foreign record stands at name-0.
			entry.CNAME = v1alpha1.Host(fmt.Sprintf("target-%d.example.com.", random.IntN(3)))
		default:
			first := random.IntN(4)
			for n := first; n < first+1+random.IntN(3); n++ {
				entry.A = append(entry.A, v1alpha1.IPv4Address(fmt.Sprintf("192.0.2.%d", n)))
			}
			entry.TXT = []v1alpha1.Text{v1alpha1.Text(fmt.Sprintf("text %d", random.IntN(3)))}
		}
		entries = append(entries, entry)
	}
	return entries
}

func toSimulator(entries []v1alpha1.NameRecords) []regapitest.Record {
	var records []regapitest.Record
	for _, entry := range entries {
		if entry.CNAME != "" {
			records = append(records, regapitest.Record{Name: entry.Name, Type: "CNAME", Content: string(entry.CNAME)})
		}
		for _, address := range entry.A {
			records = append(records, regapitest.Record{Name: entry.Name, Type: "A", Content: string(address)})
		}
		for _, text := range entry.TXT {
			records = append(records, regapitest.Record{Name: entry.Name, Type: "TXT", Content: string(text)})
		}
	}
	return records
}

func counted(records []regapitest.Record) map[string]int {
	counts := map[string]int{}
	for _, record := range records {
		counts[fmt.Sprintf("%s %s %d %s", record.Name, record.Type, record.Priority, record.Content)]++
	}
	return counts
}
