package regapi_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/netip"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// simulator starts REG.API on loopback, with one Partner account that has two domains.
func simulator() *httptest.Server {
	sim := regapitest.New()
	sim.AddAccount(regapitest.Account{Login: "login", Password: "secret", Partner: true, UserID: 7})
	sim.AddDomain("login", regapitest.Domain{Name: "example.ru", ServiceID: 101})
	sim.AddDomain("login", regapitest.Domain{Name: "пример.рф", ServiceID: 102})
	return httptest.NewServer(sim.Handler())
}

// connect makes a client for a server; programs leave the endpoint out.
func connect(server *httptest.Server, password string) *regapi.Client {
	client, err := regapi.NewClient(
		regapi.WithEndpoint(server.URL+"/api/regru2/"),
		regapi.WithCredentials(regapi.Password{Username: "login", Password: password}),
	)
	if err != nil {
		panic(err)
	}
	return client
}

func Example() {
	server := simulator()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()
	ctx := context.Background()

	// One request writes the record into both zones; each zone has a result of its own.
	record := regapi.AddAlias{Subdomain: "www", IPAddr: netip.MustParseAddr("192.0.2.1")}
	results, err := client.Zone.AddAlias(ctx, record, regapi.ByName("example.ru"), regapi.ByName("missing.ru"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range results {
		fmt.Println(result.Ref, regapi.ClassOf(result.Err))
	}

	zones, err := client.Zone.GetResourceRecords(ctx, regapi.ByName("example.ru"))
	if err != nil || zones[0].Err != nil {
		fmt.Println(err, zones)
		return
	}
	for _, held := range zones[0].Records {
		fmt.Println(held.Subname, held.Rectype, held.Content)
	}
	// Output:
	// example.ru None
	// missing.ru NotFound
	// @ NS ns1.reg.ru.
	// @ NS ns2.reg.ru.
	// www A 192.0.2.1
}

func ExampleClient_Call() {
	server := simulator()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()

	var answer struct {
		UserID regapi.ID `json:"user_id"`
	}
	err := client.Call(context.Background(), "get_user_id", nil, &answer)
	fmt.Println(answer.UserID, err)
	// Output: 7 <nil>
}

func ExampleRemedy() {
	server := simulator()
	defer server.Close()
	client := connect(server, "mistyped")
	defer client.CloseIdleConnections()

	_, err := client.Common.Nop(context.Background())
	fmt.Println(regapi.IsDenied(err))
	fmt.Println(err)
	fmt.Println(regapi.Remedy(err))
	// Output:
	// true
	// nop: PASSWORD_AUTH_FAILED: Username/password Incorrect
	// Correct the user name and the API password; the password is set at https://www.reg.ru/user/account/#/settings/api/.
}

func ExampleZoneService_UpdateRecords() {
	server := simulator()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()

	results, err := client.Zone.UpdateRecords(context.Background(), []regapi.ZoneUpdate{
		{Ref: regapi.ByServiceID(101), Actions: []regapi.Action{
			regapi.AddTXT{Subdomain: "@", Text: "v=spf1 -all"},
			regapi.AddMX{Subdomain: "@", Priority: 10, MailServer: "mx.example.net"},
		}},
		{Ref: regapi.ByName("пример.рф"), Actions: []regapi.Action{
			regapi.AddCAA{Subdomain: "@", Tag: "issue", Value: "ca.example.net"},
		}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range results {
		for _, action := range result.Actions {
			fmt.Println(result.Ref, action.Action, action.Err)
		}
	}
	// Output:
	// service 101 add_txt <nil>
	// service 101 add_mx <nil>
	// пример.рф add_caa <nil>
}

func ExampleParseTTL() {
	for _, text := range []string{"1d", "12h", "10m", "600"} {
		ttl, err := regapi.ParseTTL(text)
		fmt.Println(ttl, err)
	}
	// Output:
	// 24h0m0s <nil>
	// 12h0m0s <nil>
	// 10m0s <nil>
	// 10m0s <nil>
}
