package regapi

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// market is a simulator on whose clock it is noon of 2026-11-23, with two Partner accounts: a seller,
// who has 10000 roubles, example.ru (101), example.com (102) and a hosting of example.ru (201), and a
// buyer, who has bought.ru (301).
type market struct {
	*testing.T
	server        *regapitest.Server
	clock         *regapitest.ManualClock
	seller, buyer *Client
}

var (
	exampleRu  = ByName("example.ru")
	exampleCom = ByName("example.com")
)

func newMarket(t *testing.T) *market {
	t.Helper()
	clock := regapitest.NewManualClock(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	server := regapitest.New(regapitest.WithClock(clock), regapitest.WithOrderDelay(time.Hour))
	t.Cleanup(server.Close)
	m := &market{T: t, server: server, clock: clock}
	m.seller, m.buyer = m.account("seller", "10000"), m.account("buyer", "0")
	server.AddDomain("seller", regapitest.Domain{
		Name: "example.ru", ServiceID: 101, Created: "2020-01-01", Expires: "2027-01-01",
		Contacts: map[string]string{"person_r_surname": "Рюрик", "person_r_name": "Святослав", "e_mail": "rurik@example.ru", "country": "RU"},
	})
	server.AddDomain("seller", regapitest.Domain{Name: "example.com", ServiceID: 102, Contacts: map[string]string{"o_email": "rurik@example.ru"}})
	server.AddService("seller", regapitest.Service{Servtype: "srv_hosting_ispmgr", Subtype: "Host-0-0420", Domain: "example.ru", ServiceID: 201})
	server.AddDomain("buyer", regapitest.Domain{Name: "bought.ru", ServiceID: 301, Expires: "2027-01-01"})
	return m
}

// account adds a Partner account and returns a client for it.
func (m *market) account(login, money string) *Client {
	m.Helper()
	m.server.AddAccount(regapitest.Account{Login: login, Password: "secret", Partner: true, Balance: regapitest.Balance{Prepay: money}})
	return m.client(login, "secret")
}

func (m *market) client(login, password string) *Client {
	m.Helper()
	return clientFor(m.T, m.server.Handler(), WithCredentials(Password{Username: login, Password: password}))
}

// reply is what a call returned.
type reply[T any] struct {
	value T
	err   error
}

func of[T any](value T, err error) reply[T] { return reply[T]{value, err} }

// must returns the value; it ends the test on an error.
func (o reply[T]) must(m *market) T {
	m.Helper()
	if o.err != nil {
		m.Fatal(o.err)
	}
	return o.value
}

// done fails the test on an error of the call or of any element.
func (m *market) done(results []DomainResult, err error) {
	m.Helper()
	if err != nil || len(results) == 0 {
		m.Fatalf("%v, %v", results, err)
	}
	for _, result := range results {
		if result.Err != nil {
			m.Fatal(result.Err)
		}
	}
}

// ok fails the test on an error.
func (m *market) ok(err error) {
	m.Helper()
	if err != nil {
		m.Fatal(err)
	}
}

// equal compares what was read with what it should be.
func equal[T comparable](m *market, what string, got, want T) {
	m.Helper()
	if got != want {
		m.Errorf("%s: %v, want %v", what, got, want)
	}
}

// balance is the seller's money.
func (m *market) balance() Money {
	m.Helper()
	return of(m.seller.User.GetBalance(m.Context(), "")).must(m).Prepay
}

// info is what the seller sees of a service.
func (m *market) info(ref DomainRef) ServiceInfo {
	m.Helper()
	infos := of(m.seller.Service.GetInfo(m.Context(), ref)).must(m)
	m.ok(infos[0].Err)
	return infos[0]
}

// roundTrips change the state of the simulator by typed calls and see the change by others.
func roundTrips() map[string]func(*market) {
	all := map[string]func(*market){}
	for _, category := range []map[string]func(*market){
		userRoundTrips, billRoundTrips, serviceRoundTrips, domainRoundTrips, folderRoundTrips, dnssecRoundTrips,
	} {
		maps.Copy(all, category)
	}
	return all
}

func TestEveryTypedCallWorksAgainstTheSimulator(t *testing.T) {
	succeeded := map[string]bool{}
	for name, trip := range roundTrips() {
		t.Run(name, func(t *testing.T) {
			m := newMarket(t)
			trip(m)
			for _, entry := range m.server.Journal() {
				if entry.Result == resultSuccess && len(entry.ElementErrors) == 0 {
					succeeded[entry.Function] = true
				}
			}
		})
	}
	elsewhere := []string{"", "zone"} // simulator_test.go
	for _, function := range catalog.Functions() {
		if function.TypedCall() != "" && !slices.Contains(elsewhere, function.Category()) && !succeeded[function.Name] {
			t.Errorf("%s was never called with success", function.Name)
		}
	}
}
