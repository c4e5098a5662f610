package holdings_test

import (
	"fmt"
	"testing"

	"github.com/regapi-io/regapi-operator/internal/holdings"
	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

func TestTwelveHundredZonesAreReadWithThreeRequests(t *testing.T) {
	api := regapitest.New()
	defer api.Close()
	api.AddAccount(regapitest.Account{Login: "alice", Password: "x"})
	for n := range 1200 {
		api.AddDomain("alice", regapitest.Domain{Name: fmt.Sprintf("d%04d.ru", n), Records: []regapitest.Record{{Name: "www", Type: "A", Content: "192.0.2.1"}}})
	}
	api.SetDelegation("d0700.ru", "ns1.example.com")
	caller, err := regapi.NewClient(regapi.WithEndpoint("http://127.0.0.1:1/api/regru2/"), regapi.WithTransport(api.Transport()),
		regapi.WithCredentials(regapi.Password{Username: "alice", Password: "x"}))
	if err != nil {
		t.Fatal(err)
	}
	held, err := holdings.Read(t.Context(), caller)
	if err != nil || len(held.Domains) != 1200 || len(api.Journal()) != 3 {
		t.Fatalf("%d domains with %d requests: %v", len(held.Domains), len(api.Journal()), err)
	}
	for n, domain := range held.Domains {
		if domain.Name != fmt.Sprintf("d%04d.ru", n) || (n == 700) == (domain.Problem == "") || (n != 700 && len(domain.Records) == 0) {
			t.Fatalf("%d: %+v", n, domain)
		}
	}
}
