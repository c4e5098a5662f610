package journal_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/regapi-io/regapi-operator/internal/journal"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
	"github.com/regapi-io/regapi-operator/internal/traffic"
)

func all(journal.Entry) bool { return true }

// clientOf gives a client of a simulator that passes through a journal.
func clientOf(t *testing.T, j *journal.Journal, api *regapitest.Server) *regapi.Client {
	t.Helper()
	caller, err := regapi.NewClient(regapi.WithEndpoint("http://127.0.0.1:1/api/regru2/"), regapi.WithTransport(api.Transport()),
		regapi.WithCredentials(regapi.Password{Username: "alice", Password: "secret-of-alice"}), regapi.WithMiddleware(j.Middleware("team/main")))
	if err != nil {
		t.Fatal(err)
	}
	return caller
}

// during runs a test with a simulator and a journal that runs.
func during(t *testing.T, lines *bytes.Buffer, test func(t *testing.T, api *regapitest.Server, j *journal.Journal, caller *regapi.Client)) {
	synctest.Test(t, func(t *testing.T) {
		api := regapitest.New()
		defer api.Close()
		api.AddAccount(regapitest.Account{Login: "alice", Password: "secret-of-alice"})
		api.AddDomain("alice", regapitest.Domain{Name: "пример.рф", Records: []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}})
		j := journal.New(journal.DefaultBytes, lines)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); _ = j.Start(ctx) }()
		test(t, api, j, clientOf(t, j, api))
		stop()
		<-ended
	})
}

func TestARequestIsKeptWithWhatItWasAboutAndWhoAsked(t *testing.T) {
	var lines bytes.Buffer
	during(t, &lines, func(t *testing.T, _ *regapitest.Server, j *journal.Journal, caller *regapi.Client) {
		ctx := traffic.WithAskers(t.Context(), traffic.ByObject|traffic.ByExternalDNS)
		if _, err := caller.Zone.GetResourceRecords(ctx, regapi.ByName("пример.рф")); err != nil {
			t.Fatal(err)
		}
		entries, last := j.After(t.Context(), "team/main", 0, all)
		if len(entries) != 1 || last != 1 {
			t.Fatalf("%d entries", len(entries))
		}
		e := entries[0]
		if e.Function != "zone/get_resource_records" || e.Code != "OK" || e.AskedBy != "object,external-dns" || !e.Names("Пример.рф.") || e.Names("other.ru") || !strings.Contains(string(e.Answer), "192.0.2.1") {
			t.Errorf("%+v\n%s\n%s", e, e.Request, e.Answer)
		}
		var line journal.Entry
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil || line.Function != e.Function {
			t.Errorf("%v: %s", err, &lines)
		}
		if others, _ := j.After(ended(t), "team/other", 0, all); len(others) != 0 {
			t.Errorf("another Account sees %d entries", len(others))
		}
	})
}

func ended(t *testing.T) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

func TestARefusalIsKeptByItsCode(t *testing.T) {
	during(t, &bytes.Buffer{}, func(t *testing.T, api *regapitest.Server, j *journal.Journal, caller *regapi.Client) {
		api.SetPassword("alice", "another")
		_, _ = caller.Common.Nop(t.Context())
		entries, _ := j.After(t.Context(), "team/main", 0, all)
		if entries[0].Code != string(regapi.CodePasswordAuthFailed) {
			t.Errorf("%+v", entries[0])
		}
	})
}

func TestSecretsAreNowhereInTheJournal(t *testing.T) {
	var lines bytes.Buffer
	during(t, &lines, func(t *testing.T, _ *regapitest.Server, j *journal.Journal, caller *regapi.Client) {
		params := map[string]any{
			"domain_name": "пример.рф", "authinfo": "transfer-key", "contacts": map[string]any{"o_phone": "+7 495 1234567"}, "o_email": "person@example.ru",
			"nested": []any{map[string]any{"passport": "4509 123456", "password": "secret-of-alice"}},
		}
		_ = caller.Call(t.Context(), "domain/set_new_authinfo", params, nil)
		if _, err := j.After(t.Context(), "team/main", 0, all); err < 1 {
			t.Fatal("nothing was kept")
		}
		for _, secret := range []string{"transfer-key", "1234567", "person@", "123456", "secret-of-alice"} {
			if strings.Contains(lines.String(), secret) {
				t.Errorf("%s is in the journal: %s", secret, &lines)
			}
		}
		if !strings.Contains(lines.String(), "xn--e1afmkfd.xn--p1ai") {
			t.Errorf("the domain is not: %s", &lines)
		}
	})
}

func TestTheRingIsBoundedInBytesAndKeepsTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journal.New(64<<10, nil)
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = j.Start(ctx) }()
		handler := j.Middleware("team/main")(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) {
			return &regapi.Answer{Payload: json.RawMessage(`{"text":"` + strings.Repeat("x", 3000) + `"}`)}, nil
		}))
		const requests = 200
		for n := range requests {
			if _, err := handler.Do(ctx, &regapi.Request{Function: "nop", Params: map[string]any{"n": n}}); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
		}
		entries, last := j.After(ctx, "team/main", 0, all)
		size := 0
		for _, e := range entries {
			size += len(e.Answer)
		}
		if newest := entries[len(entries)-1]; last != requests || newest.Number != requests || size > 64<<10 || len(entries) < 15 || string(newest.Request) != fmt.Sprintf(`{"n":%d}`, requests-1) {
			t.Errorf("%d entries of %d bytes, the last is %d: %s", len(entries), size, newest.Number, newest.Request)
		}
		stop()
		synctest.Wait()
	})
}

func TestWhatComesTooFastIsCountedAndHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := journal.New(journal.DefaultBytes, nil)
		handler := j.Middleware("team/main")(regapi.HandlerFunc(func(context.Context, *regapi.Request) (*regapi.Answer, error) { return &regapi.Answer{}, nil }))
		const requests = 300
		for range requests { // Nobody keeps them yet.
			_, _ = handler.Do(t.Context(), &regapi.Request{Function: "nop"})
		}
		ctx, stop := context.WithCancel(t.Context())
		go func() { _ = j.Start(ctx) }()
		synctest.Wait()
		entries, _ := j.After(ctx, "team/main", 0, all)
		if kept, dropped := len(entries), entries[0].Dropped; int64(kept)+dropped != requests || dropped == 0 {
			t.Errorf("%d kept and %d dropped of %d", kept, dropped, requests)
		}
		stop()
		synctest.Wait()
	})
}

func TestDomainsAreFoundHoweverDeepTheyLieAndWhateverATextSays(t *testing.T) {
	params := map[string]any{
		"domains":     []any{map[string]any{"dname": "Пример.рф", "action_list": []any{map[string]string{"text": `"dname":"in-a-text.ru"`}}}, map[string]any{"dname": "a\u003cb.ru"}},
		"domain_name": "example.ru",
		"dname":       7,
	}
	got := strings.Join(journal.DomainsIn(params), " ")
	if want := "xn--e1afmkfd.xn--p1ai a<b.ru example.ru"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}
