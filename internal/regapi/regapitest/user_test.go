package regapitest

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newUser are the fields of user/create that cannot be left out.
var newUser = []string{"user_login", "dave", "user_password", "pass", "user_email", "dave@example.net"}

func TestANewUserCanCallTheAPI(t *testing.T) {
	w := newWorld(t)
	created := w.bob("user/create", newUser...)
	w.succeed(created)
	if told := w.call("dave", "pass", "nop").Answer["user_id"]; told == nil || told != created.Answer["user_id"] {
		t.Errorf("number %v, told %v", created.Answer["user_id"], told)
	}
	if code := w.bob("user/create", newUser...).ErrorCode; code != "USER_LOGIN_NOT_UNIQUE" {
		t.Errorf("a second one got code %q", code)
	}
}

func TestCheckingAUserRegistersNobody(t *testing.T) {
	w := newWorld(t)
	if id := w.bob("user/create", append(slices.Clone(newUser), "check_only", "1")...).Answer["user_id"]; id != "777" {
		t.Errorf("number %v", id)
	}
	if code := w.call("dave", "pass", "nop").ErrorCode; code != "PASSWORD_AUTH_FAILED" {
		t.Errorf("code %q", code)
	}
}

func TestANewUserMayCallFromItsAddressesAlone(t *testing.T) {
	for addresses, want := range map[string]string{"127.": "", "10.0.0.0/8": "ACCESS_DENIED_FROM_IP"} {
		w := newWorld(t)
		w.succeed(w.bob("user/create", append(slices.Clone(newUser), "white_list_ips", addresses)...))
		if code := w.call("dave", "pass", "nop").ErrorCode; code != want {
			t.Errorf("%s: code %q, want %q", addresses, code, want)
		}
	}
}

func TestRangesOfAddresses(t *testing.T) {
	for text, want := range map[string]string{
		"192.168.0.1": "192.168.0.1/32", "192.168.0.1/32": "192.168.0.1/32", "192.168.0.1/255.255.255.255": "192.168.0.1/32",
		"192.168.": "192.168.0.0/16", "10.": "10.0.0.0/8", "192.168.7.9/255.255.0.0": "192.168.0.0/16", "2001:db8::1": "2001:db8::1/128",
	} {
		if got, ok := parseAddresses(text); !ok || got != netip.MustParsePrefix(want) {
			t.Errorf("%s is %v (%v), want %s", text, got, ok, want)
		}
	}
	for _, text := range []string{"", ".", "192.168", "300.1.1.1", "10.0.0.0/33", "10.0.0.0/255.0.255.0", "a.b."} {
		if got, ok := parseAddresses(text); ok {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestUserRefusals(t *testing.T) {
	without := func(field string) []string {
		at := slices.Index(newUser, field)
		return slices.Delete(slices.Clone(newUser), at, at+2)
	}
	with := func(pairs ...string) []string { return append(slices.Clone(newUser), pairs...) }
	for _, c := range []struct {
		name, function, want string
		fields               []string
	}{
		{"no login", "user/create", "PARAMETER_MISSING", without("user_login")},
		{"no password", "user/create", "PARAMETER_MISSING", without("user_password")},
		{"no address", "user/create", "PARAMETER_MISSING", without("user_email")},
		{"an address that is none", "user/create", "PARAMETER_INCORRECT", append(without("user_email"), "user_email", "dave")},
		{"a login in capitals", "user/create", "PARAMETER_INCORRECT", append(without("user_login"), "user_login", "Dave")},
		{"a place that is none", "user/create", "PARAMETER_INCORRECT", with("user_ip", "here")},
		{"an unknown language", "user/create", "PARAMETER_INCORRECT", with("user_language", "th")},
		{"a flag of two", "user/create", "PARAMETER_INCORRECT", with("user_mailnotify", "2")},
		{"a range that is none", "user/create", "PARAMETER_INCORRECT", with("white_list_ips", "everywhere")},
		{"the test user's login", "user/create", "USER_LOGIN_NOT_UNIQUE", append(without("user_login"), "user_login", "test")},
		{"a date that is none", "user/get_statistics", "PARAMETER_INCORRECT", []string{"date_from", "23.11.2026"}},
		{"no type of service", "user/set_reseller_url", "PARAMETER_MISSING", []string{"url_type", "refill", "url", "http://a"}},
		{"another type of service", "user/set_reseller_url", "PARAMETER_INCORRECT", []string{"servtype", "srv_webfwd", "url_type", "refill", "url", "http://a"}},
		{"no kind of URL", "user/get_reseller_url", "PARAMETER_MISSING", []string{"servtype", "srv_seowizard"}},
		{"another kind of URL", "user/get_reseller_url", "PARAMETER_INCORRECT", []string{"servtype", "srv_seowizard", "url_type", "x"}},
		{"no URL", "user/set_reseller_url", "PARAMETER_MISSING", []string{"servtype", "srv_seowizard", "url_type", "refund"}},
		{"money in roubles", "user/refill_balance", "UNSUPPORTED_CURRENCY", []string{"pay_type", "WM", "wmid", "1", "currency", "RUR", "amount", "1"}},
		{"money from nobody", "user/refill_balance", "PARAMETER_MISSING", []string{"pay_type", "WM", "currency", "USD", "amount", "1"}},
		{"money in coins", "user/refill_balance", "PARAMETER_INCORRECT", []string{"pay_type", "cash"}},
		{"no money", "user/refill_balance", "PARAMETER_INCORRECT", []string{"pay_type", "WM", "wmid", "1", "currency", "USD", "amount", "0"}},
		{"a third of a cent", "user/refill_balance", "PARAMETER_INCORRECT", []string{"pay_type", "WM", "wmid", "1", "currency", "USD", "amount", "1.333"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			if code := w.bob(c.function, c.fields...).ErrorCode; code != c.want {
				t.Errorf("code %q, want %q", code, c.want)
			}
		})
	}
}

func TestAnEmailAddressServesAsLogin(t *testing.T) {
	w := newWorld(t)
	w.AddAccount(Account{Login: "erin", Password: "e", UserID: 9, Email: "erin@example.net"})
	if got := w.call("ERIN@example.net", "e", "nop").Answer["login"]; got != "erin" {
		t.Errorf("login %v", got)
	}
	if code := w.call("erin@example.net", "x", "nop").ErrorCode; code != "USER_AUTHENTICATION_FAILED" {
		t.Errorf("a wrong password got code %q", code)
	}
	w.AddAccount(Account{Login: "erin2", Password: "e", Email: "erin@example.net"})
	if code := w.call("erin@example.net", "e", "nop").ErrorCode; code != "MORE_THAN_ONE_ACCOUNT_WITH_THE_SAME_EMAIL" {
		t.Errorf("two accounts got code %q", code)
	}
}

func TestAUserMayRegisterWithAnAddressAlone(t *testing.T) {
	w := newWorld(t)
	w.succeed(w.bob("user/create", "email_only", "1", "user_email", "dave@example.net"))
	if code := w.bob("user/create", "email_only", "1", "user_email", "dave@example.net").ErrorCode; code != "USER_LOGIN_NOT_UNIQUE" {
		t.Errorf("a second one got code %q", code)
	}
}

func TestStatisticsCountDomainsAndFolders(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "due.ru", Expires: "2026-12-01", Undelegated: true})
	w.AddDomain("alice", Domain{Name: "gone.ru", State: "D"})
	w.AddFolder("alice", Folder{Name: "one"})
	w.succeed(w.alice("service/renew", "dname", "example.ru", "period", "1"))
	want := map[string]any{
		"active_domains_cnt": "3", "active_domains_get_ctrl_cnt": "0", "domain_folders_cnt": "1", "renew_domains_cnt": "1",
		"renew_domains_get_ctrl_cnt": "0", "undelegated_domains_cnt": "1",
	}
	if diff := cmp.Diff(want, w.alice("user/get_statistics").Answer); diff != "" {
		t.Errorf("without dates (-want +got):\n%s", diff)
	}
	want["costs_for_period"], want["reg_domains_cnt"] = "590", "0"
	if diff := cmp.Diff(want, w.alice("user/get_statistics", "date_from", "2026-11-23").Answer); diff != "" {
		t.Errorf("from today (-want +got):\n%s", diff)
	}
	want["costs_for_period"], want["reg_domains_cnt"] = "0", "4"
	if diff := cmp.Diff(want, w.alice("user/get_statistics", "date_till", "2026-11-22").Answer); diff != "" {
		t.Errorf("until yesterday (-want +got):\n%s", diff)
	}
}

func TestTheURLsOfAResellerAreKeptByKind(t *testing.T) {
	w := newWorld(t)
	kind := func(name string) []string { return []string{"servtype", "srv_seowizard", "url_type", name} }
	w.succeed(w.bob("user/set_reseller_url", append(kind("refill"), "url", "http://example.net/<service_id>")...))
	for name, want := range map[string]string{"refill": "http://example.net/<service_id>", "refund": ""} {
		if got := w.bob("user/get_reseller_url", kind(name)...).Answer["url"]; got != want {
			t.Errorf("%s: %v, want %q", name, got, want)
		}
	}
}

func TestMoneyComesOnceItsBillIsPaid(t *testing.T) {
	w := newWorld(t)
	w.succeed(w.alice("user/refill_balance", "pay_type", "WM", "wmid", "1", "currency", "EUR", "amount", "2.50"))
	w.wantPrepaid("1000.50")
	bill := w.unpaid()[0].(map[string]any)
	if diff := cmp.Diff(any([]any{map[string]any{"itemtype": "prepayment"}}), bill["items"]); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
	w.PayBill(w.newestBill())
	w.wantPrepaid("1225.50")
}

func TestIdsOfTheCaller(t *testing.T) {
	w := newWorld(t)
	if diff := cmp.Diff(map[string]any{"login": "alice", "user_id": "7"}, w.alice("nop").Answer); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]any{"user_id": "8"}, w.bob("get_user_id").Answer); diff != "" {
		t.Error(diff)
	}
}
