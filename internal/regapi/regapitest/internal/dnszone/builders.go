package dnszone

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// recordBuilder makes a record of the parameters of one adding function, or says with the function's own error code what is wrong with them.
type recordBuilder func(zone string, p Parameters, b behaviour.Behaviour) (record, *refusal.Error)

// subdomainOf reads the record's name; fallback stands for a missing one, and where there is none the parameter is required.
func subdomainOf(zone string, p Parameters, fallback string) (string, *refusal.Error) {
	name := p.Text("subdomain")
	if name == "" {
		name = fallback
	}
	if name == "" {
		return "", refusal.Missing("subdomain")
	}
	return canonicalSubdomain(name, zone)
}

// build makes the record once its content is known to the caller.
func build(zone string, p Parameters, recordType, content string, priority int) (record, *refusal.Error) {
	name, err := subdomainOf(zone, p, "")
	if err != nil {
		return record{}, err
	}
	return newRecord(zone, Record{Name: name, Type: recordType, Content: content, Priority: priority})
}

// require refuses a request that lacks a parameter for which the function has no code of its own.
func require(p Parameters, names ...string) *refusal.Error {
	for _, name := range names {
		if p.Text(name) == "" {
			return refusal.Missing(name)
		}
	}
	return nil
}

// addressBuilder builds A (9.2) and AAAA (9.3).
func addressBuilder(recordType string) recordBuilder {
	return func(zone string, p Parameters, _ behaviour.Behaviour) (record, *refusal.Error) {
		if err := require(p, "ipaddr"); err != nil {
			return record{}, err
		}
		return build(zone, p, recordType, p.Text("ipaddr"), 0)
	}
}

// buildCAA: flags, tag and value (9.4).
func buildCAA(zone string, p Parameters, _ behaviour.Behaviour) (record, *refusal.Error) {
	if err := require(p, "flags", "tag", "value"); err != nil {
		return record{}, err
	}
	content, err := composeCAA(p.Text("flags"), p.Text("tag"), p.Text("value"))
	if err != nil {
		return record{}, err
	}
	return build(zone, p, "CAA", content, 0)
}

// buildCNAME: canonical_name (9.5). The apex may be an alias: the example of 9.12 makes it one.
func buildCNAME(zone string, p Parameters, _ behaviour.Behaviour) (record, *refusal.Error) {
	if err := require(p, "canonical_name"); err != nil {
		return record{}, err
	}
	return build(zone, p, "CNAME", p.Text("canonical_name"), 0)
}

// buildHTTPS: priority, target and the pairs in value (9.6).
func buildHTTPS(zone string, p Parameters, _ behaviour.Behaviour) (record, *refusal.Error) {
	priority, err := requiredPriority(p)
	if err != nil {
		return record{}, err
	}
	if err := require(p, "target"); err != nil {
		return record{}, err
	}
	target := p.Text("target")
	if strings.ContainsAny(target, " \t\r\n") {
		return record{}, refusal.New("HTTPS_TARGET_INVALID")
	}
	return build(zone, p, "HTTPS", target+" "+p.Text("value"), priority)
}

// requiredPriority is refused with a code of its own also when it is not given (9.6, 9.10).
func requiredPriority(p Parameters) (int, *refusal.Error) {
	if p.Text("priority") == "" {
		return 0, refusal.New("PRIORITY_INVALID")
	}
	return priorityOf(p, "priority")
}

// buildMX: the zone itself and priority 0 unless given; mail_server (9.7).
//
// Error: PRIORITY_INVALID for a priority above 10, the lowest there is (9.7).
func buildMX(zone string, p Parameters, b behaviour.Behaviour) (record, *refusal.Error) {
	const lowest = 10
	if err := require(p, "mail_server"); err != nil {
		return record{}, err
	}
	name, err := subdomainOf(zone, p, "@")
	if err != nil {
		return record{}, err
	}
	priority, err := priorityOf(p, "priority")
	if err != nil {
		return record{}, err
	}
	if priority > lowest && !b.AnyMXPriority {
		return record{}, refusal.New("PRIORITY_INVALID")
	}
	return newRecord(zone, Record{Name: name, Type: "MX", Content: p.Text("mail_server"), Priority: priority})
}

// buildNS: dns_server, and record_number for its place among the others (9.8). The zone itself cannot be given away: only subdomains are.
func buildNS(zone string, p Parameters, _ behaviour.Behaviour) (record, *refusal.Error) {
	name, err := subdomainOf(zone, p, "")
	if err == nil && (name == "@" || name == "*") {
		err = refusal.New("SUBD_INVALID")
	}
	if err == nil {
		err = require(p, "dns_server")
	}
	if err != nil {
		return record{}, err
	}
	number, err := priorityOf(p, "record_number")
	if err != nil {
		return record{}, refusal.Incorrect("record_number")
	}
	return build(zone, p, "NS", p.Text("dns_server"), number)
}

const defaultTXTLimit = 2048

// buildTXT: text (9.9).
func buildTXT(zone string, p Parameters, b behaviour.Behaviour) (record, *refusal.Error) {
	limit := b.TXTLimit
	if limit == 0 {
		limit = defaultTXTLimit
	}
	text := p.Text("text")
	switch {
	case text == "":
		return record{}, refusal.New("TEXT_NOT_FOUND")
	case len(text) > limit:
		return record{}, refusal.New("TEXT_TOOLONG")
	case !IsPrintable(text):
		return record{}, refusal.New("TEXT_CONTAINS_INVALID_CHARACTERS")
	}
	return build(zone, p, "TXT", text, 0)
}

// serviceName is _service._protocol, with the names of a subdomain after it if it belongs to one.
var serviceName = regexp.MustCompile(`(?i)^_[a-z0-9]([a-z0-9-]*[a-z0-9])?\._[a-z0-9]+(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$`)

// buildSRV: the name stands in service, not in subdomain; weight is 0 unless given (9.10).
func buildSRV(zone string, p Parameters, _ behaviour.Behaviour) (record, *refusal.Error) {
	if !serviceName.MatchString(p.Text("service")) {
		return record{}, refusal.New("SERVICE_INVALID")
	}
	priority, err := requiredPriority(p)
	if err != nil {
		return record{}, err
	}
	weight := 0
	if text := p.Text("weight"); text != "" {
		var ok bool
		if weight, ok = parseUint16(text); !ok {
			return record{}, refusal.New("WEIGHT_INVALID")
		}
	}
	port, ok := parseUint16(p.Text("port"))
	if !ok {
		return record{}, refusal.New("PORT_INVALID")
	}
	if err := require(p, "target"); err != nil {
		return record{}, err
	}
	content := strconv.Itoa(weight) + " " + strconv.Itoa(port) + " " + p.Text("target")
	return newRecord(zone, Record{Name: p.Text("service"), Type: "SRV", Content: content, Priority: priority})
}
