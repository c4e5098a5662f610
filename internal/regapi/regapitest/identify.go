package regapitest

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// servtype is the type of service that an element means: a domain unless it says another (2.2.4.3).
func (e *element) servtype() string {
	if servtype := e.own.Text("servtype"); servtype != "" {
		return servtype
	}
	return domainType
}

// identify finds the service that an element means and that the caller may use (2.2.4.3). Functions on lists of domains want a domain.
func (c *call) identify(e *element) *refusal.Error {
	found, err := c.find(e)
	if err != nil {
		return err
	}
	if found.domain == nil && c.fn.List == catalog.Domains {
		return refusal.New("SERVICE_NOT_FOUND", "servtype", domainType, "domain_name", dnszone.UnicodeName(found.Name))
	}
	if found.domain != nil && !found.listed() && (c.fn.registered || c.fn.zone || strings.HasPrefix(c.fn.Name, "dnssec/")) {
		// There is no zone and there are no keys of what was deleted or is elsewhere.
		return refusal.New("DOMAIN_NOT_FOUND", "domain_name", dnszone.UnicodeName(found.Name))
	}
	if found.ReadOnly && !c.fn.ReadOnly {
		return refusal.New("DOMAIN_PROTECTION")
	}
	if c.fn.registered && found.domain != nil && found.State != stateActive && found.State != stateSuspended {
		return refusal.New("DOMAIN_IS_NOT_ACTIVE")
	}
	e.service, e.domain = found, found.domain
	return nil
}

var (
	digits     = regexp.MustCompile(`^[0-9]{1,18}$`)
	userServID = regexp.MustCompile(`^[0-9a-f]{1,32}$`)
)

func (c *call) find(e *element) (*service, *refusal.Error) {
	serviceID, userID := e.own.Text("service_id"), e.own.Text("user_servid")
	switch {
	case serviceID != "" && !digits.MatchString(serviceID):
		return nil, refusal.New("INVALID_SERVICE_ID")
	case serviceID == "" && userID != "" && !userServID.MatchString(userID):
		return nil, refusal.New("BAD_USER_SERVID")
	case serviceID != "" || userID != "":
		return c.findByID(serviceID, userID, e)
	case e.givenName() == "" && e.own.Text("uplink_service_id") != "":
		return c.findAddition(e)
	default:
		return c.findByName(e)
	}
}

func (c *call) findByID(serviceID, userID string, e *element) (*service, *refusal.Error) {
	if c.test {
		c.countExample(e)
		return exampleByID(serviceID, userID, e), nil
	}
	if found := c.srv.state.identified(serviceID, userID); found != nil && found.managedBy(c.account.Login) {
		return found, nil
	}
	return nil, refusal.New("SERVICE_ID_NOT_FOUND", "service_id", serviceID+userID)
}

// countExample numbers the services of the test mode: those that the request names before do not count unless they were found (8.9).
func (c *call) countExample(e *element) {
	e.found = c.found
	c.found++
}

// findAddition finds a service by the one that it belongs to; its type must be given, its subtype may be.
func (c *call) findAddition(e *element) (*service, *refusal.Error) {
	uplink := e.own.Text("uplink_service_id")
	if !digits.MatchString(uplink) || e.own.Text("servtype") == "" {
		return nil, refusal.New("SERVICE_NOT_SPECIFIED")
	}
	if c.test {
		return exampleByID("", "", e), nil
	}
	id, _ := strconv.ParseInt(uplink, 10, 64)
	if found := c.srv.state.addition(c.account.Login, id, e.servtype(), e.own.Text("subtype")); found != nil {
		return found, nil
	}
	return nil, refusal.New("SERVICE_NOT_FOUND", "servtype", e.servtype(), "domain_name", "")
}

func (c *call) findByName(e *element) (*service, *refusal.Error) {
	given := e.givenName()
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	if impossible(name) {
		return nil, refusal.New("INVALID_DOMAIN_NAME_FORMAT", "domain_name", name)
	}
	if c.test && name == exampleForeign {
		return nil, refusal.New("DOMAIN_NOT_FOUND", "domain_name", given)
	}
	if c.test {
		c.countExample(e)
		return exampleByName(name, e), nil
	}
	if found := c.srv.state.attached(c.account.Login, name, e.servtype()); found != nil {
		return found, nil
	}
	if e.servtype() != domainType {
		return nil, refusal.New("SERVICE_NOT_FOUND", "servtype", e.servtype(), "domain_name", given)
	}
	return nil, refusal.New("DOMAIN_NOT_FOUND", "domain_name", given)
}
