package zone

import (
	"context"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Store is how zones are read and written: the part of an account that an Editor needs.
type Store interface {
	// Owner names the login whose zones these are. Zones of one name that two owners say they hold are two zones: nobody waits for a
	// stranger's account.
	Owner() string
	// KnownZone gives a zone as it was last seen, which may be minutes ago, without a request. What was seen before the last
	// write of the zone is not known.
	KnownZone(domain string) (regapi.ZoneRecords, bool)
	// ReadZone reads a zone. For the reading before a write a Store may give one that it made lately, where whoever edits has
	// planned by that one; never after a write.
	ReadZone(ctx context.Context, domain string) (regapi.ZoneRecords, error)
	// WriteZone makes changes in their order, and gives one result for each; an error where nothing is known of any. needs has,
	// for an action that must not be taken in vain, the places of those before it of which one has to have been applied;
	// otherwise it is given up, and its result is an error. needs may be nil or shorter.
	WriteZone(ctx context.Context, domain string, actions []regapi.Action, needs [][]int) ([]error, error)
	// WriteSOA sets the lifetimes of a zone.
	WriteSOA(ctx context.Context, domain string, soa regapi.SOA) error
	// WriteWeb calls one of the functions that WebOperation names.
	WriteWeb(ctx context.Context, domain, function string) error
}

// WebOperation is a function of REG.API that changes records of a service of its own (9.14 to 9.17).
type WebOperation string

// The operations.
const (
	TuneForwarding  WebOperation = "zone/tune_forwarding"
	ClearForwarding WebOperation = "zone/clear_forwarding"
	TuneParking     WebOperation = "zone/tune_parking"
	ClearParking    WebOperation = "zone/clear_parking"
)

// Target is a zone and the way to it.
type Target struct {
	// Domain in canonical form.
	Domain string
	// Store of the account that holds the domain.
	Store Store
}

// Snapshot is a zone as REG.API listed it.
type Snapshot struct {
	// ServiceID is the number that REG.API knows the domain by.
	ServiceID regapi.ID
	// SOA holds the lifetimes of the zone.
	SOA regapi.SOA

	// listed holds each record in the spellings that the API used, since a removal has to name a record as it is listed.
	listed map[Record][]regapi.ResourceRecord
}

// Records gives the records in canonical form, in no particular order.
func (s Snapshot) Records() []Record {
	records := make([]Record, 0, len(s.listed))
	for record := range s.listed {
		records = append(records, record)
	}
	return records
}

// Has says whether the zone holds the record.
func (s Snapshot) Has(record Record) bool { return len(s.listed[record]) > 0 }

// NewSnapshot reads a zone as REG.API listed it.
func NewSnapshot(zone regapi.ZoneRecords) Snapshot {
	snapshot := Snapshot{ServiceID: zone.ServiceID, SOA: zone.SOA, listed: make(map[Record][]regapi.ResourceRecord, len(zone.Records))}
	for _, rr := range zone.Records {
		record := FromAPI(rr)
		snapshot.listed[record] = append(snapshot.listed[record], rr)
	}
	return snapshot
}

func read(ctx context.Context, target Target) (Snapshot, error) {
	zone, err := target.Store.ReadZone(ctx, target.Domain)
	if err != nil {
		return Snapshot{}, err
	}
	if zone.Err != nil {
		return Snapshot{}, zone.Err
	}
	return NewSnapshot(zone), nil
}
