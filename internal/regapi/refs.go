package regapi

import (
	"encoding/json"
	"strings"

	"golang.org/x/net/idna"
)

// MaxObjects is how many domains or services one request may name (2.2.4.4).
const MaxObjects = 1000

// DomainRef identifies a domain or the service that stands for it, by the first of its fields that
// is set (2.2.4.3). The number is the fastest and never ambiguous.
type DomainRef struct {
	// ServiceID is REG.API's number.
	ServiceID ID
	// Name is the domain name, in Unicode or punycode.
	Name string
	// UserServID is the caller's own id, given when the domain was ordered: up to 32 of [0-9a-f].
	UserServID string
}

// ByName identifies a domain by its name, in Unicode or punycode.
func ByName(name string) DomainRef { return DomainRef{Name: name} }

// ByServiceID identifies a domain by its number.
func ByServiceID(id ID) DomainRef { return DomainRef{ServiceID: id} }

// IsZero reports whether the reference identifies nothing.
func (r DomainRef) IsZero() bool { return r == DomainRef{} }

// String returns the name if there is one, and else what identifies the domain.
func (r DomainRef) String() string {
	switch {
	case r.Name != "":
		return r.Name
	case r.ServiceID != 0:
		return "service " + r.ServiceID.String()
	default:
		return "user_servid " + r.UserServID
	}
}

// MarshalJSON writes the reference as an element of the list domains.
func (r DomainRef) MarshalJSON() ([]byte, error) { return json.Marshal(r.fields("dname")) }

// fields returns the one field that identifies the domain; the lists domains and services call the
// name differently.
func (r DomainRef) fields(nameField string) map[string]any {
	switch {
	case r.ServiceID != 0:
		return map[string]any{"service_id": r.ServiceID.String()}
	case r.Name != "":
		return map[string]any{nameField: r.Name}
	default:
		return map[string]any{"user_servid": r.UserServID}
	}
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
