package otherapi

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// zone is a domain with its records.
type zone struct {
	domain    string // in punycode
	serviceID int
	records   []held
	ttl       int // seconds
	minimum   int
}

// held is a record of a zone.
type held struct {
	Record
	visible   time.Time // when readings begin to show it
	registrar bool
}

// read gives the record that an action of adding is about (9.2 to 9.10).
func (z *zone) read(action string, p params) (Record, *refusal) {
	r := Record{Name: relative(p.text("subdomain"), z.domain)}
	switch action {
	case "add_alias":
		r.Type, r.Content = "A", p.text("ipaddr")
		if address, err := netip.ParseAddr(r.Content); err != nil || !address.Is4() {
			return r, refuse("IP_INVALID", "Invalid IP address")
		}
	case "add_aaaa":
		r.Type, r.Content = "AAAA", p.text("ipaddr")
		if address, err := netip.ParseAddr(r.Content); err != nil || !address.Is6() {
			return r, refuse("IP_INVALID", "Invalid IP address")
		}
	case "add_cname":
		r.Type, r.Content = "CNAME", p.text("canonical_name")
	case "add_mx":
		r.Type, r.Content = "MX", p.text("mail_server")
	case "add_ns":
		r.Type, r.Content = "NS", p.text("dns_server")
	case "add_txt":
		return z.readText(r, p)
	case "add_srv":
		return z.readService(p)
	case "add_caa":
		return z.readCAA(r, p)
	case "add_https":
		r.Type, r.Content = "HTTPS", p.text("target")+" "+p.text("value")
	default:
		return r, refuse("INVALID_ACTION", "Invalid action: %s", action)
	}
	return z.finish(r, p)
}

// finish checks what all types have in common.
func (z *zone) finish(r Record, p params) (Record, *refusal) {
	if strings.TrimSpace(r.Content) == "" {
		return r, refuse("PARAMETER_MISSING", "the value of the %s record required", r.Type)
	}
	if r.prioritised() {
		priority, ok := p.number("priority")
		if !ok {
			return r, refuse("PRIORITY_INVALID", "Priority not found or have not digital data")
		}
		r.Priority = priority
	}
	for label := range strings.SplitSeq(r.Name, ".") {
		if label == "" || len(label) > 63 || strings.ContainsAny(label, " /:") {
			return r, refuse("SUBD_INVALID", "Invalid subdomain")
		}
	}
	r.Content, _, _ = canonical(r.Type, r.Content, z.domain)
	return r, nil
}

func (z *zone) readText(r Record, p params) (Record, *refusal) {
	r.Type, r.Content = "TXT", p.text("text")
	if r.Content == "" {
		return r, refuse("TEXT_NOT_FOUND", "Text for record not found")
	}
	for _, letter := range r.Content {
		if letter < ' ' || letter > '~' {
			return r, refuse("TEXT_CONTAINS_INVALID_CHARACTERS", "Text contains invalid characters")
		}
	}
	return z.finish(r, p)
}

func (z *zone) readService(p params) (Record, *refusal) {
	r := Record{Name: relative(p.text("service"), z.domain), Type: "SRV"}
	weight, weightOK := p.number("weight")
	port, portOK := p.number("port")
	switch {
	case !strings.HasPrefix(r.Name, "_"):
		return r, refuse("SERVICE_INVALID", "Service not found or have incorrect data")
	case p.text("priority") == "":
		return r, refuse("PRIORITY_INVALID", "Priority not found or have not digital data")
	case !weightOK:
		return r, refuse("WEIGHT_INVALID", "Weight have not digital data")
	case !portOK || p.text("port") == "":
		return r, refuse("PORT_INVALID", "Port not found or have not digital data")
	case p.text("target") == "":
		return r, refuse("PARAMETER_MISSING", "target required")
	}
	r.Content = strconv.Itoa(weight) + " " + strconv.Itoa(port) + " " + p.text("target")
	return z.finish(r, p)
}

func (z *zone) readCAA(r Record, p params) (Record, *refusal) {
	r.Type = "CAA"
	flags, tag := p.text("flags"), p.text("tag")
	switch {
	case flags != "0" && flags != "128":
		return r, refuse("FLAGS_INVALID", "flags field is incorrect")
	case tag != "issue" && tag != "issuewild" && tag != "iodef":
		return r, refuse("TAG_INVALID", "tag field is incorrect")
	case p.text("value") == "":
		return r, refuse("CAA_INVALID", "CAA record is incorrect")
	}
	r.Content = flags + " " + tag + " " + p.text("value")
	return z.finish(r, p)
}

// add puts a record into the zone.
func (z *zone) add(r Record, h Habits, visible time.Time) *refusal {
	if h.MXLimit && r.Type == "MX" && r.Priority > 10 {
		return refuse("PRIORITY_INVALID", "Priority not found or have not digital data")
	}
	for _, other := range z.records {
		switch {
		case other.Name != r.Name:
		case other.Record == r && h.Duplicate == DuplicateRefused:
			return refuse("RECORD_ALREADY_EXISTS", "Such a record already exists")
		case other.Record == r && h.Duplicate == DuplicateIgnored:
			return nil
		case other.Record == r:
		case r.Type == "CNAME" && other.Type != "CNAME":
			return refuse("CNAME_ANDOTHERDATA", "For this CNAME have other data already")
		case r.Type == "CNAME" || other.Type == "CNAME":
			return refuse("CONFLICT_CNAME", "Can not set CNAME record together with other record for one subdomain")
		}
	}
	z.records = append(z.records, held{Record: r, visible: visible})
	return nil
}

// remove takes every record out of the zone that the parameters describe (9.18).
func (z *zone) remove(p params, h Habits) *refusal {
	rectype := strings.ToUpper(p.text("record_type"))
	switch {
	case p.text("subdomain") == "":
		return refuse("PARAMETER_MISSING", "subdomain required")
	case rectype == "":
		return refuse("PARAMETER_MISSING", "record_type required")
	case !slices.Contains([]string{"A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NS", "SRV", "TXT"}, rectype):
		return refuse("INVALID_ZONE_RECORD_TYPE", "Zone record type is invalid")
	}
	var left []held
	registrar := false
	for _, r := range z.records {
		found := z.matches(r.Record, rectype, p, h)
		registrar = registrar || found && r.registrar
		if !found || r.registrar {
			left = append(left, r)
		}
	}
	removed := len(left) < len(z.records)
	z.records = left
	switch {
	case registrar && h.RegistrarNS == NSRefused:
		return refuse("OPERATION_NOT_PERMITTED", "The name servers of the zone cannot be removed")
	case !removed && !registrar && h.Missing == MissingError:
		return refuse("RECORD_NOT_FOUND", "No such record")
	}
	return nil
}

// matches says whether a removal means a record. The priority counts where the type has one; 0 is taken for absent where it is listed
// within the content.
func (z *zone) matches(r Record, rectype string, p params, h Habits) bool {
	if r.Type != rectype || relative(p.text("subdomain"), z.domain) != r.Name {
		return false
	}
	listed := h.spell(r, z.domain)
	priority, ok := p.number("priority")
	if r.prioritised() && (!ok || priority != r.Priority && priority != listed.priority) {
		return false
	}
	content := p.text("content")
	if content == "" || content == listed.content {
		return true
	}
	canon, inContent, given := canonical(rectype, content, z.domain)
	return !h.ExactRemoval && canon == r.Content && (!given || inContent == r.Priority)
}
