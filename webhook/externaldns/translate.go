package externaldns

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// servedTypes are the types that external-dns can send and REG.API can add. Others are not shown to external-dns.
var servedTypes = []zone.Type{zone.A, zone.AAAA, zone.CNAME, zone.MX, zone.NS, zone.TXT, zone.SRV, zone.CAA}

// heritage begins the ownership texts of external-dns.
const heritage = "heritage=external-dns"

// absolute is the opposite of zone.Relative.
func absolute(name, domain string) string {
	if name == "@" {
		return domain
	}
	return name + "." + domain
}

// recordOf gives the record that one target of an endpoint means. name is relative and canonical. The conversion is that of
// a DNSZone's spec, so that one record is never spelled in two ways. But for what no spec can ask for at the domain itself, an
// alias or name servers, of which the plan says more than a spec would.
func recordOf(name, domain, kind, target string) (zone.Record, error) {
	entry, err := entryOf(kind, target)
	if err != nil {
		return zone.Record{}, err
	}
	entry.Name = name
	if name == "@" && (kind == string(zone.CNAME) || kind == string(zone.NS)) {
		entry.Name = "below"
	}
	records, invalid := zone.FromSpec([]v1alpha1.NameRecords{entry}, domain)
	if len(invalid) > 0 {
		return zone.Record{}, errors.New(invalid[0].Reason)
	}
	records[0].Name = name
	return records[0], nil
}

func entryOf(kind, target string) (v1alpha1.NameRecords, error) {
	var entry v1alpha1.NameRecords
	var err error
	switch zone.Type(kind) {
	case zone.A:
		entry.A = []v1alpha1.IPv4Address{v1alpha1.IPv4Address(target)}
		err = checkAddress(target, netip.Addr.Is4)
	case zone.AAAA:
		entry.AAAA = []v1alpha1.IPv6Address{v1alpha1.IPv6Address(target)}
		err = checkAddress(target, netip.Addr.Is6)
	case zone.CNAME:
		entry.CNAME = v1alpha1.Host(target)
		if target == "" {
			err = errors.New("a CNAME needs a target")
		}
	case zone.NS:
		entry.NS = []v1alpha1.Host{v1alpha1.Host(target)}
	case zone.TXT:
		entry.TXT = []v1alpha1.Text{v1alpha1.Text(unquoted(target))}
		if entry.TXT[0] == "" {
			err = errors.New("a TXT record needs a text")
		}
	case zone.MX:
		entry.MX, err = parseMX(target)
	case zone.SRV:
		entry.SRV, err = parseSRV(target)
	case zone.CAA:
		entry.CAA, err = parseCAA(target)
	default:
		err = fmt.Errorf("records of type %q cannot be kept at REG.RU", kind)
	}
	return entry, err
}

func checkAddress(text string, ofFamily func(netip.Addr) bool) error {
	if address, err := netip.ParseAddr(text); err != nil || !ofFamily(address) || address.Zone() != "" {
		return errors.New("not an address of this type; correct it")
	}
	return nil
}

// parseMX reads "priority host".
func parseMX(target string) ([]v1alpha1.MX, error) {
	fields := strings.Fields(target)
	if len(fields) != 2 {
		return nil, errors.New(`the target of an MX record is "priority host"`)
	}
	numbers, err := parseNumbers(fields[:1], 16)
	if err != nil {
		return nil, err
	}
	return []v1alpha1.MX{{Priority: numbers[0], Host: v1alpha1.Host(fields[1])}}, nil
}

// parseSRV reads "priority weight port host".
func parseSRV(target string) ([]v1alpha1.SRV, error) {
	fields := strings.Fields(target)
	if len(fields) != 4 {
		return nil, errors.New(`the target of an SRV record is "priority weight port host"`)
	}
	numbers, err := parseNumbers(fields[:3], 16)
	if err != nil {
		return nil, err
	}
	return []v1alpha1.SRV{{Priority: numbers[0], Weight: numbers[1], Port: numbers[2], Target: v1alpha1.Host(fields[3])}}, nil
}

// parseCAA reads `flags tag "value"`, with or without the quotes.
func parseCAA(target string) ([]v1alpha1.CAA, error) {
	fields := strings.SplitN(strings.TrimSpace(target), " ", 3)
	if len(fields) != 3 || fields[1] == "" {
		return nil, errors.New(`the target of a CAA record is "flags tag value"`)
	}
	flags, err := parseNumbers(fields[:1], 8)
	if err != nil {
		return nil, err
	}
	return []v1alpha1.CAA{{Flags: flags[0], Tag: fields[1], Value: unquoted(strings.TrimSpace(fields[2]))}}, nil
}

func parseNumbers(fields []string, bits int) ([]int32, error) {
	numbers := make([]int32, len(fields))
	for i, field := range fields {
		number, err := strconv.ParseUint(field, 10, bits)
		if err != nil {
			return nil, fmt.Errorf("%q is not a number from 0 to %d", field, 1<<bits-1)
		}
		numbers[i] = int32(number)
	}
	return numbers, nil
}

// unquoted gives the text of a target, which may be in the quotes of a zone file.
func unquoted(target string) string {
	return zone.FromAPI(regapi.ResourceRecord{Rectype: string(zone.TXT), Content: target}).Content
}

var quoteEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// targetOf is the opposite of recordOf, in the spelling that external-dns itself prefers.
func targetOf(record zone.Record) string {
	switch record.Type {
	case zone.CNAME, zone.NS:
		return withoutDot(record.Content)
	case zone.MX:
		return fmt.Sprintf("%d %s", record.Priority, withoutDot(record.Content))
	case zone.SRV: // external-dns wants the final dot here, and only here.
		return fmt.Sprintf("%d %s", record.Priority, record.Content)
	case zone.TXT:
		// Ownership texts go back in the quotes that they came in; of other texts only those that would lose quotes of their own.
		if strings.HasPrefix(record.Content, heritage) || unquoted(record.Content) != record.Content {
			return `"` + quoteEscapes.Replace(record.Content) + `"`
		}
		return record.Content
	default:
		return record.Content
	}
}

func withoutDot(host string) string {
	if host == "." {
		return host
	}
	return strings.TrimSuffix(host, ".")
}

// endpointsOf groups the records of a zone by name and type, in a stable order. The registrar's own are not external-dns's.
func endpointsOf(domain string, listed []regapi.ResourceRecord) []endpoint {
	type rrset struct {
		name string
		kind zone.Type
	}
	targets := make(map[rrset][]string, len(listed))
	for _, rr := range listed {
		record := zone.FromAPI(rr)
		if slices.Contains(servedTypes, record.Type) && !record.Registrar() {
			key := rrset{record.Name, record.Type}
			targets[key] = append(targets[key], targetOf(record))
		}
	}
	keys := slices.SortedFunc(maps.Keys(targets), func(a, b rrset) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.kind, b.kind))
	})
	endpoints := make([]endpoint, len(keys))
	for i, key := range keys {
		slices.Sort(targets[key])
		endpoints[i] = endpoint{DNSName: absolute(key.name, domain), RecordType: string(key.kind), Targets: slices.Compact(targets[key])}
	}
	return endpoints
}

// adjusted gives an endpoint as endpointsOf would show it once it exists, so that external-dns finds no difference. What
// REG.API cannot keep, a TTL of its own, sets and properties, is dropped. A target that cannot be read stays as it is: dropped,
// it would make external-dns delete the records that it should replace.
//
// It also gives the records that the endpoint means.
func adjusted(e endpoint, name, domain string) (made endpoint, records []zone.Record) {
	e.DNSName = absolute(name, domain)
	e.RecordTTL, e.SetIdentifier, e.ProviderSpecific = 0, "", nil
	targets := make([]string, len(e.Targets))
	for i, target := range e.Targets {
		targets[i] = target
		if record, err := recordOf(name, domain, e.RecordType, target); err == nil {
			targets[i] = targetOf(record)
			records = append(records, record)
		}
	}
	slices.Sort(targets)
	e.Targets = slices.Compact(targets)
	if e.RecordType == string(zone.CNAME) && len(e.Targets) > 1 {
		e.Targets = e.Targets[:1] // A name is an alias of one name only.
	}
	return e, records
}
