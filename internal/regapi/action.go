package regapi

import (
	"encoding/json"
	"fmt"
	"net/netip"
)

// Action is one change of a zone: a record added or removed. The same action serves as a request of
// its own ([ZoneService.Apply]) and as an element of [ZoneService.UpdateRecords].
//
// Subdomain is "@" for the domain itself, "*" for all names without records of their own, or a
// name relative to the domain. As JSON it is an object of its parameters, none of which is called
// action: that member is its name, which UpdateRecords adds (9.12).
type Action interface {
	// ActionName is the function without its category, such as "add_alias".
	ActionName() string
}

// AddAlias adds an A record (9.2).
type AddAlias struct {
	Subdomain string     `json:"subdomain"`
	IPAddr    netip.Addr `json:"ipaddr"`
}

// AddAAAA adds an AAAA record (9.3).
type AddAAAA struct {
	Subdomain string     `json:"subdomain"`
	IPAddr    netip.Addr `json:"ipaddr"`
}

// AddCAA adds a CAA record (9.4).
type AddCAA struct {
	Subdomain string `json:"subdomain"`
	// Flags is 0 or 128.
	Flags int `json:"flags"`
	// Tag is issue, issuewild or iodef.
	Tag   string `json:"tag"`
	Value string `json:"value"`
}

// AddCNAME adds a CNAME record (9.5).
type AddCNAME struct {
	Subdomain     string `json:"subdomain"`
	CanonicalName string `json:"canonical_name"`
}

// AddHTTPS adds an HTTPS record (9.6, newer edition).
type AddHTTPS struct {
	Subdomain string `json:"subdomain"`
	// Priority is 0 for an alias, more for a service.
	Priority int    `json:"priority"`
	Target   string `json:"target"`
	// Value holds key=value pairs with spaces between them, such as "alpn=h3 ipv4hint=192.0.2.1".
	Value string `json:"value"`
}

// AddMX adds an MX record (9.7).
type AddMX struct {
	Subdomain string `json:"subdomain"`
	// Priority is 0 for the most preferred server; the documentation knows 0 to 10.
	Priority   int    `json:"priority"`
	MailServer string `json:"mail_server"`
}

// AddNS delegates a subdomain (9.8).
type AddNS struct {
	Subdomain string `json:"subdomain"`
	DNSServer string `json:"dns_server"`
	// RecordNumber orders the NS records of the subdomain; 0 leaves the place to REG.API.
	RecordNumber int `json:"record_number,omitempty"`
}

// AddTXT adds a TXT record (9.9).
type AddTXT struct {
	Subdomain string `json:"subdomain"`
	Text      string `json:"text"`
}

// AddSRV adds an SRV record (9.10). Its name stands in Service, such as "_sip._udp".
type AddSRV struct {
	Service  string `json:"service"`
	Priority int    `json:"priority"`
	Weight   int    `json:"weight"`
	Port     int    `json:"port"`
	Target   string `json:"target"`
}

// AddSPF adds an SPF record. The documentation names it among the actions of update_records and
// has no section of its own for it (9.12); its parameters are those of AddTXT.
type AddSPF struct {
	Subdomain string `json:"subdomain"`
	Text      string `json:"text"`
}

// RemoveRecord removes one record (9.18). Content is required here, although REG.API takes the
// request without it: it would then delete every record of that name and type.
type RemoveRecord struct {
	Subdomain  string `json:"subdomain"`
	RecordType string `json:"record_type"`
	// Priority matters for records that have one; 0 is not sent, as it is REG.API's default.
	Priority int    `json:"priority,omitempty"`
	Content  string `json:"content"`
}

// ActionName returns "add_alias".
func (AddAlias) ActionName() string { return "add_alias" }

// ActionName returns "add_aaaa".
func (AddAAAA) ActionName() string { return "add_aaaa" }

// ActionName returns "add_caa".
func (AddCAA) ActionName() string { return "add_caa" }

// ActionName returns "add_cname".
func (AddCNAME) ActionName() string { return "add_cname" }

// ActionName returns "add_https".
func (AddHTTPS) ActionName() string { return "add_https" }

// ActionName returns "add_mx".
func (AddMX) ActionName() string { return "add_mx" }

// ActionName returns "add_ns".
func (AddNS) ActionName() string { return "add_ns" }

// ActionName returns "add_txt".
func (AddTXT) ActionName() string { return "add_txt" }

// ActionName returns "add_srv".
func (AddSRV) ActionName() string { return "add_srv" }

// ActionName returns "add_spf".
func (AddSPF) ActionName() string { return "add_spf" }

// ActionName returns "remove_record".
func (RemoveRecord) ActionName() string { return "remove_record" }

// checkedAction is an action that can tell why it must not be sent.
type checkedAction interface{ check() (ErrorCode, string) }

func (a AddAlias) check() (ErrorCode, string) {
	if !a.IPAddr.Is4() {
		return CodeIPInvalid, "ipaddr is not an IPv4 address"
	}
	return "", ""
}

func (a AddAAAA) check() (ErrorCode, string) {
	if !a.IPAddr.Is6() || a.IPAddr.Zone() != "" {
		return CodeIPInvalid, "ipaddr is not an IPv6 address"
	}
	return "", ""
}

func (r RemoveRecord) check() (ErrorCode, string) {
	switch {
	case r.Subdomain == "":
		return CodeParameterMissing, "subdomain required"
	case r.RecordType == "":
		return CodeParameterMissing, "record_type required"
	case r.Content == "":
		return CodeParameterMissing, "content required: without it every record of the name and type would go"
	}
	return "", ""
}

// actionText returns the parameters of an action as a JSON object, or the refusal of one that must not be sent.
func actionText(action Action) ([]byte, error) {
	if action == nil {
		return nil, refuse("zone", CodeInvalidAction, "no action")
	}
	function := "zone/" + action.ActionName()
	if checked, ok := action.(checkedAction); ok {
		if code, text := checked.check(); code != "" {
			return nil, refuse(function, code, text)
		}
	}
	text, err := json.Marshal(action)
	if err != nil {
		return nil, refuse(function, CodeInvalidAction, "the action cannot be written as JSON")
	}
	if text[0] != '{' {
		return nil, refuse(function, CodeInvalidAction, fmt.Sprintf("%T is no JSON object", action))
	}
	return text, nil
}

// actionFields is actionText by its members.
func actionFields(action Action) (map[string]any, error) {
	text, err := actionText(action)
	if err != nil {
		return nil, err
	}
	members, _ := decodeObject(text)
	fields := make(map[string]any, len(members))
	for name, member := range members {
		fields[name] = member
	}
	return fields, nil
}
