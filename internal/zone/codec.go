package zone

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// FromAPI gives the canonical form of a record as zone/get_resource_records lists it (9.11). It never fails: what it
// cannot read stays as it is, so that it equals nothing that an owner could ask for.
func FromAPI(rr regapi.ResourceRecord) Record {
	record := Record{
		Name:    lenientName(rr.Subname),
		Type:    Type(strings.ToUpper(rr.Rectype)),
		Content: strings.TrimSpace(rr.Content),
	}
	if record.Type.hasPriority() {
		record.Priority = uint16(min(max(rr.Prio, 0), 65535))
	}
	switch record.Type {
	case A, AAAA:
		record.Content = lenientAddress(record.Content)
	case CNAME, NS, MX:
		record.Content = lenientHost(record.Content)
	case SRV:
		record.Priority, record.Content = readSRV(record.Priority, record.Content)
	case CAA:
		record.Content = readCAA(record.Content)
	case HTTPS:
		record.Priority, record.Content = readHTTPS(record.Priority, record.Content)
	case TXT:
		record.Content = readTXT(rr.Content)
	}
	return record
}

// AddAction gives the action that creates a record (9.2 to 9.10).
func AddAction(r Record) (regapi.Action, error) {
	switch r.Type {
	case A, AAAA:
		return addAddress(r)
	case CNAME:
		return regapi.AddCNAME{Subdomain: r.Name, CanonicalName: r.Content}, nil
	case NS:
		return regapi.AddNS{Subdomain: r.Name, DNSServer: r.Content}, nil
	case MX:
		return regapi.AddMX{Subdomain: r.Name, Priority: int(r.Priority), MailServer: r.Content}, nil
	case TXT:
		return regapi.AddTXT{Subdomain: r.Name, Text: r.Content}, nil
	case SRV:
		return addSRV(r)
	case CAA:
		return addCAA(r)
	case HTTPS:
		target, params, _ := strings.Cut(r.Content, " ")
		return regapi.AddHTTPS{Subdomain: r.Name, Priority: int(r.Priority), Target: target, Value: params}, nil
	default:
		return nil, fmt.Errorf("REG.API cannot add records of type %s", r.Type)
	}
}

// removeAction gives the action that removes a record exactly as the zone lists it. The content is always sent:
// without it every record of that name and type would go (9.18).
func removeAction(rr regapi.ResourceRecord) regapi.RemoveRecord {
	return regapi.RemoveRecord{Subdomain: rr.Subname, RecordType: rr.Rectype, Priority: rr.Prio, Content: rr.Content}
}

func addAddress(r Record) (regapi.Action, error) {
	address, err := netip.ParseAddr(r.Content)
	if err != nil {
		return nil, fmt.Errorf("content of an %s record is an address: %w", r.Type, err)
	}
	if r.Type == A {
		return regapi.AddAlias{Subdomain: r.Name, IPAddr: address}, nil
	}
	return regapi.AddAAAA{Subdomain: r.Name, IPAddr: address}, nil
}

func addSRV(r Record) (regapi.Action, error) {
	fields := strings.Fields(r.Content)
	if len(fields) != 3 {
		return nil, fmt.Errorf("content of an SRV record is weight, port and target, not %q", r.Content)
	}
	weight, weightErr := strconv.Atoi(fields[0])
	port, portErr := strconv.Atoi(fields[1])
	if weightErr != nil || portErr != nil {
		return nil, fmt.Errorf("weight and port of an SRV record are numbers, not %q", r.Content)
	}
	// The name goes into service, not into subdomain (9.10).
	return regapi.AddSRV{Service: r.Name, Priority: int(r.Priority), Weight: weight, Port: port, Target: fields[2]}, nil
}

func addCAA(r Record) (regapi.Action, error) {
	flags, tag, value, ok := SplitCAA(r.Content)
	if !ok {
		return nil, fmt.Errorf("content of a CAA record is flags, tag and value, not %q", r.Content)
	}
	return regapi.AddCAA{Subdomain: r.Name, Flags: flags, Tag: tag, Value: value}, nil
}

func lenientName(name string) string {
	if name == "" {
		return apex
	}
	if ascii, err := canonicalName(strings.TrimSuffix(name, ".")); err == nil {
		return ascii
	}
	return strings.ToLower(name)
}

func lenientHost(host string) string {
	if canonical, err := canonicalHost(host); err == nil {
		return canonical
	}
	return host
}

func lenientAddress(text string) string {
	if address, err := netip.ParseAddr(text); err == nil {
		return address.String()
	}
	return text
}

// readSRV reads "weight port target", and also "priority weight port target".
func readSRV(priority uint16, content string) (uint16, string) {
	fields := strings.Fields(content)
	if len(fields) == 4 {
		priority, fields = readPriority(priority, fields)
	}
	if len(fields) != 3 {
		return priority, content
	}
	return priority, srvContent(fields[0], fields[1], lenientHost(fields[2]))
}

func srvContent(weight, port, target string) string {
	return strings.Join([]string{weight, port, target}, " ")
}

// readPriority takes a leading priority off the fields of a content.
func readPriority(priority uint16, fields []string) (uint16, []string) {
	number, err := strconv.ParseUint(fields[0], 10, 16)
	if err != nil {
		return priority, fields
	}
	return uint16(number), fields[1:]
}

func readCAA(content string) string {
	flags, tag, value, ok := SplitCAA(content)
	if !ok {
		return content
	}
	return caaContent(flags, tag, value)
}

func caaContent(flags int, tag, value string) string {
	return fmt.Sprintf("%d %s %s", flags, strings.ToLower(tag), quote(value))
}

// SplitCAA reads `flags tag "value"`, with or without the quotes.
func SplitCAA(content string) (flags int, tag, value string, ok bool) {
	fields := strings.SplitN(content, " ", 3)
	if len(fields) != 3 {
		return 0, "", "", false
	}
	flags, err := strconv.Atoi(fields[0])
	if err != nil {
		return 0, "", "", false
	}
	return flags, fields[1], readTXT(strings.TrimSpace(fields[2])), true
}

// readHTTPS reads "target params", and also "priority target params".
func readHTTPS(priority uint16, content string) (uint16, string) {
	fields := strings.Fields(content)
	if len(fields) > 1 && !isServiceParameter(fields[1]) {
		priority, fields = readPriority(priority, fields)
	}
	if len(fields) == 0 {
		return priority, content
	}
	canonical, err := httpsContent(priority, lenientHost(fields[0]), strings.Join(fields[1:], " "))
	if err != nil {
		return priority, content
	}
	return priority, canonical
}

// isServiceParameter tells a parameter from a target: a target is "." or has a dot, a key has none before its "=".
func isServiceParameter(field string) bool {
	key, _, _ := strings.Cut(field, "=")
	return !strings.Contains(key, ".")
}

// zoneFileSyntax would make a zone file out of service parameters: a comment, or a second line.
const zoneFileSyntax = ";()\r\n"

// httpsContent gives "target params" with the params in the order of their keys, as RFC 9460 (2.2) sends them.
func httpsContent(priority uint16, target, params string) (string, error) {
	rr, err := dns.NewRR(fmt.Sprintf(". HTTPS %d . %s", priority, params))
	if err != nil || strings.ContainsAny(params, zoneFileSyntax) {
		return "", fmt.Errorf("params %q are not service parameters (RFC 9460): write key=value pairs such as alpn=h2,h3", params)
	}
	return target + serviceParams(rr.(*dns.HTTPS).Value), nil
}

// serviceParams gives service parameters in the order of their keys, each with a space before it.
func serviceParams(values []dns.SVCBKeyValue) string {
	slices.SortFunc(values, func(a, b dns.SVCBKeyValue) int { return int(a.Key()) - int(b.Key()) })
	var params strings.Builder
	for _, value := range values {
		params.WriteString(" " + value.Key().String())
		if text := value.String(); text != "" {
			params.WriteString("=" + text)
		}
	}
	return params.String()
}
