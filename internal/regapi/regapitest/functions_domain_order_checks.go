package regapitest

import (
	"net/netip"
	"slices"
	"strconv"
	"unicode/utf8"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/contact"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// checkOrder checks what an order's domains have in common. What the documentation calls mandatory and its examples leave out is demanded with
// [Behaviour.StrictOrders] alone.
func (c *call) checkOrder() *refusal.Error {
	const maxComment = 255
	if c.srv.behaviour.StrictOrders && !c.test {
		if c.params.Text("period") == "" {
			return refusal.Missing("period")
		}
		if c.account.Partner && c.params.Text("enduser_ip") == "" {
			return refusal.Missing("enduser_ip")
		}
	}
	if ip := c.params.Text("enduser_ip"); ip != "" {
		if _, err := netip.ParseAddr(ip); err != nil {
			return refusal.Incorrect("enduser_ip")
		}
	}
	for _, name := range []string{"comment", "admin_comment"} {
		if utf8.RuneCountInString(c.params.Text(name)) > maxComment {
			return refusal.Incorrect(name)
		}
	}
	if !slices.Contains([]string{"", "preorder"}, c.params.Text("subtype")) {
		return refusal.Incorrect("subtype")
	}
	return nil
}

// checkOwnOrder finds an earlier order of the caller's for the same name.
func (c *call) checkOwnOrder(given, name string) *refusal.Error {
	held := c.srv.state.domains[name]
	switch {
	case held == nil || c.test || held.owner != c.account.Login:
		return nil
	case held.process.unpaid():
		return refusal.New("DOMAIN_ALREADY_ORDERED", "domain_name", given)
	case held.process.underWay(c.now):
		return refusal.New("DOMAIN_ORDER_LOCKED")
	default:
		return nil
	}
}

// periodOf reads the years of an order; one unless given. Transfers of .ru, .su and .рф may leave the time as it is (8.8).
func periodOf(e *element, zone tld, transfer bool) (int, *refusal.Error) {
	text := e.Text("period")
	if text == "" {
		return 1, nil
	}
	years, err := strconv.Atoi(text)
	least := 1
	if transfer && zone.contacts == contact.RU {
		least = 0
	}
	if err != nil || years < least || years > zone.maxPeriod {
		return 0, refusal.Incorrect("period")
	}
	return years, nil
}

// checkRegistration finds out whether a name is free. A premium one has to be asked for with reg_premium, at its own price (8.7).
func checkRegistration(c *call, e *element, name string, zone tld, years int) (offered, *refusal.Error) {
	if c.test {
		return offered{}, nil
	}
	known, err := c.srv.state.available(e.givenName(), name)
	if err != nil {
		return offered{}, err
	}
	if known == nil || known.Status != namePremium {
		return offered{price: zone.price(name, years)}, nil
	}
	if e.Text("reg_premium") != "1" {
		return offered{}, refusal.New("DOMAIN_STOP_LIST")
	}
	return offered{price: known.price * int64(years), renewPrice: known.renewPrice}, nil
}

// checkTransfer finds out whether a name can be taken over, and whether its key could be right (8.8).
func checkTransfer(c *call, e *element, name string, zone tld, years int) (offered, *refusal.Error) {
	if err := checkAuthInfo(e.Text("authinfo"), zone, maxTransferAuthInfo); err != nil && (zone.authInfo || e.Text("authinfo") != "") {
		return offered{}, err
	}
	if c.test {
		return offered{}, nil
	}
	if held := c.srv.state.domains[name]; held != nil && held.owner == c.account.Login {
		return offered{}, refusal.New("SERVICE_ALREADY_EXISTS")
	}
	if _, err := c.srv.state.transferable(e.givenName(), name, c.now); err != nil {
		return offered{}, err
	}
	return offered{price: zone.renew * int64(years)}, nil
}

// The longest keys of a transfer: in domain/transfer (8.8), and in domain/set_new_authinfo (8.10).
const (
	maxTransferAuthInfo = 48
	maxNewAuthInfo      = 32
)

// checkAuthInfo checks the length and the letters of a transfer key.
func checkAuthInfo(key string, zone tld, longest int) *refusal.Error {
	shortest := 5
	if zone.contacts == contact.RU {
		shortest = 6
	}
	switch {
	case key == "":
		return refusal.New("AUTHINFO_NOT_FOUND")
	case len(key) < shortest || len(key) > longest || !dnszone.IsPrintable(key):
		return refusal.New("INVALID_AUTHINFO")
	default:
		return nil
	}
}

// checkUserServID checks the id that the caller gives a domain (2.2.4.3): it must be new, also among the domains of the same order.
func (c *call) checkUserServID(ordered *domain, before []*candidate) *refusal.Error {
	id := ordered.UserServID
	if id == "" {
		return nil
	}
	if !userServID.MatchString(id) {
		return refusal.New("BAD_USER_SERVID")
	}
	known := !c.test && c.srv.state.byUserServID[id] != nil
	if known || slices.ContainsFunc(before, func(other *candidate) bool { return other.domain.UserServID == id }) {
		return refusal.New("USER_SERVID_IS_NOT_UNIQUE")
	}
	return nil
}
