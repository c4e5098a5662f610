package traffic

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// credentials are those of the account in the simulator.
var credentials = regapi.Password{Username: "customer", Password: "s3cret-value"}

// cannedServer answers every request with the same body, and counts.
type cannedServer struct {
	body  string
	count atomic.Int64
}

func (c *cannedServer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	c.count.Add(1)
	_, _ = w.Write([]byte(c.body))
}

func (c *cannedServer) requests() int { return int(c.count.Load()) }

// answering gives a client of a server whose answer holds the body.
func answering(t *testing.T, body string, opts ...regapi.Option) (*regapi.Client, *cannedServer) {
	t.Helper()
	canned := &cannedServer{body: `{"result":"success","answer":` + body + `}`}
	return clientFor(t, canned, opts...), canned
}

func clientFor(t *testing.T, handler http.Handler, opts ...regapi.Option) *regapi.Client {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	defaults := []regapi.Option{regapi.WithEndpoint(server.URL + "/api/regru2/"), regapi.WithCredentials(credentials)}
	client, err := regapi.NewClient(append(defaults, opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.CloseIdleConnections)
	return client
}

// simulated gives a client of a simulator with one account that holds example.ru.
func simulated(t *testing.T, behaviour regapitest.Behaviour, opts ...regapi.Option) (*regapi.Client, *regapitest.Server) {
	t.Helper()
	server := regapitest.New(regapitest.WithBehaviour(behaviour))
	t.Cleanup(server.Close)
	server.AddAccount(regapitest.Account{Login: credentials.Username, Password: credentials.Password})
	server.AddDomain(credentials.Username, regapitest.Domain{Name: "example.ru"})
	return clientFor(t, server.Handler(), opts...), server
}

// refusedByClient is a refusal by the client itself: nothing was sent.
func refusedByClient(t *testing.T) error {
	t.Helper()
	client, canned := answering(t, `{}`)
	err := client.Call(t.Context(), "not a name", nil, nil)
	if err == nil || canned.requests() != 0 {
		t.Fatalf("%v after %d requests", err, canned.requests())
	}
	return err
}

func TestRefusedOrdersAndBillsAreRemembered(t *testing.T) {
	calls := map[string]struct {
		answer string
		call   func(context.Context, *regapi.Client) error // returns the error of the only element
	}{
		"domain/create": {
			`{"domains":[{"dname":"a.ru","result":"error","error_code":"DOMAIN_ALREADY_EXISTS"}]}`,
			func(ctx context.Context, c *regapi.Client) error {
				order, err := c.Domain.Create(ctx, regapi.Registration{Names: []string{"a.ru"}})
				if err != nil {
					return fmt.Errorf("the whole request failed: %w", err)
				}
				return order.Domains[0].Err
			},
		},
		"bill/delete": {
			`{"bills":[{"bill_id":"7","error_code":"BILL_ID_NOT_FOUND"}]}`,
			func(ctx context.Context, c *regapi.Client) error {
				results, err := c.Bill.Delete(ctx, 7)
				if err != nil {
					return fmt.Errorf("the whole request failed: %w", err)
				}
				return results[0].Err
			},
		},
	}
	for name, c := range calls {
		client, stub := answering(t, c.answer, regapi.WithMiddleware(NewRefusalMemory().Middleware()))
		first := c.call(t.Context(), client)
		for range maxRefusals + 2 {
			if err := c.call(t.Context(), client); err == nil || err.Error() != first.Error() {
				t.Errorf("%s: %v, at first %v", name, err, first)
			}
		}
		if stub.requests() != maxRefusals {
			t.Errorf("%s: %d requests", name, stub.requests())
		}
	}
}

func TestSimulatorIsNotAskedAgainWithARefusedPassword(t *testing.T) {
	now := time.Unix(0, 0)
	guard := NewDenialGuard(time.Minute, func() time.Time { return now })
	client, server := simulated(t, regapitest.Behaviour{}, regapi.WithMiddleware(guard.Middleware()))
	server.SetPassword(credentials.Username, "another")
	for range 5 {
		if _, err := client.Common.Nop(t.Context()); !regapi.IsDenied(err) {
			t.Fatalf("got %v", err)
		}
	}
	if calls := server.Calls("*"); calls != 1 {
		t.Errorf("%d requests with a refused password", calls)
	}
	server.SetPassword(credentials.Username, credentials.Password)
	now = now.Add(time.Minute)
	if _, err := client.Common.Nop(t.Context()); err != nil {
		t.Errorf("got %v", err)
	}
}

func TestSimulatorNeverSeesTwoRequestsAtOnceThroughALane(t *testing.T) {
	client, server := simulated(t, regapitest.Behaviour{}, regapi.WithMiddleware(NewLane().Middleware()))
	var callers sync.WaitGroup
	for range 20 {
		callers.Go(func() {
			if _, err := client.Common.Nop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	callers.Wait()
	if most := server.MaxInFlight(credentials.Username); most != 1 || server.Calls("nop") != 20 {
		t.Errorf("%d at once, %d in all", most, server.Calls("nop"))
	}
}

func TestFailedSingleElementCountsAsARefusal(t *testing.T) {
	record := regapi.AddTXT{Subdomain: "@", Text: "x"}
	client, stub := answering(t, `{"domains":[{"dname":"gone.ru","result":"error","error_code":"DOMAIN_NOT_FOUND"}]}`,
		regapi.WithMiddleware(NewRefusalMemory().Middleware()))
	for range 10 {
		results, err := client.Zone.AddTXT(t.Context(), record, regapi.ByName("gone.ru"))
		if err != nil || len(results) != 1 || !regapi.IsNotFound(results[0].Err) || results[0].Ref != regapi.ByName("gone.ru") {
			t.Fatalf("%+v, %v", results, err)
		}
	}
	if stub.requests() != maxRefusals {
		t.Errorf("%d requests", stub.requests())
	}
	results, err := client.Zone.AddTXT(t.Context(), record, regapi.ByName("gone.ru"), regapi.ByName("held.ru"))
	if err != nil || len(results) != 2 || stub.requests() != maxRefusals+1 {
		t.Errorf("a longer list: %+v, %v", results, err)
	}
}

func TestFailedActionsOfASingleZoneCountAsARefusal(t *testing.T) {
	client, stub := answering(t, `{"domains":[{"dname":"a.ru","action_list":[{"action":"add_txt","result":"error","error_code":"PARAMETER_INCORRECT"}]}]}`,
		regapi.WithMiddleware(NewRefusalMemory().Middleware()))
	for range 10 {
		results, err := client.Zone.UpdateRecords(t.Context(), []regapi.ZoneUpdate{{Ref: regapi.ByName("a.ru"), Actions: []regapi.Action{regapi.AddTXT{Subdomain: "@", Text: "x"}}}})
		if err != nil || len(results) != 1 || !regapi.IsInvalid(results[0].Err) || !regapi.IsInvalid(results[0].Actions[0].Err) {
			t.Fatalf("%+v, %v", results, err)
		}
	}
	if stub.requests() != maxRefusals {
		t.Errorf("%d requests", stub.requests())
	}
}

func TestSimulatorDoesNotBlockWhoeverRepeatsAFailingCall(t *testing.T) {
	client, _ := simulated(t, regapitest.Behaviour{BlockAfterFailures: 10}, regapi.WithMiddleware(NewRefusalMemory().Middleware()))
	for i := range 40 {
		if _, err := client.Zone.Nop(t.Context(), regapi.ByName("missing.ru")); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
		_, _ = client.Zone.AddTXT(t.Context(), regapi.AddTXT{Subdomain: "@", Text: "x"}, regapi.ByName("missing.ru"))
	}
	if _, err := client.Common.Nop(t.Context()); err != nil {
		t.Errorf("the account: %v", err)
	}
}
