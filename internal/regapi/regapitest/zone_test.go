package regapitest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/miekg/dns"
)

func TestADomainOnOtherNameServersHasNoZone(t *testing.T) {
	for name := range functions() {
		if !strings.HasPrefix(name, "zone/") {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.SetDelegation("partner.ru", "ns1.reg.ru", "ns.example.net")
			if code := w.bob(name, "dname", "partner.ru").code(t); code != "DOMAIN_IS_NOT_USE_REGRU_NSS" {
				t.Errorf("code %q", code)
			}
		})
	}
}

func TestReverseZonesAreNotSupported(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("alice", Domain{Name: "2.0.192.in-addr.arpa"})
	if code := w.alice("zone/nop", "dname", "2.0.192.in-addr.arpa").code(t); code != "REVERSE_ZONE_API_NOT_SUPPORTED" {
		t.Errorf("code %q", code)
	}
}

func TestTimesOfAZone(t *testing.T) {
	cases := []struct {
		given, shown string
		seconds      uint32
		behaviour    Behaviour
	}{
		{"3600", "1h", 3600, Behaviour{}}, {"90", "90", 90, Behaviour{}}, {"600", "10m", 600, Behaviour{}}, {"1d", "1d", 86400, Behaviour{}},
		{"2w", "2w", 1209600, Behaviour{}}, {"36h", "36h", 129600, Behaviour{}}, {"0", "0", 0, Behaviour{}}, {"1m", "30d", 2592000, Behaviour{}},
		{"10m", "10m", 600, Behaviour{SuffixM: SuffixMinutes}},
	}
	for _, c := range cases {
		t.Run(c.given, func(t *testing.T) {
			w := newWorld(t, WithBehaviour(c.behaviour))
			w.must(w.alice("zone/update_soa", "dname", "example.ru", "ttl", c.given))
			soa := w.alice("zone/get_resource_records", "dname", "example.ru").element(t, 0)["soa"].(map[string]any)
			if soa["ttl"] != c.shown || soa["minimum_ttl"] != "12h" || w.SOA("example.ru").TTL != c.seconds {
				t.Errorf("soa %v, %+v", soa, w.SOA("example.ru"))
			}
			w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
			response := w.AnswerDNS(new(dns.Msg).SetQuestion("www.example.ru.", dns.TypeA))
			if got := response.Answer[0].Header().Ttl; got != c.seconds {
				t.Errorf("DNS TTL %d", got)
			}
		})
	}
}

func TestUpdateSOACanBeAnEmptyPromise(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{IgnoreUpdateSOA: true}))
	before := w.SOA("example.ru")
	w.must(w.alice("zone/update_soa", "dname", "example.ru", "ttl", "60"))
	if after := w.SOA("example.ru"); after != before {
		t.Errorf("%+v became %+v", before, after)
	}
}

func TestParkingAndForwardingComeAndGo(t *testing.T) {
	for name, records := range map[string][]Record{"parking": parkingRecords, "forwarding": forwardingRecords} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			mail := Record{Name: "mail", Type: "A", Content: "192.0.2.25"}
			w.AddRecord("example.ru", mail)
			w.must(w.alice("zone/tune_"+name, "dname", "example.ru"))
			w.must(w.alice("zone/tune_"+name, "dname", "example.ru"))
			w.wantRecords("example.ru", records[0], mail, records[1])
			w.wantDNS("www.example.ru", dns.TypeA, "NOERROR", "www.example.ru. A "+records[1].Content)
			w.must(w.alice("zone/clear_"+name, "dname", "example.ru"))
			w.wantRecords("example.ru", mail)
		})
	}
}

func TestParkingMeetsACNAME(t *testing.T) {
	w := newWorld(t)
	w.AddRecord("example.ru", Record{Name: "www", Type: "CNAME", Content: "a.example.net."})
	if code := w.alice("zone/tune_parking", "dname", "example.ru").code(t); code != "CONFLICT_CNAME" {
		t.Errorf("code %q", code)
	}
}

func TestAFreshZoneCanBeParked(t *testing.T) {
	w := newWorld(t, WithBehaviour(Behaviour{FreshZonesParked: true}))
	w.wantRecords("example.ru", parkingRecords...)
	w.AddDomain("alice", Domain{Name: "used.ru", Records: []Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}})
	w.wantRecords("used.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
}

func TestClearEmptiesAZone(t *testing.T) {
	w := newWorld(t)
	w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	w.must(w.alice("zone/clear", "dname", "example.ru"))
	w.wantRecords("example.ru")
	w.wantDNS("www.example.ru", dns.TypeA, "NXDOMAIN")
}

func TestUpdateRecordsRunsActionsInOrder(t *testing.T) {
	w := newWorld(t)
	w.AddRecord("partner.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	got := w.bobJSON("zone/update_records", `{"domains":[{"dname":"partner.ru"}],"action_list":[
		{"action":"remove_record","subdomain":"www","record_type":"A","content":"192.0.2.1"},
		{"action":"add_cname","subdomain":"www","canonical_name":"partner.ru"},
		{"action":"add_spf","subdomain":"@","text":"v=spf1 -all"}]}`)
	want := map[string]any{"dname": "partner.ru", "service_id": "601", "servtype": "domain", "result": "success", "action_list": []any{
		map[string]any{"action": "remove_record", "result": "success"}, map[string]any{"action": "add_cname", "result": "success"},
		map[string]any{"action": "add_spf", "result": "success"},
	}}
	if diff := cmp.Diff(want, got.element(t, 0)); diff != "" {
		t.Error(diff)
	}
	w.wantRecords("partner.ru", Record{Name: "@", Type: "TXT", Content: "v=spf1 -all"}, Record{Name: "www", Type: "CNAME", Content: "partner.ru."})
}

func TestUpdateRecordsKeepsWhatCameBeforeABadActionAndIgnoresWhatCameAfter(t *testing.T) {
	w := newWorld(t)
	w.AddDomain("bob", Domain{Name: "other.ru", ServiceID: 602})
	got := w.bobJSON("zone/update_records", `{"domains":[
		{"dname":"partner.ru","action_list":[
			{"action":"add_alias","subdomain":"a","ipaddr":"192.0.2.1"},
			{"action":"add_alias","subdomain":"b","ipaddr":"nonsense"},
			{"action":"add_alias","subdomain":"c","ipaddr":"192.0.2.3"}]},
		{"dname":"other.ru"}],
		"action_list":[{"action":"add_alias","subdomain":"d","ipaddr":"192.0.2.4"}]}`)
	want := map[string]any{"dname": "partner.ru", "service_id": "601", "servtype": "domain", "error_code": "IP_INVALID", "error_text": "Invalid IP address"}
	if diff := cmp.Diff(want, got.element(t, 0)); diff != "" {
		t.Error(diff)
	}
	if fine := got.element(t, 1); fine["result"] != "success" {
		t.Errorf("the other domain says %v", fine)
	}
	w.wantRecords("partner.ru", Record{Name: "a", Type: "A", Content: "192.0.2.1"})
	w.wantRecords("other.ru", Record{Name: "d", Type: "A", Content: "192.0.2.4"})
	if entry := w.Journal()[0]; !entry.Changed || !cmp.Equal(entry.ElementErrors, []ElementError{{"partner.ru", "IP_INVALID"}}) {
		t.Errorf("journal says %+v", entry)
	}
}

func TestUpdateRecordsNeedsActions(t *testing.T) {
	for inputData, want := range map[string]string{
		`{"dname":"partner.ru"}`: "PARAMETER_MISSING", `{"dname":"partner.ru","action_list":{}}`: "PARAMETER_INCORRECT",
		`{"dname":"partner.ru","action_list":[]}`: "PARAMETER_INCORRECT", `{"dname":"partner.ru","action_list":["add_alias"]}`: "INVALID_ACTION",
		`{"dname":"partner.ru","action_list":[{"action":"add_soa"}]}`: "INVALID_ACTION",
	} {
		w := newWorld(t)
		if code := w.bobJSON("zone/update_records", inputData).code(t); code != want {
			t.Errorf("%s: %q, want %q", inputData, code, want)
		}
	}
}

// A long random run of adding and removing leaves the zone, what get_resource_records shows and what DNS serves the same.
func TestZoneAndDNSNeverDisagree(t *testing.T) {
	w := newWorld(t)
	chance := rand.New(rand.NewPCG(1, 2))
	serial := w.SOA("example.ru").Serial
	for range 300 {
		name, address := fmt.Sprintf("n%d", chance.IntN(5)), fmt.Sprintf("192.0.2.%d", chance.IntN(4))
		function := "zone/add_alias"
		if chance.IntN(2) == 0 {
			function = "zone/remove_record"
		}
		w.must(w.alice(function, "dname", "example.ru", "subdomain", name, "ipaddr", address, "record_type", "A", "content", address))
		changed := w.Journal()[w.Calls("*")-1].Changed
		if now := w.SOA("example.ru").Serial; (now > serial) != changed {
			t.Fatalf("serial %d after %d, changed %v", now, serial, changed)
		}
		serial = w.SOA("example.ru").Serial
		want := []string{}
		for _, r := range w.Records("example.ru") {
			if r.Name == name {
				want = append(want, name+".example.ru. A "+r.Content)
			}
		}
		_, got := w.dig(name+".example.ru", dns.TypeA)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("DNS:\n%s", diff)
		}
	}
}
