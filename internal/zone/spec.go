package zone

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
)

// Invalid is an entry of a spec that no zone can hold.
type Invalid struct {
	// Record in zone-file notation, as the spec writes it, cut where it is long.
	Record string
	// Reason says what is wrong and what to do.
	Reason string
	// Wanted is the record as far as it could be read, for its unit: its Type is "" where not even the name could be.
	Wanted Record
}

// maxShown is how many characters of an invalid entry are shown.
const maxShown = 512

// FromSpec gives the records of a spec in canonical form, sorted and without repetitions, and apart from them the
// entries that no zone can hold and that the API server could not see. domain is canonical.
func FromSpec(entries []v1alpha1.NameRecords, domain string) ([]Record, []Invalid) {
	c := specConverter{domain: domain, records: map[Record]bool{}}
	for i := range entries {
		c.convertName(&entries[i])
	}
	c.separateCNAMEs()
	c.separateKinds()
	slices.SortFunc(c.invalid, func(a, b Invalid) int { return cmp.Compare(a.Record, b.Record) })
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
		c.invalid = append(c.invalid, Invalid{Record: cut(entry.Name, maxShown), Reason: "name: " + err.Error()})
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
		c.addText(name, string(text))
	}
	for _, srv := range entry.SRV {
		c.addSRV(name, srv)
	}
	for _, caa := range entry.CAA {
		c.addCAA(name, caa)
	}
	for _, https := range entry.HTTPS {
		c.addHTTPS(name, https)
	}
}

// keep takes the record, or with an error the entry that could not become one.
func (c *specConverter) keep(record Record, err error) {
	if err != nil {
		c.invalid = append(c.invalid, Invalid{Record: cut(record.String(), maxShown), Reason: err.Error(), Wanted: record})
		return
	}
	c.records[record] = true
}

func (c *specConverter) addAddress(name string, kind Type, text string) {
	address, err := netip.ParseAddr(text)
	if err != nil {
		c.keep(Record{Name: name, Type: kind, Content: text}, errors.New("not an address; correct it"))
		return
	}
	c.keep(Record{Name: name, Type: kind, Content: address.String()}, nil)
}

func (c *specConverter) addHost(record Record, host v1alpha1.Host) {
	canonical, err := specHost(string(host))
	record.Content = canonical
	c.keep(record, cmp.Or(err, checkHostOf(record)))
}

// checkHostOf says what the API server could not see where the spec writes the domain itself otherwise than @.
func checkHostOf(record Record) error {
	switch {
	case record.Type == CNAME && record.Name == apex:
		return errors.New("the domain itself cannot be a cname, since it holds SOA and NS: use a, aaaa, or https with priority 0")
	case record.Type == NS && record.Name == apex:
		return errors.New("ns delegates a subdomain: the name servers of the domain itself are its delegation at the registrar")
	case record.Content == "." && record.Type != MX:
		return fmt.Errorf("a single dot is the host of an mx or srv record that offers nothing, and no host for %s: write a host name, such as www.example.ru", record.Type)
	default:
		return nil
	}
}

// specHost gives a host name in canonical form, and as it is written where there is none.
func specHost(host string) (string, error) {
	if i := strings.IndexAny(host, "/:@*?,\"\\"); i >= 0 {
		return host, fmt.Errorf("%q is in no host name: write one alone and complete, such as mail.example.ru", host[i])
	}
	canonical, err := canonicalHost(host)
	if err != nil {
		return host, err
	}
	return canonical, nil
}

func (c *specConverter) addText(name, written string) {
	text, err := canonicalText(written)
	if err != nil {
		text = written
	}
	c.keep(Record{Name: name, Type: TXT, Content: text}, err)
}

func (c *specConverter) addSRV(name string, srv v1alpha1.SRV) {
	target, err := specHost(string(srv.Target))
	content := srvContent(strconv.Itoa(int(srv.Weight)), strconv.Itoa(int(srv.Port)), target)
	c.keep(Record{Name: name, Type: SRV, Priority: uint16(srv.Priority), Content: content}, err)
}

func (c *specConverter) addCAA(name string, caa v1alpha1.CAA) {
	value, err := canonicalText(caa.Value)
	if err != nil {
		value, err = caa.Value, fmt.Errorf("value: %w", err)
	}
	c.keep(Record{Name: name, Type: CAA, Content: caaContent(int(caa.Flags), caa.Tag, value)}, err)
}

func (c *specConverter) addHTTPS(name string, https v1alpha1.HTTPS) {
	record := Record{Name: name, Type: HTTPS, Priority: uint16(https.Priority), Content: https.Target + " " + https.Params}
	target, err := specHost(https.Target)
	if _, notAddress := netip.ParseAddr(https.Target); notAddress == nil {
		err = errors.New("target is a host name, not an address: write a single dot for the name itself, and addresses as ipv4hint and ipv6hint in params")
	}
	if err == nil {
		var content string
		if content, err = httpsContent(record.Priority, target, https.Params); err == nil {
			record.Content = content
		}
	}
	c.keep(record, err)
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
			c.keep(record, errors.New("another entry of the spec spells the same name and has records too, and a CNAME stands alone; merge the entries"))
		}
	}
}

// separateKinds takes out all texts of one kind of which the spec has several for a name: whoever reads them would take
// them for none, and which of them is meant only its author knows.
func (c *specConverter) separateKinds() {
	type place struct{ name, kind string }
	texts := map[place][]Record{}
	for record := range c.records {
		if kind := KindOf(record); kind != "" {
			at := place{record.Name, kind}
			texts[at] = append(texts[at], record)
		}
	}
	for at, rivals := range texts {
		if len(rivals) < 2 {
			continue
		}
		slices.SortFunc(rivals, Compare)
		for i, record := range rivals {
			other := rivals[(i+1)%len(rivals)]
			delete(c.records, record)
			c.keep(record, fmt.Errorf("a name has one text of kind %s, since its readers take two for none, and the spec also has %q: leave one of them", at.kind, cut(other.Content, maxShown)))
		}
	}
}

// cut gives the beginning of a text that has more characters than it may.
func cut(text string, limit int) string {
	letters := []rune(text)
	if len(letters) <= limit {
		return text
	}
	return string(letters[:limit-1]) + "…"
}
