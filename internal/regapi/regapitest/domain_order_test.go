package regapitest

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"
)

// ruContacts and gtldContacts are whole sets of contacts (8.7).
func ruContacts() map[string]any {
	return map[string]any{
		"person": "Ivan I Ivanov", "person_r_surname": "Иванов", "person_r_name": "Иван", "passport_number": "12 34 567890",
		"passport_place": "48 о/м г.Москвы", "passport_date": "26.12.1992", "birth_date": "07.11.1977", "p_addr_zip": "101000",
		"p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233",
		"e_mail": "ivan@example.net", "country": "RU",
	}
}

func ruOrganizationContacts() map[string]any {
	return map[string]any{
		"org": "Horns and Hooves, Ltd.", "org_r": "ООО Рога и копыта", "code": "7701107259", "kpp": "632946014", "country": "RU",
		"address_r_zip": "101000", "address_r_city": "г. Москва", "address_r_addr": "ул. Пупкина, 1", "p_addr_zip": "101000",
		"p_addr_city": "г. Москва", "p_addr_addr": "ул. Пупкина, 1", "p_addr_recipient": "И. Иванов", "phone": "+7 495 8102233", "e_mail": "a@example.net",
	}
}

func gtldContacts() map[string]any {
	contacts := map[string]any{}
	for _, prefix := range []string{"o_", "a_", "t_", "b_"} {
		for name, value := range map[string]string{
			"company": "Private Person", "first_name": "Ivan", "last_name": "Ivanov", "email": "ivan@example.net", "phone": "+7.4952171179",
			"addr": "Bolshaya 33", "city": "Moscow", "state": "Moscow", "postcode": "101000", "country_code": "RU",
		} {
			contacts[prefix+name] = value
		}
	}
	return contacts
}

// orderOf is the input_data of an order of .ru domains with everything that it needs; changes replace or, with nil, remove.
func orderOf(t *testing.T, changes map[string]any) string {
	t.Helper()
	order := map[string]any{"contacts": ruContacts(), "nss": map[string]any{"ns0": "ns1.reg.ru", "ns1": "ns2.reg.ru"}, "period": 1}
	maps.Copy(order, changes)
	maps.DeleteFunc(order, func(_ string, value any) bool { return value == nil })
	text, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// with returns contacts with a field changed.
func with(contacts map[string]any, name, value string) map[string]any {
	contacts[name] = value
	return contacts
}

func TestARegistrationIsChargedAndThenSeenEverywhere(t *testing.T) {
	w := newWorld(t)
	got := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru", "user_servid": "0123456789abcdef"}))
	w.must(got)
	if got.Answer["payment"] != "590" || got.Answer["pay_type"] != "prepay" || got.Answer["pay_notes"] != "Amount successfully charged" {
		t.Errorf("bill %v", got.Answer)
	}
	if balance := w.prepaid(); balance != "410.50" {
		t.Errorf("balance %s", balance)
	}
	info := w.info("dname", "new.ru")
	if info["state"] != "A" || info["creation_date"] != "2026-11-23" || info["expiration_date"] != "2027-11-23" || info["user_servid"] != "0123456789abcdef" {
		t.Errorf("service/get_info %v", info)
	}
	if status := w.alice("bill/nop", "bill_id", got.Answer["bill_id"].(string)).Answer["bills"].([]any)[0].(map[string]any)["pay_status"]; status != "payed" {
		t.Errorf("bill %v", status)
	}
	w.must(w.alice("zone/add_alias", "user_servid", "0123456789abcdef", "subdomain", "www", "ipaddr", "192.0.2.1"))
	if code := w.bob("domain/check", "dname", "new.ru").code(t); code != "DOMAIN_ALREADY_EXISTS" {
		t.Errorf("domain/check says %q", code)
	}
}

func TestARegistrationTakesTheTimeOfTheRegistry(t *testing.T) {
	w := newWorld(t, WithOrderDelay(time.Hour))
	order := orderOf(t, map[string]any{"domain_name": "new.ru"})
	w.must(w.aliceJSON("domain/create", order))
	if state := w.info("dname", "new.ru")["state"]; state != "N" {
		t.Errorf("state %v", state)
	}
	w.wantDNS("new.ru", 6, "REFUSED")
	if code := w.aliceJSON("domain/create", order).code(t); code != "DOMAIN_ORDER_LOCKED" {
		t.Errorf("a second order: %q", code)
	}
	if code := w.alice("service/renew", "dname", "new.ru", "period", "1").code(t); code != "DOMAIN_ORDER_LOCKED" {
		t.Errorf("a renewal: %q", code)
	}
	w.clock.Advance(time.Hour)
	if state := w.info("dname", "new.ru")["state"]; state != "A" {
		t.Errorf("state %v", state)
	}
}

func TestAnOrderWithoutMoneyIsRefusedOrLeftUnpaid(t *testing.T) {
	w := newWorld(t)
	order := map[string]any{"domains": []any{map[string]any{"dname": "one.ru"}, map[string]any{"dname": "two.ru"}}}
	if got := w.aliceJSON("domain/create", orderOf(t, order)); got.ErrorCode != "NOT_ENOUGH_MONEY" {
		t.Errorf("without the flag: %+v", got)
	}
	if code := w.alice("service/get_info", "dname", "one.ru").code(t); code != "DOMAIN_NOT_FOUND" {
		t.Errorf("a refused order left %q", code)
	}
	order["ok_if_no_money"] = 1
	w.must(w.aliceJSON("domain/create", orderOf(t, order)))
	if state, balance := w.info("dname", "one.ru")["state"], w.prepaid(); state != "N" || balance != "1000.50" {
		t.Errorf("state %v, balance %s", state, balance)
	}
	if code := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "one.ru"})).code(t); code != "DOMAIN_ALREADY_ORDERED" {
		t.Errorf("a second order: %q", code)
	}
	if bills := w.alice("bill/get_not_payed").Answer["bills"].([]any); len(bills) != 1 || bills[0].(map[string]any)["payment"] != "1180" {
		t.Errorf("unpaid bills %v", bills)
	}
}

func TestAnUnpaidOrderIsPaidLaterOrDeleted(t *testing.T) {
	for _, pay := range []bool{true, false} {
		w := newWorld(t)
		ordered := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru", "pay_type": "bank"}))
		w.must(ordered)
		bill := ordered.Answer["bill_id"].(string)
		if pay {
			w.alice("bill/change_pay_type", "bill_id", bill, "pay_type", "prepay", "currency", "RUR")
			if state := w.info("dname", "new.ru")["state"]; state != "A" {
				t.Errorf("paid: state %v", state)
			}
			continue
		}
		w.alice("bill/delete", "bill_id", bill)
		if code := w.alice("service/get_info", "dname", "new.ru").code(t); code != "DOMAIN_NOT_FOUND" {
			t.Errorf("deleted: %q", code)
		}
		w.must(w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru"})))
	}
}

func TestOneBadDomainDoesNotStopAnOrder(t *testing.T) {
	w := newWorld(t)
	got := w.aliceJSON("domain/create", orderOf(t, map[string]any{
		"domains": []any{map[string]any{"dname": "example.ru"}, map[string]any{"dname": "new.ru"}, map[string]any{"dname": "new.ru"}},
	}))
	codes := []any{got.element(t, 0)["error_code"], got.element(t, 1)["error_code"], got.element(t, 2)["error_code"]}
	if !slices.Equal(codes, []any{"DOMAIN_ALREADY_EXISTS", nil, "DOMAIN_ALREADY_ORDERED"}) || got.Answer["payment"] != "590" {
		t.Errorf("codes %v, payment %v", codes, got.Answer["payment"])
	}
}

func TestErrorsOfOrders(t *testing.T) {
	name := func(name string) map[string]any { return map[string]any{"domain_name": name} }
	cases := []struct {
		name    string
		changes map[string]any
		code    string
	}{
		{"taken elsewhere", name("taken.ru"), "DOMAIN_ALREADY_EXISTS"},
		{"reserved", name("reserved.ru"), "DOMAIN_BAD_NAME"},
		{"on the stop list", name("stop.ru"), "DOMAIN_STOP_LIST"},
		{"like a stopped one", name("pattern.ru"), "DOMAIN_STOP_PATTERN"},
		{"premium", name("premium.ru"), "DOMAIN_STOP_LIST"},
		{"in an unknown zone", name("new.nowhere"), "INVALID_DOMAIN_NAME_FORMAT"},
		{"in a closed zone", name("new.cn"), "TLD_DISABLED"},
		{"too short", name("a.ru"), "DOMAIN_INVALID_LENGTH"},
		{"Cyrillic in .ru", name("новый.ru"), "DOMAIN_NAME_MUSTBEENG"},
		{"Latin in .рф", name("new.рф"), "DOMAIN_NAME_MUSTBERUS"},
		{"no name", map[string]any{"period": 1}, "NO_DOMAIN"},
		{"a period that is too long", map[string]any{"domain_name": "new.ru", "period": 2}, "PARAMETER_INCORRECT"},
		{"no period", map[string]any{"domain_name": "new.ru", "period": 0}, "PARAMETER_INCORRECT"},
		{"a wrong address of the user", map[string]any{"domain_name": "new.ru", "enduser_ip": "x"}, "PARAMETER_INCORRECT"},
		{"a long comment", map[string]any{"domain_name": "new.ru", "comment": strings.Repeat("ж", 256)}, "PARAMETER_INCORRECT"},
		{"an unknown subtype", map[string]any{"domain_name": "new.ru", "subtype": "x"}, "PARAMETER_INCORRECT"},
		{"one name server", map[string]any{"domain_name": "new.ru", "nss": map[string]any{"ns0": "ns1.reg.ru"}}, "INVALID_NSS"},
		{"a name server without its address", map[string]any{"domain_name": "new.ru", "nss": map[string]any{"ns0": "ns1.new.ru", "ns1": "ns2.reg.ru"}}, "INVALID_NSS"},
		{"a bad id", map[string]any{"domain_name": "new.ru", "user_servid": "XYZ"}, "BAD_USER_SERVID"},
		{"an id that is used", map[string]any{"domain_name": "new.ru", "user_servid": "abc123"}, "USER_SERVID_IS_NOT_UNIQUE"},
		{"no contacts", map[string]any{"domain_name": "new.ru", "contacts": nil}, "UNKNOWN_CONTYPE"},
		{"contacts of both kinds", map[string]any{"domain_name": "new.ru", "contacts": with(ruContacts(), "kpp", "632946014")}, "UNKNOWN_CONTYPE"},
		{"a contact that is missing", map[string]any{"domain_name": "new.ru", "contacts": with(ruContacts(), "phone", "")}, "PARAMETER_MISSING"},
		{"a contact that is too long", map[string]any{"domain_name": "new.ru", "contacts": with(ruContacts(), "p_addr_city", strings.Repeat("ж", 26))}, "PARAMETER_INCORRECT"},
		{"a date that is none", map[string]any{"domain_name": "new.ru", "contacts": with(ruContacts(), "birth_date", "1977-11-07")}, "PARAMETER_INCORRECT"},
		{"an address that is none", map[string]any{"domain_name": "new.ru", "contacts": with(ruContacts(), "e_mail", "ivan.example.net")}, "PARAMETER_INCORRECT"},
		{"Russian contacts for .com", map[string]any{"domain_name": "new.com"}, "PARAMETER_MISSING"},
		{"an unknown profile", map[string]any{"domain_name": "new.ru", "profile_type": "RU.PP", "profile_name": "x"}, "PARAMETER_INCORRECT"},
		{"an unknown type of profile", map[string]any{"domain_name": "new.ru", "profile_type": "X", "profile_name": "home"}, "PARAMETER_INCORRECT"},
		{"a profile without a name", map[string]any{"domain_name": "new.ru", "profile_type": "RU.PP"}, "PARAMETER_MISSING"},
		{"a profile without a type", map[string]any{"domain_name": "new.ru", "profile_name": "home"}, "PARAMETER_MISSING"},
		{"an unknown way to pay", map[string]any{"domain_name": "new.ru", "pay_type": "cowries"}, "PARAMETER_INCORRECT"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			for status, name := range map[string]string{
				"": "taken.ru", "reserved": "reserved.ru", "stop-list": "stop.ru", "stop-pattern": "pattern.ru", namePremium: "premium.ru",
			} {
				w.AddRegistryName(RegistryName{Name: name, Status: status, Price: "60000", RenewPrice: "600"})
			}
			if got := w.aliceJSON("domain/create", orderOf(t, c.changes)); got.code(t) != c.code {
				t.Errorf("%+v, want %s", got, c.code)
			}
			if balance := w.prepaid(); balance != "1000.50" {
				t.Errorf("balance %s", balance)
			}
		})
	}
}

func TestOrdersThatAreFine(t *testing.T) {
	cases := []struct {
		name    string
		changes map[string]any
		payment string
	}{
		{"an organization", map[string]any{"domain_name": "new.ru", "contacts": ruOrganizationContacts()}, "590"},
		{"joined contacts of old", map[string]any{"domain_name": "new.ru", "contacts": map[string]any{
			"person": "Ivan I Ivanov", "person_r": "Иванов Иван", "passport": "12 34 567890, 48 о/м 26.12.1992", "p_addr": "101000, Москва",
			"birth_date": "07.11.1977", "phone": "+7 495 8102233", "e_mail": "ivan@example.net", "country": "RU",
		}}, "590"},
		{"two years of .com", map[string]any{"domain_name": "new.com", "contacts": gtldContacts(), "period": 2}, "900"},
		{"other letters in .com", map[string]any{"domain_name": "новый.com", "contacts": gtldContacts()}, "960"},
		{"a profile", map[string]any{"domain_name": "new.ru", "contacts": nil, "profile_type": "RU.PP", "profile_name": "home"}, "590"},
		{"a premium name", map[string]any{"domain_name": "premium.ru", "reg_premium": 1}, "700"},
		{"no delegation", map[string]any{"domain_name": "new.ru", "nss": nil, "not_delegated": 1}, "590"},
		{"with web forwarding", map[string]any{"domains": []any{map[string]any{"dname": "new.ru", "srv_webfwd": ""}}}, "710"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.AddAccount(Account{Login: "carol", Password: "x", Balance: Balance{Prepay: "1000"}, Profiles: []Profile{{Type: "RU.PP", Name: "home"}}})
			w.AddRegistryName(RegistryName{Name: "premium.ru", Status: namePremium, Price: "700", RenewPrice: "600"})
			got := w.call("carol", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, c.changes))
			if w.must(got); got.Answer["payment"] != c.payment {
				t.Errorf("payment %v, want %s", got.Answer["payment"], c.payment)
			}
		})
	}
}

func TestServicesOrderedWithADomainAreThere(t *testing.T) {
	w := newWorld(t)
	w.must(w.aliceJSON("domain/create", orderOf(t, map[string]any{"domains": []any{map[string]any{"dname": "new.ru", "srv_webfwd": ""}}})))
	got := w.alice("service/get_info", "dname", "new.ru", "servtype", "srv_webfwd").element(t, 0)
	if got["state"] != "A" || got["servtype"] != "srv_webfwd" {
		t.Errorf("service/get_info %v", got)
	}
}

func TestADomainIsOrderedIntoAFolder(t *testing.T) {
	w := newWorld(t)
	w.must(w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru", "folder_name": "shelf"})))
	got := w.alice("folder/get_services", "folder_name", "shelf")
	if !strings.Contains(marshalled(t, got.Answer), `"new.ru"`) {
		t.Errorf("folder/get_services %v", got)
	}
}

// marshalled is a value as JSON.
func marshalled(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestStrictOrdersDemandWhatIsCalledMandatory(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{StrictOrders: true}))
	if code := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru", "period": nil})).code(t); code != "PARAMETER_MISSING" {
		t.Errorf("without period: %q", code)
	}
	if code := w.bobJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru"})).code(t); code != "PARAMETER_MISSING" {
		t.Errorf("a Partner without enduser_ip: %q", code)
	}
	w.must(w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru"})))
}

func TestAnOrderInPlainFieldsIsTheSame(t *testing.T) {
	w := newWorld(t)
	pairs := []string{"domain_name", "new.ru", "ns0", "ns1.example.net", "ns1", "ns2.example.net"}
	for name, value := range ruContacts() {
		pairs = append(pairs, name, value.(string))
	}
	w.must(w.alice("domain/create", pairs...))
	if servers := marshalled(t, w.alice("domain/get_nss", "dname", "new.ru").element(t, 0)["nss"]); servers != `[{"ns":"ns1.example.net"},{"ns":"ns2.example.net"}]` {
		t.Errorf("domain/get_nss %s", servers)
	}
	if contacts := marshalled(t, w.alice("service/get_details", "dname", "new.ru", "splitted_contacts", "1").Answer); !strings.Contains(contacts, "Иванов") {
		t.Errorf("service/get_details %s", contacts)
	}
}
