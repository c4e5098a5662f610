package manifest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/api/v1alpha1"
	"github.com/regapi-io/regapi-operator/internal/zone"
)

// entriesOf gives the entries of a spec that declare records, and what no entry can declare.
func entriesOf(records []zone.Record, domain string) ([]v1alpha1.NameRecords, []LeftOut) {
	var left []LeftOut
	leave := func(record zone.Record, why string) {
		left = append(left, LeftOut{Domain: domain, Record: record.String(), Why: why})
	}
	var sayable []zone.Record
	for _, record := range records {
		if err := check(record, domain); err != nil {
			leave(record, err.Error())
			continue
		}
		sayable = append(sayable, record)
	}
	// What is wrong only beside others, such as a second v=spf1, shows in the whole.
	_, invalid := zone.FromSpec(write(sayable, domain), domain)
	for _, entry := range invalid {
		leave(entry.Wanted, entry.Reason)
		sayable = slices.DeleteFunc(sayable, func(r zone.Record) bool { return r == entry.Wanted })
	}
	return write(sayable, domain), left
}

// check says why a record can stand in no spec.
func check(record zone.Record, domain string) error {
	var entry v1alpha1.NameRecords
	if err := put(&entry, record); err != nil {
		return err
	}
	name, ok := readableName(record.Name, domain)
	if !ok {
		return errors.New("the name has characters that no DNSZone takes: remove or rename it at the registrar")
	}
	entry.Name = name
	if err := checkEntry(entry); err != nil {
		return err
	}
	read, invalid := zone.FromSpec([]v1alpha1.NameRecords{entry}, domain)
	switch {
	case len(invalid) > 0:
		return errors.New(invalid[0].Reason)
	case len(read) != 1 || read[0] != record:
		return fmt.Errorf("a DNSZone would write it otherwise, as %s", read[0])
	default:
		return nil
	}
}

// checkEntry says what the API server refuses in an entry of one record, beyond what zone.FromSpec sees.
func checkEntry(entry v1alpha1.NameRecords) error {
	hosts := slices.Concat(entry.NS, hostsOf(entry.MX, entry.SRV), targetsOf(entry.HTTPS))
	if entry.CNAME != "" {
		hosts = append(hosts, entry.CNAME)
	}
	for _, host := range hosts {
		if !strings.Contains(string(host), ".") || len(host) > 254 {
			return errors.New("the host has no dot, and a DNSZone takes complete host names alone")
		}
	}
	switch {
	case len(entry.TXT) > 0 && len(entry.TXT[0]) > 2048:
		return errors.New("the text has more than 2048 characters, and a DNSZone takes no more")
	case len(entry.SRV) > 0 && !strings.HasPrefix(entry.Name, "_"):
		return errors.New("the name of an srv record starts with its service and protocol, such as _sip._tcp")
	case len(entry.SRV) > 0 && entry.SRV[0].Port == 0 && entry.SRV[0].Target != ".":
		return errors.New("port 0 is no port, unless the target is a single dot")
	case len(entry.CAA) > 0:
		return checkCAA(entry.CAA[0])
	case len(entry.HTTPS) > 0:
		return checkHTTPS(entry.HTTPS[0])
	default:
		return nil
	}
}

func hostsOf(mx []v1alpha1.MX, srv []v1alpha1.SRV) []v1alpha1.Host {
	var hosts []v1alpha1.Host
	for _, server := range mx {
		hosts = append(hosts, server.Host)
	}
	for _, server := range srv {
		hosts = append(hosts, server.Target)
	}
	return hosts
}

func targetsOf(https []v1alpha1.HTTPS) []v1alpha1.Host {
	var hosts []v1alpha1.Host
	for _, target := range https {
		hosts = append(hosts, v1alpha1.Host(target.Target))
	}
	return hosts
}

func checkCAA(caa v1alpha1.CAA) error {
	reports := strings.HasPrefix(caa.Value, "mailto:") || strings.HasPrefix(caa.Value, "http://") || strings.HasPrefix(caa.Value, "https://")
	switch {
	case caa.Flags != 0 && caa.Flags != 128:
		return errors.New("a DNSZone takes the flags 0 and 128 alone")
	case !slices.Contains([]string{"issue", "issuewild", "iodef"}, caa.Tag):
		return errors.New("a DNSZone takes the tags issue, issuewild and iodef alone")
	case caa.Value == "" || len(caa.Value) > 255:
		return errors.New("a DNSZone takes values of 1 to 255 characters")
	case caa.Tag == "iodef" && !reports:
		return errors.New("the value of iodef is no address for reports")
	default:
		return nil
	}
}

func checkHTTPS(https v1alpha1.HTTPS) error {
	switch {
	case https.Priority == 0 && (https.Params != "" || https.Target == "."):
		return errors.New("priority 0 makes the name an alias of another host, and takes no params")
	case len(https.Params) > 1024:
		return errors.New("a DNSZone takes at most 1024 characters of params")
	default:
		return nil
	}
}

// put adds a record to an entry.
func put(entry *v1alpha1.NameRecords, record zone.Record) error {
	switch priority := int32(record.Priority); record.Type {
	case zone.A:
		entry.A = append(entry.A, v1alpha1.IPv4Address(record.Content))
	case zone.AAAA:
		entry.AAAA = append(entry.AAAA, v1alpha1.IPv6Address(record.Content))
	case zone.CNAME:
		entry.CNAME = v1alpha1.Host(record.Content)
	case zone.NS:
		entry.NS = append(entry.NS, v1alpha1.Host(record.Content))
	case zone.MX:
		entry.MX = append(entry.MX, v1alpha1.MX{Priority: priority, Host: v1alpha1.Host(record.Content)})
	case zone.TXT:
		entry.TXT = append(entry.TXT, v1alpha1.Text(record.Content))
	case zone.SRV:
		return putSRV(entry, record)
	case zone.CAA:
		return putCAA(entry, record)
	case zone.HTTPS:
		target, params, _ := strings.Cut(record.Content, " ")
		entry.HTTPS = append(entry.HTTPS, v1alpha1.HTTPS{Priority: priority, Target: target, Params: params})
	default:
		return fmt.Errorf("REG.API cannot add records of type %s, so that no DNSZone declares one", record.Type)
	}
	return nil
}

func putSRV(entry *v1alpha1.NameRecords, record zone.Record) error {
	fields := strings.Fields(record.Content)
	if len(fields) != 3 {
		return errors.New("the content is not weight, port and target")
	}
	weight, weightErr := strconv.ParseUint(fields[0], 10, 16)
	port, portErr := strconv.ParseUint(fields[1], 10, 16)
	entry.SRV = append(entry.SRV, v1alpha1.SRV{Priority: int32(record.Priority), Weight: int32(weight), Port: int32(port), Target: v1alpha1.Host(fields[2])})
	return cmp.Or(weightErr, portErr)
}

func putCAA(entry *v1alpha1.NameRecords, record zone.Record) error {
	flags, tag, value, ok := zone.SplitCAA(record.Content)
	if !ok {
		return errors.New("the content is not flags, tag and value")
	}
	entry.CAA = append(entry.CAA, v1alpha1.CAA{Flags: int32(flags), Tag: tag, Value: value})
	return nil
}

// write gives the entries of records that can all be said: the domain itself first, the others by name.
func write(records []zone.Record, domain string) []v1alpha1.NameRecords {
	byName := map[string][]zone.Record{}
	var names []string
	for _, record := range slices.SortedFunc(slices.Values(records), zone.Compare) {
		if byName[record.Name] == nil {
			names = append(names, record.Name)
		}
		byName[record.Name] = append(byName[record.Name], record)
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(strconv.FormatBool(b == "@"), strconv.FormatBool(a == "@")), cmp.Compare(a, b))
	})
	entries := []v1alpha1.NameRecords{}
	for _, name := range names {
		entries = append(entries, entriesOfName(byName[name], domain)...)
	}
	return entries
}

// room is how many records of a type an entry takes; a name with more has further entries.
var room = map[zone.Type]int{zone.A: 16, zone.AAAA: 16, zone.CNAME: 1, zone.MX: 8, zone.NS: 8, zone.TXT: 32, zone.SRV: 8, zone.CAA: 16, zone.HTTPS: 4}

func entriesOfName(records []zone.Record, domain string) []v1alpha1.NameRecords {
	name, _ := readableName(records[0].Name, domain)
	entries := []v1alpha1.NameRecords{{Name: name}}
	taken := map[zone.Type]int{}
	isNull := func(r zone.Record) bool { return r.Type == zone.MX && r.Content == "." }
	slices.SortStableFunc(records, func(a, b zone.Record) int {
		return cmp.Compare(strconv.FormatBool(isNull(a)), strconv.FormatBool(isNull(b)))
	})
	for _, record := range records {
		at := taken[record.Type] / room[record.Type]
		taken[record.Type]++
		if isNull(record) {
			at = len(entries) // The API server takes it beside no other mail server.
		}
		for len(entries) <= at {
			entries = append(entries, v1alpha1.NameRecords{Name: name})
		}
		_ = put(&entries[at], record) // check has tried it.
	}
	return slices.DeleteFunc(entries, isEmpty)
}

func isEmpty(e v1alpha1.NameRecords) bool {
	return e.CNAME == "" && len(e.A)+len(e.AAAA)+len(e.MX)+len(e.NS)+len(e.TXT)+len(e.SRV)+len(e.CAA)+len(e.HTTPS) == 0
}
