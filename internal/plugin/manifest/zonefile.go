package manifest

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/zone"
)

// maxZoneFile bounds what is read of a zone file.
const maxZoneFile = 64 << 20

// ReadZoneFile reads a BIND zone file. The domain is the one given, else that of its first $ORIGIN, else of its SOA, else that of the
// file's name. Records outside of the domain, and of types that no DNSZone has, are left out with the reason.
func ReadZoneFile(file io.Reader, name, origin string) (domain string, records []zone.Record, left []LeftOut, err error) {
	text, err := io.ReadAll(io.LimitReader(file, maxZoneFile))
	if err != nil {
		return "", nil, nil, fmt.Errorf("read %s: %w", name, err)
	}
	if origin = cmp.Or(origin, firstOrigin(string(text)), ownerOfSOA(text), domainIn(name)); origin == "" {
		return "", nil, nil, fmt.Errorf("%s: nothing says of which domain the zone is: begin it with $ORIGIN, have a SOA in it, or name the file after the domain", name)
	}
	if domain, err = zone.CanonicalDomain(origin); err != nil {
		return "", nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	rrs, err := parse(text, name, domain)
	if err != nil {
		return "", nil, nil, err
	}
	for _, rr := range rrs {
		record, known := zone.FromDNS(rr, domain)
		switch {
		case rr.Header().Rrtype == dns.TypeSOA:
		case !dns.IsSubDomain(dns.Fqdn(domain), strings.ToLower(rr.Header().Name)):
			left = append(left, LeftOut{Domain: domain, Record: oneLine(rr), Why: "it lies outside of the zone"})
		case !known:
			left = append(left, LeftOut{Domain: domain, Record: oneLine(rr), Why: "REG.API cannot add records of this type"})
		default:
			records = append(records, record)
		}
	}
	slices.SortFunc(records, zone.Compare)
	return domain, slices.Compact(records), left, nil
}

// parse gives the records of a file whose relative names are of a domain.
func parse(text []byte, name, domain string) ([]dns.RR, error) {
	parser := dns.NewZoneParser(bytes.NewReader(text), dns.Fqdn(domain), name)
	parser.SetDefaultTTL(3600)
	var rrs []dns.RR
	for rr, ok := parser.Next(); ok; rr, ok = parser.Next() {
		rrs = append(rrs, rr)
	}
	if err := parser.Err(); err != nil {
		return nil, errors.New(strings.TrimPrefix(err.Error(), "dns: "))
	}
	return rrs, nil
}

// ownerOfSOA finds the name of the SOA, which a file that gives no $ORIGIN writes in full.
func ownerOfSOA(text []byte) string {
	rrs, _ := parse(text, "", ".") // What cannot be read tells nothing here; it is told of later.
	for _, rr := range rrs {
		if rr.Header().Rrtype == dns.TypeSOA && rr.Header().Name != "." {
			return rr.Header().Name
		}
	}
	return ""
}

// domainIn gives the domain in a file's name, such as example.ru.zone or db.example.ru.
func domainIn(file string) string {
	name := filepath.Base(file)
	for _, ending := range []string{".zone", ".db", ".hosts", ".txt", ".bind"} {
		name = strings.TrimSuffix(name, ending)
	}
	name = strings.TrimPrefix(name, "db.")
	if domain, err := zone.CanonicalDomain(name); err == nil && strings.Contains(domain, ".") {
		return domain
	}
	return ""
}

func firstOrigin(text string) string {
	for line := range strings.Lines(text) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.EqualFold(fields[0], "$ORIGIN") {
			return fields[1]
		}
	}
	return ""
}

func oneLine(rr dns.RR) string { return strings.Join(strings.Fields(rr.String()), " ") }

// WriteZoneFile writes records as a BIND zone file of a domain in canonical form. The TTL is that of the zone, of which REG.API has one.
func WriteZoneFile(out io.Writer, domain string, ttl int, records []zone.Record) error {
	if _, err := fmt.Fprintf(out, "$ORIGIN %s\n$TTL %d\n", dns.Fqdn(domain), ttl); err != nil {
		return err
	}
	for _, record := range slices.SortedFunc(slices.Values(records), zone.Compare) {
		line, err := zoneFileLine(record, domain, ttl)
		if err != nil {
			return fmt.Errorf("write %s of %s: %w", record, domain, err)
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// zoneFileLine is a record as zone files have it, read back to be sure.
func zoneFileLine(record zone.Record, domain string, ttl int) (string, error) {
	owner := dns.Fqdn(record.Name + "." + domain)
	if record.Name == "@" {
		owner = dns.Fqdn(domain)
	}
	content := record.Content
	switch record.Type {
	case zone.TXT:
		content = textStrings(content)
	case zone.MX, zone.SRV, zone.HTTPS:
		content = fmt.Sprintf("%d %s", record.Priority, content)
	}
	rr, err := dns.NewRR(fmt.Sprintf("%s %d IN %s %s", owner, ttl, record.Type, content))
	if err != nil {
		return "", err
	}
	if back, ok := zone.FromDNS(rr, domain); !ok || back != record {
		return "", fmt.Errorf("a zone file would say %s", back)
	}
	return rr.String(), nil
}

// textStrings writes a text as strings of 255 bytes at most.
func textStrings(text string) string {
	var parts []string
	for part := range slices.Chunk([]byte(text), 255) {
		var quoted strings.Builder
		for _, letter := range part {
			switch {
			case letter == '"' || letter == '\\':
				quoted.WriteString(`\` + string(letter))
			case letter < ' ' || letter > '~':
				fmt.Fprintf(&quoted, `\%03d`, letter)
			default:
				quoted.WriteByte(letter)
			}
		}
		parts = append(parts, `"`+quoted.String()+`"`)
	}
	return cmp.Or(strings.Join(parts, " "), `""`)
}
