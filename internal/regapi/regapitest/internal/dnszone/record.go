package dnszone

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/behaviour"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// Record is one resource record as the zone holds it. There are no record ids and no TTL per record.
type Record struct {
	// Name is relative to the zone: "@", "*", "www", "_sip._tcp".
	Name string `json:"name"`
	// Type is one of A, AAAA, CNAME, MX, NS, TXT, SRV, CAA, HTTPS.
	Type string `json:"type"`
	// Content is in the stored form: targets with a trailing dot, SRV as "weight port target", CAA as `flags tag "value"`, HTTPS as
	// "target params", TXT unquoted, AAAA compressed.
	Content string `json:"content"`
	// Priority is that of MX, SRV and HTTPS, and the record_number of NS; 0 for all other types.
	Priority int `json:"priority,omitempty"`
}

// record is a Record with the text that its content was given in.
type record struct {
	Record
	given string
}

var recordTypes = []string{"A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NS", "SRV", "TXT"}

// HasPriority tells whether priority is a part of what such a record is.
func HasPriority(recordType string) bool {
	return slices.Contains([]string{"MX", "SRV", "NS", "HTTPS"}, recordType)
}

// newRecord brings a record into the stored form. The error names the field by the code of the function that adds such records.
func newRecord(zone string, r Record) (record, *refusal.Error) {
	recordType := strings.ToUpper(r.Type)
	if !slices.Contains(recordTypes, recordType) {
		return record{}, refusal.New("INVALID_ZONE_RECORD_TYPE")
	}
	name, err := storedName(r.Name, zone)
	if err != nil {
		return record{}, err
	}
	content, err := canonicalContent(zone, recordType, r.Content)
	if err != nil {
		return record{}, err
	}
	priority := 0
	if HasPriority(recordType) {
		priority = r.Priority
	}
	return record{Record: Record{Name: name, Type: recordType, Content: content, Priority: priority}, given: r.Content}, nil
}

// storedName is canonicalSubdomain for a record that stands in a zone: it may have plus signs, which the functions refuse.
func storedName(name, zone string) (string, *refusal.Error) {
	stored, err := canonicalSubdomain(strings.ReplaceAll(name, "+", "_"), zone)
	if err != nil || !strings.Contains(name, "+") || strings.Contains(stored, punycodePrefix) {
		return canonicalSubdomain(name, zone)
	}
	signed := []byte(stored)
	for i := range signed {
		if name[i] == '+' {
			signed[i] = '+'
		}
	}
	return string(signed), nil
}

// canonicalContent returns the stored form of a record's content.
func canonicalContent(zone, recordType, content string) (string, *refusal.Error) {
	switch recordType {
	case "A":
		return canonicalAddress(content, netip.Addr.Is4)
	case "AAAA":
		return canonicalAddress(content, netip.Addr.Is6)
	case "CNAME":
		return targetOr("CNAME_INVALID", content, zone)
	case "NS":
		return targetOr("NSADDR_INVALID", content, zone)
	case "MX":
		return canonicalMailHost(content, zone)
	case "SRV":
		return canonicalSRV(content, zone)
	case "CAA":
		return canonicalCAA(content)
	case "HTTPS":
		return canonicalHTTPS(content, zone)
	default:
		return content, nil
	}
}

func canonicalAddress(content string, family func(netip.Addr) bool) (string, *refusal.Error) {
	address, err := netip.ParseAddr(content)
	if err != nil || !family(address) || address.Zone() != "" {
		return "", refusal.New("IP_INVALID")
	}
	return address.String(), nil
}

func targetOr(code, content, zone string) (string, *refusal.Error) {
	target, ok := canonicalTarget(content, zone)
	if !ok {
		return "", refusal.New(code)
	}
	return target, nil
}

// canonicalMailHost accepts an IPv4 or IPv6 address too (9.7), and the null MX of RFC 7505.
func canonicalMailHost(content, zone string) (string, *refusal.Error) {
	if content == "." {
		return content, nil
	}
	if address, err := netip.ParseAddr(content); err == nil && address.Zone() == "" {
		return address.String(), nil
	}
	return targetOr("MAILHOST_INVALID", content, zone)
}

func canonicalSRV(content, zone string) (string, *refusal.Error) {
	fields := strings.Fields(content)
	if len(fields) != 3 {
		return "", refusal.Incorrect("target")
	}
	weight, ok := parseUint16(fields[0])
	if !ok {
		return "", refusal.New("WEIGHT_INVALID")
	}
	port, ok := parseUint16(fields[1])
	if !ok {
		return "", refusal.New("PORT_INVALID")
	}
	target := fields[2]
	if target != "." {
		if target, ok = canonicalTarget(target, zone); !ok {
			return "", refusal.Incorrect("target")
		}
	}
	return fmt.Sprintf("%d %d %s", weight, port, target), nil
}

// parseUint16 accepts digits alone, up to 65535.
func parseUint16(text string) (int, bool) {
	value, err := strconv.ParseUint(text, 10, 16)
	return int(value), err == nil
}

func canonicalCAA(content string) (string, *refusal.Error) {
	flags, rest, _ := strings.Cut(content, " ")
	tag, value, _ := strings.Cut(rest, " ")
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = unquote(value)
	}
	return composeCAA(flags, tag, value)
}

// composeCAA checks the fields of a CAA record (9.4) and writes its content.
func composeCAA(flags, tag, value string) (string, *refusal.Error) {
	if flags != "0" && flags != "128" {
		return "", refusal.New("FLAGS_INVALID")
	}
	tag = strings.ToLower(tag)
	valid := false
	switch tag {
	case "issue", "issuewild":
		valid = isIssuer(value)
	case "iodef":
		valid = isReportAddress(value)
	default:
		return "", refusal.New("TAG_INVALID")
	}
	if !valid || !IsPrintable(value) {
		return "", refusal.New("CAA_INVALID")
	}
	return flags + " " + tag + " " + quote(value), nil
}

// isIssuer accepts the domain name of an authority, its parameters, and ";" alone, which forbids everybody (RFC 8659, 4.2).
func isIssuer(value string) bool {
	name, parameters, found := strings.Cut(value, ";")
	name = strings.TrimSpace(name)
	if name == "" {
		return found && strings.TrimSpace(parameters) == ""
	}
	_, ok := hostLabels(name)
	return ok
}

// isReportAddress accepts an e-mail address, with or without mailto:, and an http or https URL (9.4).
func isReportAddress(value string) bool {
	if strings.HasPrefix(value, "http://") || strings.HasPrefix(value, "https://") {
		_, host, _ := strings.Cut(value, "://")
		return host != "" && !strings.ContainsRune(host, ' ')
	}
	user, host, found := strings.Cut(strings.TrimPrefix(value, "mailto:"), "@")
	if !found || user == "" || strings.ContainsRune(user, ' ') {
		return false
	}
	_, ok := hostLabels(host)
	return ok
}

// httpsKeys are the keys that zone/add_https allows (9.6), besides keyNNN.
var httpsKeys = []string{"alpn", "no-default-alpn", "ipv4hint", "ipv6hint", "port", "ech", "mandatory"}

func canonicalHTTPS(content, zone string) (string, *refusal.Error) {
	fields := strings.Fields(content)
	if len(fields) == 0 {
		return "", refusal.New("HTTPS_TARGET_INVALID")
	}
	target := fields[0]
	if target != "." {
		var ok bool
		if target, ok = canonicalTarget(target, zone); !ok {
			return "", refusal.New("HTTPS_TARGET_INVALID")
		}
	}
	for _, pair := range fields[1:] {
		key, _, _ := strings.Cut(pair, "=")
		if !slices.Contains(httpsKeys, key) && !isNumberedKey(key) {
			return "", refusal.New("HTTPS_INVALID")
		}
	}
	fields[0] = target
	content = strings.Join(fields, " ")
	if !IsPrintable(content) || strings.ContainsAny(content, ";()") {
		return "", refusal.New("HTTPS_INVALID")
	}
	if parsed, err := dns.NewRR(". HTTPS 1 " + content); err != nil || parsed == nil {
		return "", refusal.New("HTTPS_INVALID")
	}
	return content, nil
}

// isNumberedKey accepts key0 to key65534.
func isNumberedKey(key string) bool {
	digits, ok := strings.CutPrefix(key, "key")
	number, err := strconv.ParseUint(digits, 10, 16)
	return ok && err == nil && number < 65535
}

// IsPrintable accepts printable ASCII: what we take "alphanumeric characters of ASCII" (9.9) to mean, since SPF and DKIM need more
// than letters and digits.
func IsPrintable(text string) bool {
	return !strings.ContainsFunc(text, func(c rune) bool { return c < ' ' || c > '~' })
}

var quoter = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func quote(text string) string { return `"` + quoter.Replace(text) + `"` }

// unquote undoes quote; text that is not quoted is returned as it is.
func unquote(text string) string {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return text
	}
	var plain strings.Builder
	escaped := false
	for _, c := range text[1 : len(text)-1] {
		if c == '\\' && !escaped {
			escaped = true
			continue
		}
		escaped = false
		plain.WriteRune(c)
	}
	return plain.String()
}

// shown is the content as zone/get_resource_records gives it back.
func (r record) shown(b behaviour.Behaviour) string {
	switch {
	case r.Type == "TXT" && b.TXT == behaviour.TXTQuoted:
		return quote(r.Content)
	case r.Type == "AAAA" && b.IPv6 == behaviour.IPv6Given:
		return r.given
	case r.Type == "AAAA" && b.IPv6 == behaviour.IPv6Expanded:
		return netip.MustParseAddr(r.Content).StringExpanded()
	default:
		return r.Content
	}
}

// rr is the record as the name servers serve it.
func (r record) rr(owner string, ttl uint32) (dns.RR, error) {
	header := fmt.Sprintf("%s %d IN %s ", owner, ttl, r.Type)
	switch r.Type {
	case "TXT":
		return dns.NewRR(header + splitText(r.Content))
	case "MX":
		return dns.NewRR(header + strconv.Itoa(r.Priority) + " " + dns.Fqdn(r.Content))
	case "SRV", "HTTPS":
		return dns.NewRR(header + strconv.Itoa(r.Priority) + " " + r.Content)
	default:
		return dns.NewRR(header + r.Content)
	}
}

// splitText cuts a text into the character-strings of at most 255 bytes that a TXT record is made of.
func splitText(text string) string {
	parts := []string{}
	for part := range slices.Chunk([]byte(text), 255) {
		parts = append(parts, quote(string(part)))
	}
	if len(parts) == 0 {
		return `""`
	}
	return strings.Join(parts, " ")
}
