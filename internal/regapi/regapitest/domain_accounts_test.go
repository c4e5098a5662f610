package regapitest

import (
	"fmt"
	"testing"
)

// offering is a world in which the Partners bob and carol have domains.
func offering(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.AddAccount(Account{Login: "carol", Password: "x", Partner: true})
	w.AddDomain("carol", Domain{Name: "carol.ru"})
	w.AddDomain("bob", Domain{Name: "second.ru"})
	return w
}

func (w *world) carol(function string, pairs ...string) answer {
	w.t.Helper()
	return w.call("carol", "x", function, pairs...)
}

// offered returns the messages of carol.
func (w *world) offered() []any {
	w.t.Helper()
	return w.carol("domain/look_at_entering_list").Answer["messages"].([]any)
}

func TestAnOfferedDomainChangesHandsWhenAccepted(t *testing.T) {
	for action, owner := range map[string]string{"accept": "carol", "yes": "carol", "1": "carol", "refuse": "bob", "no": "bob", "0": "bob"} {
		t.Run(action, func(t *testing.T) {
			w := offering(t)
			w.AddService("bob", Service{Servtype: "srv_webfwd", Domain: "partner.ru"})
			got := w.bobJSON("domain/transfer_to_another_account", `{"domains":[{"dname":"partner.ru"},{"dname":"second.ru"}],"new_user_name":"carol"}`)
			if got.element(t, 1)["result"] != "request_is_sent" {
				t.Fatalf("%+v", got)
			}
			message := w.offered()[0].(map[string]any)
			if names := marshalled(t, message["domain_names"]); names != `["partner.ru","second.ru"]` {
				t.Errorf("offered %s", names)
			}
			w.carol("domain/accept_or_refuse_entering_list", "id", message["id"].(string), "action_type", action)
			password := map[string]string{"carol": "x", "bob": "hidden"}[owner]
			w.must(w.call(owner, password, "zone/nop", "dname", "partner.ru"))
			w.must(w.call(owner, password, "service/nop", "dname", "partner.ru", "servtype", "srv_webfwd"))
			if len(w.offered()) != 0 {
				t.Errorf("left: %v", w.offered())
			}
		})
	}
}

func TestANewOfferReplacesTheOld(t *testing.T) {
	w := offering(t)
	for range 2 {
		w.bob("domain/transfer_to_another_account", "dname", "partner.ru", "new_user_name", "carol")
	}
	if messages := w.offered(); len(messages) != 1 {
		t.Errorf("%v", messages)
	}
}

func TestErrorsOfOffers(t *testing.T) {
	cases := []struct {
		domain, to, referrer, code string
	}{
		{"partner.ru", "", "", "PARAMETER_MISSING"}, {"partner.ru", "carol", "2", "PARAMETER_INCORRECT"}, {"partner.ru", "nobody", "", "CLIENT_NOT_FOUND"},
		{"partner.ru", "bob", "", "CLIENT_NOT_FOUND"}, {"shared.ru", "carol", "", "OPERATION_FOR_SERVICE_OWNER_ONLY"},
		{"expired.ru", "carol", "", "NOT_TRANSFERED_DOMAIN_STATUS"}, {"nobody.ru", "carol", "", "DOMAIN_NOT_FOUND"},
	}
	for _, c := range cases {
		t.Run(c.code+" "+c.to, func(t *testing.T) {
			w := offering(t)
			w.AddDomain("alice", Domain{Name: "shared.ru", GrantedTo: "bob"})
			w.AddDomain("bob", Domain{Name: "expired.ru", Created: "2020-01-01", Expires: "2021-01-01"})
			got := w.bob("domain/transfer_to_another_account", "dname", c.domain, "new_user_name", c.to, "set_me_as_referrer", c.referrer)
			if got.code(t) != c.code {
				t.Errorf("%+v, want %s", got, c.code)
			}
		})
	}
}

func TestErrorsOfAcceptance(t *testing.T) {
	w := offering(t)
	w.bob("domain/transfer_to_another_account", "dname", "partner.ru", "new_user_name", "carol")
	id := w.offered()[0].(map[string]any)["id"].(string)
	for inputData, want := range map[string]string{
		`{"action_type":"yes"}`: "PARAMETER_MISSING", `{"id":"x","action_type":"yes"}`: "PARAMETER_INCORRECT",
		`{"id":"1","action_type":"yes"}`:                               "PARAMETER_INCORRECT",
		fmt.Sprintf(`{"id":%s}`, id):                                   "PARAMETER_MISSING",
		fmt.Sprintf(`{"domains":[{"id":%s,"action_type":"xxx"}]}`, id): "PARAMETER_INCORRECT",
	} {
		if got := w.carol("domain/accept_or_refuse_entering_list", "input_format", "json", "input_data", inputData); got.code(t) != want {
			t.Errorf("%s: %+v, want %s", inputData, got, want)
		}
	}
	if got := w.bob("domain/accept_or_refuse_entering_list", "id", id, "action_type", "yes").code(t); got != "PARAMETER_INCORRECT" {
		t.Errorf("by another account: %q", got)
	}
}

func TestRequestsForTheDomainsOfOthers(t *testing.T) {
	w := offering(t)
	w.AddRegistryName(RegistryName{Name: "elsewhere.ru"})
	for name, want := range map[string]string{
		"carol.ru": "", "partner.ru": "CHECK_DOMAIN_ERROR", "example.ru": "INCORRECT_DOMAIN_OWNER_SERVICE_PLAN", "free.ru": "FREE_DOMAIN",
		"elsewhere.ru": "BELONGS_TO_ANOTHER_REGISTRAR", "localhost": "INVALID_DOMAIN_NAME_FORMAT",
	} {
		if got := w.bob("domain/request_to_transfer", "domain_name", name).code(t); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := w.bob("domain/request_to_transfer").ErrorCode; got != "NO_DOMAINS_TO_TRANSFER" {
		t.Errorf("none: %q", got)
	}
	for kind, want := range map[string]string{"plan": "BAD_SERVICE_PLAN", "disabled": "REQUEST_TO_TRANSFER_DISABLED"} {
		w.AddAccount(Account{Login: kind, Password: "x", Partner: true, TransferRequests: kind})
		if got := w.call(kind, "x", "domain/request_to_transfer", "dname", "carol.ru").ErrorCode; got != want {
			t.Errorf("%s: %q", kind, got)
		}
	}
}

func TestWhoTakesADomainOverCanRenewItBesideItsOldOwnersUnpaidBill(t *testing.T) {
	w := ending(t)
	w.SetPartner("owner", true)
	w.rich("heir", "1000", true)
	bill := w.as("owner", "service/renew", "dname", "ending.ru", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
	w.as("owner", "domain/transfer_to_another_account", "dname", "ending.ru", "new_user_name", "heir")
	offered := w.as("heir", "domain/look_at_entering_list").Answer["messages"].([]any)[0].(map[string]any)["id"].(string)
	w.as("heir", "domain/accept_or_refuse_entering_list", "id", offered, "action_type", "accept")
	w.succeed(w.as("heir", "service/renew", "dname", "ending.ru", "period", "1"))
	if got := w.as("owner", "bill/nop", "bill_id", bill).Answer["bills"].([]any)[0].(map[string]any)["error_code"]; got != "BILL_ID_NOT_FOUND" {
		t.Errorf("the old owner's bill: %v", got)
	}
}
