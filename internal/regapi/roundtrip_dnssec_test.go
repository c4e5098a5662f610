package regapi

import (
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// dnssecStatus is the state of DNSSEC of one of the seller's domains.
func (m *market) dnssecStatus(ref DomainRef) DNSSECStatus {
	m.Helper()
	states := of(m.seller.DNSSEC.GetStatus(m.Context(), ref)).must(m)
	m.ok(states[0].Err)
	return states[0].Status
}

// keys are the keys of one of the seller's domains, by flags: 256 for the zone, 257 for keys.
func (m *market) keys(ref DomainRef) map[string]string {
	m.Helper()
	records := of(m.seller.DNSSEC.GetRecords(m.Context(), ref)).must(m)
	m.ok(records[0].Err)
	keys := map[string]string{}
	for _, record := range records[0].Records {
		fields := strings.Fields(record.DNSKEY)
		keys[fields[3]] = record.DNSKEY
	}
	return keys
}

var dnssecRoundTrips = map[string]func(*market){
	"signing is switched on, renewed and switched off": func(m *market) {
		ctx := m.Context()
		m.done(m.seller.DNSSEC.Nop(ctx, exampleRu))
		equal(m, "at first", m.dnssecStatus(exampleRu), DNSSECDisabled)
		m.done(m.seller.DNSSEC.Enable(ctx, exampleRu))
		equal(m, "meanwhile", m.dnssecStatus(exampleRu), DNSSECUpdating)
		if again := of(m.seller.DNSSEC.Disable(ctx, exampleRu)).must(m); again[0].Err == nil {
			m.Error("a second operation was taken")
		}
		m.clock.Advance(time.Hour)
		equal(m, "signed", m.dnssecStatus(exampleRu), DNSSECEnabled)

		first := m.keys(exampleRu)
		m.done(m.seller.DNSSEC.RenewKSK(ctx, exampleRu))
		m.clock.Advance(time.Hour)
		second := m.keys(exampleRu)
		m.done(m.seller.DNSSEC.RenewZSK(ctx, exampleRu))
		m.clock.Advance(time.Hour)
		third := m.keys(exampleRu)
		if first["257"] == second["257"] || first["256"] != second["256"] || second["256"] == third["256"] || second["257"] != third["257"] {
			m.Errorf("keys %v, %v, %v", first, second, third)
		}

		m.done(m.seller.DNSSEC.Disable(ctx, exampleRu))
		m.clock.Advance(time.Hour)
		equal(m, "in the end", m.dnssecStatus(exampleRu), DNSSECDisabled)
	},
	"keys of a domain elsewhere go to its parent zone": func(m *market) {
		m.server.AddDomain("seller", regapitest.Domain{Name: "elsewhere.com", ServiceID: 103, NameServers: []string{"ns1.example.net", "ns2.example.net"}})
		elsewhere := ByServiceID(103)
		digest := strings.Repeat("4508a779", 8)
		m.done(m.seller.DNSSEC.AddKeys(m.Context(), []DNSSECKeys{
			{Ref: elsewhere, Records: []string{"elsewhere.com. 3600 IN DS 2371 13 2 " + digest}},
		}))
		m.clock.Advance(time.Hour)
		records := of(m.seller.DNSSEC.GetRecords(m.Context(), elsewhere)).must(m)
		m.ok(records[0].Err)
		parent := records[0].Records[0].Parent
		equal(m, "key tag", parent["keytag"], "2371")
		equal(m, "digest", strings.ToLower(parent["digest"]), digest)
	},
}
