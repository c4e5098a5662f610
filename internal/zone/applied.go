package zone

import (
	"slices"
	"strconv"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// Applied tells whether a zone shows the effect of an action, as batch.WithApplied asks. known is false for actions that
// this package never sends.
func Applied(current []regapi.ResourceRecord, action regapi.Action) (applied, known bool) {
	if removal, ok := action.(regapi.RemoveRecord); ok {
		return !slices.ContainsFunc(current, func(rr regapi.ResourceRecord) bool { return removeAction(rr) == removal }), true
	}
	record, ok := recordOf(action)
	if !ok {
		return false, false
	}
	return slices.ContainsFunc(current, func(rr regapi.ResourceRecord) bool { return FromAPI(rr) == record }), true
}

// recordOf gives the record that an action adds: the opposite of AddAction.
func recordOf(action regapi.Action) (Record, bool) {
	var rr regapi.ResourceRecord
	switch a := action.(type) {
	case regapi.AddAlias:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(A), Content: a.IPAddr.String()}
	case regapi.AddAAAA:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(AAAA), Content: a.IPAddr.String()}
	case regapi.AddCNAME:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(CNAME), Content: a.CanonicalName}
	case regapi.AddNS:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(NS), Content: a.DNSServer}
	case regapi.AddMX:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(MX), Content: a.MailServer, Prio: a.Priority}
	case regapi.AddTXT:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(TXT), Content: a.Text}
	case regapi.AddSRV:
		content := srvContent(strconv.Itoa(a.Weight), strconv.Itoa(a.Port), a.Target)
		rr = regapi.ResourceRecord{Subname: a.Service, Rectype: string(SRV), Content: content, Prio: a.Priority}
	case regapi.AddCAA:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(CAA), Content: caaContent(a.Flags, a.Tag, a.Value)}
	case regapi.AddHTTPS:
		rr = regapi.ResourceRecord{Subname: a.Subdomain, Rectype: string(HTTPS), Content: a.Target + " " + a.Value, Prio: a.Priority}
	default:
		return Record{}, false
	}
	return FromAPI(rr), true
}
