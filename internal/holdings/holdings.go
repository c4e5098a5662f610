// Package holdings is what an account holds at the registrar: its domains, and the records of their zones.
//
// It is read for whoever takes a live account over, with as few requests as REG.API allows: one for the list of domains, and one for the
// records of a thousand of them. The types are what the operator and its plugin speak of, in JSON. The package knows the protocol
// alone, keeps nothing, and is safe for concurrent use. Start reading at Read.
package holdings

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Holdings are what an account holds.
type Holdings struct {
	Domains []Domain `json:"domains"`
}

// Domain is a domain of the account.
type Domain struct {
	// Name in lower-case punycode.
	Name string `json:"name"`
	// ServiceID is the number that REG.API knows it by.
	ServiceID string `json:"serviceID"`
	// State is the registrar's letter, such as A, and ExpirationDate the last paid day.
	State          string `json:"state,omitempty"`
	ExpirationDate string `json:"expirationDate,omitempty"`
	// Records of its zone, nil where they were not asked for or cannot be had.
	Records []Record `json:"records,omitempty"`
	// Problem says why the zone could not be read, and what to do.
	Problem string `json:"problem,omitempty"`
}

// Record is a record as REG.API lists it (9.11).
type Record struct {
	Name     string `json:"name"`
	Type     string `json:"type"`
	Priority int    `json:"priority,omitempty"`
	Content  string `json:"content"`
}

// API gives the protocol's form of a record.
func (r Record) API() regapi.ResourceRecord {
	return regapi.ResourceRecord{Subname: r.Name, Rectype: r.Type, Prio: r.Priority, Content: r.Content}
}

// RecordsOf gives the records of a reading.
func RecordsOf(read []regapi.ResourceRecord) []Record {
	records := make([]Record, len(read))
	for i, r := range read {
		records[i] = Record{Name: r.Subname, Type: r.Rectype, Priority: r.Prio, Content: r.Content}
	}
	return records
}

// List gives the domains of the account, by name, without their records. It costs one request.
func List(ctx context.Context, caller *regapi.Client) (Holdings, error) {
	services, err := caller.Service.GetList(ctx, regapi.ServTypeDomain)
	if err != nil {
		return Holdings{}, fmt.Errorf("list the domains: %w", err)
	}
	held := Holdings{Domains: []Domain{}}
	for _, service := range services {
		held.Domains = append(held.Domains, DomainOf(service))
	}
	held.sort()
	return held, nil
}

// DomainOf gives the domain of a service.
func DomainOf(service regapi.ServiceListItem) Domain {
	domain := Domain{Name: regapi.CanonicalName(service.Domain), ServiceID: service.ServiceID.String(), State: string(service.State)}
	if !service.ExpirationDate.IsZero() {
		domain.ExpirationDate = service.ExpirationDate.String()
	}
	return domain
}

func (h *Holdings) sort() {
	slices.SortFunc(h.Domains, func(a, b Domain) int { return cmp.Compare(a.Name, b.Name) })
}

// Read gives the domains of the account with the records of their zones.
func Read(ctx context.Context, caller *regapi.Client) (Holdings, error) {
	held, err := List(ctx, caller)
	if err != nil {
		return Holdings{}, err
	}
	for part := range slices.Chunk(held.Domains, regapi.MaxObjects) {
		refs := make([]regapi.DomainRef, len(part))
		for i, domain := range part {
			refs[i] = regapi.ByName(domain.Name)
		}
		zones, err := caller.Zone.GetResourceRecords(ctx, refs...)
		if err != nil {
			return Holdings{}, fmt.Errorf("read the zones: %w", err)
		}
		for i, zone := range zones {
			part[i].Fill(zone)
		}
	}
	return held, nil
}

// Fill takes the reading of the zone.
func (d *Domain) Fill(zone regapi.ZoneRecords) {
	if zone.Err != nil {
		d.Problem = regapi.Discreet(zone.Err)
		if remedy := regapi.Remedy(zone.Err); remedy != "" {
			d.Problem += ": " + remedy
		}
		return
	}
	d.Records = RecordsOf(zone.Records)
}
