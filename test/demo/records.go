package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// maxTXTString is the length of one character-string (RFC 1035, 3.3); longer
// texts are served as several.
const maxTXTString = 255

// punycode writes names as DNS does, without refusing what host names may not
// hold: underscores and asterisks.
var punycode = idna.New(idna.MapForLookup(), idna.StrictDomainName(false))

// expectedRecords lists the records of a DNSZone as DNS has to serve them. Their
// TTL is that of the zone, or 0 where the DNSZone leaves it open.
func expectedRecords(zone *v1alpha1.DNSZone) ([]dns.RR, error) {
	var ttl uint32
	if soa := zone.Spec.SOA; soa != nil && soa.TTL != nil {
		ttl = uint32(soa.TTL.Seconds())
	}
	var records []dns.RR
	for _, entry := range zone.Spec.Records {
		owner := entry.Name + "." + string(zone.Spec.DomainName)
		if entry.Name == "@" {
			owner = string(zone.Spec.DomainName)
		}
		owner, err := fqdn(owner)
		if err != nil {
			return nil, err
		}
		of, err := recordsOf(owner, entry)
		if err != nil {
			return nil, fmt.Errorf("records of %s: %w", entry.Name, err)
		}
		for _, record := range of {
			record.Header().Ttl = ttl
		}
		records = append(records, of...)
	}
	return records, nil
}

// recordsOf lists the records of one name.
func recordsOf(owner string, entry v1alpha1.NameRecords) ([]dns.RR, error) {
	b := builder{owner: owner}
	for _, address := range entry.A {
		b.add("A", string(address))
	}
	for _, address := range entry.AAAA {
		b.add("AAAA", string(address))
	}
	if entry.CNAME != "" {
		b.add("CNAME", b.host(entry.CNAME))
	}
	for _, mx := range entry.MX {
		b.add("MX", mx.Priority, b.host(mx.Host))
	}
	for _, host := range entry.NS {
		b.add("NS", b.host(host))
	}
	for _, text := range entry.TXT {
		b.addTXT(string(text))
	}
	for _, srv := range entry.SRV {
		b.add("SRV", srv.Priority, srv.Weight, srv.Port, b.host(srv.Target))
	}
	for _, caa := range entry.CAA {
		b.add("CAA", caa.Flags, caa.Tag, `"`+caa.Value+`"`)
	}
	for _, https := range entry.HTTPS {
		b.add("HTTPS", https.Priority, b.host(v1alpha1.Host(https.Target)), https.Params)
	}
	return b.records, b.err
}

// builder gathers the records of one name, and the errors on the way.
type builder struct {
	owner   string
	records []dns.RR
	err     error
}

// add parses a record from its zone-file notation.
func (b *builder) add(rrtype string, content ...any) {
	record, err := dns.NewRR(b.owner + " IN " + rrtype + " " + strings.TrimSuffix(fmt.Sprintln(content...), "\n"))
	b.keep(record, err)
}

// addTXT adds a text, cut where DNS cuts it.
func (b *builder) addTXT(text string) {
	record := &dns.TXT{Hdr: dns.RR_Header{Name: b.owner, Rrtype: dns.TypeTXT, Class: dns.ClassINET}}
	for ; len(text) > maxTXTString; text = text[maxTXTString:] {
		record.Txt = append(record.Txt, text[:maxTXTString])
	}
	record.Txt = append(record.Txt, text)
	b.keep(record, nil)
}

func (b *builder) keep(record dns.RR, err error) {
	if err != nil {
		b.err = errors.Join(b.err, err)
		return
	}
	b.records = append(b.records, record)
}

// host returns a host name as DNS writes it.
func (b *builder) host(host v1alpha1.Host) string {
	name, err := fqdn(string(host))
	b.err = errors.Join(b.err, err)
	return name
}

func fqdn(name string) (string, error) {
	if name == "." {
		return name, nil
	}
	ascii, err := punycode.ToASCII(strings.TrimSuffix(name, "."))
	if err != nil {
		return "", fmt.Errorf("name %q: %w", name, err)
	}
	return dns.Fqdn(ascii), nil
}
