package zone

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strconv"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
)

// Invalid is an entry of a spec that no zone can hold.
type Invalid struct {
	// Record in zone-file notation, as the spec writes it.
	Record string
	// Reason says what is wrong and what to do.
	Reason string
}

// FromSpec gives the records of a spec in canonical form, sorted and without repetitions, and apart from them the
// entries that no zone can hold and that the API server could not see. domain is canonical.
func FromSpec(entries []v1alpha1.NameRecords, domain string) ([]Record, []Invalid) {
	c := specConverter{domain: domain, records: map[Record]bool{}}
	for i := range entries {
		c.convertName(&entries[i])
	}
	c.separateCNAMEs()
	return slices.SortedFunc(maps.Keys(c.records), Compare), c.invalid
}

type specConverter struct {
	domain  string
	records map[Record]bool
	invalid []Invalid
}

func (c *specConverter) convertName(entry *v1alpha1.NameRecords) {
	name, err := CanonicalRelative(entry.Name, c.domain)
	if err != nil {
		c.refuse(entry.Name, err)
		return
	}
	for _, address := range entry.A {
		c.addAddress(name, A, string(address))
	}
	for _, address := range entry.AAAA {
		c.addAddress(name, AAAA, string(address))
	}
	if entry.CNAME != "" {
		c.addHost(Record{Name: name, Type: CNAME}, entry.CNAME)
	}
	for _, host := range entry.NS {
		c.addHost(Record{Name: name, Type: NS}, host)
	}
	for _, mx := range entry.MX {
		c.addHost(Record{Name: name, Type: MX, Priority: uint16(mx.Priority)}, mx.Host)
	}
	for _, text := range entry.TXT {
		c.records[Record{Name: name, Type: TXT, Content: string(text)}] = true
	}
	for _, srv := range entry.SRV {
		c.addSRV(name, srv)
	}
	for _, caa := range entry.CAA {
		c.records[Record{Name: name, Type: CAA, Content: caaContent(int(caa.Flags), caa.Tag, caa.Value)}] = true
	}
	for _, https := range entry.HTTPS {
		c.addHTTPS(name, https)
	}
}

func (c *specConverter) addAddress(name string, kind Type, text string) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		c.refuse(fmt.Sprintf("%s %s %s", name, kind, text), errors.New("not an address; correct it"))
		return
	}
	c.records[Record{Name: name, Type: kind, Content: address.String()}] = true
}

func (c *specConverter) addHost(record Record, host v1alpha1.Host) {
	canonical, err := canonicalHost(string(host))
	if err != nil {
		record.Content = string(host)
		c.refuse(record.String(), err)
		return
	}
	record.Content = canonical
	c.records[record] = true
}

func (c *specConverter) addSRV(name string, srv v1alpha1.SRV) {
	record := Record{Name: name, Type: SRV, Priority: uint16(srv.Priority)}
	target, err := canonicalHost(string(srv.Target))
	record.Content = srvContent(strconv.Itoa(int(srv.Weight)), strconv.Itoa(int(srv.Port)), target)
	if err != nil {
		record.Content += string(srv.Target)
		c.refuse(record.String(), err)
		return
	}
	c.records[record] = true
}

func (c *specConverter) addHTTPS(name string, https v1alpha1.HTTPS) {
	record := Record{Name: name, Type: HTTPS, Priority: uint16(https.Priority)}
	target, err := canonicalHost(https.Target)
	if err == nil {
		record.Content, err = httpsContent(record.Priority, target, https.Params)
	}
	if err != nil {
		record.Content = https.Target + " " + https.Params
		c.refuse(record.String(), err)
		return
	}
	c.records[record] = true
}

// separateCNAMEs takes out CNAMEs that share their name with other records of the spec. The API server sees this within
// one entry, but not where two entries spell one name differently.
func (c *specConverter) separateCNAMEs() {
	perName := map[string]int{}
	for record := range c.records {
		perName[record.Name]++
	}
	for record := range c.records {
		if record.Type == CNAME && perName[record.Name] > 1 {
			delete(c.records, record)
			c.refuse(record.String(), errors.New("another entry of the spec spells the same name and has records too, and a CNAME stands alone; merge the entries"))
		}
	}
	slices.SortFunc(c.invalid, func(a, b Invalid) int { return cmp.Compare(a.Record, b.Record) })
}

func (c *specConverter) refuse(record string, err error) {
	c.invalid = append(c.invalid, Invalid{Record: record, Reason: err.Error()})
}
