package regapitest

import (
	"maps"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
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
	check func(c *call, e *element, name string, zone tld, years int) (offered, *refusal.Error)
}

// offered is what a name costs for the years that were asked for, and what a year of it costs later where that is not its zone's price.
type offered struct{ price, renewPrice int64 }

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
	if list, ok := c.params.Value(domainsList).([]any); ok && len(list) == 0 {
		err = refusal.New("NO_DOMAINS_CHECKED")
	}
	if err != nil {
		return nil, err
	}
	top := elements[0].single && !c.test && c.srv.behaviour.SingleOrders == SingleOrderTop
	if err := c.checkOrder(); err != nil {
		return nil, err
	}
	candidates := []*candidate{}
	answers, err := c.runElements(elements, func(e *element) (map[string]any, *refusal.Error) {
		made, err := c.candidate(e, plan, candidates)
		if err != nil {
			c.onlyError = err
			return nil, err
		}
		candidates = append(candidates, made)
		return map[string]any{"dname": e.givenName(), "result": "success"}, nil
	})
	answer := map[string]any{domainsList: answers}
	if err == nil && len(candidates) == 0 && top {
		err = c.onlyError
	}
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
		if into != nil && !c.test {
			c.srv.state.putOrdered(into, made.domain.service)
		}
		answers[made.element.index].(map[string]any)["service_id"] = textNumeral(made.domain.ServiceID)
	}
	maps.Copy(answer, billed.answer())
	if top {
		delete(answer, domainsList)
		answer["dname"], answer["service_id"] = elements[0].givenName(), textNumeral(candidates[0].domain.ServiceID)
	}
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
	zone = c.srv.state.priced(zone)
	asked, err := plan.check(c, e, name, zone, years)
	if err != nil {
		return nil, err
	}
	ordered, err := c.newOrdered(e, name, zone, plan.transfer)
	if err != nil {
		return nil, err
	}
	ordered.process.years, ordered.renewPrice = years, asked.renewPrice
	if err := c.checkUserServID(ordered, before); err != nil {
		return nil, err
	}
	if c.test {
		asked.price = exampleRegistrationPrice
	}
	return &candidate{element: e, domain: ordered, price: asked.price, extras: c.extras(e, name)}, nil
}

// newOrdered makes the domain of an order with its contacts and name servers, unknown to the state. A transfer within .ru, .su and .рф takes
// both from the registry where they are not given (8.8).
func (c *call) newOrdered(e *element, name string, zone tld, transfer bool) (*domain, *refusal.Error) {
	national := transfer && zone.contacts == contact.RU
	contacts, err := c.orderContacts(e, zone, national)
	if err != nil {
		return nil, err
	}
	hidden, err := takePrivacyFlag(contacts, zone)
	if err != nil {
		return nil, err
	}
	servers, err := nameServersOf(e, name)
	if err != nil {
		return nil, err
	}
	undelegated := zone.delegation && e.Text("not_delegated") == "1"
	taken := fromRegistry{contacts: national && len(contacts) == 0, servers: national && servers == nil}
	if undelegated || taken.servers {
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
		NameServers: servers, Undelegated: undelegated, Contacts: contacts, PrivatePerson: hidden, State: stateInactive, UserServID: e.Text("user_servid"),
		Subtype: subtype, Created: c.now.Format(time.DateOnly), Expires: c.now.Format(time.DateOnly),
	}, c.now)
	if failed != nil {
		return nil, refusal.New("INTERNAL_ERROR", "error_detail", failed.Error())
	}
	made.process = &process{transfer: transfer, authInfo: e.Text("authinfo"), fromRegistry: taken}
	return made, nil
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
		orders = append(orders, order{service: made.domain.service, action: actionNew, amount: made.price, effect: effectRegister})
		for _, extra := range made.extras {
			t := c.extraTariff(extra)
			orders = append(orders, order{service: extra, action: actionNew, amount: t.price, effect: effectActivate, periods: 1, unit: t.unit})
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
	if !state.hold(d) {
		return refusal.New("DOMAIN_ALREADY_EXISTS")
	}
	state.pending = append(state.pending, d)
	state.settle(c.now)
	return nil
}
