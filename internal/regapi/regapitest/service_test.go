package regapitest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withHosting is a world where alice has a hosting, 801, on example.ru and an additional address, 802, on that; bob has a seowizard, 901, and a
// website builder, 902.
func withHosting(t *testing.T, options ...Option) *world {
	w := newWorld(t, options...)
	w.AddService("alice", Service{Servtype: "srv_hosting_ispmgr", Subtype: "Host-1-0420", Domain: "example.ru", ServiceID: 801, Expires: "2027-11-23"})
	w.AddService("alice", Service{Servtype: "srv_addip", Subtype: "ipv4", Domain: "example.ru", ServiceID: 802, UplinkServiceID: 801})
	w.AddService("bob", Service{Servtype: "srv_seowizard", ServiceID: 901})
	w.AddService("bob", Service{Servtype: "srv_websitebuilder", Domain: "partner.ru", ServiceID: 902})
	return w
}

// succeed fails the test unless the answer is a success at the top.
func (w *world) succeed(a answer) {
	w.t.Helper()
	if a.Result != "success" {
		w.t.Fatalf("not a success: %+v", a)
	}
}

func TestAServiceIsFoundInEveryDocumentedWay(t *testing.T) {
	w := withHosting(t)
	for want, fields := range map[string][]string{
		"501": {"domain_name", "example.ru"},
		"502": {"dname", "xn--e1afmkfd.xn--p1ai"},
		"801": {"dname", "example.ru", "servtype", "srv_hosting_ispmgr"},
		"802": {"uplink_service_id", "801", "servtype", "srv_addip", "subtype", "ipv4"},
	} {
		found := w.alice("service/nop", fields...)
		if id := found.element(t, 0)["service_id"]; id != want {
			t.Errorf("%v found %v, want %s", fields, id, want)
		}
	}
}

func TestServicesThatCannotBeFound(t *testing.T) {
	w := withHosting(t)
	for _, c := range []struct {
		name, want string
		fields     []string
	}{
		{"of another type", "SERVICE_NOT_FOUND", []string{"dname", "example.ru", "servtype", "srv_webfwd"}},
		{"another account's", "SERVICE_ID_NOT_FOUND", []string{"service_id", "901"}},
		{"of no type", "SERVICE_NOT_SPECIFIED", []string{"uplink_service_id", "801"}},
		{"of another plan", "SERVICE_NOT_FOUND", []string{"uplink_service_id", "801", "servtype", "srv_addip", "subtype", "other_subnet"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if code := w.alice("service/nop", c.fields...).code(t); code != c.want {
				t.Errorf("code %q, want %q", code, c.want)
			}
		})
	}
}

func TestAServiceThatIsNoDomainHasNoZone(t *testing.T) {
	w := withHosting(t)
	if code := w.alice("zone/nop", "service_id", "801").code(t); code != "SERVICE_NOT_FOUND" {
		t.Errorf("code %q", code)
	}
}

func TestSuspendingAndResumingShowInInfoAndInStatistics(t *testing.T) {
	w := newWorld(t)
	for _, step := range []struct{ function, state, undelegated string }{
		{"service/suspend", "S", "1"}, {"service/resume", "A", "0"},
	} {
		w.succeed(w.alice(step.function, "dname", "example.ru"))
		if state := w.info("dname", "example.ru")["state"]; state != step.state {
			t.Errorf("%s: state %v", step.function, state)
		}
		if got := w.alice("user/get_statistics").Answer["undelegated_domains_cnt"]; got != step.undelegated {
			t.Errorf("%s: %v undelegated domains", step.function, got)
		}
	}
}

func TestADeletedServiceLeavesTheListAndCanBeOrderedAgain(t *testing.T) {
	w := withHosting(t)
	w.succeed(w.alice("service/delete", "dname", "example.ru", "servtype", "srv_hosting_ispmgr"))
	if list := w.alice("service/get_list", "servtype", "srv_hosting_ispmgr").Answer["services"].([]any); len(list) != 0 {
		t.Errorf("list %v", list)
	}
	if state := w.info("service_id", "801")["state"]; state != "D" {
		t.Errorf("state %v", state)
	}
	w.succeed(w.alice("service/create", "dname", "example.ru", "servtype", "srv_hosting_ispmgr"))
}

func TestAnUpgradeReplacesTheServiceAndPaysBackWhatWasLeft(t *testing.T) {
	w := withHosting(t)
	upgraded := w.alice("service/upgrade", "service_id", "801", "subtype", "Host-3-0420", "period", "1")
	w.succeed(upgraded)
	// A year less half a day is left: 12.15 times the thirty days from now, at 500 roubles each.
	if upgraded.Answer["withdrawed_amount"] != "600" || upgraded.Answer["returned_amount"] != "6075" {
		t.Errorf("answer %v", upgraded.Answer)
	}
	w.wantPrepaid("6475.50")
	replacement, _ := upgraded.Answer["new_service_id"].(string)
	if got := w.info("service_id", replacement); got["subtype"] != "Host-3-0420" || got["state"] != "A" {
		t.Errorf("the new service: %v", got)
	}
	if state := w.info("service_id", "801")["state"]; state != "D" {
		t.Errorf("the old one is %v", state)
	}
}

func TestPartialControlLetsAnotherAccountUseAService(t *testing.T) {
	w := newWorld(t)
	nop := func() string { return w.bob("zone/nop", "dname", "example.ru").code(t) }
	controlled := func() any { return w.bob("user/get_statistics").Answer["active_domains_get_ctrl_cnt"] }
	if code := nop(); code != "DOMAIN_NOT_FOUND" {
		t.Errorf("before: %q", code)
	}
	w.succeed(w.alice("service/partcontrol_grant", "dname", "example.ru", "newlogin", "bob"))
	if code := nop(); code != "" || controlled() != "1" {
		t.Errorf("granted: %q, %v domains", code, controlled())
	}
	if got := w.bob("service/get_info", "dname", "example.ru").element(t, 0)["user2_login"]; got != "bob" {
		t.Errorf("user2_login %v", got)
	}
	w.succeed(w.alice("service/partcontrol_revoke", "dname", "example.ru"))
	if code := nop(); code != "DOMAIN_NOT_FOUND" || controlled() != "0" {
		t.Errorf("revoked: %q, %v domains", code, controlled())
	}
}

func TestForwardsAreShownInDetails(t *testing.T) {
	w := newWorld(t)
	w.AddService("alice", Service{Servtype: "srv_webfwd", Domain: "example.ru"})
	forwarding := []string{"dname", "example.ru", "servtype", "srv_webfwd"}
	update := func(pairs ...string) { w.succeed(w.alice("service/update", append(forwarding, pairs...)...)) }
	fwds := func() any {
		return w.alice("service/get_details", forwarding...).element(t, 0)["details"].(map[string]any)["fwds"]
	}
	update("fwd_action", "addfwd", "fwdto", "http://old.example.net")
	update("subtask", "addfwd", "fwdto", "http://example.net")
	update("subtask", "addfwd", "fwdfrom", "/a", "fwdto", "http://example.org", "webfwd_type", "frames", "title", "A")
	want := []any{
		map[string]any{"fwdfrom": "/", "fwdto": "http://example.net", "webfwd_type": "redirect"},
		map[string]any{"fwdfrom": "/a", "fwdto": "http://example.org", "webfwd_type": "frames", "title": "A"},
	}
	if diff := cmp.Diff(any(want), fwds()); diff != "" {
		t.Errorf("after adding (-want +got):\n%s", diff)
	}
	update("subtask", "rmfwd")
	if diff := cmp.Diff(any(want[1:]), fwds()); diff != "" {
		t.Errorf("after removing (-want +got):\n%s", diff)
	}
	update("subtask", "rmall")
	if diff := cmp.Diff(any([]any{}), fwds()); diff != "" {
		t.Errorf("after removing all (-want +got):\n%s", diff)
	}
}

func TestSettingsAreShownInDetails(t *testing.T) {
	const icon = "iVBORw0KGgo=" // the first bytes of every PNG
	for _, c := range []struct {
		servtype, field, want string
		fields                []string
	}{
		{"srv_parking", "template_name", "for_sale", []string{"template_name", "for_sale"}},
		{"srv_antispam", "spam_action", "mark", []string{"subtask", "change_action", "spam_action", "mark"}},
		{"srv_antispam", "mx_list", "mx.example.net", []string{"subtask", "change_mx_list", "mx_list", "mx.example.net"}},
		{"srv_dedicated", "new_hostname", "h.example.ru", []string{"subtask", "change_hostname", "revert_dns_ip", "192.0.2.1", "new_hostname", "h.example.ru"}},
		{"srv_ssl_certificate", "approver_email", "a@example.ru", []string{"approver_email", "a@example.ru"}},
		{"srv_webfwd", "allow_se_indexing", "1", []string{"subtask", "edit_allow_se_indexing", "allow_se_indexing", "1"}},
		{"srv_webfwd", "favicon", icon, []string{"subtask", "add_favicon", "favicon", icon}},
	} {
		t.Run(c.servtype+" "+c.field, func(t *testing.T) {
			w := newWorld(t)
			w.AddService("alice", Service{Servtype: c.servtype, Domain: "example.ru", ServiceID: 803})
			w.succeed(w.alice("service/update", append(c.fields, "service_id", "803")...))
			details := w.alice("service/get_details", "service_id", "803").element(t, 0)["details"].(map[string]any)
			if details[c.field] != c.want {
				t.Errorf("details %v", details)
			}
		})
	}
}

func TestContactsAreShownWholeOrInParts(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "parts.ru", Contacts: map[string]string{
		"person_r_surname": "Пупкин", "person_r_name": "Василий", "p_addr_zip": "101000", "p_addr_city": "Москва", "phone": "+7 495 1234567",
	}})
	for splitted, want := range map[string]any{
		"0": map[string]any{"person_r": "Пупкин Василий", "p_addr": "101000, Москва", "phone": "+7 495 1234567"},
		"1": map[string]any{
			"person_r_surname": "Пупкин", "person_r_name": "Василий", "p_addr_zip": "101000", "p_addr_city": "Москва", "phone": "+7 495 1234567",
		},
	} {
		shown := w.alice("service/get_details", "dname", "parts.ru", "show_contacts_only", "1", "splitted_contacts", splitted)
		if diff := cmp.Diff(want, shown.element(t, 0)["contacts"]); diff != "" {
			t.Errorf("splitted_contacts=%s (-want +got):\n%s", splitted, diff)
		}
	}
}

func TestContactsOfOtherZonesAreGroupedByTheirPrefix(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "example.org", Contacts: map[string]string{"o_city": "Moscow", "a_city": "Tver"}})
	want := map[string]any{"o": map[string]any{"o_city": "Moscow"}, "a": map[string]any{"a_city": "Tver"}}
	shown := w.alice("service/get_details", "dname", "example.org", "separate_groups", "1").element(t, 0)["details"]
	if diff := cmp.Diff(any(want), shown); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAReadOnlyServiceIsToldAndIsNotChanged(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "kept.ru", ServiceID: 503, ReadOnly: true})
	answered := w.aliceJSON("service/check_readonly", `{"services":[{"service_id":"503"},{"dname":"example.ru"},{"dname":"nobody.ru"}]}`)
	for i, want := range []string{"DATA_IS_READ_ONLY", "", "DOMAIN_NOT_FOUND"} {
		element := answered.element(t, i)
		code, _ := element["error_code"].(string)
		readOnly := element["is_readonly"] == 1.0
		if code != want || readOnly != (want != "") {
			t.Errorf("element %d: %v", i, element)
		}
	}
	if code := w.alice("zone/add_alias", "dname", "kept.ru", "subdomain", "www", "ipaddr", "192.0.2.1").code(t); code != "DOMAIN_PROTECTION" {
		t.Errorf("a change got code %q", code)
	}
	w.must(w.alice("zone/get_resource_records", "dname", "kept.ru"))
}

func TestTheBalanceOfAServiceIsRefilledAndRefunded(t *testing.T) {
	w := withHosting(t)
	left := func() any { return w.bob("service/get_balance", "service_id", "901").Answer["balance"] }
	w.succeed(w.bob("service/refill", "service_id", "901", "amount", "1.05", "currency", "USD"))
	if got := left(); got != "84" {
		t.Errorf("balance %v", got)
	}
	if code := w.bob("service/delete", "service_id", "901").ErrorCode; code != "HAS_ACTIVE_PROJECTS" {
		t.Errorf("deleting got code %q", code)
	}
	w.succeed(w.bob("service/refund", "service_id", "901"))
	if got := left(); got != "0" {
		t.Errorf("balance after the refund: %v", got)
	}
	if got := w.bob("user/get_balance").Answer["prepay"]; got != "160" {
		t.Errorf("prepay %v", got)
	}
}

func TestOrdersGoIntoTheFolderThatTheyName(t *testing.T) {
	w := newWorld(t)
	order := []string{"dname", "example.ru", "servtype", "srv_webfwd", "folder_name", "new"}
	if code := w.alice("service/create", append(order, "no_new_folder", "1")...).ErrorCode; code != "PARAMETER_INCORRECT" {
		t.Errorf("a folder that must not be made: code %q", code)
	}
	w.succeed(w.alice("service/create", order...))
	w.wantFolder("new", "example.ru")
}

const serviceCreate, serviceGrant = "service/create", "service/partcontrol_grant"

// serviceRefusals are calls that are refused, with the code of each.
var serviceRefusals = []struct {
	name, function, want string
	fields               []string
}{
	{"order of nothing", serviceCreate, "PARAMETER_MISSING", []string{"dname", "example.ru"}},
	{"order of an unknown type", serviceCreate, "NOT_ALLOWED_ORDER_BY_API", []string{"dname", "example.ru", "servtype", "srv_vps"}},
	{"order of an unknown plan", serviceCreate, "INVALID_PLAN", []string{"dname", "example.ru", "servtype", "srv_hosting_cpanel", "subtype", "x"}},
	{"order for too long", serviceCreate, "INVALID_PERIOD", []string{"dname", "example.ru", "servtype", "srv_webfwd", "period", "11"}},
	{"order for no domain", serviceCreate, "NO_DOMAIN", []string{"servtype", "srv_webfwd"}},
	{"order without its field", serviceCreate, "PARAMETER_MISSING", []string{"servtype", "srv_seowizard"}},
	{"order of an addition to nothing", serviceCreate, "PARAMETER_MISSING", []string{"servtype", "srv_kvm"}},
	{"order of an addition to another's", serviceCreate, "SERVICE_ID_NOT_FOUND", []string{"servtype", "srv_kvm", "uplink_service_id", "901"}},
	{"order with a wrong word", serviceCreate, "PARAMETER_INCORRECT", []string{"dname", "example.ru", "servtype", "srv_parking", "template_name", "x"}},
	{"order with a bad id", serviceCreate, "BAD_USER_SERVID", []string{"dname", "example.ru", "servtype", "srv_webfwd", "user_servid", "xyz"}},
	{"order with a taken id", serviceCreate, "USER_SERVID_IS_NOT_UNIQUE", []string{"dname", "example.ru", "servtype", "srv_webfwd", "user_servid", "abc123"}},
	{"order of what is there", serviceCreate, "SERVICE_ALREADY_EXISTS", []string{"dname", "example.ru", "servtype", "srv_hosting_ispmgr"}},
	{"order of a second certificate too early", serviceCreate, "NEEDS_CONFIRMATION", []string{"dname", "other.ru", "servtype", "srv_ssl_certificate", "subtype", "ssl123"}},
	{"check of no domain", "service/check_create", "PARAMETER_MISSING", nil},
	{"check of a short name", "service/check_create", "FIELD_VALUE_TOO_SHORT", []string{"dname", "x.ru"}},
	{"check of an unknown plan", "service/check_create", "INVALID_PLAN", []string{"dname", "new.ru", "subtype", "x"}},
	{"check of too long a period", "service/check_create", "INVALID_PERIOD", []string{"dname", "new.ru", "period", "37"}},
	{"check of what is hosted", "service/check_create", "ALREADY_EXISTS_ON_SERVER", []string{"dname", "example.ru"}},
	{"check of another's zone", "service/check_create", "ALREADY_EXISTS_ON_NSS", []string{"dname", "partner.ru"}},
	{"deleting a domain", "service/delete", "SERVICE_OPERATIONS_DISABLED", []string{"dname", "example.ru"}},
	{"renewal without a period", "service/renew", "PARAMETER_MISSING", []string{"dname", "example.ru"}},
	{"renewal for no time", "service/renew", "INVALID_PERIOD", []string{"dname", "example.ru", "period", "0"}},
	{"renewal for what the zone does not sell", "service/renew", "INVALID_PERIOD", []string{"dname", "example.ru", "period", "10"}},
	{"renewal too far ahead", "service/renew", "PROLONG_ERROR", []string{"service_id", "808", "period", "10"}},
	{"renewal of what is inactive", "service/renew", "INCORRECT_STATE", []string{"service_id", "804", "period", "1"}},
	{"renewal of what has an end", "service/renew", "PROLONG_ERROR", []string{"service_id", "805", "period", "1"}},
	{"flag without a value", "service/set_autorenew_flag", "PARAMETER_MISSING", []string{"dname", "example.ru"}},
	{"suspending what is inactive", "service/suspend", "SERVICE_NOT_ACTIVE", []string{"service_id", "804"}},
	{"resuming what is active", "service/resume", "SERVICE_NOT_SUSPENDED", []string{"dname", "example.ru"}},
	{"upgrade of a domain", "service/upgrade", "SERVICE_UPGRADE_NOT_ALLOWED", []string{"dname", "example.ru", "subtype", "x"}},
	{"upgrade to the same plan", "service/upgrade", "SERVICE_UPGRADE_NOT_ALLOWED", []string{"service_id", "801", "subtype", "Host-1-0420"}},
	{"upgrade of what is inactive", "service/upgrade", "SERVICE_BLOCKED", []string{"service_id", "804", "subtype", "Host-3-0420"}},
	{"upgrade to nothing", "service/upgrade", "PARAMETER_MISSING", []string{"service_id", "801"}},
	{"upgrade to an unknown plan", "service/upgrade", "INVALID_PLAN", []string{"service_id", "801", "subtype", "x"}},
	{"control for nobody", serviceGrant, "PARAMETER_MISSING", []string{"dname", "example.ru"}},
	{"control for a stranger", serviceGrant, "CLIENT_NOT_FOUND", []string{"dname", "example.ru", "newlogin", "zed"}},
	{"control for oneself", serviceGrant, "PARTCONTROL_GRANT_DISABLED", []string{"dname", "example.ru", "newlogin", "alice"}},
	{"letters about a domain", "service/resend_mail", "ONLY_HOSTING_AND_SSL_CERTIFICATES", []string{"dname", "example.ru"}},
	{"letters about what is inactive", "service/resend_mail", "CAN_NOT_RESEND_EMAIL", []string{"service_id", "804"}},
	{"no letter named", "service/resend_mail", "PARAMETER_MISSING", []string{"service_id", "806"}},
	{"an unknown letter", "service/resend_mail", "PARAMETER_INCORRECT", []string{"service_id", "806", "mailtype", "x"}},
	{"refilling what has no balance", "service/refill", "SERVICE_OPERATIONS_DISABLED", []string{"service_id", "801", "amount", "10"}},
	{"refilling too little", "service/refill", "PARAMETER_INCORRECT", []string{"service_id", "807", "amount", "9.99"}},
	{"refilling with nothing", "service/refill", "PARAMETER_MISSING", []string{"service_id", "807"}},
	{"refilling with shells", "service/refill", "UNSUPPORTED_CURRENCY", []string{"service_id", "807", "amount", "10", "currency", "XXX"}},
	{"update of what has no settings", "service/update", "PARAMETER_INCORRECT", []string{"dname", "example.ru"}},
	{"update without a subtask", "service/update", "PARAMETER_MISSING", []string{"service_id", "808"}},
	{"update with an unknown subtask", "service/update", "PARAMETER_INCORRECT", []string{"service_id", "808", "subtask", "x"}},
	{"a forward to nowhere", "service/update", "PARAMETER_MISSING", []string{"service_id", "808", "subtask", "addfwd"}},
	{"a forward of an unknown kind", "service/update", "PARAMETER_INCORRECT", []string{"service_id", "808", "subtask", "addfwd", "fwdto", "http://a", "webfwd_type", "x"}},
	{"an icon that is none", "service/update", "PARAMETER_INCORRECT", []string{"service_id", "808", "subtask", "add_favicon", "favicon", "eA=="}},
	{"prices in shells", "service/get_prices", "UNSUPPORTED_CURRENCY", []string{"currency", "xxx"}},
	{"details of no type", "service/get_servtype_details", "PARAMETER_MISSING", nil},
	{"details of an unknown type", "service/get_servtype_details", "PRICES_NOT_FOUND", []string{"servtype", "srv_x"}},
}

func TestServiceRefusals(t *testing.T) {
	for _, c := range serviceRefusals {
		t.Run(c.name, func(t *testing.T) {
			w := withHosting(t)
			w.AddService("alice", Service{Servtype: "srv_hosting_ispmgr", Domain: "other.ru", ServiceID: 804, State: "N"})
			w.AddService("alice", Service{Servtype: "srv_voucher", Domain: "example.ru", ServiceID: 805})
			w.AddService("alice", Service{Servtype: "srv_ssl_certificate", Domain: "example.ru", ServiceID: 806})
			w.AddService("alice", Service{Servtype: "srv_ssl_certificate", Domain: "other.ru", ServiceID: 809, State: "N"})
			w.AddService("alice", Service{Servtype: "srv_seowizard", ServiceID: 807})
			w.AddService("alice", Service{Servtype: "srv_webfwd", Domain: "example.ru", ServiceID: 808})
			if code := w.alice(c.function, c.fields...).ErrorCode; code != c.want {
				t.Errorf("code %q, want %q", code, c.want)
			}
		})
	}
}

func TestAnOrderThatWaitsToBePaidIsNotMadeTwice(t *testing.T) {
	w := newWorld(t)
	w.orderUnpaid()
	if code := w.alice("service/create", "dname", "example.ru", "servtype", "srv_hosting_ispmgr").ErrorCode; code != "WAITING" {
		t.Errorf("code %q", code)
	}
}
