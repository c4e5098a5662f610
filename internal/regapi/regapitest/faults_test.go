package regapitest

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// addWWW asks for a record over a real connection and returns what came back.
func addWWW(s *Server) (int, string, error) {
	response, err := http.PostForm(s.URL()+"zone/add_alias",
		formOf("username", "alice", "password", "secret", "dname", "example.ru", "subdomain", "www", "ipaddr", "192.0.2.1"))
	if err != nil {
		return 0, "", err
	}
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), errors.Join(err, response.Body.Close())
}

func TestFaults(t *testing.T) {
	cases := []struct {
		fault   Fault
		changes bool
		status  int
		holds   string
		json    bool
	}{
		{Fault{Kind: FaultDropRequest}, false, 0, "", false},
		{Fault{Kind: FaultDropAnswer}, true, 0, "", false},
		{Fault{Kind: FaultStatus}, false, 503, "Service Unavailable", false},
		{Fault{Kind: FaultStatus, Status: 502}, false, 502, "Bad Gateway", false},
		{Fault{Kind: FaultGarbage}, true, 200, "not JSON", false},
		{Fault{Kind: FaultTruncated}, true, 200, "{\n   \"answer\": {\n      \"domains\": [", false},
		{Fault{Kind: FaultHTML}, false, 200, "<html>", false},
		{Fault{Kind: FaultRateLimit}, false, 200, refusal.AccountRate, true},
		{Fault{Kind: FaultRateLimit, Code: refusal.IPRate}, false, 200, refusal.IPRate, true},
		{Fault{Kind: FaultError}, false, 200, "SERVICE_UNAVAILABLE", true},
		{Fault{Kind: FaultError, Code: "INTERNAL_ERROR", ErrorParams: map[string]string{"error_detail": "disk"}}, false, 200, "Internal error: disk", true},
		{Fault{Kind: FaultElementError}, false, 200, "INTERNAL_ERROR", true},
		{Fault{Kind: FaultElementError, Code: "DOMAIN_PROTECTION"}, false, 200, "DOMAIN_PROTECTION", true},
	}
	for _, c := range cases {
		t.Run(string(c.fault.Kind)+c.fault.Code, func(t *testing.T) {
			s := startServer(t)
			c.fault.Count = 1
			s.Inject(c.fault)
			status, body, err := addWWW(s)
			if (err != nil) != (c.status == 0) || status != c.status || !strings.Contains(body, c.holds) {
				t.Errorf("%d %q %v", status, body, err)
			}
			if err == nil && json.Valid([]byte(body)) != c.json {
				t.Errorf("JSON or not: %q", body)
			}
			if changed := len(s.Records("example.ru")) == 1; changed != c.changes || s.Journal()[0].Changed != c.changes {
				t.Errorf("changed: %v, journal %+v", changed, s.Journal()[0])
			}
			if s.Refusals() != 0 {
				t.Error("an injected refusal was counted")
			}
			if _, body, err := addWWW(s); err != nil || !strings.Contains(body, "\"result\": \"success\",\n            \"service_id\"") {
				t.Errorf("after the fault: %q %v", body, err)
			}
		})
	}
}

func TestFaultsStrikeOnlyWhatTheyAreMeantFor(t *testing.T) {
	w := newWorld(t)
	w.Inject(Fault{Kind: FaultElementError, Function: "zone/*", Domain: "пример.рф", Login: "alice"})
	w.Inject(Fault{Kind: FaultError, Function: "zone/*", Domain: "partner.ru"})
	both := w.aliceJSON("zone/nop", `{"domains":[{"dname":"example.ru"},{"service_id":502}]}`)
	if first, second := both.element(t, 0), both.element(t, 1); first["result"] != "success" || second["error_code"] != "INTERNAL_ERROR" {
		t.Errorf("elements %v %v", first, second)
	}
	w.must(w.alice("service/nop", "dname", "пример.рф"))
	if got := w.bob("nop"); got.Result != "success" {
		t.Errorf("another function: %+v", got)
	}
	if got := w.bob("zone/nop", "service_id", "601"); got.ErrorCode != "SERVICE_UNAVAILABLE" {
		t.Errorf("the domain by its id: %+v", got)
	}
	w.ClearFaults()
	w.must(w.bob("zone/nop", "service_id", "601"))
}

func TestFaultsCanWaitAndEnd(t *testing.T) {
	w := newWorld(t)
	w.Inject(Fault{Kind: FaultError, Skip: 1, Count: 2})
	codes := []string{}
	for range 4 {
		codes = append(codes, w.alice("nop").ErrorCode)
	}
	if got := strings.Join(codes, " "); got != " SERVICE_UNAVAILABLE SERVICE_UNAVAILABLE " {
		t.Errorf("codes %q", got)
	}
}

func TestFaultsByChanceFollowTheSeed(t *testing.T) {
	run := func(seed uint64) (string, int) {
		w := newWorld(t, WithSeed(seed))
		w.Inject(Fault{Kind: FaultError, Probability: 0.5})
		outcome, struck := "", 0
		for range 100 {
			if w.alice("nop").ErrorCode != "" {
				outcome += "x"
				struck++
			} else {
				outcome += "."
			}
		}
		return outcome, struck
	}
	first, struck := run(1)
	again, _ := run(1)
	other, _ := run(2)
	if first != again || first == other || struck < 30 || struck > 70 {
		t.Errorf("%s\n%s\n%s\n%d strikes", first, again, other, struck)
	}
}

func TestLatencyTakesTheClocksTime(t *testing.T) {
	w := newWorld(t, WithLatency(300*time.Millisecond))
	w.Inject(Fault{Kind: FaultLatency, Latency: time.Second, Function: "zone/*", Count: 1})
	w.alice("nop")
	if passed := w.clock.Now().Sub(epoch); passed != 300*time.Millisecond {
		t.Errorf("nop took %v", passed)
	}
	w.must(w.alice("zone/nop", "dname", "example.ru"))
	if passed := w.clock.Now().Sub(epoch); passed != 1600*time.Millisecond {
		t.Errorf("both took %v", passed)
	}
	if entry := w.Journal()[1]; entry.Fault != FaultLatency || entry.Duration != 1300*time.Millisecond {
		t.Errorf("journal says %+v", entry)
	}
}

func TestFaultsThatMakeNoSenseAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, fault := range []Fault{
		{Kind: "explode"}, {Kind: FaultError, Function: "["}, {Kind: FaultError, Probability: 2}, {Kind: FaultStatus, Status: 42}, {Kind: FaultLatency},
		{Kind: FaultError, Domain: "localhost"},
	} {
		if err := w.inject(fault); err == nil {
			t.Errorf("%+v was taken", fault)
		}
	}
}
