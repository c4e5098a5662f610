package regapitest

import (
	"maps"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// candidate is a domain of an order, checked and not yet charged.
type candidate struct {
	element *element
	domain  *domain
	price   int64
	// extras are services that are ordered with the domain.
	extras []*service
}

// orderPlan is how domain/create and domain/transfer differ.
type orderPlan struct {
	transfer bool
	// check looks a name up and tells its price for so many years.
	check func(c *call, e *element, name string, zone tld, years int) (int64, *refusal.Error)
}

// createDomains registers domains (8.7).
func createDomains(c *call) (map[string]any, *refusal.Error) {
	return c.orderDomains(orderPlan{check: checkRegistration})
}

// transferDomains takes domains over from other registrars (8.8).
func transferDomains(c *call) (map[string]any, *refusal.Error) {
	return c.orderDomains(orderPlan{transfer: true, check: checkTransfer})
}

// orderDomains checks each domain, writes one bill for those that pass, and orders them.
func (c *call) orderDomains(plan orderPlan) (map[string]any, *refusal.Error) {
	elements, err := c.elements()
	if err != nil {
		return nil, err
	}
	if err := c.checkOrder(); err != nil {
		return nil, err
	}
	candidates := []*candidate{}
	answers, err := c.runElements(elements, func(e *element) (map[string]any, *refusal.Error) {
		made, err := c.candidate(e, plan, candidates)
		if err != nil {
			return nil, err
		}
		candidates = append(candidates, made)
		return map[string]any{"dname": e.givenName(), "result": "success"}, nil
	})
	answer := map[string]any{domainsList: answers}
	if err != nil || len(candidates) == 0 {
		return answer, err
	}
	into, err := c.folderForOrder()
	if err != nil {
		return nil, err
	}
	billed, err := c.chargeFor(candidates)
	if err != nil {
		return nil, err
	}
	for index, made := range candidates {
		if err := c.keep(made, index); err != nil {
			return nil, err
		}
		if into != nil {
			into.put(made.domain.service)
		}
		answers[made.element.index].(map[string]any)["service_id"] = textNumeral(made.domain.ServiceID)
	}
	maps.Copy(answer, billed.answer())
	return answer, nil
}

// candidate checks one domain of an order.
func (c *call) candidate(e *element, plan orderPlan, before []*candidate) (*candidate, *refusal.Error) {
	given := e.givenName()
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	zone, err := checkName(given, name)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(before, func(other *candidate) bool { return other.domain.Name == name }) {
		return nil, refusal.New("DOMAIN_ALREADY_ORDERED", "domain_name", given)
	}
	if err := c.checkOwnOrder(given, name); err != nil {
		return nil, err
	}
	years, err := periodOf(e, zone, plan.transfer)
	if err != nil {
		return nil, err
	}
	price, err := plan.check(c, e, name, zone, years)
	if err != nil {
		return nil, err
	}
	ordered, err := c.newOrdered(e, name, zone, plan.transfer)
	if err != nil {
		return nil, err
	}
	ordered.process.years = years
	if err := c.checkUserServID(ordered, before); err != nil {
		return nil, err
	}
	if c.test {
		price = exampleRegistrationPrice
	}
	return &candidate{element: e, domain: ordered, price: price, extras: c.extras(e, name)}, nil
}

// newOrdered makes the domain of an order with its contacts and name servers, unknown to the state. A transfer within .ru, .su and .рф takes
// both from the registry where they are not given (8.8).
func (c *call) newOrdered(e *element, name string, zone tld, transfer bool) (*domain, *refusal.Error) {
	fromRegistry := transfer && zone.contacts == schemeRU
	contacts, err := c.orderContacts(e, zone, fromRegistry)
	if err != nil {
		return nil, err
	}
	servers, err := nameServersOf(e, name)
	if err != nil {
		return nil, err
	}
	undelegated := zone.delegation && e.Text("not_delegated") == "1"
	if undelegated || (fromRegistry && servers == nil) {
		servers = dnszone.NameServers
	}
	if len(servers) < minNameServers {
		return nil, refusal.New("INVALID_NSS")
	}
	subtype := ""
	if !transfer {
		subtype = c.params.Text("subtype")
	}
	made, failed := newDomain(name, c.account.Login, Domain{
		NameServers: servers, Undelegated: undelegated, Contacts: contacts, State: stateInactive, UserServID: e.Text("user_servid"),
		Subtype: subtype, Created: c.now.Format(time.DateOnly), Expires: c.now.Format(time.DateOnly),
	}, c.now)
	if failed != nil {
		return nil, refusal.New("INTERNAL_ERROR", "error_detail", failed.Error())
	}
	made.process = &process{transfer: transfer, authInfo: e.Text("authinfo")}
	return made, nil
}

// profileTypes are those that hold contacts (8.7).
var profileTypes = []string{"GTLD", "EU", "TJ", "RU.PP", "RU.ORG", "NEWTCI.ORG", "NEWTCI.PP"}

// orderContacts takes the contacts from a profile of the account's, or from the request.
func (c *call) orderContacts(e *element, zone tld, optional bool) (map[string]string, *refusal.Error) {
	kind, name := e.Text("profile_type"), e.Text("profile_name")
	switch {
	case kind != "" && name == "":
		return nil, refusal.Missing("profile_name")
	case kind == "" && name != "":
		return nil, refusal.Missing("profile_type")
	case kind != "":
		return c.profile(kind, name)
	}
	contacts := contactsOf(e, zone.contacts)
	if optional && registrantOf(zone.contacts, contacts) == unknownRegistrant {
		return contacts, checkContacts(zone.contacts, contacts, false)
	}
	return contacts, checkContacts(zone.contacts, contacts, true)
}

func (c *call) profile(kind, name string) (map[string]string, *refusal.Error) {
	if !slices.Contains(profileTypes, kind) {
		return nil, refusal.Incorrect("profile_type")
	}
	if c.test {
		return map[string]string{}, nil
	}
	for _, profile := range c.account.Profiles {
		if profile.Type == kind && profile.Name == name {
			return maps.Clone(profile.Contacts), nil
		}
	}
	return nil, refusal.Incorrect("profile_name")
}

// extraTypes are the services that domain/create orders along with a domain (8.7).
var extraTypes = []string{"srv_certificate", "srv_parking", "srv_webfwd"}

func (c *call) extras(e *element, name string) []*service {
	made := []*service{}
	for _, servtype := range extraTypes {
		if !e.own.Has(servtype) {
			continue
		}
		made = append(made, &service{Name: name, owner: c.account.Login, Service: Service{
			Servtype: servtype, Subtype: e.own.Text(servtype), Domain: name, State: stateInactive,
		}})
	}
	return made
}

// extraTariff is the tariff of such a service; those that have none are free, as the certificates of the examples. In the example of a list web
// forwarding makes the difference to the price of two domains.
func (c *call) extraTariff(extra *service) tariff {
	t, err := findTariff(extra.Servtype, extra.Subtype)
	if err != nil {
		return yearly(extra.Servtype, extra.Subtype, "", 0)
	}
	if c.test && t.price != 0 {
		t.price = exampleExtraPrice
	}
	return t
}

// chargeFor writes the bill. Paying it starts the registry's work; deleting it unpaid takes the domains away again.
func (c *call) chargeFor(candidates []*candidate) (*bill, *refusal.Error) {
	orders := []order{}
	for _, made := range candidates {
		d, state, delay := made.domain, c.srv.state, c.srv.orderDelay
		orders = append(orders, order{
			service: d.service, action: actionNew, amount: made.price,
			fulfil: func(now time.Time) { d.process.until = now.Add(delay) },
			cancel: func(time.Time) { state.forgetOrder(d) },
		})
		for _, extra := range made.extras {
			t := c.extraTariff(extra)
			orders = append(orders, order{
				service: extra, action: actionNew, amount: t.price,
				fulfil: func(now time.Time) { extra.activate(now, t, 1) },
				cancel: func(time.Time) { state.forgetService(extra) },
			})
		}
	}
	return c.charge(orders...)
}

// keep makes an ordered domain known; for the test user it only gets the example's number.
func (c *call) keep(made *candidate, index int) *refusal.Error {
	if c.test {
		made.domain.ServiceID = exampleFirstID + int64(index)
		return nil
	}
	state, d := c.srv.state, made.domain
	for _, kept := range append([]*service{d.service}, made.extras...) {
		if err := state.register(kept, c.now); err != nil {
			return refusal.New("INTERNAL_ERROR", "error_detail", err.Error())
		}
	}
	if err := d.fillZone(Domain{}, c.srv.behaviour, c.now); err != nil {
		return refusal.New("INTERNAL_ERROR", "error_detail", err.Error())
	}
	state.domains[d.Name] = d
	state.pending = append(state.pending, d)
	state.settle(c.now)
	return nil
}
