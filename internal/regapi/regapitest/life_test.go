package regapitest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// as calls a function as one of the accounts that stories are about, whose passwords are all x.
func (w *world) as(login, function string, pairs ...string) answer {
	w.t.Helper()
	return w.call(login, "x", function, pairs...)
}

// rich adds an account with a balance in roubles.
func (w *world) rich(login, roubles string, partner bool) {
	w.t.Helper()
	w.AddAccount(Account{Login: login, Password: "x", Partner: partner, Balance: Balance{Prepay: roubles}})
}

// stateOf is the state of a service of an account's, by one of the fields that name it; the code of the error where there is none.
func (w *world) stateOf(login string, pairs ...string) string {
	w.t.Helper()
	got := w.as(login, "service/get_info", pairs...)
	if code := got.code(w.t); code != "" {
		return code
	}
	return got.element(w.t, 0)["state"].(string)
}

func (w *world) wantState(login, want string, pairs ...string) {
	w.t.Helper()
	if got := w.stateOf(login, pairs...); got != want {
		w.t.Errorf("%v is in state %s, want %s", pairs, got, want)
	}
}

func (w *world) wantPrepay(login, want string) {
	w.t.Helper()
	if got := w.prepay(login); got != want {
		w.t.Errorf("%s has %v, want %s", login, got, want)
	}
}

// wantBooks checks that what moved on an account's balance adds up to it.
func (w *world) wantBooks(login string) {
	w.t.Helper()
	if books := w.Books(login); books.In+books.Back-books.Out != books.Prepaid {
		w.t.Errorf("the books of %s do not balance: %+v", login, books)
	}
}

func TestTwoAccountsThatTransferOneNameDoNotBothGetIt(t *testing.T) {
	w := transferring(t)
	w.rich("first", "1000", false)
	w.rich("second", "1000", false)
	w.must(w.as("first", "domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "1"))
	if code := w.as("second", "domain/transfer", "dname", "moving.ru", "authinfo", "secret-key", "period", "1").code(t); code != "DOMAIN_ORDER_LOCKED" {
		t.Errorf("the second transfer: %q", code)
	}
	if code := w.call("second", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "moving.ru"})).code(t); code != "DOMAIN_ALREADY_EXISTS" {
		t.Errorf("a registration beside the transfer: %q", code)
	}
	w.clock.Advance(time.Hour)
	w.wantState("first", "A", "dname", "moving.ru")
	w.wantState("second", "DOMAIN_NOT_FOUND", "dname", "moving.ru")
	w.wantPrepay("first", "410")
	w.wantPrepay("second", "1000")
}

// ending is a world in which owner's ending.ru and ending.com end on 2026-12-01, in a week, and nothing else does.
func ending(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.RemoveDomain("example.ru")
	w.rich("owner", "20000", false)
	for id, name := range map[int64]string{901: "ending.ru", 902: "ending.com"} {
		w.AddDomain("owner", Domain{Name: name, ServiceID: id, UserServID: fmt.Sprintf("e%d", id), Created: "2020-12-01", Expires: "2026-12-01"})
	}
	w.as("owner", "nop") // days are counted from a request on
	return w
}

// till moves the clock to noon of a day.
func (w *world) till(date string) {
	w.t.Helper()
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		w.t.Fatal(err)
	}
	w.clock.Advance(day.Add(12 * time.Hour).Sub(w.clock.Now()))
}

func TestADomainEndsByTheWindowsOfItsZone(t *testing.T) {
	w := ending(t)
	for _, step := range []struct{ date, ru, com string }{
		{"2026-12-01", "A", "A"},
		{"2026-12-02", "S", "S"},
		{"2026-12-31", "S", "S"}, // the last day to renew .com
		{"2027-01-01", "S", "S"}, // the last day to renew .ru; .com can be restored
		{"2027-01-02", "D", "S"},
		{"2027-01-30", "D", "S"}, // the last day to restore .com
		{"2027-01-31", "D", "D"},
	} {
		w.till(step.date)
		w.wantState("owner", step.ru, "user_servid", "e901")
		w.wantState("owner", step.com, "user_servid", "e902")
	}
	w.rich("next", "5000", false)
	w.must(w.call("next", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "ending.ru"})))
	w.wantState("next", "A", "dname", "ending.ru")
	w.wantState("owner", "D", "dname", "ending.ru")
}

func TestAnEndingNameIsListedBeforeItIsFreeAndAfter(t *testing.T) {
	w := ending(t)
	listed := func() string { return w.expiring(`{"zone":"ru"}`) }
	deleted := func(more ...string) string {
		return marshalled(t, w.bob("domain/get_deleted", append([]string{"tlds", "ru", "deleted_from", "2027-01-01", "deleted_to", "2027-02-01"}, more...)...).Answer)
	}
	if got := listed(); got != "" {
		t.Errorf("before its end: %s", got)
	}
	w.till("2026-12-02")
	if got := listed(); got != "ending.ru" {
		t.Errorf("in its grace: %q", got)
	}
	w.till("2027-01-02")
	if got := deleted(); listed() != "" || !strings.Contains(got, `"ending.ru"`) || !strings.Contains(got, `"NOT REGISTERED"`) {
		t.Errorf("when it is free: %q, %s", listed(), got)
	}
	w.must(w.call("owner", "x", "domain/create", "input_format", "json", "input_data", orderOf(t, map[string]any{"domain_name": "ending.ru"})))
	if got := deleted(); !strings.Contains(got, `"REGISTERED"`) {
		t.Errorf("when it is taken again: %s", got)
	}
	if got := deleted("hidereg", "1"); strings.Contains(got, "ending.ru") {
		t.Errorf("with hidereg: %s", got)
	}
}

func TestRenewalsAreTakenInTheirWindowsAlone(t *testing.T) {
	for _, c := range []struct{ name, date, domain, period, code, payment, expires string }{
		{"too early", "2026-09-25", "late.ru", "1", "PROLONG_ERROR", "", ""},
		{"sixty days before the end", "2026-12-02", "late.ru", "1", "", "590", "2028-01-31"},
		{"at any time", "2026-11-24", "ending.com", "2", "", "900", "2028-12-01"},
		{"in the grace of .ru", "2027-01-01", "ending.ru", "1", "", "590", "2027-12-01"},
		{"a period that the zone lacks", "2026-11-24", "ending.academy", "3", "INVALID_PERIOD", "", ""},
		{"a period that it has", "2026-11-24", "ending.academy", "5", "", "7500", "2031-12-01"},
		{"restored, at its price", "2027-01-15", "ending.com", "1", "", "5450", "2027-12-01"},
		{"too soon after its registration", "2026-11-24", "young.ooo", "1", "PROLONG_ERROR", "", ""},
		{"for ever too late", "2027-01-02", "ending.ru", "1", "INCORRECT_STATE", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := ending(t)
			w.AddDomain("owner", Domain{Name: "late.ru", Expires: "2027-01-31"})
			w.AddDomain("owner", Domain{Name: "ending.academy", Expires: "2026-12-01"})
			w.AddDomain("owner", Domain{Name: "young.ooo", Created: "2026-11-01", Expires: "2027-11-01"})
			if c.date > "2026-11-23" {
				w.till(c.date)
			}
			got := w.as("owner", "service/renew", "dname", c.domain, "period", c.period)
			if got.ErrorCode != c.code || (c.code == "" && got.Answer["payment"] != c.payment) {
				t.Fatalf("%+v, want %s%s", got, c.code, c.payment)
			}
			if c.code == "" {
				info := w.as("owner", "service/get_info", "dname", c.domain).element(t, 0)
				if info["expiration_date"] != c.expires || info["state"] != "A" {
					t.Errorf("service/get_info %v, want %s", info, c.expires)
				}
			}
			w.wantBooks("owner")
		})
	}
}

func TestARenewalAlwaysEndsInTheFuture(t *testing.T) {
	w := ending(t)
	w.AddService("owner", Service{Servtype: "srv_hosting_ispmgr", Subtype: "Host-0-0420", Domain: "ending.ru", ServiceID: 950, Expires: "2026-12-01"})
	w.till("2027-06-01")
	w.succeed(w.as("owner", "service/renew", "service_id", "950", "period", "1"))
	info := w.as("owner", "service/get_info", "service_id", "950").element(t, 0)
	if info["expiration_date"] != "2027-07-01" || info["state"] != "A" {
		t.Errorf("service/get_info %v", info)
	}
}

func TestABillForADomainThatIsGoneCannotBePaid(t *testing.T) {
	w := ending(t)
	bill := w.as("owner", "service/renew", "dname", "ending.com", "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
	w.SetBehaviour(Behaviour{Payment: Payment{UnpaidDays: 1000}})
	w.till("2027-01-01") // from now on it has to be restored, at another price
	paid := w.as("owner", "bill/change_pay_type", "bill_id", bill, "pay_type", "prepay", "currency", "RUR").Answer["bills"].([]any)[0].(map[string]any)
	if paid["error_code"] != "BILL_ID_NOT_FOUND" {
		t.Errorf("%v", paid)
	}
	w.wantPrepay("owner", "20000")
}

func TestAnUnpaidOrderLapses(t *testing.T) {
	for _, c := range []struct {
		name      string
		behaviour Payment
		state     string
		pay       string
		again     string
	}{
		{"without a trace", Payment{}, "SERVICE_ID_NOT_FOUND", "", ""},
		{"with a trace", Payment{DroppedOrders: DroppedKept, GoneBills: GoneBillsCancelled}, "D", "cancelled", "USER_SERVID_IS_NOT_UNIQUE"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(Behaviour{Payment: c.behaviour}))
			order := orderOf(t, map[string]any{"domain_name": "new.ru", "pay_type": "bank", "user_servid": "abcdef"})
			bill := w.aliceJSON("domain/create", order).Answer["bill_id"].(string)
			w.clock.Advance(31 * day)
			got := w.alice("service/get_info", "user_servid", "abcdef")
			if state := got.code(t) + fmt.Sprint(got.element(t, 0)["state"]); !strings.HasPrefix(state, c.state) {
				t.Errorf("state %s, want %s", state, c.state)
			}
			status, _ := w.alice("bill/nop", "bill_id", bill).Answer["bills"].([]any)[0].(map[string]any)["pay_status"].(string)
			if status != c.pay {
				t.Errorf("bill %q, want %q", status, c.pay)
			}
			if code := w.aliceJSON("domain/create", order).code(t); code != c.again {
				t.Errorf("ordered again: %q, want %q", code, c.again)
			}
		})
	}
}

func TestWhatIsNotRegisteredCannotBeEdited(t *testing.T) {
	w := newWorld(t, WithOrderDelay(time.Hour))
	w.must(w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru"})))
	edits := map[string][]string{
		"zone/add_alias":                    {"subdomain", "www", "ipaddr", "192.0.2.1"},
		"zone/clear":                        nil,
		"domain/update_nss":                 {"ns0", "ns1.reg.ru", "ns1", "ns2.reg.ru"},
		"domain/update_contacts":            {"phone", "+7 495 1234567"},
		"domain/update_private_person_flag": {"private_person_flag", "1"},
		"dnssec/enable":                     nil,
	}
	for function, fields := range edits {
		got := w.alice(function, append([]string{"dname", "new.ru"}, fields...)...)
		if code := got.code(t); code != "DOMAIN_IS_NOT_ACTIVE" && !strings.Contains(marshalled(t, got.Answer), "not activated yet") {
			t.Errorf("%s: %+v", function, got)
		}
	}
	w.must(w.alice("zone/get_resource_records", "dname", "new.ru"))
	w.clock.Advance(time.Hour)
	for function, fields := range edits {
		w.must(w.alice(function, append([]string{"dname", "new.ru"}, fields...)...))
	}
}

func TestADomainThatIsGoneHasNoZone(t *testing.T) {
	w := ending(t)
	w.MoveAway("ending.com")
	w.till("2027-01-02")
	for _, gone := range []string{"e901", "e902"} {
		for _, function := range []string{"zone/nop", "zone/get_resource_records", "zone/clear", "dnssec/get_status", "dnssec/enable", "domain/update_contacts"} {
			got := w.as("owner", function, "user_servid", gone)
			if text := marshalled(t, got.Answer); got.code(t) != "DOMAIN_NOT_FOUND" && !strings.Contains(text, "not found or not owned") {
				t.Errorf("%s of %s: %+v", function, gone, got)
			}
		}
	}
	w.wantState("owner", "D", "user_servid", "e901")
	w.wantState("owner", "O", "user_servid", "e902")
}
