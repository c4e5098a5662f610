package regapitest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

func (w *world) nameServers(domain string) string {
	w.t.Helper()
	return marshalled(w.t, w.alice("domain/get_nss", "dname", domain).element(w.t, 0)["nss"])
}

func TestNameServersAreChangedInBothForms(t *testing.T) {
	const want = `[{"ip":["192.0.2.1","192.0.2.2"],"ns":"ns1.example.ru"},{"ns":"ns2.example.net"}]`
	for name, change := range map[string]func(*world) answer{
		"PLAIN": func(w *world) answer {
			return w.alice("domain/update_nss", "dname", "example.ru", "ns0", "ns1.example.ru", "ns0ip", "192.0.2.1,192.0.2.2", "ns1", "NS2.example.net", "ns1ip", "192.0.2.3")
		},
		"JSON": func(w *world) answer {
			return w.aliceJSON("domain/update_nss", `{"dname":"example.ru","nss":{"ns0":"ns1.example.ru","ns0ip":["192.0.2.1","192.0.2.2"],"ns1":"ns2.example.net"}}`)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.must(change(w))
			if got := w.nameServers("example.ru"); got != want {
				t.Errorf("domain/get_nss %s", got)
			}
			if code := w.alice("zone/nop", "dname", "example.ru").code(t); code != "DOMAIN_IS_NOT_USE_REGRU_NSS" {
				t.Errorf("zone/nop %q", code)
			}
			w.wantDNS("example.ru", dns.TypeSOA, "REFUSED")
			if entry := w.Journal(OfFunction("domain/update_nss"))[0]; !entry.Changed {
				t.Error("the journal says that nothing changed")
			}
		})
	}
}

func TestErrorsOfNameServers(t *testing.T) {
	cases := []struct {
		name, login string
		pairs       []string
		code        string
	}{
		{"none", "alice", nil, "INVALID_NSS"},
		{"an address", "alice", []string{"ns0", "192.0.2.1", "ns1", "ns2.reg.ru"}, "INVALID_NSS"},
		{"one twice", "alice", []string{"ns0", "ns1.reg.ru", "ns1", "NS1.reg.ru."}, "INVALID_NSS"},
		{"one in the domain without an address", "alice", []string{"ns0", "ns1.example.ru"}, "INVALID_NSS"},
		{"one with a wrong address", "alice", []string{"ns0", "ns1.example.ru", "ns0ip", "1.2.3"}, "INVALID_NSS"},
		{"delegation by an ordinary account", "alice", []string{"undelegate", "1"}, "RESELLER_AUTH_FAILED"},
		{"delegation of something between", "bob", []string{"undelegate", "2"}, "PARAMETER_INCORRECT"},
		{"delegation in .com", "carol", []string{"undelegate", "1"}, "UNDELEGATION_NOT_SUPPORTED_BY_TLD"},
		{"delegation of an inactive domain", "dave", []string{"undelegate", "1"}, "UNDELEGATION_NOT_SUPPORTED_BY_DOMAIN_STATE"},
		{"a paid change without agreement", "erin", []string{"ns0", "ns1.reg.ru"}, "PARAMETER_MISSING"},
		{"a paid change without money", "erin", []string{"ns0", "ns1.reg.ru", "payout_agreement", "1"}, "NOT_ENOUGH_MONEY"},
		{"a protected domain", "frank", []string{"ns0", "ns1.reg.ru"}, "DOMAIN_PROTECTION"},
	}
	domains := map[string]Domain{
		"alice": {Name: "example.ru"}, "bob": {Name: "partner.ru"}, "carol": {Name: "carol.com"}, "dave": {Name: "dave.ru", State: "N"},
		"erin": {Name: "erin.md"}, "frank": {Name: "frank.ru", ReadOnly: true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			password := map[string]string{"alice": "secret", "bob": "hidden"}[c.login]
			if password == "" {
				password = "x"
				w.AddAccount(Account{Login: c.login, Password: password, Partner: true})
				w.AddDomain(c.login, domains[c.login])
			}
			if got := w.call(c.login, password, "domain/update_nss", append([]string{"dname", domains[c.login].Name}, c.pairs...)...); got.code(t) != c.code {
				t.Errorf("%+v, want %s", got, c.code)
			}
		})
	}
}

func TestAChangeThatCostsIsCharged(t *testing.T) {
	w := newWorld(t)
	w.AddAccount(Account{Login: "erin", Password: "x", Balance: Balance{Prepay: "5000"}})
	w.AddDomain("erin", Domain{Name: "erin.md"})
	w.must(w.call("erin", "x", "domain/update_nss", "dname", "erin.md", "ns0", "ns1.example.net", "ns1", "ns2.example.net", "payout_agreement", "1"))
	if balance := w.call("erin", "x", "user/get_balance").Answer["prepay"]; balance != "200" {
		t.Errorf("balance %v", balance)
	}
}

func TestUndelegatedDomainsAreNotServed(t *testing.T) {
	undelegate := map[string]func(*world) answer{
		"domain/undelegate": func(w *world) answer { return w.bob("domain/undelegate", "dname", "partner.ru") },
		"domain/update_nss": func(w *world) answer { return w.bob("domain/update_nss", "dname", "partner.ru", "undelegate", "1") },
	}
	for name, call := range undelegate {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.AddRecord("partner.ru", Record{Name: "@", Type: "A", Content: "192.0.2.1"})
			w.must(call(w))
			w.wantDNS("partner.ru", dns.TypeA, "REFUSED")
			if nss := marshalled(t, w.bob("domain/get_nss", "dname", "partner.ru").element(t, 0)["nss"]); !strings.Contains(nss, "ns1.reg.ru") {
				t.Errorf("name servers %s", nss)
			}
			w.must(w.bob("domain/delegate", "dname", "partner.ru"))
			w.wantDNS("partner.ru", dns.TypeA, "NOERROR", "partner.ru. A 192.0.2.1")
		})
	}
}

func TestFunctionsForEverybodyStillWantToKnowWhoseDomainItIs(t *testing.T) {
	w := newWorld(t)
	for _, function := range []string{"domain/delegate", "domain/register_ns", "domain/delete_ns", "shop/delete_lot", "shop/update_lot"} {
		if got := w.send(function, formOf("dname", "example.ru")).decode(t); got.ErrorCode != "NO_USERNAME" {
			t.Errorf("%s: %+v", function, got)
		}
	}
}

func TestContactsAreChangedAndShown(t *testing.T) {
	w := newWorld(t)
	w.must(w.aliceJSON("domain/update_contacts", orderOf(t, map[string]any{"domains": []any{map[string]any{"dname": "example.ru"}, map[string]any{"dname": "пример.рф"}}})))
	w.must(w.alice("domain/update_contacts", "dname", "example.ru", "phone", "+7 495 0000000"))
	shown := marshalled(t, w.alice("service/get_details", "dname", "example.ru", "show_contacts_only", "1", "splitted_contacts", "1").Answer)
	for _, want := range []string{"+7 495 0000000", "Ivan I Ivanov"} {
		if !strings.Contains(shown, want) {
			t.Errorf("service/get_details lacks %s: %s", want, shown)
		}
	}
}

func TestErrorsOfContacts(t *testing.T) {
	cases := []struct {
		name, inputData, code string
	}{
		{"none", `{"domains":[{"dname":"example.ru"},{"dname":"person.ru"}]}`, "PARAMETER_MISSING"},
		{"too long", `{"domains":[{"dname":"example.ru"},{"dname":"person.ru"}],"contacts":{"country":"RUS"}}`, "PARAMETER_INCORRECT"},
		{"of another kind", `{"domains":[{"dname":"example.ru"},{"dname":"person.ru"}],"contacts":{"org":"Horns and Hooves, Ltd."}}`, "INCOMPATIBLE_CONTYPES"},
		{"of several zones", `{"domains":[{"dname":"example.ru"},{"dname":"alice.com"}],"contacts":{"phone":"+7 495 0000000"}}`, "INCOMPATIBLE_ZONES"},
		{"with privacy where there is none", `{"domains":[{"dname":"alice.moscow"},{"dname":"alice.moscow"}],"contacts":{"private_person_flag":"1"}}`, "PP_UPDATE_FAIL"},
		{"that cost", `{"domains":[{"dname":"alice.eu"},{"dname":"alice.eu"}],"contacts":{"o_phone":"+7.4950000000"}}`, "PARAMETER_MISSING"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t)
			w.AddDomain("alice", Domain{Name: "person.ru", Contacts: map[string]string{"person": "Ivan I Ivanov"}})
			for _, name := range []string{"alice.com", "alice.eu", "alice.moscow"} {
				w.AddDomain("alice", Domain{Name: name})
			}
			if got := w.aliceJSON("domain/update_contacts", c.inputData).element(t, 1); got["error_code"] != c.code {
				t.Errorf("%v, want %s", got, c.code)
			}
		})
	}
}

func TestAChangeOfContactsInEURenewsTheDomain(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "alice.eu", Expires: "2027-01-01"})
	w.must(w.alice("domain/update_contacts", "dname", "alice.eu", "o_phone", "+7.4950000000", "payout_agreement", "1"))
	if expires, balance := w.info("dname", "alice.eu")["expiration_date"], w.prepaid(); expires != "2028-01-01" || balance != "500.50" {
		t.Errorf("expires %v, balance %s", expires, balance)
	}
}

func TestThePrivatePersonFlagIsSetAndCleared(t *testing.T) {
	w := newWorld(t)
	for flag, want := range map[string]string{"1": "is set", "0": "is cleared"} {
		got := w.alice("domain/update_private_person_flag", "dname", "example.ru", "private_person_flag", flag)
		if w.must(got); got.Answer["pp_flag"] != want {
			t.Errorf("%s: %v", flag, got.Answer)
		}
	}
	for flag, want := range map[string]string{"": "PARAMETER_MISSING", "2": "PARAMETER_INCORRECT"} {
		if code := w.alice("domain/update_private_person_flag", "dname", "example.ru", "private_person_flag", flag).code(t); code != want {
			t.Errorf("%q: %q", flag, code)
		}
	}
}

func TestHostsAreEnteredIntoTheRegistryAndRemoved(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "alice.com"})
	host := []string{"dname", "alice.com", "ns0", "ns1.alice.com", "ns0ip", "192.0.2.1"}
	if got := w.alice("domain/delete_ns", host...).ErrorCode; got != "PARAMETER_INCORRECT" {
		t.Errorf("removed before it was there: %q", got)
	}
	for _, function := range []string{"domain/register_ns", "domain/delete_ns"} {
		if got := w.alice(function, host...); got.Result != "success" {
			t.Errorf("%s: %+v", function, got)
		}
	}
	for _, c := range []struct{ name, host, address, code string }{
		{"alice.com", "ns1.alice.net", "192.0.2.1", "PARAMETER_INCORRECT"}, {"alice.com", "ns1.alice.com", "1.2.3", "PARAMETER_INCORRECT"},
		{"example.ru", "ns1.example.ru", "192.0.2.1", "SERVICE_OPERATIONS_DISABLED"}, {"nobody.com", "ns1.nobody.com", "192.0.2.1", "DOMAIN_NOT_FOUND"},
	} {
		if got := w.alice("domain/register_ns", "dname", c.name, "ns0", c.host, "ns0ip", c.address).ErrorCode; got != c.code {
			t.Errorf("%+v: %q", c, got)
		}
	}
}

func TestAnAddressIsVerifiedByALetter(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("bob", Domain{Name: "bob.com"})
	ask := func(pairs ...string) any {
		return w.bob("domain/send_email_verification_letter", append([]string{"dname", "bob.com"}, pairs...)...).Answer["status"]
	}
	got := []any{ask("check_only", "1"), ask(), ask("check_only", "1")}
	w.ConfirmEmail("bob.com")
	got = append(got, ask())
	w.must(w.bob("domain/update_contacts", "dname", "bob.com", "o_email", "new@example.net"))
	got = append(got, ask("check_only", "1"), w.bob("domain/send_email_verification_letter", "dname", "partner.ru").Answer["status"])
	if text := marshalled(t, got); text != `["NOT_VERIFIED","SENT","SENT","ALREADY_VERIFIED","NOT_VERIFIED","NOT_REQUIRED"]` {
		t.Errorf("states %s", text)
	}
}

func TestDocumentsAreUploadedByALinkForRussianDomainsAlone(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "alice.com"})
	if got := w.alice("domain/get_docs_upload_uri", "dname", "example.ru").Answer; got["docs_upload_sid"] != "501" || !strings.HasSuffix(got["url"].(string), "=501") {
		t.Errorf("%v", got)
	}
	for name, want := range map[string]string{"alice.com": "CANT_GET_DOCS_UPLOAD_SID", "nobody.ru": "DOMAIN_NOT_FOUND"} {
		if got := w.alice("domain/get_docs_upload_uri", "dname", name).ErrorCode; got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestACertificateOfOwnershipIsAFile(t *testing.T) {
	w := newWorld(t)
	credentials := []string{"username", "bob", "password", "hidden", "dname", "partner.ru"}
	if got := w.send("domain/download_certificate", formOf(credentials...)).decode(t); got.ErrorCode != "SERVICE_NOT_FOUND" {
		t.Errorf("without one: %+v", got)
	}
	w.AddService("bob", Service{Servtype: certificateType, Domain: "partner.ru"})
	got := w.send("domain/download_certificate", formOf(credentials...))
	if got.contentType != "application/pdf" || got.filename != "voucher_partner.ru.pdf" || !strings.Contains(string(got.body), "(partner.ru)") {
		t.Errorf("%s %s\n%s", got.contentType, got.filename, got.body)
	}
}

func TestNameServersAreShown(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{ResultInNSS: true}))
	w.SetDelegation("example.ru", "ns1.example.ru 192.0.2.1", "ns2.example.ru 192.0.2.2 2001:db8::2", "ns.example.net")
	got := w.alice("domain/get_nss", "dname", "example.ru").element(t, 0)
	want := map[string]any{"dname": "example.ru", "service_id": 501.0, "result": "success", "nss": []any{
		map[string]any{"ns": "ns1.example.ru", "ip": "192.0.2.1"},
		map[string]any{"ns": "ns2.example.ru", "ip": []any{"192.0.2.2", "2001:db8::2"}},
		map[string]any{"ns": "ns.example.net"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if failed := w.alice("domain/get_nss", "dname", "nobody.ru").element(t, 0); failed["error_code"] != "DOMAIN_NOT_FOUND" || failed["result"] != nil {
		t.Errorf("failed element %v", failed)
	}
}

func TestANameServerThatIsNotNamedIsMissing(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "example.com"})
	for missing, fields := range map[string][]string{"ns0": {"ns0ip", "192.0.2.1"}, "ns0ip": {"ns0", "ns0.example.com"}} {
		for _, function := range []string{"domain/register_ns", "domain/delete_ns"} {
			got := w.alice(function, append([]string{"dname", "example.com"}, fields...)...)
			if params, _ := got.ErrorParams.(map[string]any); got.ErrorCode != "PARAMETER_MISSING" || params["param"] != missing {
				t.Errorf("%s without %s: %+v", function, missing, got)
			}
		}
	}
}
