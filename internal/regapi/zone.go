package regapi

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// ZoneService holds the functions about DNS zones (section 9). A zone can be read and changed only
// while its domain is delegated to ns1.reg.ru and ns2.reg.ru (9.1).
type ZoneService struct{ client *Client }

// each calls a function that takes nothing but references.
func (z *ZoneService) each(ctx context.Context, function string, refs []DomainRef) ([]DomainResult, error) {
	items, err := z.client.list(ctx, listCall{function: function, kind: domainList, refs: refs})
	return results(items), err
}

// Nop checks that zones can be managed (9.1).
func (z *ZoneService) Nop(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return z.each(ctx, "zone/nop", refs)
}

// Apply makes one change in up to 1000 zones with one request: zone/<action name>.
func (z *ZoneService) Apply(ctx context.Context, action Action, refs ...DomainRef) ([]DomainResult, error) {
	fields, err := actionFields(action)
	if err != nil {
		return nil, err
	}
	items, err := z.client.list(ctx, listCall{
		function: "zone/" + action.ActionName(), kind: domainList, refs: refs, params: fields,
	})
	return results(items), err
}

// AddAlias adds an A record (9.2).
func (z *ZoneService) AddAlias(ctx context.Context, record AddAlias, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddAAAA adds an AAAA record (9.3).
func (z *ZoneService) AddAAAA(ctx context.Context, record AddAAAA, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddCAA adds a CAA record (9.4).
func (z *ZoneService) AddCAA(ctx context.Context, record AddCAA, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddCNAME adds a CNAME record (9.5).
func (z *ZoneService) AddCNAME(ctx context.Context, record AddCNAME, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddHTTPS adds an HTTPS record (9.6).
func (z *ZoneService) AddHTTPS(ctx context.Context, record AddHTTPS, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddMX adds an MX record (9.7).
func (z *ZoneService) AddMX(ctx context.Context, record AddMX, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddNS delegates a subdomain (9.8).
func (z *ZoneService) AddNS(ctx context.Context, record AddNS, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddTXT adds a TXT record (9.9).
func (z *ZoneService) AddTXT(ctx context.Context, record AddTXT, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// AddSRV adds an SRV record (9.10).
func (z *ZoneService) AddSRV(ctx context.Context, record AddSRV, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// RemoveRecord removes one record; it is refused without a content (9.18).
func (z *ZoneService) RemoveRecord(ctx context.Context, record RemoveRecord, refs ...DomainRef) ([]DomainResult, error) {
	return z.Apply(ctx, record, refs...)
}

// TuneForwarding adds the records that web forwarding needs (9.14).
func (z *ZoneService) TuneForwarding(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return z.each(ctx, "zone/tune_forwarding", refs)
}

// ClearForwarding removes the records that web forwarding needs (9.15).
func (z *ZoneService) ClearForwarding(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return z.each(ctx, "zone/clear_forwarding", refs)
}

// TuneParking adds the records that parking needs (9.16).
func (z *ZoneService) TuneParking(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return z.each(ctx, "zone/tune_parking", refs)
}

// ClearParking removes the records that parking needs (9.17).
func (z *ZoneService) ClearParking(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return z.each(ctx, "zone/clear_parking", refs)
}

// Clear removes every record of the zones (9.19).
func (z *ZoneService) Clear(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return z.each(ctx, "zone/clear", refs)
}

// SOA holds the two times of a zone that can be set. There is no TTL per record.
type SOA struct {
	// TTL is how long answers may be cached.
	TTL time.Duration
	// MinimumTTL is how long the absence of a record may be cached.
	MinimumTTL time.Duration
}

// UnmarshalJSON reads times as zones show them; see [ParseTTL]. Missing and odd ones are 0.
func (s *SOA) UnmarshalJSON(raw []byte) error {
	members, _ := decodeObject(raw)
	s.TTL, s.MinimumTTL = optionalTTL(members.text("ttl")), optionalTTL(members.text("minimum_ttl"))
	return nil
}

// optionalTTL is 0 for what is no TTL.
func optionalTTL(text string) time.Duration {
	ttl, err := ParseTTL(text)
	if err != nil {
		return 0
	}
	return ttl
}

// UpdateSOA sets the times of zones, in whole seconds (9.13). REG.API may report success and change
// nothing: read the zone back.
func (z *ZoneService) UpdateSOA(ctx context.Context, soa SOA, refs ...DomainRef) ([]DomainResult, error) {
	const function = "zone/update_soa"
	if soa.TTL < time.Second || soa.MinimumTTL < time.Second {
		return nil, refuse(function, CodeSOARecordInvalid, "both times must be at least a second")
	}
	items, err := z.client.list(ctx, listCall{
		function: function, kind: domainList, refs: refs,
		params: map[string]any{"ttl": wholeSeconds(soa.TTL), "minimum_ttl": wholeSeconds(soa.MinimumTTL)},
	})
	return results(items), err
}

func wholeSeconds(d time.Duration) int64 { return int64(d / time.Second) }

// ResourceRecord is a record as REG.API shows it; its four first fields together are its identity,
// as records have no numbers.
type ResourceRecord struct {
	// Subname is "@", "*" or a name relative to the domain.
	Subname string
	// Rectype is A, AAAA, CNAME, MX and so on.
	Rectype string
	Content string
	// Prio is the priority; answers call it prio, the documentation priority.
	Prio int
	// State is "A"; REG.API keeps it for compatibility only.
	State string
}

// UnmarshalJSON reads a record, whatever its priority is called and however it is written. One that cannot be read whole is no
// record: part of an identity is another identity.
func (r *ResourceRecord) UnmarshalJSON(raw []byte) error {
	var record struct {
		Subname  Text      `json:"subname"`
		Rectype  Text      `json:"rectype"`
		Content  Text      `json:"content"`
		Prio     *exactInt `json:"prio"`
		Priority exactInt  `json:"priority"`
		State    Text      `json:"state"`
	}
	if err := json.Unmarshal(raw, &record); err != nil {
		return err
	}
	prio := record.Priority
	if record.Prio != nil {
		prio = *record.Prio
	}
	*r = ResourceRecord{
		Subname: string(record.Subname), Rectype: string(record.Rectype), Content: string(record.Content),
		Prio: int(prio), State: string(record.State),
	}
	return nil
}

// ZoneRecords is the content of one zone; only DomainResult is set if its Err is not nil.
type ZoneRecords struct {
	DomainResult
	Records []ResourceRecord
	// SOA holds zeroes if the answer does not tell.
	SOA SOA
}

// withinZone takes the domain off a name: answers may give names with the domain on them, although 9.11 shows relative ones.
// No name of a zone ends with its own domain twice.
func withinZone(name, zone string) string {
	bare := strings.TrimSuffix(name, ".")
	if zone == "" || !strings.Contains(bare, ".") {
		return name
	}
	complete := CanonicalName(bare)
	if complete == zone {
		return "@"
	}
	if relative, ok := strings.CutSuffix(complete, "."+zone); ok {
		return relative
	}
	return name
}

// GetResourceRecords reads up to 1000 zones with one request (9.11).
func (z *ZoneService) GetResourceRecords(ctx context.Context, refs ...DomainRef) ([]ZoneRecords, error) {
	type element struct {
		Records []ResourceRecord `json:"rrs"`
		SOA     SOA              `json:"soa"`
	}
	call := listCall{function: "zone/get_resource_records", kind: domainList, refs: refs, needed: "rrs"}
	return collect(ctx, z.client, call, func(result DomainResult, e element) ZoneRecords {
		zone := CanonicalName(result.Domain)
		for i := range e.Records {
			e.Records[i].Subname = withinZone(e.Records[i].Subname, zone)
		}
		return ZoneRecords{DomainResult: result, Records: e.Records, SOA: e.SOA}
	})
}
