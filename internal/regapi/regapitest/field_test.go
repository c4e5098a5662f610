package regapitest

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestSeededAccountsSeeTheTypesOfProductionAndTheUserTestThoseOfTheDocumentation(t *testing.T) {
	w := newWorld(t)
	w.AddRecord("example.ru", Record{Name: "@", Type: "MX", Content: "mx.example.net", Priority: 10})
	zone := w.alice("zone/get_resource_records", "dname", "example.ru").element(t, 0)
	mx := zone["rrs"].([]any)[2].(map[string]any)
	if zone["service_id"] != "501" || zone["servtype"] != "domain" || mx["prio"] != 10.0 {
		t.Errorf("zone answer %v", zone)
	}
	listed := w.alice("service/get_list").Answer["services"].([]any)[0].(map[string]any)
	if listed["service_id"] != 501.0 || listed["uplink_service_id"] != 0.0 {
		t.Errorf("service/get_list %v", listed)
	}
	updated := w.bobJSON("zone/update_records", `{"domains":[{"dname":"partner.ru"}],"action_list":[{"action":"add_alias","subdomain":"a","ipaddr":"192.0.2.1"}]}`)
	if got := updated.element(t, 0); got["service_id"] != "601" || got["servtype"] != "domain" {
		t.Errorf("zone/update_records %v", got)
	}
	documented := w.call("test", "test", "zone/get_resource_records", "dname", "test.ru").element(t, 0)
	if _, named := documented["servtype"]; named || documented["rrs"].([]any)[0].(map[string]any)["prio"] != "0" {
		t.Errorf("the user test sees %v", documented)
	}
}

func TestAZoneListsTheRegistrarsOwnNameServersWhoeverRemovesThem(t *testing.T) {
	remove := []string{"dname", "example.ru", "subdomain", "@", "record_type", "NS", "content", "ns2.reg.ru."}
	for _, c := range []struct {
		style RegistrarNSStyle
		code  string
		left  int
	}{
		{RegistrarNSKept, "", 2}, {RegistrarNSRefused, "PARAMETER_INCORRECT", 2}, {RegistrarNSRemoved, "", 1}, {RegistrarNSHidden, "", 0},
	} {
		w := newWorld(t, WithBehaviour(Behaviour{RegistrarNS: c.style}))
		if code := w.alice("zone/remove_record", remove...).code(t); code != c.code {
			t.Errorf("%q: code %q", c.style, code)
		}
		rrs := w.alice("zone/get_resource_records", "dname", "example.ru").element(t, 0)["rrs"].([]any)
		if len(rrs) != c.left {
			t.Errorf("%q: %v", c.style, rrs)
		}
		if c.left > 0 && marshalled(t, rrs[0]) != `{"content":"ns1.reg.ru.","prio":0,"rectype":"NS","state":"A","subname":"@"}` {
			t.Errorf("%q: %v", c.style, rrs[0])
		}
		w.wantDNS("example.ru", dns.TypeNS, "NOERROR", "example.ru. NS ns1.reg.ru.", "example.ru. NS ns2.reg.ru.")
	}
}

func TestAFinalDotMakesANameAbsolute(t *testing.T) {
	w := newWorld(t)
	for given, want := range map[string]string{
		"_acme-challenge.example.ru.": "_acme-challenge", "example.ru.": "@", "*.sub.example.ru.": "*.sub", "*.example.ru.": "*", "WWW.Example.RU.": "www",
	} {
		w.must(w.alice("zone/add_txt", "dname", "example.ru", "subdomain", given, "text", "x"))
		w.wantRecords("example.ru", Record{Name: want, Type: "TXT", Content: "x"})
		w.must(w.alice("zone/remove_record", "dname", "example.ru", "subdomain", given, "record_type", "TXT", "content", "x"))
		w.wantRecords("example.ru")
	}
	w.must(w.alice("zone/add_txt", "dname", "пример.рф", "subdomain", "www.пример.рф.", "text", "x"))
	w.wantRecords("пример.рф", Record{Name: "www", Type: "TXT", Content: "x"})
	for _, given := range []string{"www.example.net.", "notexample.ru.", "ru.", ".", "www.."} {
		if code := w.alice("zone/add_txt", "dname", "example.ru", "subdomain", given, "text", "x").code(t); code != "SUBD_INVALID" {
			t.Errorf("%s: %q", given, code)
		}
	}
	got := w.bobJSON("zone/update_records", `{"dname":"partner.ru","action_list":[{"action":"add_txt","subdomain":"a.partner.ru.","text":"x"}]}`)
	w.must(got)
	w.wantRecords("partner.ru", Record{Name: "a", Type: "TXT", Content: "x"})
}

func TestZoneAnswersMayNameRecordsInFull(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{Subnames: SubnamesFull}))
	w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	rrs := marshalled(t, w.alice("zone/get_resource_records", "dname", "example.ru").element(t, 0)["rrs"])
	if !strings.Contains(rrs, `"subname":"www.example.ru."`) || !strings.Contains(rrs, `"subname":"example.ru."`) {
		t.Error(rrs)
	}
}

func TestTheOrderOfASingleDomainMayStandAtTheTop(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{Payment: Payment{SingleOrders: SingleOrderTop}}))
	got := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru"}))
	if got.Answer["service_id"] == nil || got.Answer["bill_id"] == nil || got.Answer["domains"] != nil {
		t.Errorf("%+v", got)
	}
	if got := w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "example.ru"})); got.ErrorCode != "DOMAIN_ALREADY_EXISTS" {
		t.Errorf("a name that is taken: %+v", got)
	}
}

func TestPrioritiesOfMXEndAtTenUnlessAsked(t *testing.T) {
	for any, want := range map[bool]string{false: "PRIORITY_INVALID", true: ""} {
		w := newWorld(t, WithBehaviour(Behaviour{AnyMXPriority: any}))
		if code := w.alice("zone/add_mx", "dname", "example.ru", "mail_server", "mx.example.net", "priority", "20").code(t); code != want {
			t.Errorf("any %v: %q", any, code)
		}
	}
}

func TestErrorsOfProductionNameTheFunctionAndAnswersAreIndented(t *testing.T) {
	w := newWorld(t)
	got := w.call("alice", "wrong", "zone/nop", "dname", "example.ru")
	if params, _ := got.ErrorParams.(map[string]any); params["command_name"] != "zone/nop" {
		t.Errorf("%+v", got)
	}
	body := w.send("nop", formOf("username", "alice", "password", "secret")).body
	if !strings.HasPrefix(string(body), "{\n   \"answer\": {\n      \"login\"") {
		t.Errorf("%s", body)
	}
}

func TestInjectedErrorsHaveTheirPlaceholdersFilled(t *testing.T) {
	w := newWorld(t)
	w.Inject(Fault{Kind: FaultElementError, Code: "DOMAIN_NOT_FOUND", Count: 1})
	got := w.alice("zone/nop", "dname", "example.ru").element(t, 0)
	if got["error_text"] != "Domain example.ru not found or not owned by You" {
		t.Errorf("%v", got)
	}
	w.Inject(Fault{Kind: FaultError, Code: "NO_SUCH_COMMAND", Count: 1})
	if got := w.alice("zone/nop", "dname", "example.ru"); got.ErrorText != "Command zone/nop not found" {
		t.Errorf("%+v", got)
	}
}

func TestTheRulesOfSeveralZonesAreToldAtOnce(t *testing.T) {
	w := newWorld(t)
	got := w.aliceJSON("domain/get_tld_info", `{"domains":[{"dname":"example.ru"},{"tld":"com"},{"tld":"nowhere"}]}`)
	for index, want := range []string{"ru", "com"} {
		if info, _ := got.element(t, index)["tld_info"].(map[string]any); info["tld"] != want {
			t.Errorf("%d: %v", index, got.element(t, index))
		}
	}
	if code := got.element(t, 2)["error_code"]; code != "UNAVAILABLE_DOMAIN_ZONE" {
		t.Errorf("%v", code)
	}
}

func TestThirteenNameServersAreKeptAndMoreRefused(t *testing.T) {
	w := newWorld(t)
	fields := []string{"dname", "example.ru"}
	for number := range 13 {
		fields = append(fields, "ns"+strconv.Itoa(number), "ns"+strconv.Itoa(number)+".example.net")
	}
	w.must(w.alice("domain/update_nss", fields...))
	if got := w.alice("domain/get_nss", "dname", "example.ru").element(t, 0)["nss"].([]any); len(got) != 13 {
		t.Errorf("%v", got)
	}
	if code := w.alice("domain/update_nss", append(fields, "ns20", "ns20.example.net")...).code(t); code != "INVALID_NSS" {
		t.Errorf("with a gap: %q", code)
	}
	object := `{"dname":"example.ru","nss":{"ns0":"ns1.example.net","ns1":"ns2.example.net","ns14":"ns3.example.net"}}`
	if code := w.aliceJSON("domain/update_nss", object).code(t); code != "INVALID_NSS" {
		t.Errorf("in an object: %q", code)
	}
	if code := w.alice("domain/update_nss", append(fields, "ns13", "ns13.example.net")...).code(t); code != "INVALID_NSS" {
		t.Errorf("a fourteenth: %q", code)
	}
}

func TestAfterAMoveTheKeysStayAtTheParentAndTheZoneIsBogus(t *testing.T) {
	w := newWorld(t, WithDNSSECDelay(0))
	w.must(w.alice("dnssec/enable", "dname", "example.ru"))
	_, signed := w.dig("example.ru", dns.TypeDS)
	if chain := w.Chain("example.ru"); chain != "secure" || len(signed) != 1 {
		t.Errorf("signed: %s, %v", chain, signed)
	}
	w.must(w.alice("domain/update_nss", "dname", "example.ru", "ns0", "ns1.example.net", "ns1", "ns2.example.net"))
	records := w.alice("dnssec/get_records", "dname", "example.ru").element(t, 0)["records"].([]any)
	if len(records) != 1 || !strings.Contains(strings.ToUpper(signed[0]), records[0].(map[string]any)["digest"].(string)) {
		t.Errorf("dnssec/get_records %v, the parent has %v", records, signed)
	}
	if _, now := w.dig("example.ru", dns.TypeDS); w.Chain("example.ru") != "bogus" || len(now) != 1 {
		t.Errorf("moved: %s, %v", w.Chain("example.ru"), now)
	}
	w.wantDNS("example.ru", dns.TypeDNSKEY, "REFUSED")
	w.must(w.alice("dnssec/disable", "dname", "example.ru"))
	if chain := w.Chain("example.ru"); chain != "insecure" {
		t.Errorf("disabled: %s", chain)
	}
}

func TestADigestOfTheWrongLengthIsRefused(t *testing.T) {
	w := newWorld(t)
	w.SetDelegation("example.ru", "ns1.example.net", "ns2.example.net")
	for digest, refused := range map[string]bool{
		"1 " + strings.Repeat("ab", 20): false, "2 " + strings.Repeat("ab", 32): false, "4 " + strings.Repeat("ab", 48): false,
		"2 " + strings.Repeat("ab", 20): true, "9 " + strings.Repeat("ab", 32): true,
	} {
		text, err := json.Marshal([]string{"example.ru. 3600 IN DS 2371 13 " + digest})
		if err != nil {
			t.Fatal(err)
		}
		got := w.aliceJSON("dnssec/add_keys", `{"dname":"example.ru","records":`+string(text)+`}`).element(t, 0)
		if failed := got["result"] == "error"; failed != refused {
			t.Errorf("%s: %v", digest, got)
		}
		w.clock.Advance(day)
	}
}
