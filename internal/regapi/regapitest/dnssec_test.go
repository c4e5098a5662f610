package regapitest

import (
	"strings"
	"testing"
	"time"
)

// dnssecStatus is what dnssec/get_status says about a domain of alice's.
func (w *world) dnssecStatus(domain string) string {
	w.t.Helper()
	status, _ := w.alice("dnssec/get_status", "dname", domain).element(w.t, 0)["status"].(string)
	return status
}

func (w *world) dnssecRecords(domain string) []any {
	w.t.Helper()
	records, _ := w.alice("dnssec/get_records", "dname", domain).element(w.t, 0)["records"].([]any)
	return records
}

func (w *world) wantDNSSEC(domain, want string) {
	w.t.Helper()
	if got := w.dnssecStatus(domain); got != want {
		w.t.Errorf("the status of %s is %q, want %q", domain, got, want)
	}
}

func TestDNSSECIsUpdatingBeforeItIsEnabledAndBeforeItIsDisabled(t *testing.T) {
	w := newWorld(t, WithDNSSECDelay(time.Hour), WithBehaviour(Behaviour{DNSSECErrorCodes: true}))
	for _, step := range []struct{ function, before, after string }{
		{"dnssec/enable", "disabled", "enabled"}, {"dnssec/renew_zsk", "enabled", "enabled"}, {"dnssec/disable", "enabled", "disabled"},
	} {
		w.wantDNSSEC("example.ru", step.before)
		w.must(w.alice(step.function, "dname", "example.ru"))
		w.wantDNSSEC("example.ru", "updating")
		w.clock.Advance(time.Hour - time.Second)
		if code := w.alice("dnssec/disable", "dname", "example.ru").code(t); code != "DNSSEC_UPDATING_IN_PROGRESS" {
			t.Errorf("%s is under way and another change got code %q", step.function, code)
		}
		w.clock.Advance(time.Second)
		w.wantDNSSEC("example.ru", step.after)
	}
}

func TestKeysAppearOnceDNSSECIsEnabledAndGoWithIt(t *testing.T) {
	w := newWorld(t, WithDNSSECDelay(time.Minute))
	w.must(w.alice("dnssec/enable", "dname", "example.ru"))
	if records := w.dnssecRecords("example.ru"); len(records) != 0 {
		t.Errorf("records while updating: %v", records)
	}
	w.clock.Advance(time.Minute)
	records := w.dnssecRecords("example.ru")
	if len(records) != 2 {
		t.Fatalf("records %v, want a ZSK and a KSK", records)
	}
	if ds, _ := records[1].(map[string]any)["DS"].(string); !strings.HasPrefix(ds, "example.ru. IN DS ") {
		t.Errorf("the KSK has the DS %q", ds)
	}
	w.must(w.alice("dnssec/disable", "dname", "example.ru"))
	w.clock.Advance(time.Minute)
	if records := w.dnssecRecords("example.ru"); len(records) != 0 {
		t.Errorf("records after disabling: %v", records)
	}
}

func TestRenewingReplacesTheOneKey(t *testing.T) {
	for function, renewed := range map[string]int{"dnssec/renew_zsk": 0, "dnssec/renew_ksk": 1} {
		w := newWorld(t, WithDNSSECDelay(0))
		w.must(w.alice("dnssec/enable", "dname", "example.ru"))
		before := w.dnssecRecords("example.ru")
		w.must(w.alice(function, "dname", "example.ru"))
		after := w.dnssecRecords("example.ru")
		for i := range before {
			key := func(records []any) any { return records[i].(map[string]any)["DNSKEY"] }
			if changed := key(before) != key(after); changed != (i == renewed) {
				t.Errorf("%s: key %d changed: %v", function, i, changed)
			}
		}
	}
}

func TestDomainsOnOtherNameServersSendTheirKeysToTheParentZone(t *testing.T) {
	w := newWorld(t, WithDNSSECDelay(0))
	w.SetDelegation("example.ru", "ns1.example.net", "ns2.example.net")
	w.must(w.aliceJSON("dnssec/add_keys", `{"domains":[{"dname":"example.ru","records":["example.ru. 3600 IN DS 2371 13 2 4508A7798C38867C94091BBF91EDAF9E6DBF56DA0606C748D3D1D1B2382C1602"]}]}`))
	w.wantDNSSEC("example.ru", "enabled")
	records := w.dnssecRecords("example.ru")
	if len(records) != 1 || records[0].(map[string]any)["keytag"] != "2371" {
		t.Errorf("records %v", records)
	}
	w.must(w.alice("dnssec/disable", "dname", "example.ru"))
	w.wantDNSSEC("example.ru", "disabled")
}

func TestDNSSECRefusals(t *testing.T) {
	const ownDS = "example.ru. IN DS 2371 13 2 4508a7798c38867c94091bbf91edaf9e6dbf56da0606c748d3d1d1b2382c1602"
	away := func(w *world) { w.SetDelegation("example.ru", "ns1.example.net") }
	for _, c := range []struct {
		name, function, records, want string
		prepare                       func(*world)
	}{
		{"enable elsewhere", "dnssec/enable", "", "DOMAIN_IS_NOT_USE_REGRU_NSS", away},
		{"renew elsewhere", "dnssec/renew_ksk", "", "DOMAIN_IS_NOT_USE_REGRU_NSS", away},
		{"add keys here", "dnssec/add_keys", ownDS, "DOMAIN_USES_REGRU_NSS", func(*world) {}},
		{"add no keys", "dnssec/add_keys", "", "INVALID_RECORDS", away},
		{"add nonsense", "dnssec/add_keys", "nonsense", "INVALID_RECORDS", away},
		{"add another name's key", "dnssec/add_keys", "x." + ownDS, "INVALID_RECORDS", away},
		{"add an address", "dnssec/add_keys", "example.ru. IN A 192.0.2.1", "INVALID_RECORDS", away},
		{"unsupported", "dnssec/nop", "", "DOMAIN_DOESNT_SUPPORT_DNSSEC", func(w *world) {
			w.RemoveDomain("example.ru")
			w.AddDomain("alice", Domain{Name: "example.ru", DNSSEC: "unsupported"})
		}},
		{"not active", "dnssec/get_status", "", "DOMAIN_IS_NOT_ACTIVE", func(w *world) {
			w.RemoveDomain("example.ru")
			w.AddDomain("alice", Domain{Name: "example.ru", State: "N"})
		}},
		{"somebody else's", "dnssec/enable", "", "DOMAIN_NOT_FOUND", func(w *world) { w.RemoveDomain("example.ru") }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(Behaviour{DNSSECErrorCodes: true}))
			c.prepare(w)
			if code := w.alice(c.function, "dname", "example.ru", "records", c.records).code(t); code != c.want {
				t.Errorf("code %q, want %q", code, c.want)
			}
		})
	}
}

func TestDNSSECErrorsCarryNoCodeUnlessAsked(t *testing.T) {
	w := newWorld(t)
	w.SetDelegation("example.ru", "ns1.example.net")
	element := w.alice("dnssec/enable", "dname", "example.ru").element(t, 0)
	if _, ok := element["error_code"]; ok || element["result"] != "error" {
		t.Errorf("element %v", element)
	}
}
