package regapitest

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/miekg/dns"
)

// busy is a world in which something of everything is under way.
func busy(t *testing.T) *world {
	t.Helper()
	w := bidding(t)
	w.SetDelays(Delays{Order: pointer(time.Hour), Renewal: pointer(time.Hour)})
	w.SetBehaviour(Behaviour{BlockAfterFailures: 100, Payment: Payment{DroppedOrders: DroppedKept}})
	w.rich("owner", "9000", true)
	w.AddAccount(Account{Login: "friend", Password: "x", Balance: Balance{Prepay: "10", Blocked: "1", Credit: "2"}})
	for id, name := range map[int64]string{901: "due.ru", 902: "moved.com", 903: "signed.com", 904: "keyed.com"} {
		w.AddDomain("owner", Domain{Name: name, ServiceID: id, Expires: "2026-12-20", UserServID: textNumeral(id).digits, Contacts: map[string]string{"o_email": "a@example.net"}})
	}
	w.AddDomain("owner", Domain{Name: "lapsed.com", State: "S", Expires: "2026-11-20"})
	w.AddService("owner", Service{Servtype: "srv_webfwd", Domain: "due.ru", ServiceID: 950})
	w.AddService("owner", Service{Servtype: "srv_seowizard", ServiceID: 951})
	w.AddRegistryName(RegistryName{Name: "moving.ru", Created: "2020-01-01", AuthInfo: "secret-key"})
	w.AddRegistryName(RegistryName{Name: "gold.ru", Status: namePremium, Price: "70", RenewPrice: "60"})
	w.AddFolder("owner", Folder{Name: "shelf", Domains: []string{"due.ru"}})
	w.AddLot(Lot{Name: "due.ru", Price: "100", Keywords: []string{"due"}})
	w.SetPrices("ru", Prices{Renew: "700", Restore: "1"})
	w.SetDelegation("keyed.com", "ns1.example.net", "ns2.example.net")
	return w
}

func pointer[T any](value T) *T { return &value }

// stir lets something of everything happen.
func (w *world) stir() {
	w.t.Helper()
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(w.t, map[string]any{"domain_name": "gold.ru", "reg_premium": 1})))
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(w.t, map[string]any{"domain_name": "open.ru", "pay_type": "bank"})))
	w.must(w.as("owner", "domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "1"))
	w.succeed(w.as("owner", "service/renew", "dname", "due.ru", "period", "1"))
	w.succeed(w.as("owner", "service/renew", "dname", "signed.com", "period", "1", "pay_type", "bank"))
	w.ConfirmBill(w.newestBill())
	w.must(w.bidFor("first", "free.ru", 225, ""))
	w.must(w.bidFor("second", "free.ru", 590, `,"instalment":1,"autopay":1`))
	w.bidLaterAs("first", "free.su")
	w.succeed(w.as("owner", "service/refill", "service_id", "951", "amount", "100", "currency", "RUR"))
	w.succeed(w.as("owner", "service/update", "service_id", "950", "subtask", "addfwd", "fwdto", "http://example.net"))
	w.succeed(w.as("owner", "service/partcontrol_grant", "service_id", "901", "newlogin", "friend"))
	w.succeed(w.as("owner", "domain/register_ns", "dname", "signed.com", "ns0", "ns0.signed.com", "ns0ip", "192.0.2.1"))
	w.succeed(w.as("owner", "domain/send_email_verification_letter", "dname", "signed.com"))
	w.must(w.as("owner", "dnssec/enable", "dname", "signed.com"))
	w.must(w.call("owner", "x", "dnssec/add_keys", "input_format", "json", "input_data",
		`{"dname":"keyed.com","records":["keyed.com. 3600 IN DS 2371 13 2 4508A7798C38867C94091BBF91EDAF9E6DBF56DA0606C748D3D1D1B2382C1602"]}`))
	w.as("owner", "domain/transfer_to_another_account", "dname", "signed.com", "new_user_name", "friend")
	w.succeed(w.as("owner", "user/set_reseller_url", "servtype", "srv_seowizard", "url_type", "refill", "url", "http://example.net"))
	w.succeed(w.as("owner", "hosting/set_jelastic_refill_url", "url", "http://example.net"))
	w.must(w.as("owner", "zone/add_aaaa", "dname", "due.ru", "subdomain", "www", "ipaddr", "2001:DB8::1"))
	w.as("owner", "shop/get_info", "dname", "due.ru")
	w.as("owner", "zone/nop", "dname", "nobody.ru")
	w.MoveAway("moved.com")
	w.succeed(w.as("owner", "service/renew", "dname", "keyed.com", "period", "1", "pay_type", "bank"))
	w.DeleteBill(w.newestBill())
}

// bidLaterAs bids for a name without paying yet.
func (w *world) bidLaterAs(login, domain string) {
	w.t.Helper()
	w.must(w.call(login, "x", "domain/set_rereg_bids", "input_format", "json", "input_data", orderOf(w.t, map[string]any{
		"pay_type": "bank", "domains": []any{map[string]any{"dname": domain, "price": 400}},
	})))
}

// TestNothingThatTheServiceKnowsIsForgotten compares all of a state, field by field, with what becomes of it in a document.
func TestNothingThatTheServiceKnowsIsForgotten(t *testing.T) {
	w := busy(t)
	w.as("owner", "nop")
	w.stir()
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	before := w.state
	if err := w.Restore(saved); err != nil {
		t.Fatal(err)
	}
	diff := cmp.Diff(before, w.state, cmp.Exporter(func(reflect.Type) bool { return true }), cmpopts.EquateEmpty(),
		cmpopts.IgnoreTypes(&config{}), cmp.Comparer(time.Time.Equal),
		cmp.Comparer(func(a, b *dns.DNSKEY) bool { return a == b || a != nil && b != nil && a.String() == b.String() }),
		cmp.Comparer(func(a, b *dns.DS) bool { return a == b || a != nil && b != nil && a.String() == b.String() }),
		cmp.Comparer(func(a, b map[*service]bool) bool { return cmp.Equal(numbersOf(a), numbersOf(b)) }),
		// A zone keeps its records by name once somebody has asked for them.
		cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".byName" && len(p) > 6 }, cmp.Ignore()))
	if diff != "" {
		t.Errorf("known before (-) and after (+):\n%s", diff)
	}
}

// numbersOf returns the numbers of services.
func numbersOf(services map[*service]bool) map[int64]bool {
	numbers := map[int64]bool{}
	for s, in := range services {
		numbers[s.ServiceID] = in
	}
	return numbers
}

func TestAStateIsRestoredAfterADomainWasTakenAway(t *testing.T) {
	w := busy(t)
	w.stir()
	w.as("owner", "domain/transfer_to_another_account", "dname", "due.ru", "new_user_name", "friend")
	for _, name := range []string{"due.ru", "gold.ru", "moving.ru", "lapsed.com"} {
		w.RemoveDomain(name)
	}
	saved, err := w.Save()
	if err == nil {
		err = w.Restore(saved)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(100 * day)
	w.as("owner", "nop")
	w.wantBooks("owner")
}

func TestAStateThatContradictsItselfIsRefused(t *testing.T) {
	w := busy(t)
	w.stir()
	saved, err := w.Save()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"an owner who is nobody":   {`"owner":"owner"`, `"owner":"nobody"`},
		"a date that is none":      {`"expires":"2026-12-20"`, `"expires":"soon"`},
		"a state that is none":     {`"state":"S"`, `"state":"X"`},
		"two services of a number": {`"serviceID":902`, `"serviceID":903`},
		"an offer to nobody":       {`"to":"friend"`, `"to":"nobody"`},
	} {
		document := strings.Replace(string(saved), change[0], change[1], 1)
		if document == string(saved) {
			t.Fatalf("%s: the state holds no %s", name, change[0])
		}
		if err := w.Restore([]byte(document)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if again, err := w.Save(); err != nil || string(again) != string(saved) {
		t.Errorf("what was refused changed the state (%v)", err)
	}
}
