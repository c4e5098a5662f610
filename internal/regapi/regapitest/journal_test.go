package regapitest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestTheJournalTellsWhatHappened(t *testing.T) {
	w := newWorld(t)
	w.aliceJSON("zone/add_alias", `{"domains":[{"dname":"example.ru"},{"dname":"nobody.ru"}],"subdomain":"www","ipaddr":"192.0.2.1"}`)
	want := []Entry{{
		ID: 1, Time: epoch, Function: "zone/add_alias", Login: "alice", RemoteIP: "127.0.0.1", Elements: 2, Write: true, Changed: true, Result: "success",
		ElementErrors: []ElementError{{"nobody.ru", "DOMAIN_NOT_FOUND"}},
		Params: map[string]any{
			"username": "alice", "input_format": "json", "subdomain": "www", "ipaddr": "192.0.2.1",
			"domains": []any{map[string]any{"dname": "example.ru"}, map[string]any{"dname": "nobody.ru"}},
		},
	}}
	if diff := cmp.Diff(want, w.Journal()); diff != "" {
		t.Error(diff)
	}
}

func TestTheJournalCanBeFilteredCountedAndForgotten(t *testing.T) {
	w := newWorld(t, WithJournalLimit(3))
	w.alice("nop")
	w.bob("zone/nop", "dname", "partner.ru")
	w.alice("zone/nop", "dname", "example.ru")
	w.alice("zone/clear", "dname", "example.ru")
	functions := func(filters ...Filter) string {
		names := []string{}
		for _, entry := range w.Journal(filters...) {
			names = append(names, entry.Login+":"+entry.Function)
		}
		return strings.Join(names, " ")
	}
	for got, want := range map[string]string{
		functions():                       "bob:zone/nop alice:zone/nop alice:zone/clear", // the first was one too many
		functions(Writes()):               "alice:zone/clear",
		functions(OfFunction("zone/nop")): "bob:zone/nop alice:zone/nop",
		functions(OfAccount("alice"), OfFunction("*/nop")): "alice:zone/nop",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if w.Calls("zone/*") != 3 || w.Calls("nop") != 0 {
		t.Errorf("calls %d %d", w.Calls("zone/*"), w.Calls("nop"))
	}
	w.ResetJournal()
	if w.Calls("") != 0 {
		t.Error("the journal is not empty")
	}
}

func TestSecretsAreInNeitherJournalNorLogNorHook(t *testing.T) {
	const password, signature = "pa55word", "c2lnbmF0dXJl"
	var seen bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&seen, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w := newWorld(t, WithLogger(logger), WithHook(func(stage Stage, request *Entry) { fmt.Fprintf(&seen, "%s %+v\n", stage, request) }))
	w.AddAccount(Account{Login: "carol", Password: password})
	jsonData := fmt.Sprintf(`{"username":"carol","password":%q,"sig":%q,"domains":[{"dname":"nobody.ru","password":%q}]}`, password, signature, password)
	for _, fields := range [][]string{
		{"username", "carol", "password", password, "sig", signature, "dname", "nobody.ru"},
		{"username", "carol", "Password", password},
		{"input_format", "json", "input_data", jsonData},
		{"input_format", "json", "input_data", jsonData + "broken"},
		{"input_format", "xml", "input_data", `<opt password="` + password + `"/>`},
		{"input_data", jsonData},
	} {
		w.send("zone/nop", formOf(fields...))
		w.send("zone/update_records", formOf(fields...))
	}
	text, err := json.Marshal(w.Journal())
	if err != nil {
		t.Fatal(err)
	}
	seen.Write(text)
	for _, secret := range []string{password, signature} {
		if strings.Contains(seen.String(), secret) {
			t.Errorf("%s was written down", secret)
		}
	}
	if !strings.Contains(seen.String(), "function=zone/nop login=carol") {
		t.Errorf("the log lacks the request: %s", seen.String())
	}
}

func TestFailedElementsEchoNoPassword(t *testing.T) {
	w := newWorld(t)
	got := w.aliceJSON("zone/nop", `{"domains":[{"dname":"nobody.ru","password":"x"}]}`).element(t, 0)
	if _, there := got["password"]; there {
		t.Errorf("element %v", got)
	}
	if alone := w.alice("zone/nop", "dname", "nobody.ru").element(t, 0); alone["password"] != nil || alone["username"] != nil {
		t.Errorf("without a list: %v", alone)
	}
}

func TestHooksSeeEachStage(t *testing.T) {
	stages := []string{}
	var w *world
	w = newWorld(t, WithHook(func(stage Stage, request *Entry) {
		stages = append(stages, fmt.Sprintf("%s:%s:%d:%s", request.Function, stage, len(w.Records("example.ru")), request.Result))
	}))
	w.must(w.alice("zone/add_alias", fieldsOf("subdomain=www ipaddr=192.0.2.1")...))
	w.alice("no/such")
	w.Inject(Fault{Kind: FaultDropAnswer})
	if err := post(t.Context(), w.Server, "zone/clear", formOf("username", "alice", "password", "secret", "dname", "example.ru")); err == nil {
		t.Error("the answer was not dropped")
	}
	want := []string{
		"zone/add_alias:received:0:", "zone/add_alias:applied:1:", "zone/add_alias:answered:1:success",
		"no/such:received:1:", "no/such:answered:1:error",
		"zone/clear:received:1:", "zone/clear:applied:0:", "zone/clear:answered:0:success",
	}
	if diff := cmp.Diff(want, stages); diff != "" {
		t.Error(diff)
	}
}

func TestTheAnswerIsThereWhenTheLastHookRuns(t *testing.T) {
	answered, read := make(chan struct{}), make(chan struct{})
	s := startServer(t, WithHook(func(stage Stage, _ *Entry) {
		if stage == StageAnswered {
			close(answered)
			<-read
		}
	}))
	if _, _, err := addWWW(s); err != nil {
		t.Error(err)
	}
	<-answered
	close(read)
}

// post calls a function without a network and tells whether there was an answer.
func post(ctx context.Context, s *Server, function string, fields url.Values) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+function, strings.NewReader(fields.Encode()))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := s.Transport().RoundTrip(request)
	if err != nil {
		return err
	}
	return response.Body.Close()
}

func TestConcurrentRequestsAreMeasuredPerAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(WithLatency(time.Second))
		defer s.Close()
		s.AddAccount(Account{Login: "alice", Password: "secret"})
		s.AddAccount(Account{Login: "bob", Password: "hidden"})
		nop := func(login, password string) {
			if err := post(t.Context(), s, "nop", formOf("username", login, "password", password)); err != nil {
				t.Error(err)
			}
		}
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() { nop("alice", "secret") })
		}
		group.Go(func() {
			for range 3 {
				nop("bob", "hidden")
			}
		})
		group.Wait()
		if s.MaxInFlight("alice") != 3 || s.MaxInFlight("bob") != 1 {
			t.Errorf("alice %d, bob %d", s.MaxInFlight("alice"), s.MaxInFlight("bob"))
		}
	})
}

func TestOneRequestAfterAnotherIsNeverTwoAtOnce(t *testing.T) {
	s := startServer(t)
	for range 200 {
		if _, _, err := addWWW(s); err != nil {
			t.Fatal(err)
		}
	}
	if s.MaxInFlight("alice") != 1 {
		t.Errorf("%d at once", s.MaxInFlight("alice"))
	}
}

func TestACallerThatLeavesDoesNotStopItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(WithLatency(time.Minute))
		defer s.Close()
		s.AddAccount(Account{Login: "alice", Password: "secret"})
		s.AddDomain("alice", Domain{Name: "example.ru"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		fields := formOf("username", "alice", "password", "secret", "dname", "example.ru", "subdomain", "www", "ipaddr", "192.0.2.1")
		if err := post(ctx, s, "zone/add_alias", fields); err == nil {
			t.Error("the caller was answered in time")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(s.Records("example.ru")) != 1 {
			t.Error("the request was not carried out")
		}
	})
}

func TestEverythingCanHappenAtOnce(t *testing.T) {
	s := startServer(t, WithHook(func(Stage, *Entry) {}))
	s.Inject(Fault{Kind: FaultElementError, Probability: 0.2})
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			record := Record{Name: fmt.Sprintf("w%d", worker), Type: "A", Content: "192.0.2.1"}
			for range 20 {
				if _, _, err := addWWW(s); err != nil {
					t.Error(err)
				}
				s.AddRecord("example.ru", record)
				s.RemoveRecord("example.ru", record)
				s.Journal(Writes())
				s.SetBehaviour(Behaviour{Types: TypesAlternate})
			}
		})
	}
	group.Wait()
	if calls := s.Calls("zone/add_alias"); calls != 160 {
		t.Errorf("%d calls", calls)
	}
}
