package regapitest

import (
	"strings"
	"testing"
)

func TestALowerBidThatIsPaidLateNeitherWinsNorPaysTheHigherOneBack(t *testing.T) {
	w := bidding(t)
	late := w.bidFor("first", "free.ru", 225, "")
	w.must(late)
	w.AddAccount(Account{Login: "third", Password: "x", Balance: Balance{Prepay: "10000"}})
	slow := w.bidLater("third", "free.ru", 590)
	w.must(w.bidFor("second", "free.ru", 2500, ""))
	w.billOf("third", "bill/change_pay_type", slow.Answer["bill_id"].(string), "pay_type", "prepay", "currency", "RUR")
	for login, want := range map[string]string{"first": "10000", "second": "7500", "third": "10000"} {
		w.wantPrepay(login, want)
		w.wantBooks(login)
	}
	w.clock.Advance(8 * day)
	w.wantState("second", "A", "dname", "free.ru")
	w.wantState("third", "D", "dname", "free.ru")
}

// bidLater bids without paying at once.
func (w *world) bidLater(login, domain string, price int) answer {
	w.t.Helper()
	w.SetBehaviour(Behaviour{})
	return w.call(login, "x", "domain/set_rereg_bids", "input_format", "json", "input_data", orderOf(w.t, map[string]any{
		"pay_type": "bank", "domains": []any{map[string]any{"dname": domain, "price": price}},
	}))
}

func TestAnInstalmentIsPaidInFullOrForfeited(t *testing.T) {
	for _, c := range []struct {
		name    string
		more    string
		after   func(w *world, id int64)
		state   string
		prepaid string
	}{
		{"paid in time", `,"instalment":1`, func(w *world, id int64) { w.PayBillFromBalance(id) }, "A", "7500"},
		{"paid by itself", `,"instalment":1,"autopay":1`, func(*world, int64) {}, "A", "7500"},
		{"paid by itself once the money is there", `,"instalment":1,"autopay":1`, func(w *world, _ int64) {
			w.TopUp("first", "9000")
			w.clock.Advance(2 * day)
		}, "A", "6725"},
		{"not paid", `,"instalment":1`, func(w *world, _ int64) { w.clock.Advance(11 * day) }, "D", "9775"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := bidding(t)
			bid := w.bidFor("first", "free.ru", 2500, c.more)
			w.wantPrepay("first", "9775")
			if strings.Contains(c.name, "once") {
				w.spendAll("first", "9775")
			}
			w.till("2026-12-01")
			w.as("first", "nop")
			c.after(w, w.newestBill())
			w.wantState("first", c.state, "service_id", bid.element(t, 0)["service_id"].(string))
			w.wantPrepay("first", c.prepaid)
			w.wantBooks("first")
			if code := w.as("second", "domain/check", "dname", "free.ru").code(t); code != "DOMAIN_ALREADY_EXISTS" {
				t.Errorf("domain/check: %q", code)
			}
		})
	}
}

// spendAll leaves an account without money: what it has goes into a service.
func (w *world) spendAll(login, roubles string) {
	w.t.Helper()
	w.AddService(login, Service{Servtype: "srv_seowizard", ServiceID: 990})
	w.succeed(w.as(login, "service/refill", "service_id", "990", "amount", roubles, "currency", "RUR"))
	w.wantPrepay(login, "0")
}

func TestInstalmentsAreForPartners(t *testing.T) {
	w := bidding(t)
	w.SetPartner("first", false)
	if code := w.bidFor("first", "free.ru", 2500, `,"instalment":1`).code(t); code != "RESELLER_AUTH_FAILED" {
		t.Errorf("code %q", code)
	}
}

func TestABidByProfileRegistersWithItsContacts(t *testing.T) {
	w := bidding(t)
	w.AddAccount(Account{Login: "third", Password: "x", Balance: Balance{Prepay: "10000"}, Profiles: []Profile{
		{Type: "RU.PP", Name: "home", Contacts: map[string]string{"e_mail": "home@example.net"}},
	}})
	w.must(w.call("third", "x", "domain/set_rereg_bids", "input_format", "json", "input_data",
		`{"profile_type":"RU.PP","profile_name":"home","domains":[{"dname":"free.ru","price":590}]}`))
	w.till("2026-12-01")
	got := w.as("third", "service/get_details", "dname", "free.ru").element(t, 0)["details"].(map[string]any)
	if got["e_mail"] != "home@example.net" {
		t.Errorf("details %v", got)
	}
}

func TestTheServiceOfABidIsKnown(t *testing.T) {
	w := bidding(t)
	id := w.bidFor("first", "free.ru", 590, "").element(t, 0)["service_id"].(string)
	w.wantState("first", "N", "service_id", id)
	listed := w.as("first", "service/get_list").Answer["services"].([]any)
	if len(listed) != 1 || listed[0].(map[string]any)["dname"] != "free.ru" {
		t.Errorf("service/get_list %v", listed)
	}
	w.must(w.bidFor("second", "free.ru", 750, ""))
	w.wantState("first", "D", "service_id", id)
}

func TestBidsForANameThatIsRenewedAfterAllArePaidBack(t *testing.T) {
	w := ending(t)
	w.rich("first", "1000", false)
	w.till("2026-12-02")
	w.must(w.bidFor("first", "ending.ru", 590, ""))
	w.wantPrepay("first", "410")
	w.succeed(w.as("owner", "service/renew", "dname", "ending.ru", "period", "1"))
	w.wantPrepay("first", "1000")
	w.till("2027-01-02")
	w.wantState("owner", "A", "dname", "ending.ru")
	w.wantState("first", "D", "dname", "ending.ru")
}

func TestANameThatEndsGoesToItsBidder(t *testing.T) {
	w := ending(t)
	w.rich("first", "1000", false)
	w.till("2026-12-02")
	w.must(w.bidFor("first", "ending.ru", 590, ""))
	w.till("2027-01-02")
	w.wantState("first", "A", "dname", "ending.ru")
	w.wantState("owner", "D", "user_servid", "e901")
}

func TestListsOfEndingNamesAreSelectedByAllThatIsDocumented(t *testing.T) {
	w := newWorld(t)
	for _, n := range []RegistryName{
		{Name: "seen.ru", Views: 100, Visitors: 10, Traffic: 5, Queries: "cheap flights"},
		{Name: "mirrored.ru", Mirrors: "www.mirrored.ru", Views: 50}, {Name: "chosen.ru", Recommended: true, Traffic: 9},
	} {
		n.Status = nameExpiring
		w.AddRegistryName(n)
	}
	for inputData, want := range map[string]string{
		`{"views":60}`: "seen.ru", `{"vis":1}`: "seen.ru", `{"traf":6}`: "chosen.ru", `{"search_query":"flights"}`: "seen.ru",
		`{"kley":1}`: "chosen.ru seen.ru", `{"premium":1}`: "chosen.ru", `{"sortcol":"views"}`: "chosen.ru mirrored.ru seen.ru",
		`{"sortcol":"sch"}`: "mirrored.ru seen.ru chosen.ru",
	} {
		if got := w.expiring(inputData); got != want {
			t.Errorf("%s: %s, want %s", inputData, got, want)
		}
	}
}

func TestAWonNameThatTheRegistryRefusesIsPaidBack(t *testing.T) {
	w := bidding(t)
	w.must(w.bidFor("first", "free.ru", 590, `,"instalment":1,"autopay":1`))
	w.till("2026-12-01")
	w.wantState("first", "A", "dname", "free.ru")
	w.wantPrepay("first", "9410")
	w.RefuseOrder("free.ru")
	w.wantPrepay("first", "10000")
	w.wantBooks("first")
}
