package regapi

import (
	"context"
	"encoding/json"
)

// DNSSECService holds the functions about DNSSEC (section 10). Enable, Disable, RenewKSK, RenewZSK
// and AddKeys only start an operation: the status is updating until it ends, and further operations
// on the domain are refused meanwhile. REG.API writes these refusals without a code, as a text
// alone, so that they are transient to [ClassOf].
type DNSSECService struct{ client *Client }

// DNSSECStatus tells whether a domain is signed (10.2).
type DNSSECStatus string

// The states of DNSSEC.
const (
	DNSSECEnabled  DNSSECStatus = "enabled"
	DNSSECDisabled DNSSECStatus = "disabled"
	// DNSSECUpdating: an operation is under way.
	DNSSECUpdating DNSSECStatus = "updating"
)

// Nop checks that DNSSEC can be managed for domains (10.1).
func (d *DNSSECService) Nop(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return d.client.each(ctx, "dnssec/nop", domainList, refs)
}

// DomainDNSSEC is the state of DNSSEC for one domain; Status is "" if Err is not nil.
type DomainDNSSEC struct {
	DomainResult
	Status DNSSECStatus
}

// GetStatus returns the state of up to 1000 domains (10.2).
func (d *DNSSECService) GetStatus(ctx context.Context, refs ...DomainRef) ([]DomainDNSSEC, error) {
	type element struct {
		Status DNSSECStatus `json:"status"`
	}
	return collect(ctx, d.client, listCall{
		function: "dnssec/get_status", kind: domainList, refs: refs, needed: "status",
	}, func(result DomainResult, e element) DomainDNSSEC { return DomainDNSSEC{result, e.Status} })
}

// Enable has domains signed that use the registrar's name servers (10.3).
func (d *DNSSECService) Enable(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return d.client.each(ctx, "dnssec/enable", domainList, refs)
}

// Disable ends the signing of domains that use the registrar's name servers (10.4).
func (d *DNSSECService) Disable(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return d.client.each(ctx, "dnssec/disable", domainList, refs)
}

// RenewKSK makes new key-signing keys for domains that use the registrar's name servers (10.5).
func (d *DNSSECService) RenewKSK(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return d.client.each(ctx, "dnssec/renew_ksk", domainList, refs)
}

// RenewZSK makes new zone-signing keys for domains that use the registrar's name servers (10.6).
func (d *DNSSECService) RenewZSK(ctx context.Context, refs ...DomainRef) ([]DomainResult, error) {
	return d.client.each(ctx, "dnssec/renew_zsk", domainList, refs)
}

// DNSSECRecord is a key of a domain. Domains on the registrar's name servers show DNSKEY and, for a
// key-signing key, DS; others show what the parent zone keeps, in Parent alone.
type DNSSECRecord struct {
	// DNSKEY is a record in presentation format, such as "test.ru. IN DNSKEY 257 3 13 …".
	DNSKEY string
	// DS is a record in presentation format, such as "test.ru. IN DS 55528 13 2 …".
	DS string
	// Parent holds the fields of the parent zone's record, by the names that the parent gives them,
	// such as keytag, alg, digtype and digest.
	Parent map[string]string
}

// UnmarshalJSON sorts the fields of a record.
func (r *DNSSECRecord) UnmarshalJSON(raw []byte) error {
	var fields map[string]Text
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	*r = DNSSECRecord{DNSKEY: string(fields["DNSKEY"]), DS: string(fields["DS"])}
	for name, value := range fields {
		if name == "DNSKEY" || name == "DS" {
			continue
		}
		if r.Parent == nil {
			r.Parent = map[string]string{}
		}
		r.Parent[name] = string(value)
	}
	return nil
}

// DomainDNSSECRecords is the keys of one domain; Records is nil if Err is not.
type DomainDNSSECRecords struct {
	DomainResult
	Records []DNSSECRecord
}

// GetRecords returns the keys of up to 1000 domains (10.7).
func (d *DNSSECService) GetRecords(ctx context.Context, refs ...DomainRef) ([]DomainDNSSECRecords, error) {
	type element struct {
		Records []DNSSECRecord `json:"records"`
	}
	return collect(ctx, d.client, listCall{
		function: "dnssec/get_records", kind: domainList, refs: refs, needed: "records",
	}, func(result DomainResult, e element) DomainDNSSECRecords {
		return DomainDNSSECRecords{result, e.Records}
	})
}

// DNSSECKeys are the keys that a parent zone shall know of one domain.
type DNSSECKeys struct {
	Ref DomainRef
	// Records are DNSKEY or DS records in presentation format. Without any, REG.API asks the
	// domain's name servers for them.
	Records []string
}

// AddKeys passes key-signing keys to the parent zones of domains that do not use the registrar's
// name servers (10.8).
func (d *DNSSECService) AddKeys(ctx context.Context, keys []DNSSECKeys) ([]DomainResult, error) {
	call := listCall{function: "dnssec/add_keys", kind: domainList}
	for _, of := range keys {
		var extra map[string]any
		if len(of.Records) > 0 {
			extra = map[string]any{"records": of.Records}
		}
		call.refs, call.extras = append(call.refs, of.Ref), append(call.extras, extra)
	}
	items, err := d.client.list(ctx, call)
	return results(items), err
}
