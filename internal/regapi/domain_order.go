package regapi

import (
	"context"
	"encoding/json"
	"net/netip"
)

// Registration is an order to register domains (8.7).
type Registration struct {
	// Names are the domains, in Unicode or punycode. Several at once are for VIP clients alone.
	Names []string
	// Period is how many years; what is allowed depends on the zone: see [TLDInfo].
	Period int
	// EnduserIP is the address of the person who ordered; Partners must give it.
	EnduserIP netip.Addr
	// Contacts of the registrant; either these or a profile.
	Contacts Contacts
	// ProfileType and ProfileName choose contacts that were entered on the registrar's site.
	ProfileType, ProfileName string
	// NSS are at least two name servers, with addresses if they lie in an ordered domain.
	NSS []NameServer
	// NotDelegated registers .ru, .su and .рф domains without name servers.
	NotDelegated bool
	// UserServID is the caller's own id of the domain: up to 32 of [0-9a-f]. A second order with it
	// is refused with USER_SERVID_IS_NOT_UNIQUE, so that it protects from ordering twice. It goes
	// with a single name alone.
	UserServID string
	Payment    Payment
	Place      FolderPlace
	// Comment and AdminComment are kept with the order; up to 255 characters.
	Comment, AdminComment string
	// Subtype is "preorder" for a preorder, else empty.
	Subtype string
	// RegPremium agrees to the price of a premium domain, which may be a thousand times the usual
	// one.
	RegPremium bool
}

// Order is an order of domains.
type Order struct {
	BillID ID
	// Payment is the price of all domains together, in roubles; [MoneyUnknown] where it is not told.
	Payment Money
	PayType PayType
	// PayNotes says for people whether it was charged.
	PayNotes string
	// Domains has a result for each name; a success says that the order was accepted, not that the
	// domain is registered: see [ServiceInfo].
	Domains []DomainResult
}

// check refuses what REG.API cannot be asked for.
func (r Registration) check(function string) error {
	switch {
	case len(r.Names) == 0:
		return refuse(function, CodeNoDomain, "no domain is named")
	case len(r.Names) > 1 && r.UserServID != "":
		return refuse(function, CodeBadUserServID, "several domains cannot share one user_servid")
	}
	return nil
}

func (r Registration) params() parameters {
	params := parameters{}
	params.number("period", r.Period)
	if r.EnduserIP.IsValid() {
		params["enduser_ip"] = r.EnduserIP.String()
	}
	params.contacts(r.Contacts)
	params.text("profile_type", r.ProfileType)
	params.text("profile_name", r.ProfileName)
	params.nss(r.NSS)
	params.flag("not_delegated", r.NotDelegated)
	params.text("user_servid", r.UserServID)
	r.Payment.add(params)
	r.Place.add(params)
	params.text("comment", r.Comment)
	params.text("admin_comment", r.AdminComment)
	params.text("subtype", r.Subtype)
	params.flag("reg_premium", r.RegPremium)
	return params
}

// Create orders the registration of domains and, with [PayPrepay], pays for it at once. After a
// lost answer look for the UserServID before any second try (8.7), and take no refusal of that one
// for final that [MayBeOurs]. What was understood of an answer is returned beside the error.
func (s *DomainService) Create(ctx context.Context, registration Registration) (Order, error) {
	const function = "domain/create"
	if err := registration.check(function); err != nil {
		return Order{}, err
	}
	return s.order(ctx, listCall{
		function: function, kind: domainList, refs: byNames(registration.Names), params: registration.params(),
	})
}

// TransferOrder is an order to take domains over from another registrar (8.8). Domains in .ru, .su
// and .рф need neither contacts nor name servers, and may have the period 0: a transfer without
// renewal.
type TransferOrder struct {
	Registration
	// AuthInfo is the transfer key, from the former registrar: 5 to 48 characters.
	AuthInfo Secret
}

// Transfer orders the transfer of domains from another registrar and, with [PayPrepay], pays for it
// at once (8.8).
func (s *DomainService) Transfer(ctx context.Context, order TransferOrder) (Order, error) {
	const function = "domain/transfer"
	if err := order.check(function); err != nil {
		return Order{}, err
	}
	params := order.params()
	params["period"] = order.Period
	if order.AuthInfo != "" {
		params["authinfo"] = order.AuthInfo
	}
	return s.order(ctx, listCall{function: function, kind: domainList, refs: byNames(order.Names), params: params})
}

// order calls a function that orders domains. A single one is named by domain_name: the list is for
// VIP clients.
func (s *DomainService) order(ctx context.Context, call listCall) (Order, error) {
	if err := call.validate(); err != nil {
		return Order{}, err
	}
	body := call.body()
	if len(call.refs) == 1 && call.extras == nil {
		delete(body, call.kind.member)
		body["domain_name"] = call.refs[0].Name
	}
	answer, err := s.client.doList(ctx, call.function, body, len(call.refs), call.members()...)
	if refusal := ofElement(err); refusal != nil {
		return Order{Domains: results([]listItem{call.failed(call.refs[0], refusal)})}, nil
	}
	if err != nil {
		return beside(answer).order(), err
	}
	return call.order(answer)
}

// order reads the answer to an order. What it says of the bill is returned also beside an error.
func (l listCall) order(answer *Answer) (Order, error) {
	payload, _ := decodeObject(answer.Payload)
	order := payload.order()
	elements, listed := l.elements(answer)
	if !listed {
		single, ok := l.ordered(payload)
		if !ok {
			return order, unusable(l.function, "JSON without the list "+l.kind.member, answer)
		}
		elements = []json.RawMessage{single}
	}
	items := l.items(elements, answer.redactor, nil)
	if len(items) == 1 {
		answer.fared(items[0].Err)
	}
	order.Domains = results(items)
	return order, nil
}
