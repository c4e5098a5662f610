package regapi

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/idna"
)

// MaxObjects is how many domains or services one request may name (2.2.4.4).
const MaxObjects = 1000

// DomainRef identifies a domain, or another service, by the first of ServiceID, Name, UserServID and
// UplinkServiceID that is set (2.2.4.3). The number is the fastest and never ambiguous.
type DomainRef struct {
	// ServiceID is REG.API's number.
	ServiceID ID
	// Name is the domain name, in Unicode or punycode. A service that is no domain is found by the
	// name that it belongs to together with its ServType.
	Name string
	// UserServID is the caller's own id, given when the domain was ordered: up to 32 of [0-9a-f].
	UserServID string
	// UplinkServiceID is the number of the service above the one that is meant, which ServType and
	// Subtype then tell from its siblings.
	UplinkServiceID ID
	// ServType is the type of service, such as "srv_webfwd"; empty for a domain.
	ServType string
	// Subtype is the plan or kind of a service with an uplink, such as "pro".
	Subtype string
}

// ByName identifies a domain by its name, in Unicode or punycode.
func ByName(name string) DomainRef { return DomainRef{Name: name} }

// ByServiceID identifies a domain by its number.
func ByServiceID(id ID) DomainRef { return DomainRef{ServiceID: id} }

// ByServType identifies a service of a domain by its type, such as "srv_webfwd".
func ByServType(domain, servType string) DomainRef {
	return DomainRef{Name: domain, ServType: servType}
}

// ByUplink identifies a service below another one; the subtype may be empty.
func ByUplink(uplink ID, servType, subtype string) DomainRef {
	return DomainRef{UplinkServiceID: uplink, ServType: servType, Subtype: subtype}
}

// IsZero reports whether the reference identifies nothing.
func (r DomainRef) IsZero() bool {
	return r.ServiceID == 0 && r.Name == "" && r.UserServID == "" && r.UplinkServiceID == 0
}

// String returns the name if there is one, and else what identifies the domain or service.
func (r DomainRef) String() string {
	subject, relation := "user_servid "+r.UserServID, " of "
	switch {
	case r.Name != "":
		subject = r.Name
	case r.ServiceID != 0:
		subject = "service " + r.ServiceID.String()
	case r.UserServID == "" && r.UplinkServiceID != 0:
		subject, relation = "service "+r.UplinkServiceID.String(), " below "
	}
	if r.ServType == "" {
		return subject
	}
	return r.ServType + relation + subject
}

// MarshalJSON writes the reference as an element of the list domains.
func (r DomainRef) MarshalJSON() ([]byte, error) { return json.Marshal(r.fields("dname")) }

// fields returns what identifies the domain or service; the lists domains and services call the name
// differently.
func (r DomainRef) fields(nameField string) map[string]any {
	identity := map[string]any{}
	switch {
	case r.ServiceID != 0:
		identity["service_id"] = r.ServiceID.String()
	case r.Name != "":
		identity[nameField] = r.Name
	case r.UserServID != "":
		identity["user_servid"] = r.UserServID
	default:
		identity["uplink_service_id"] = r.UplinkServiceID.String()
	}
	if r.ServType != "" {
		identity["servtype"] = r.ServType
	}
	if r.Subtype != "" {
		identity["subtype"] = r.Subtype
	}
	return identity
}

// lookupNames maps names as a resolver does, but takes underscores and what else registrars sell.
var lookupNames = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false))

// CanonicalName returns a domain name in lower-case punycode without a trailing dot: answers write
// the same name in Unicode and in punycode.
func CanonicalName(name string) string {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	ascii, err := lookupNames.ToASCII(name)
	if err != nil {
		return name
	}
	return ascii
}

// DomainResult is the outcome for one reference of a list call.
type DomainResult struct {
	// Ref is the reference of the request.
	Ref DomainRef
	// Domain is the name as the answer writes it, or that of the reference.
	Domain string
	// ServiceID is REG.API's number, 0 if neither answer nor reference tells it.
	ServiceID ID
	// Err is nil only if REG.API reported success for this very element.
	Err error
}
