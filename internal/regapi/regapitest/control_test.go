package regapitest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// newMovableWorld is a world with the simulator's own clock, to be made in a bubble: there it starts with the year 2000.
func newMovableWorld(t *testing.T, options ...Option) (*world, http.Handler) {
	t.Helper()
	w := newWorld(t, append([]Option{WithClock(&offsetClock{})}, options...)...)
	return w, w.ControlHandler(Seed{Accounts: []SeedAccount{{
		Account: Account{Login: "alice", Password: "secret"}, Domains: []Domain{{Name: "example.ru"}},
	}}})
}

// turn moves the clock.
func (w *world) turn(handler http.Handler, order string) {
	w.t.Helper()
	if status, body := control(handler, "POST", "/clock", order); status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", order, status, body)
	}
}

func TestTheClockIsMovedAndHeldFromOutside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, handler := newMovableWorld(t)
		for _, step := range []struct{ order, want string }{
			{`{"advance":"1h"}`, `{"now":"2000-01-01T01:00:01Z","ahead":"1h0m0s","frozen":false}`},
			{`{"advance":"30m"}`, `{"now":"2000-01-01T01:30:02Z","ahead":"1h30m0s","frozen":false}`},
			{`{"set":"2000-01-02T03:00:00+03:00"}`, `{"now":"2000-01-02T00:00:00Z","ahead":"23h59m57s","frozen":false}`},
			{`{"frozen":true}`, `{"now":"2000-01-02T00:00:01Z","ahead":"23h59m57s","frozen":true}`},
			{`{"advance":"1s"}`, `{"now":"2000-01-02T00:00:02Z","ahead":"23h59m57s","frozen":true}`},
			{`{"frozen":false}`, `{"now":"2000-01-02T00:00:02Z","ahead":"23h59m56s","frozen":false}`},
			{`{"frozen":true,"set":"2000-02-01T03:00:00+03:00"}`, `{"now":"2000-02-01T00:00:00Z","ahead":"743h59m53s","frozen":true}`},
		} {
			time.Sleep(time.Second) // the bubble's time
			if _, body := control(handler, "POST", "/clock", step.order); strings.TrimSpace(body) != step.want {
				t.Errorf("%s: %s", step.order, body)
			}
			if _, body := control(handler, "GET", "/clock", ""); strings.TrimSpace(body) != step.want {
				t.Errorf("after %s: %s", step.order, body)
			}
		}
	})
}

func TestOrdersThatAClockCannotFollowChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, handler := newMovableWorld(t)
		for order, why := range map[string]string{
			``:                                "EOF",
			`{}`:                              "neither advance, set nor frozen",
			`{"colour":"red"}`:                "unknown field",
			`{"frozen":"yes"}`:                "cannot unmarshal",
			`{"frozen":true,"advance":"tea"}`: "invalid duration",
			`{"frozen":true,"advance":"-1s"}`: "does not go back from 2000-01-01T00:00:00Z",
			`{"set":"1999-12-31T23:59:59Z"}`:  "does not go back",
			`{"set":"2100-01-01T00:00:00Z"}`:  "no further than 2099-12-07T00:00:00Z",
			`{"advance":"2562047h"}`:          "no further than",
			`{"advance":"1s","set":"2000-01-02T00:00:00Z"}`: "exclude each other",
		} {
			if status, body := control(handler, "POST", "/clock", order); status != http.StatusBadRequest || !strings.Contains(body, why) {
				t.Errorf("%s: %d %s", order, status, body)
			}
		}
		if _, body := control(handler, "GET", "/clock", ""); !strings.Contains(body, `"ahead":"0s","frozen":false`) {
			t.Errorf("the clock: %s", body)
		}
	})
}

func TestTheClockOfATestIsNotMovedFromOutside(t *testing.T) {
	w := newWorld(t)
	handler := w.ControlHandler(Seed{})
	for _, method := range []string{"GET", "POST"} {
		if status, body := control(handler, method, "/clock", `{"advance":"1h"}`); status != http.StatusConflict || !w.clock.Now().Equal(epoch) {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
}

func TestMovingTheClockEndsWhatTakesTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, handler := newMovableWorld(t, WithHourlyLimit(3), WithPublishDelay(time.Hour), WithDNSSECDelay(2*time.Hour))
		w.must(w.alice("zone/add_alias", "dname", "example.ru", "subdomain", "www", "ipaddr", "192.0.2.1"))
		w.must(w.alice("dnssec/enable", "dname", "example.ru"))
		if status := w.alice("dnssec/get_status", "dname", "example.ru").element(t, 0)["status"]; status != dnssecUpdating {
			t.Errorf("DNSSEC at first: %v", status)
		}
		if code := w.alice("nop").ErrorCode; code != refusal.AccountRate {
			t.Errorf("over the limit: %q", code)
		}
		w.wantDNS("www.example.ru", dns.TypeA, "NXDOMAIN")
		w.turn(handler, `{"advance":"1h"}`)
		w.wantDNS("www.example.ru", dns.TypeA, "NOERROR", "www.example.ru. A 192.0.2.1")
		w.turn(handler, `{"advance":"1h"}`)
		if status := w.alice("dnssec/get_status", "dname", "example.ru").element(t, 0)["status"]; status != dnssecEnabled {
			t.Errorf("DNSSEC two hours later: %v", status)
		}
	})
}

func TestADomainWhoseTimeHasRunOutLeavesDNSWithoutARequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, handler := newMovableWorld(t)
		w.AddRecord("example.ru", Record{Name: "www", Type: "A", Content: "192.0.2.1"})
		w.SetExpiry("example.ru", "2000-12-30")
		w.turn(handler, `{"advance":"8736h"}`)
		w.wantDNS("www.example.ru", dns.TypeA, "NOERROR", "www.example.ru. A 192.0.2.1")
		w.turn(handler, `{"advance":"72h"}`)
		w.wantDNS("www.example.ru", dns.TypeA, "REFUSED")
	})
}

func TestAResetReturnsToRealTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, handler := newMovableWorld(t, WithHourlyLimit(1))
		w.turn(handler, `{"advance":"48h","frozen":true}`)
		w.must(w.alice("zone/nop", "dname", "example.ru"))
		if status, body := control(handler, "POST", "/reset", ""); status != http.StatusNoContent {
			t.Fatalf("reset: %d %s", status, body)
		}
		if _, body := control(handler, "GET", "/clock", ""); !strings.Contains(body, `"ahead":"0s","frozen":false`) {
			t.Errorf("the clock: %s", body)
		}
		w.must(w.alice("zone/nop", "dname", "example.ru"))
	})
}

func TestARequestUnderWayIsAnsweredBeforeTheServerCloses(t *testing.T) {
	applied := make(chan struct{})
	var server *Server
	hook := func(stage Stage, _ *Entry) {
		if stage == StageApplied {
			close(applied)
			<-server.ctx.Done() // until Close has begun
		}
	}
	server, err := Start(WithHook(hook))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	answered := make(chan string, 1)
	go func() {
		response, err := http.PostForm(server.URL()+"nop", url.Values{"username": {"test"}, "password": {"test"}})
		if err != nil {
			answered <- err.Error()
			return
		}
		defer response.Body.Close()
		var got answer
		if err := json.NewDecoder(response.Body).Decode(&got); err != nil {
			answered <- err.Error()
		}
		answered <- got.Result
	}()
	<-applied
	server.Close()
	if got := <-answered; got != "success" {
		t.Errorf("the request under way: %s", got)
	}
}
