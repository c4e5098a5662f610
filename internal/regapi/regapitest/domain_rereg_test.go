package regapitest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// bidding is a world with names that are about to become free, and two bidders with much money.
func bidding(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	for _, name := range []string{"free.ru", "free.su"} {
		w.AddRegistryName(RegistryName{Name: name, Status: nameExpiring, Expires: "2026-12-01", StartPrice: "225", BlitzPrice: "5000", Registrar: "REGRU-RU"})
	}
	w.AddRegistryName(RegistryName{Name: "later.ru", Status: nameExpiring, Expires: "2026-12-31", StartPrice: "590", BlitzPrice: "8000", TIC: 7})
	for _, login := range []string{"first", "second"} {
		w.AddAccount(Account{Login: login, Password: "x", Partner: true, Balance: Balance{Prepay: "10000"}})
	}
	return w
}

// bidFor bids with whole contacts; more is added to the element.
func (w *world) bidFor(login, domain string, price int, more string) answer {
	w.t.Helper()
	contacts, err := json.Marshal(ruContacts())
	if err != nil {
		w.t.Fatal(err)
	}
	return w.call(login, "x", "domain/set_rereg_bids", "input_format", "json", "input_data",
		fmt.Sprintf(`{"contacts":%s,"nss":{"ns0":"ns1.reg.ru","ns1":"ns2.reg.ru"},"domains":[{"dname":%q,"price":%d%s}]}`, contacts, domain, price, more))
}

func (w *world) prepay(login string) any {
	w.t.Helper()
	return w.call(login, "x", "user/get_balance").Answer["prepay"]
}

func TestTheHighestBidderGetsTheDomainAndTheOtherTheMoney(t *testing.T) {
	w := bidding(t)
	w.must(w.bidFor("first", "free.ru", 225, ""))
	w.must(w.bidFor("second", "free.ru", 590, ""))
	if first, second := w.prepay("first"), w.prepay("second"); first != "10000" || second != "9410" {
		t.Errorf("balances %v and %v", first, second)
	}
	own := w.call("first", "x", "domain/get_user_rereg_bids").Answer["domains"].([]any)[0].(map[string]any)
	if own["user_bid"] != 225.0 || own["max_bid"] != 590.0 || own["next_price"] != 750.0 || own["is_active"] != 1.0 {
		t.Errorf("domain/get_user_rereg_bids %v", own)
	}
	w.clock.Advance(8 * 24 * time.Hour)
	got := w.call("second", "x", "service/get_info", "dname", "free.ru").element(t, 0)
	if got["state"] != "A" || got["creation_date"] != "2026-12-01" {
		t.Errorf("service/get_info %v", got)
	}
	w.must(w.call("second", "x", "zone/nop", "dname", "free.ru"))
}

func TestABlitzBidEndsTheBidding(t *testing.T) {
	w := bidding(t)
	w.must(w.bidFor("first", "free.ru", 5000, ""))
	own := w.call("first", "x", "domain/get_user_rereg_bids").Answer["domains"].([]any)[0].(map[string]any)
	if own["is_active"] != 0.0 || own["next_price"] != nil {
		t.Errorf("domain/get_user_rereg_bids %v", own)
	}
	if code := w.bidFor("second", "free.ru", 8000, "").code(t); code != "INVALID_BID" {
		t.Errorf("a bid above the blitz price: %q", code)
	}
}

func TestABidMayBePaidInInstalments(t *testing.T) {
	w := bidding(t)
	if got := w.bidFor("first", "free.ru", 2500, `,"instalment":1`); got.Answer["payment"] != "225" {
		t.Errorf("%+v", got)
	}
	if code := w.bidFor("first", "free.su", 2500, `,"instalment":1`).code(t); code != "INSTALMENT_NOT_ALLOWED_FOR_SU" {
		t.Errorf("in .su: %q", code)
	}
}

func TestErrorsOfBids(t *testing.T) {
	w := bidding(t)
	w.must(w.bidFor("first", "free.ru", 590, ""))
	for _, c := range []struct {
		login, domain string
		price         int
		code          string
	}{
		{"first", "free.ru", 590, "YOUR_SAME_OR_MORE_BID_FOUND"}, {"second", "free.ru", 590, "SAME_OR_MORE_BID_FOUND"},
		{"second", "free.ru", 600, "INVALID_BID"}, {"second", "later.ru", 225, "INVALID_BID"}, {"second", "taken.ru", 590, "REREG_NOT_FOUND"},
	} {
		if code := w.bidFor(c.login, c.domain, c.price, "").code(t); code != c.code {
			t.Errorf("%+v: %q", c, code)
		}
	}
	if code := w.bidFor("second", "free.su", 400, `,"price":590.5`).code(t); code != "INVALID_BID" {
		t.Errorf("a broken bid: %q", code)
	}
	for inputData, want := range map[string]string{
		`{"contacts":{}}`: "DOMAINS_NOT_FOUND", `{"domains":[]}`: "DOMAINS_NOT_FOUND",
		`{"domains":[{"dname":"free.ru","price":750}]}`:                                              "CONTACTS_NOT_FOUND",
		`{"domains":[{"dname":"free.ru","price":750}],"contacts":{"phone":"+7 495 8102233"}}`:        "UNKNOWN_CONTYPE",
		`{"domains":[{"dname":"free.ru","price":750}],"contacts":{"person":"Ivan I Ivanov"}}`:        "INVALID_CONTACTS",
		`{"domains":[{"dname":"free.ru","price":750}],"profile_type":"RU.PP","profile_name":"none"}`: "PARAMETER_INCORRECT",
	} {
		if got := w.call("second", "x", "domain/set_rereg_bids", "input_format", "json", "input_data", inputData).ErrorCode; got != want {
			t.Errorf("%s: %q, want %s", inputData, got, want)
		}
	}
}

func TestExpiringNamesAreSelectedAndSorted(t *testing.T) {
	w := bidding(t)
	for inputData, want := range map[string]string{
		`{}`: "free.ru free.su later.ru", `{"zone":"su"}`: "free.su", `{"min_cy":5}`: "later.ru", `{"price":300}`: "free.ru free.su",
		`{"dname_matching":"at*r"}`: "later.ru", `{"max_chars":7}`: "free.ru free.su", `{"delete_date":"2026-12-31"}`: "later.ru",
		`{"registrar":"REGRU-RU","limit":1,"limit_from":1}`: "free.su", `{"sortcol":"cy","limit_from":2}`: "later.ru",
		`{"domains":[{"dname":"free.su"},{"dname":"none.ru"}]}`: "free.su",
	} {
		if got := w.expiring(inputData); got != want {
			t.Errorf("%s: %s, want %s", inputData, got, want)
		}
	}
	for _, inputData := range []string{`{"limit":1001}`, `{"limit":"x"}`, `{"sortcol":"x"}`} {
		if code := w.bobJSON("domain/get_rereg_data", inputData).ErrorCode; code != "PARAMETER_INCORRECT" {
			t.Errorf("%s: %q", inputData, code)
		}
	}
}

// expiring returns the names that domain/get_rereg_data lists.
func (w *world) expiring(inputData string) string {
	w.t.Helper()
	names := []string{}
	for _, item := range w.bobJSON("domain/get_rereg_data", inputData).List {
		names = append(names, item.(map[string]any)["dname"].(string))
	}
	return strings.Join(names, " ")
}
