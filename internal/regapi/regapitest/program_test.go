package regapitest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestASeedIsRefusedWithThePathOfWhatIsWrong(t *testing.T) {
	account := func(more string) string { return "accounts:\n- login: alice\n  password: x\n" + more }
	for text, want := range map[string]string{
		account("  domains: [{name: example.ru}]\n---\naccounts: []\n"):     "second document",
		account("  domains: [{name: example.ru, expires: soon}]"):           `accounts[0].domains[0].expires: "soon"`,
		account("  domains: [{name: example.ru, state: X}]"):                "accounts[0].domains[0].state",
		account("  domains: [{name: example.ru, ttl: 1y}]"):                 "accounts[0].domains[0].ttl",
		account("  domains: [{name: example.ru, serviceID: -1}]"):           "accounts[0].domains[0].serviceID: -1 is negative",
		account("  domains: [{name: example.ru, grantedTo: bob}]"):          `accounts[0].domains[0].grantedTo: there is no account "bob"`,
		account("  domains: [{name: a.ru, records: [{name: w, type: X}]}]"): "accounts[0].domains[0].records[0]",
		account("  services: [{servtype: srv_odd}]"):                        "accounts[0].services[0].servtype",
		account("  folders: [{name: one, domains: [nobody.ru]}]"):           "accounts[0].folders[0].domains[0]",
		account("  profiles: [{type: RU, name: home}]"):                     "accounts[0].profiles[0].type",
		account("  balance: {prepay: much}"):                                "accounts[0].balance.prepay",
		"registry: [{name: taken.ru}, {name: a.ru, lock: both}]":            "registry[1].lock",
		"registry: [{name: taken.ru, views: -1}]":                           "registry[0].views: -1 is negative",
		"lots: [{name: nobody.ru}]":                                         "lots[0].name",
		"behaviour: {types: odd}":                                           "behaviour.types",
		"behaviour: {unpaidDays: -1}":                                       "behaviour.unpaidDays: -1 is negative",
		"faults: [{kind: error, function: zone/ad_alias}]":                  "faults[0].function",
		"faults: [{kind: error, login: bob}]":                               "faults[0].login",
		"faults: [{kind: error}, {kind: latency, latency: -1s}]":            "faults[1]: fault latency",
		"prices: {nowhere: {renew: 1}}":                                     "prices.nowhere",
		"prices: {ru: {renew: \"-1\"}}":                                     "prices.ru",
		"delays: {renewal: -1h}":                                            "delays.renewal",
		"faults: [{kind: error, count: -1}]":                                "faults[0]: fault count -1 is negative",
	} {
		if _, err := ParseSeed([]byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngot %v, want %s", text, err, want)
		}
	}
}

func TestASeedSetsPricesAndDelays(t *testing.T) {
	w, _ := seeded(t, seedText+"prices: {ru: {renew: \"700\"}}\ndelays: {renewal: 1h}\n")
	w.SetExpiry("example.ru", "2026-12-22")
	renewed := w.alice("service/renew", "dname", "example.ru", "period", "1")
	if renewed.Answer["payment"] != 700.0 || w.info("dname", "example.ru")["expiration_date"] != "2026-12-22" {
		t.Errorf("%+v", renewed)
	}
}

func TestTheJournalShowsNobodysContactsOrKeys(t *testing.T) {
	w := newWorld(t)
	w.aliceJSON("domain/create", orderOf(t, map[string]any{"domain_name": "new.ru"}))
	pairs := []string{"domain_name", "plain.ru", "authinfo", "very-secret-key", "o_email", "o@example.net", "user_phone", "+7 495 1112233"}
	for name, value := range ruContacts() {
		pairs = append(pairs, name, value.(string))
	}
	w.alice("domain/transfer", pairs...)
	shown := marshalled(t, w.Journal())
	secrets := []string{"very-secret-key", "o@example.net", "1112233"}
	for _, value := range ruContacts() {
		if value != "RU" {
			secrets = append(secrets, value.(string))
		}
	}
	for _, secret := range secrets {
		if strings.Contains(shown, secret) {
			t.Errorf("the journal shows %q", secret)
		}
	}
	if !strings.Contains(shown, "plain.ru") {
		t.Errorf("the journal shows nothing: %s", shown)
	}
}

func TestTheJournalIsBoundedInBytes(t *testing.T) {
	w := newWorld(t, WithJournalBytes(20_000))
	for n := range 100 {
		w.alice("zone/add_txt", "dname", "example.ru", "subdomain", fmt.Sprintf("n%d", n), "text", strings.Repeat("x", 1000))
	}
	kept := w.Journal()
	if len(kept) == 0 || len(kept) > 20 || kept[len(kept)-1].ID != 100 {
		t.Errorf("%d entries are kept, the last is %d", len(kept), kept[len(kept)-1].ID)
	}
}

func TestTheJournalIsBoundedInBytesWhateverIsAskedFor(t *testing.T) {
	w := newWorld(t, WithJournalBytes(20_000))
	for range 20 {
		w.alice(strings.Repeat("x", 5_000))
		w.call(strings.Repeat("y", 5_000), "x", "nop")
	}
	if kept := w.Journal(); len(kept) == 0 || len(kept) > 4 {
		t.Errorf("%d entries are kept", len(kept))
	}
}

func TestTheControlEndpointServesNoForeignPage(t *testing.T) {
	handler := newWorld(t).ControlHandler(Seed{})
	for _, c := range []struct {
		host, origin string
		status       int
	}{
		{"127.0.0.1:8054", "", http.StatusOK}, {"localhost:8054", "http://localhost:3000", http.StatusOK}, {"[::1]:8054", "", http.StatusOK},
		{"evil.example.net", "", http.StatusForbidden}, {"127.0.0.1.example.net:8054", "", http.StatusForbidden},
		{"127.0.0.1:8054", "https://evil.example.net", http.StatusForbidden}, {"127.0.0.1:8054", "null", http.StatusForbidden},
	} {
		request := httptest.NewRequest(http.MethodGet, "/healthz", nil)
		request.Host = c.host
		if c.origin != "" {
			request.Header.Set("Origin", c.origin)
		}
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request)
		if recorder.Code != c.status {
			t.Errorf("host %q, origin %q: %d", c.host, c.origin, recorder.Code)
		}
	}
}

// TestARequestCostsAsMuchAmongTwentyThousandNames compares with two hundred: a scan of all would cost a hundred times as much.
func TestARequestCostsAsMuchAmongTwentyThousandNames(t *testing.T) {
	const most = 20
	few, many := requestTime(t, 200), requestTime(t, 20_000)
	if many > most*few {
		t.Errorf("a round of requests takes %v among 200 names and %v among 20000", few, many)
	}
}

// requestTime is the shortest time of a round of requests that name one domain of so many.
func requestTime(t *testing.T, names int) time.Duration {
	w := newWorld(t, WithHourlyLimit(0))
	for n := range names {
		w.AddDomain("alice", Domain{Name: fmt.Sprintf("d%d.ru", n), ServiceID: int64(10_000 + n), UserServID: fmt.Sprintf("%x", n+1), Expires: "2026-12-22"})
	}
	w.AddFolder("alice", Folder{Name: "shelf"})
	shortest := time.Hour
	for round := range 20 {
		id := fmt.Sprint(10_000 + round)
		began := time.Now()
		w.must(w.alice("service/get_info", "user_servid", fmt.Sprintf("%x", round+1)))
		w.must(w.alice("zone/add_alias", "service_id", id, "subdomain", "www", "ipaddr", "192.0.2.1"))
		w.must(w.alice("folder/add_services", "folder_name", "shelf", "service_id", id))
		bill := w.alice("service/renew", "service_id", id, "period", "1", "pay_type", "bank").Answer["bill_id"].(string)
		w.alice("bill/nop", "bill_id", bill)
		w.dig(fmt.Sprintf("www.d%d.ru", round), 1)
		shortest = min(shortest, time.Since(began))
	}
	return shortest
}
