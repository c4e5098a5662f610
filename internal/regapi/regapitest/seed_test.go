package regapitest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const seedText = `
behaviour: {types: numbers, txt: quoted}
accounts:
- login: alice
  password: secret
  partner: true
  allowedIPs: [127.0.0.0/8]
  balance: {prepay: "1000", credit: "10"}
  domains:
  - name: example.ru
    serviceID: 501
    userServID: abc123
    expires: "2030-01-02"
    ttl: 1h
    records:
    - {name: www, type: A, content: 192.0.2.1}
    - {name: "@", type: MX, content: mail, priority: 10}
  - name: parked.ru
    parked: true
- login: bob
  password: hidden
  allowedIPs: []
faults:
- {kind: error, function: "zone/clear", code: BILLING_LOCK, count: 1}
`

func seeded(t *testing.T, text string) (*world, Seed) {
	t.Helper()
	seed, err := ParseSeed([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w := &world{Server: New(WithClock(NewManualClock(epoch))), t: t}
	t.Cleanup(w.Close)
	if err := w.Apply(seed); err != nil {
		t.Fatal(err)
	}
	return w, seed
}

func TestASeedSetsTheScene(t *testing.T) {
	w, _ := seeded(t, seedText)
	w.wantRecords("example.ru", Record{Name: "@", Type: "MX", Content: "mail.example.ru.", Priority: 10}, Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	w.wantRecords("parked.ru", parkingRecords...)
	info := w.alice("service/get_info", "user_servid", "abc123").element(t, 0)
	if info["service_id"] != 501.0 || info["expiration_date"] != "2030-01-02" || info["creation_date"] != "2026-11-22" {
		t.Errorf("info %v", info)
	}
	if code := w.bob("nop").ErrorCode; code != "ACCESS_DENIED_FROM_IP" {
		t.Errorf("an empty allow-list: %q", code)
	}
	if code := w.alice("zone/clear", "dname", "example.ru").ErrorCode; code != "BILLING_LOCK" {
		t.Errorf("the fault: %q", code)
	}
	if ttl := w.SOA("example.ru").TTL; ttl != 3600 {
		t.Errorf("TTL %d", ttl)
	}
}

func TestSeedsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, text := range []string{
		"acounts: []", "behaviour: {types: letters}", "accounts: [{login: a, login: b}]", "accounts: [{login: test}]", "accounts: [{login: a}, {login: a}]", "accounts: [{login: ''}]",
		"accounts: [{login: a, balance: {prepay: much}}]", "accounts: [{login: a, allowedIPs: [here]}]", "accounts: [{login: a, certificates: [x]}]",
		"accounts: [{login: a, domains: [{name: localhost}]}]", "accounts: [{login: a, domains: [{name: a.ru}, {name: A.ru}]}]",
		"accounts: [{login: a, domains: [{name: a.ru, state: X}]}]", "accounts: [{login: a, domains: [{name: a.ru, expires: soon}]}]",
		"accounts: [{login: a, domains: [{name: a.ru, userServID: XYZ}]}]", "accounts: [{login: a, domains: [{name: a.ru, ttl: long}]}]",
		"accounts: [{login: a, domains: [{name: a.ru, serviceID: 5}, {name: b.ru, serviceID: 5}]}]",
		"accounts: [{login: a, domains: [{name: a.ru, nameServers: ['']}]}]",
		"accounts: [{login: a, domains: [{name: a.ru, records: [{name: www, type: PTR, content: x}]}]}]",
		"accounts: [{login: a, domains: [{name: a.ru, records: [{name: w, type: CNAME, content: b.ru}, {name: w, type: TXT, content: x}]}]}]",
		"faults: [{kind: explode}]", "faults: [{kind: latency, latency: long}]", "faults: [{kind: error, domain: localhost}]",
	} {
		seed, err := ParseSeed([]byte(text))
		if err == nil {
			err = New().Apply(seed)
		}
		if err == nil {
			t.Errorf("%s was taken", text)
		}
	}
}

func TestFaultsAreReadFromACommandLine(t *testing.T) {
	spec, err := ParseFault("kind=http-status,function=zone/*,domain=example.ru,login=alice,skip=1,count=3,probability=0.5,status=502,code=X,latency=300ms")
	want := FaultSpec{
		Kind: FaultStatus, Function: "zone/*", Domain: "example.ru", Login: "alice", Skip: 1, Count: 3, Probability: 0.5, Status: 502, Code: "X", Latency: "300ms",
	}
	if diff := cmp.Diff(want, spec); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
	for _, text := range []string{"", "kind", "kind=explode", "kind=error,colour=red", "kind=error,count=many", "kind=latency,latency=1"} {
		if _, err := ParseFault(text); err == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

// control asks the control endpoint and returns its status and body.
func control(handler http.Handler, method, target, body string) (int, string) {
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body)))
	return recorder.Code, recorder.Body.String()
}

func TestTheControlEndpoint(t *testing.T) {
	w, seed := seeded(t, seedText)
	handler := w.ControlHandler(seed)
	w.must(w.alice("zone/add_alias", fieldsOf("subdomain=ftp ipaddr=192.0.2.2")...))
	w.alice("nop")
	steps := []struct {
		method, target, body string
		status               int
		holds                string
	}{
		{"GET", "/healthz", "", 200, `"ok"`},
		{"GET", "/journal?writes=true", "", 200, `"function":"zone/add_alias"`},
		{"GET", "/journal?function=nop", "", 200, `"function":"nop"`},
		{"GET", "/zones/example.ru", "", 200, `{"name":"ftp","type":"A","content":"192.0.2.2"}`},
		{"GET", "/zones/nobody.ru", "", 404, "there is no domain"},
		{"POST", "/faults", `{"kind":"error","code":"INTERNAL_ERROR","function":"nop"}`, 204, ""},
		{"POST", "/faults", `{"kind":"explode"}`, 400, "explode"},
		{"POST", "/faults", `{"colour":"red"}`, 400, "unknown field"},
		{"POST", "/faults", `{"kind":"error","domain":"localhost"}`, 400, "fault domain"},
	}
	for _, step := range steps {
		if status, body := control(handler, step.method, step.target, step.body); status != step.status || !strings.Contains(body, step.holds) {
			t.Errorf("%s %s: %d %s", step.method, step.target, status, body)
		}
	}
	if code := w.alice("nop").ErrorCode; code != "INTERNAL_ERROR" {
		t.Errorf("the fault: %q", code)
	}
	if status, _ := control(handler, "DELETE", "/faults", ""); status != 204 || w.alice("nop").Result != "success" {
		t.Errorf("the fault was not cleared: %d", status)
	}
	if status, body := control(handler, "POST", "/reset", ""); status != 204 {
		t.Errorf("reset: %d %s", status, body)
	}
	w.wantRecords("example.ru", Record{Name: "@", Type: "MX", Content: "mail.example.ru.", Priority: 10}, Record{Name: "www", Type: "A", Content: "192.0.2.1"})
	_, body := control(handler, "GET", "/journal", "")
	var page journalPage
	if err := json.Unmarshal([]byte(body), &page); err != nil || len(page.Entries) != 0 {
		t.Errorf("the journal after a reset: %v %s", err, body)
	}
}

func TestEditsOfWhatIsNotTherePanic(t *testing.T) {
	w := newWorld(t)
	for name, edit := range map[string]func(){
		"account":        func() { w.SetPassword("mallory", "x") },
		"second account": func() { w.AddAccount(Account{Login: "alice"}) },
		"domain":         func() { w.Records("nobody.ru") },
		"bad domain":     func() { w.SOA("localhost") },
		"record":         func() { w.RemoveRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"}) },
		"bad record":     func() { w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "nonsense"}) },
		"bad records":    func() { w.SetRecords("example.ru", []Record{{Name: "www", Type: "PTR", Content: "x"}}) },
		"bad time":       func() { w.SetSOA("example.ru", "long", "") },
		"fault":          func() { w.Inject(Fault{Kind: "explode"}) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			edit()
		})
	}
}

func TestARemovedDomainIsGone(t *testing.T) {
	w := newWorld(t)
	w.RemoveDomain("example.ru")
	if code := w.alice("zone/nop", "dname", "example.ru").code(t); code != "DOMAIN_NOT_FOUND" {
		t.Errorf("code %q", code)
	}
}
