package dnszone

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// Edit is what the parameters of one action ask a zone to do; it tells whether the zone changed.
type Edit func(z *Zone, p Parameters, b behaviour.Behaviour) (bool, *refusal.Error)

// Parameters are those of an action: of an element with its request behind it, or of one entry of an action_list.
type Parameters interface {
	// Text returns a scalar parameter, "" when it is absent.
	Text(name string) string
}

// Actions are those of zone/update_records (9.12). All but add_spf are functions too.
var Actions = map[string]Edit{
	"add_alias":     addRecord(addressBuilder("A")),
	"add_aaaa":      addRecord(addressBuilder("AAAA")),
	"add_caa":       addRecord(buildCAA),
	"add_cname":     addRecord(buildCNAME),
	"add_https":     addRecord(buildHTTPS),
	"add_mx":        addRecord(buildMX),
	"add_ns":        addRecord(buildNS),
	"add_txt":       addRecord(buildTXT),
	"add_srv":       addRecord(buildSRV),
	"remove_record": removeRecord,
	// The parameters of add_spf are not documented; SPF lives in TXT records (RFC 7208, 3.1).
	"add_spf": addRecord(buildTXT),
}

func addRecord(build recordBuilder) Edit {
	return func(z *Zone, p Parameters, b behaviour.Behaviour) (bool, *refusal.Error) {
		r, err := build(z.name, p, b)
		if err != nil {
			return false, err
		}
		return z.put(r, b)
	}
}

// removeRecord deletes records (9.18). Without content everything of that name and type goes, of the given priority if there is one. With content
// the priority is 0 unless given, for the types that have one.
func removeRecord(z *Zone, p Parameters, b behaviour.Behaviour) (bool, *refusal.Error) {
	name, err := subdomainOf(z.name, p, "")
	if err != nil {
		return false, err
	}
	if p.Text("record_type") == "" {
		return false, refusal.Missing("record_type")
	}
	q := removal{name: name, recordType: strings.ToUpper(p.Text("record_type")), content: p.Text("content")}
	if !slices.Contains(recordTypes, q.recordType) {
		return false, refusal.New("INVALID_ZONE_RECORD_TYPE")
	}
	q.anyContent = q.content == ""
	q.anyPriority = q.anyContent && p.Text("priority") == ""
	if q.priority, err = priorityOf(p, "priority"); err != nil && HasPriority(q.recordType) {
		return false, err
	}
	own, err := z.removeOwn(q, b)
	if err != nil || own {
		return own, err
	}
	removed := z.remove(q)
	if removed == 0 && b.MissingRemove == behaviour.MissingRefuse {
		return false, refusal.Incorrect("content")
	}
	return removed > 0, nil
}

// UpdateSOA needs one of the two times; the other one stays (9.13).
func (z *Zone) UpdateSOA(p Parameters, b behaviour.Behaviour) (bool, *refusal.Error) {
	before := z.soa
	if p.Text("ttl") == "" && p.Text("minimum_ttl") == "" {
		return false, refusal.New("SOA_RECORD_INVALID")
	}
	if err := z.SetTimes(p.Text("ttl"), p.Text("minimum_ttl"), b); err != nil {
		return false, err
	}
	if b.IgnoreUpdateSOA {
		z.soa = before
	}
	return z.soa != before, nil
}

// priorityOf reads a number from 0 to 65535; the default is 0.
func priorityOf(p Parameters, name string) (int, *refusal.Error) {
	text := p.Text(name)
	if text == "" {
		return 0, nil
	}
	value, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return 0, refusal.New("PRIORITY_INVALID")
	}
	return int(value), nil
}
