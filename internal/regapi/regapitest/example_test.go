package regapitest_test

import (
	"fmt"
	"net/http"
	"net/url"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// A test starts a simulator, sets the scene, lets its client work, and looks at the zone and at what it cost.
func Example() {
	server, err := regapitest.Start()
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	server.AddAccount(regapitest.Account{Login: "alice", Password: "secret"})
	server.AddDomain("alice", regapitest.Domain{Name: "example.ru"})
	server.Inject(regapitest.Fault{Kind: regapitest.FaultDropAnswer, Function: "zone/*", Count: 1})

	_, err = http.PostForm(server.URL()+"zone/add_alias", url.Values{ //nolint:bodyclose // there is no answer
		"username": {"alice"}, "password": {"secret"}, "dname": {"example.ru"}, "subdomain": {"www"}, "ipaddr": {"192.0.2.1"},
	})
	fmt.Println("answered:", err == nil)
	fmt.Println(server.Records("example.ru"))
	fmt.Println("writes:", len(server.Journal(regapitest.Writes())))
	// Output:
	// answered: false
	// [{www A 192.0.2.1 0}]
	// writes: 1
}
