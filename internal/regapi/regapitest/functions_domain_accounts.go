package regapitest

import (
	"slices"
	"strconv"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// offer is a message to an account that domains are offered to it (8.23). One request makes one message.
type offer struct {
	id       int64
	from, to string
	domains  []*domain
}

// offerDomain offers a domain to another account, which then has to accept it (8.23). A domain that has expired has to be renewed first.
func offerDomain(c *call, e *element) (map[string]any, *refusal.Error) {
	login := e.Text("new_user_name")
	if login == "" {
		return nil, refusal.Missing("new_user_name")
	}
	if !slices.Contains([]string{"", "0", "1"}, e.Text("set_me_as_referrer")) {
		return nil, refusal.Incorrect("set_me_as_referrer")
	}
	switch {
	case e.domain.owner != c.account.Login:
		return nil, refusal.New("OPERATION_FOR_SERVICE_OWNER_ONLY")
	case !c.test && (c.srv.state.accounts[login] == nil || login == c.account.Login):
		return nil, refusal.New("CLIENT_NOT_FOUND", "client_uid", login)
	case e.domain.State != stateActive || e.domain.Expires < c.now.Format(time.DateOnly):
		return nil, refusal.New("NOT_TRANSFERED_DOMAIN_STATUS")
	}
	answer := c.named(e)
	answer["result"] = "request_is_sent"
	if c.test {
		return answer, nil
	}
	c.srv.state.withdraw(e.domain)
	if c.offer == nil || c.offer.to != login {
		c.offer = &offer{id: c.srv.state.freshID(), from: c.account.Login, to: login}
		c.srv.state.offers = append(c.srv.state.offers, c.offer)
	}
	c.offer.domains = append(c.offer.domains, e.domain)
	c.touch()
	return answer, nil
}

// withdraw takes a domain out of an earlier offer, which a new one replaces.
func (s *state) withdraw(d *domain) {
	for _, o := range s.offers {
		o.domains = slices.DeleteFunc(o.domains, func(other *domain) bool { return other == d })
	}
	s.offers = slices.DeleteFunc(s.offers, func(o *offer) bool { return len(o.domains) == 0 })
}

// describeOffer writes an error as the example does, by its code alone (8.23).
func describeOffer(c *call, e *element, err *refusal.Error) map[string]any {
	if err.Code != "NOT_TRANSFERED_DOMAIN_STATUS" {
		return nil
	}
	shown := c.named(e)
	shown["error_code"] = err.Code
	return shown
}

// dressForOffer makes test.su the domain of the example that cannot be transferred (8.23): it has expired.
func dressForOffer(_ *call, e *element) {
	if e.domain.Name == "test.su" {
		e.domain.Expires = e.domain.Created
	}
}

// listOffers lists what is offered to the account (8.24).
func listOffers(c *call) (map[string]any, *refusal.Error) {
	offers := c.srv.state.offers
	if c.test {
		offers = exampleOffers()
	}
	messages := []any{}
	for _, o := range offers {
		if o.to != c.account.Login {
			continue
		}
		names := []any{}
		for _, d := range o.domains {
			names = append(names, dnszone.UnicodeName(d.Name))
		}
		messages = append(messages, map[string]any{"id": textNumeral(o.id), "domain_names": names})
	}
	return map[string]any{"messages": messages}, nil
}

// offerActions are what can be done with an offer, in the three ways to write it (8.25).
var offerActions = map[string]string{
	"accept": "accepted", "yes": "accepted", "1": "accepted", "refuse": "refused", "no": "refused", "0": "refused",
}

// answerOffers accepts or refuses messages, one or a list (8.25).
func answerOffers(c *call) (map[string]any, *refusal.Error) {
	elements := []*element{c.alone()}
	if c.params.Has(domainsList) {
		var err *refusal.Error
		if elements, err = c.elements(); err != nil {
			return nil, err
		}
	}
	answers, err := c.runElements(elements, func(e *element) (map[string]any, *refusal.Error) { return answerOffer(c, e) })
	return map[string]any{domainsList: answers}, err
}

// answerOffer accepts or refuses all domains of a message.
func answerOffer(c *call, e *element) (map[string]any, *refusal.Error) {
	if e.Text("id") == "" {
		return nil, refusal.Missing("id")
	}
	if !digits.MatchString(e.Text("id")) {
		return nil, refusal.Incorrect("id")
	}
	action := e.Text("action_type")
	if action == "" {
		return nil, refusal.Missing("action_type")
	}
	result, known := offerActions[action]
	if !known {
		return nil, refusal.Incorrect("action_type")
	}
	answer := map[string]any{"id": numeral{digits: e.Text("id"), number: true}, "action_type": action, "result": result}
	if c.test {
		return answer, nil
	}
	id, _ := strconv.ParseInt(e.Text("id"), 10, 64)
	index := slices.IndexFunc(c.srv.state.offers, func(o *offer) bool { return o.id == id && o.to == c.account.Login })
	if index < 0 {
		return nil, refusal.Incorrect("id")
	}
	taken := c.srv.state.offers[index]
	c.srv.state.offers = slices.Delete(c.srv.state.offers, index, index+1)
	if result == "accepted" {
		for _, d := range taken.domains {
			c.srv.state.handOver(d, taken.to)
		}
	}
	c.touch()
	return answer, nil
}

// handOver gives a domain, and what belongs to it, to another account. What is unpaid for it nobody can pay any more: its bills are the old owner's.
func (s *state) handOver(d *domain, login string) {
	owner := d.owner
	for _, attached := range s.byName[d.Name] {
		if attached.owner == owner && (attached == d.service || attached.domain == nil) {
			s.dismissBillsOf(attached)
			s.disallow(attached)
			attached.owner, attached.GrantedTo = login, ""
			s.allow(attached)
		}
	}
}

// describeOfferError writes an error with its text in result, beside what was asked (8.25).
func describeOfferError(c *call, e *element, err *refusal.Error) map[string]any {
	shown := describeInResult(c, e, err)
	shown["id"], shown["action_type"] = numeral{digits: e.Text("id"), number: true}, e.Text("action_type")
	return shown
}

// requestTransfers asks the accounts that have domains for them (8.26). What becomes of it, no function tells.
func requestTransfers(c *call) (map[string]any, *refusal.Error) {
	switch c.account.TransferRequests {
	case requestsNeedPlan:
		return nil, refusal.New("BAD_SERVICE_PLAN")
	case requestsDisabled:
		return nil, refusal.New("REQUEST_TO_TRANSFER_DISABLED")
	}
	elements, err := c.elements()
	if err != nil && err.Code == "NO_DOMAIN" {
		return nil, refusal.New("NO_DOMAINS_TO_TRANSFER")
	}
	if err != nil {
		return nil, err
	}
	answers, err := c.runElements(elements, func(e *element) (map[string]any, *refusal.Error) { return requestTransfer(c, e) })
	return map[string]any{domainsList: answers}, err
}

// The values of [Account.TransferRequests].
const (
	requestsNeedPlan = "plan"
	requestsDisabled = "disabled"
)

func requestTransfer(c *call, e *element) (map[string]any, *refusal.Error) {
	given := e.givenName()
	name, err := dnszone.CanonicalDomain(given)
	if err != nil {
		return nil, err
	}
	if c.test {
		return exampleRequest(name)
	}
	held := c.srv.state.domains[name]
	switch {
	case held == nil && c.srv.state.registry[name] == nil:
		return nil, refusal.New("FREE_DOMAIN", "domain_name", given)
	case held == nil:
		return nil, refusal.New("BELONGS_TO_ANOTHER_REGISTRAR", "domain_name", given)
	case held.owner == c.account.Login:
		return nil, refusal.New("CHECK_DOMAIN_ERROR", "domain_name", given)
	case !c.srv.state.accounts[held.owner].Partner:
		return nil, refusal.New("INCORRECT_DOMAIN_OWNER_SERVICE_PLAN", "domain_name", given)
	}
	c.touch()
	return map[string]any{"dname": given, "result": "success", "service_id": textNumeral(held.ServiceID)}, nil
}
