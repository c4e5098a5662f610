package regapi

import (
	"context"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
)

// twoZones is the documented answer to most zone functions.
var twoZones = domainsAnswer(
	`{"dname":"test.ru","result":"success","service_id":"12345"}`,
	`{"dname":"test.com","result":"success","service_id":"12346"}`)

func TestActionsAreSentAsDocumented(t *testing.T) {
	cases := map[string]struct {
		action Action
		want   map[string]any
	}{
		"add_alias":     {AddAlias{"@", netip.MustParseAddr("111.111.111.111")}, map[string]any{"subdomain": "@", "ipaddr": "111.111.111.111"}},
		"add_aaaa":      {AddAAAA{"@", netip.MustParseAddr("aa11::a111:11aa:aaa1:aa1a")}, map[string]any{"subdomain": "@", "ipaddr": "aa11::a111:11aa:aaa1:aa1a"}},
		"add_caa":       {AddCAA{"@", 0, "issuewild", "ca.example.com"}, map[string]any{"subdomain": "@", "flags": 0.0, "tag": "issuewild", "value": "ca.example.com"}},
		"add_cname":     {AddCNAME{"mail", "mx10.test.ru"}, map[string]any{"subdomain": "mail", "canonical_name": "mx10.test.ru"}},
		"add_https":     {AddHTTPS{"@", 1, ".", "alpn=h3"}, map[string]any{"subdomain": "@", "priority": 1.0, "target": ".", "value": "alpn=h3"}},
		"add_mx":        {AddMX{"@", 0, "mail"}, map[string]any{"subdomain": "@", "priority": 0.0, "mail_server": "mail"}},
		"add_ns":        {AddNS{"tt", "ns1.test.ru", 10}, map[string]any{"subdomain": "tt", "dns_server": "ns1.test.ru", "record_number": 10.0}},
		"add_txt":       {AddTXT{"mail", "testmail"}, map[string]any{"subdomain": "mail", "text": "testmail"}},
		"add_srv":       {AddSRV{"_sip._udp", 0, 5, 5060, "sip.test.ru"}, map[string]any{"service": "_sip._udp", "priority": 0.0, "weight": 5.0, "port": 5060.0, "target": "sip.test.ru"}},
		"add_spf":       {AddSPF{"@", "v=spf1 -all"}, map[string]any{"subdomain": "@", "text": "v=spf1 -all"}},
		"remove_record": {RemoveRecord{"@", "MX", 10, "mail.test.ru."}, map[string]any{"subdomain": "@", "record_type": "MX", "priority": 10.0, "content": "mail.test.ru."}},
	}
	for name, c := range cases {
		client, stub := answering(t, twoZones)
		results, err := client.Zone.Apply(t.Context(), c.action, ByName("test.ru"), ByName("test.com"))
		if err != nil || len(results) != 2 || results[0].Err != nil || results[1].ServiceID != 12346 {
			t.Errorf("%s: %v, %v", name, results, err)
		}
		c.want["domains"] = []any{map[string]any{"dname": "test.ru"}, map[string]any{"dname": "test.com"}}
		if diff := cmp.Diff(c.want, stub.input(t)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		if stub.paths[0] != "/api/regru2/zone/"+name {
			t.Errorf("%s went to %s", name, stub.paths[0])
		}
	}
	for _, function := range zoneFunctions("add_") {
		if _, ok := cases[function]; !ok {
			t.Errorf("%s has no case here", function)
		}
	}
}

// zoneFunctions are the functions of the category zone that begin so, without the category.
func zoneFunctions(prefix string) []string {
	var names []string
	for _, function := range catalog.Functions() {
		if name, ok := strings.CutPrefix(function.Name, "zone/"); ok && strings.HasPrefix(name, prefix) {
			names = append(names, name)
		}
	}
	return names
}

func TestNamedMethodsCallTheirFunction(t *testing.T) {
	ref := ByName("test.ru")
	address, six := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	cases := map[string]func(context.Context, *ZoneService) ([]DomainResult, error){
		"add_alias": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) {
			return z.AddAlias(ctx, AddAlias{"@", address}, ref)
		},
		"add_aaaa": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) {
			return z.AddAAAA(ctx, AddAAAA{"@", six}, ref)
		},
		"add_caa": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.AddCAA(ctx, AddCAA{}, ref) },
		"add_cname": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) {
			return z.AddCNAME(ctx, AddCNAME{}, ref)
		},
		"add_https": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) {
			return z.AddHTTPS(ctx, AddHTTPS{}, ref)
		},
		"add_mx":  func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.AddMX(ctx, AddMX{}, ref) },
		"add_ns":  func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.AddNS(ctx, AddNS{}, ref) },
		"add_txt": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.AddTXT(ctx, AddTXT{}, ref) },
		"add_srv": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.AddSRV(ctx, AddSRV{}, ref) },
		"remove_record": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) {
			return z.RemoveRecord(ctx, RemoveRecord{"@", "A", 0, "192.0.2.1"}, ref)
		},
		"nop":              func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.Nop(ctx, ref) },
		"tune_forwarding":  func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.TuneForwarding(ctx, ref) },
		"clear_forwarding": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.ClearForwarding(ctx, ref) },
		"tune_parking":     func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.TuneParking(ctx, ref) },
		"clear_parking":    func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.ClearParking(ctx, ref) },
		"clear":            func(ctx context.Context, z *ZoneService) ([]DomainResult, error) { return z.Clear(ctx, ref) },
		"update_soa": func(ctx context.Context, z *ZoneService) ([]DomainResult, error) {
			return z.UpdateSOA(ctx, SOA{time.Hour, time.Minute}, ref)
		},
	}
	for name, call := range cases {
		client, stub := answering(t, domainsAnswer(`{"dname":"test.ru","result":"success","service_id":1}`))
		results, err := call(t.Context(), client.Zone)
		if err != nil || len(results) != 1 || results[0].Err != nil {
			t.Errorf("%s: %v, %v", name, results, err)
		}
		if stub.paths[0] != "/api/regru2/zone/"+name {
			t.Errorf("%s went to %s", name, stub.paths[0])
		}
	}
	elsewhere := []string{"get_resource_records", "update_records"} // with tests of their own
	for _, function := range zoneFunctions("") {
		if _, ok := cases[function]; !ok && !slices.Contains(elsewhere, function) {
			t.Errorf("%s has no case here", function)
		}
	}
}

func TestActionsThatDoHarmAreRefusedBeforeSending(t *testing.T) {
	client, stub := answering(t, twoZones)
	actions := map[string]Action{
		"removal without content": RemoveRecord{Subdomain: "@", RecordType: "A"},
		"removal without type":    RemoveRecord{Subdomain: "@", Content: "192.0.2.1"},
		"removal without name":    RemoveRecord{RecordType: "A", Content: "192.0.2.1"},
		"pointer to a removal":    &RemoveRecord{Subdomain: "@", RecordType: "A"},
		"A without address":       AddAlias{Subdomain: "@"},
		"A of IPv6":               AddAlias{"@", netip.MustParseAddr("::1")},
		"AAAA of IPv4":            AddAAAA{"@", netip.MustParseAddr("192.0.2.1")},
		"AAAA with a zone":        AddAAAA{"@", netip.MustParseAddr("fe80::1%eth0")},
		"nothing":                 nil,
	}
	for name, action := range actions {
		if _, err := client.Zone.Apply(t.Context(), action, ByName("test.ru")); !IsInvalid(err) || !NeverSent(err) {
			t.Errorf("%s: %v", name, err)
		}
		update := []ZoneUpdate{{Ref: ByName("test.ru"), Actions: []Action{AddTXT{"@", "x"}, action}}}
		if _, err := client.Zone.UpdateRecords(t.Context(), update); !IsInvalid(err) || !NeverSent(err) {
			t.Errorf("%s in a list: %v", name, err)
		}
	}
	if stub.requests() != 0 {
		t.Errorf("%d requests were sent", stub.requests())
	}
}

func TestTimesOfAZoneAreSentInSeconds(t *testing.T) {
	client, stub := answering(t, domainsAnswer(`{"dname":"test.ru","result":"success"}`))
	soa := SOA{TTL: 24 * time.Hour, MinimumTTL: 4*time.Hour + 900*time.Millisecond}
	if _, err := client.Zone.UpdateSOA(t.Context(), soa, ByName("test.ru")); err != nil {
		t.Fatal(err)
	}
	if input := stub.input(t); input["ttl"] != 86400.0 || input["minimum_ttl"] != 14400.0 {
		t.Errorf("sent %v", input)
	}
	if _, err := client.Zone.UpdateSOA(t.Context(), SOA{TTL: time.Hour}, ByName("test.ru")); !HasCode(err, CodeSOARecordInvalid) {
		t.Errorf("no minimum: %v", err)
	}
}

func TestResourceRecordsAreRead(t *testing.T) {
	client, _ := answering(t, domainsAnswer(
		`{"dname":"test.ru","result":"success","rrs":[
			{"content":"111.222.111.222","prio":"0","rectype":"A","state":"A","subname":"www"},
			{"content":"mx.test.ru.","prio":10,"rectype":"MX","state":"A","subname":"@"},
			{"content":"x","prio":null,"rectype":"TXT","subname":"*"},
			{"content":"mx2.test.ru.","priority":"20","rectype":"MX","subname":"@"},
			{"content":42,"prio":"","rectype":"TXT","subname":7}],
			"service_id":"12345","soa":{"minimum_ttl":"12h","ttl":"1d"}}`,
		`{"dname":"test.com","result":"success","rrs":[],"service_id":"12346","soa":{"minimum_ttl":600,"ttl":"10m"}}`,
		`{"dname":"x.ru","result":"error","error_code":"DOMAIN_IS_NOT_USE_REGRU_NSS"}`,
		`{"dname":"y.ru","result":"success","rrs":[{"prio":"high"}]}`,
		`{"dname":"z.ru","result":"success","rrs":[],"soa":{"ttl":"soon"}}`))
	zones, err := client.Zone.GetResourceRecords(t.Context(), ByName("test.ru"), ByName("test.com"), ByName("x.ru"), ByName("y.ru"), ByName("z.ru"))
	if err != nil {
		t.Fatal(err)
	}
	want := []ResourceRecord{
		{"www", "A", "111.222.111.222", 0, "A"}, {"@", "MX", "mx.test.ru.", 10, "A"}, {"*", "TXT", "x", 0, ""},
		{"@", "MX", "mx2.test.ru.", 20, ""}, {"7", "TXT", "42", 0, ""},
	}
	if diff := cmp.Diff(want, zones[0].Records); diff != "" {
		t.Error(diff)
	}
	if zones[0].SOA != (SOA{24 * time.Hour, 12 * time.Hour}) || zones[1].SOA != (SOA{10 * time.Minute, 10 * time.Minute}) {
		t.Errorf("times %+v, %+v", zones[0].SOA, zones[1].SOA)
	}
	if !IsBlocked(zones[2].Err) || Remedy(zones[2].Err) == "" || zones[2].Records != nil {
		t.Errorf("not delegated: %+v", zones[2])
	}
	if !IsTransient(zones[3].Err) {
		t.Errorf("a record without an identity: %+v", zones[3])
	}
	if zones[4].Err != nil || zones[4].SOA != (SOA{}) {
		t.Errorf("times that cannot be read: %+v", zones[4])
	}
}

func TestZoneWithoutRecordsMemberIsNotAnEmptyZone(t *testing.T) {
	client, _ := answering(t, domainsAnswer(`{"dname":"test.ru","result":"success"}`))
	zones, err := client.Zone.GetResourceRecords(t.Context(), ByName("test.ru"))
	if err != nil || zones[0].Err == nil {
		t.Errorf("%+v, %v", zones, err)
	}
}

func TestNamesThatCarryTheDomainAreReadWithinTheZone(t *testing.T) {
	client, _ := answering(t, domainsAnswer(`{"dname":"пример.рф","result":"success","rrs":[
		{"subname":"www.пример.рф.","rectype":"A","content":"192.0.2.1"},{"subname":"xn--e1afmkfd.xn--p1ai","rectype":"A","content":"192.0.2.1"},
		{"subname":"*.APPS.XN--E1AFMKFD.XN--P1AI.","rectype":"A","content":"192.0.2.1"},{"subname":"a.b","rectype":"A","content":"192.0.2.1"},
		{"subname":"@","rectype":"A","content":"192.0.2.1"}]}`))
	zones, err := client.Zone.GetResourceRecords(t.Context(), ByName("пример.рф"))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, record := range zones[0].Records {
		names = append(names, record.Subname)
	}
	if diff := cmp.Diff([]string{"www", "@", "*.apps", "a.b", "@"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}
