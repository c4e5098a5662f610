package regapi

import (
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// simulated is an account of the simulator with two domains that it manages and one that it does not.
func simulated(t *testing.T, behaviour regapitest.Behaviour, opts ...Option) (*Client, *regapitest.Server) {
	t.Helper()
	server := regapitest.New(regapitest.WithBehaviour(behaviour))
	t.Cleanup(server.Close)
	server.AddAccount(regapitest.Account{
		Login: testPassword.Username, Password: testPassword.Password, Partner: true, UserID: 7,
		Balance: regapitest.Balance{Prepay: "1000.50", Credit: "10"},
	})
	server.AddDomain(testPassword.Username, regapitest.Domain{Name: "example.ru", ServiceID: 101, UserServID: "ff01"})
	server.AddDomain(testPassword.Username, regapitest.Domain{Name: "пример.рф", ServiceID: 102})
	server.AddDomain(testPassword.Username, regapitest.Domain{Name: "elsewhere.ru", ServiceID: 103, NameServers: []string{"ns1.example.net"}})
	return clientFor(t, server.Handler(), opts...), server
}

// behaviours are the shapes of answers between which the editions and the field differ.
var behaviours = map[string]regapitest.Behaviour{
	"as documented": {},
	"strings":       {Types: regapitest.TypesStrings, Priority: regapitest.PriorityNull, ErrorParams: regapitest.ErrorParamsNull, ResultInNSS: true},
	"numbers":       {Types: regapitest.TypesNumbers, ErrorParams: regapitest.ErrorParamsObject, ElementErrors: regapitest.ElementErrorText},
	"mixed":         {Types: regapitest.TypesAlternate, Priority: regapitest.PriorityAlternate, ElementErrors: regapitest.ElementErrorText},
}

func TestSimulatorKnowsTheCallerInEveryBehaviour(t *testing.T) {
	for name, behaviour := range behaviours {
		client, _ := simulated(t, behaviour)
		identity, err := client.Common.Nop(t.Context())
		if err != nil || identity != (Identity{Login: testPassword.Username, UserID: 7}) {
			t.Errorf("%s: %+v, %v", name, identity, err)
		}
		if _, err := client.Common.ResellerNop(t.Context()); err != nil {
			t.Errorf("%s: reseller_nop: %v", name, err)
		}
		if id, err := client.Common.GetServiceID(t.Context(), ByName("пример.рф")); err != nil || id != 102 {
			t.Errorf("%s: get_service_id: %d, %v", name, id, err)
		}
		balance, err := client.User.GetBalance(t.Context(), "")
		if err != nil || balance.Prepay.Cmp("1000.5") != 0 || balance.Credit.Cmp("10") != 0 || balance.Currency != "RUR" {
			t.Errorf("%s: balance %+v, %v", name, balance, err)
		}
	}
}

func TestSimulatorAnswersEveryReferenceInEveryBehaviour(t *testing.T) {
	refs := []DomainRef{
		ByName("ПРИМЕР.рф"), ByServiceID(101), ByName("unknown.ru"), ByName("elsewhere.ru"), {UserServID: "ff01"},
		ByServiceID(999), ByName("xn--e1afmkfd.xn--p1ai"),
	}
	manageable := []bool{true, true, false, false, true, false, true}
	for name, behaviour := range behaviours {
		client, _ := simulated(t, behaviour)
		zones, err := client.Zone.GetResourceRecords(t.Context(), refs...)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, zone := range zones {
			if (zone.Err == nil) != manageable[i] || zone.Ref != refs[i] {
				t.Errorf("%s: %v: %+v", name, refs[i], zone.DomainResult)
			}
		}
		if !IsNotFound(zones[2].Err) || !IsBlocked(zones[3].Err) || !IsNotFound(zones[5].Err) {
			t.Errorf("%s: errors %v, %v, %v", name, zones[2].Err, zones[3].Err, zones[5].Err)
		}
		infos, err := client.Service.GetInfo(t.Context(), refs...)
		if err != nil || infos[0].ServiceID != 102 || infos[1].State != Active || infos[3].ExpirationDate.IsZero() || !IsNotFound(infos[2].Err) {
			t.Errorf("%s: infos %+v, %v", name, infos, err)
		}
		delegations, err := client.Domain.GetNSS(t.Context(), refs...)
		if err != nil || delegations[3].NSS[0].Name != "ns1.example.net" || len(delegations[1].NSS) != 2 || !IsNotFound(delegations[5].Err) {
			t.Errorf("%s: delegations %+v, %v", name, delegations, err)
		}
		services, err := client.Service.GetList(t.Context(), ServTypeDomain)
		if err != nil || len(services) != 3 {
			t.Errorf("%s: services %+v, %v", name, services, err)
		}
	}
}

// allRecords has an action for each type of record, with what the zone holds afterwards.
var allRecords = []struct {
	action Action
	want   ResourceRecord
}{
	{AddAlias{"www", netip.MustParseAddr("192.0.2.1")}, ResourceRecord{Subname: "www", Rectype: "A", Content: "192.0.2.1"}},
	{AddAAAA{"@", netip.MustParseAddr("2001:db8::1")}, ResourceRecord{Subname: "@", Rectype: "AAAA", Content: "2001:db8::1"}},
	{AddCAA{"@", 0, "issue", "ca.example.com"}, ResourceRecord{Subname: "@", Rectype: "CAA", Content: `0 issue "ca.example.com"`}},
	{AddCNAME{"mail", "mx10.test.ru"}, ResourceRecord{Subname: "mail", Rectype: "CNAME", Content: "mx10.test.ru."}},
	{AddHTTPS{"@", 1, ".", "alpn=h3"}, ResourceRecord{Subname: "@", Rectype: "HTTPS", Content: ". alpn=h3", Prio: 1}},
	{AddMX{"@", 10, "mx.example.net"}, ResourceRecord{Subname: "@", Rectype: "MX", Content: "mx.example.net.", Prio: 10}},
	{AddNS{"sub", "ns1.example.net", 0}, ResourceRecord{Subname: "sub", Rectype: "NS", Content: "ns1.example.net."}},
	{AddTXT{"*", "v=spf1 -all"}, ResourceRecord{Subname: "*", Rectype: "TXT", Content: "v=spf1 -all"}},
	{AddSRV{"_sip._udp", 5, 6, 5060, "sip.example.net"}, ResourceRecord{Subname: "_sip._udp", Rectype: "SRV", Content: "6 5060 sip.example.net.", Prio: 5}},
}

func TestSimulatorHoldsTheRecordsThatWereAddedAndRemoved(t *testing.T) {
	for name, behaviour := range behaviours {
		client, server := simulated(t, behaviour)
		ref := ByServiceID(101)
		for _, record := range allRecords {
			mustSucceed(t, name, client, record.action, ref)
			zone := readZone(t, client, ref)
			// The registrar's own two NS come first.
			if len(zone.Records) != 3 {
				t.Fatalf("%s: %s left %+v", name, record.action.ActionName(), zone.Records)
			}
			got := zone.Records[2]
			got.State = ""
			if diff := cmp.Diff(record.want, got); diff != "" {
				t.Errorf("%s: %s (-want +got):\n%s", name, record.action.ActionName(), diff)
			}
			mustSucceed(t, name, client, RemoveRecord{got.Subname, got.Rectype, got.Prio, got.Content}, ref)
			if left := server.Records("example.ru"); len(left) != 0 {
				t.Fatalf("%s: %s is still there: %+v", name, record.action.ActionName(), left)
			}
		}
	}
}

func TestEveryTypeOfRecordIsAmongThoseThatAreAddedAndRemoved(t *testing.T) {
	tried := map[string]bool{}
	for _, record := range allRecords {
		tried[record.action.ActionName()] = true
	}
	for _, function := range zoneFunctions("add_") {
		if !tried[function] {
			t.Errorf("allRecords has no %s", function)
		}
	}
}

func mustSucceed(t *testing.T, name string, client *Client, action Action, ref DomainRef) {
	t.Helper()
	results, err := client.Zone.Apply(t.Context(), action, ref)
	if err != nil || results[0].Err != nil {
		t.Fatalf("%s: %s: %+v, %v", name, action.ActionName(), results, err)
	}
}

func readZone(t *testing.T, client *Client, ref DomainRef) ZoneRecords {
	t.Helper()
	zones, err := client.Zone.GetResourceRecords(t.Context(), ref)
	if err != nil || zones[0].Err != nil {
		t.Fatalf("%+v, %v", zones, err)
	}
	return zones[0]
}

func TestSimulatorWritesOneRecordIntoManyZonesWithOneRequest(t *testing.T) {
	client, server := simulated(t, regapitest.Behaviour{})
	results, err := client.Zone.AddHTTPS(t.Context(), AddHTTPS{"@", 1, ".", "alpn=h3"}, ByServiceID(101), ByName("elsewhere.ru"), ByName("пример.рф"))
	if err != nil || results[0].Err != nil || !HasCode(results[1].Err, CodeDomainIsNotUseRegruNSS) || results[2].Err != nil {
		t.Errorf("%+v, %v", results, err)
	}
	if calls := server.Calls("*"); calls != 1 {
		t.Errorf("%d requests", calls)
	}
}

func TestSimulatorRunsUpdatesOfManyZones(t *testing.T) {
	for name, behaviour := range behaviours {
		client, server := simulated(t, behaviour)
		results, err := client.Zone.UpdateRecords(t.Context(), []ZoneUpdate{
			{ByName("example.ru"), []Action{AddTXT{"a", "one"}, AddCNAME{"a", "b.example.net"}, AddTXT{"c", "never"}}},
			{ByName("elsewhere.ru"), []Action{AddTXT{"a", "one"}}},
			{ByName("пример.рф"), []Action{AddTXT{"a", "one"}, AddTXT{"b", "two"}}},
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if results[0].Err == nil || results[1].Err == nil || results[2].Err != nil {
			t.Errorf("%s: %v, %v, %v", name, results[0].Err, results[1].Err, results[2].Err)
		}
		if results[0].Actions[1].Err == nil || results[0].Actions[2].Err == nil || results[2].Actions[1].Err != nil {
			t.Errorf("%s: actions %+v, %+v", name, results[0].Actions, results[2].Actions)
		}
		if held := server.Records("пример.рф"); len(held) != 2 {
			t.Errorf("%s: zone holds %+v", name, held)
		}
	}
}

func TestSimulatorSetsTheTimesOfAZone(t *testing.T) {
	client, _ := simulated(t, regapitest.Behaviour{})
	want := SOA{TTL: 90 * time.Minute, MinimumTTL: 5 * time.Minute}
	if results, err := client.Zone.UpdateSOA(t.Context(), want, ByServiceID(101)); err != nil || results[0].Err != nil {
		t.Fatalf("%+v, %v", results, err)
	}
	if got := readZone(t, client, ByServiceID(101)).SOA; got != want {
		t.Errorf("got %+v", got)
	}
}

func TestSimulatorTunesAndClearsZones(t *testing.T) {
	client, server := simulated(t, regapitest.Behaviour{})
	ref := ByName("example.ru")
	steps := []struct {
		call  func() ([]DomainResult, error)
		empty bool
	}{
		{func() ([]DomainResult, error) { return client.Zone.TuneForwarding(t.Context(), ref) }, false},
		{func() ([]DomainResult, error) { return client.Zone.ClearForwarding(t.Context(), ref) }, true},
		{func() ([]DomainResult, error) { return client.Zone.TuneParking(t.Context(), ref) }, false},
		{func() ([]DomainResult, error) { return client.Zone.ClearParking(t.Context(), ref) }, true},
		{func() ([]DomainResult, error) { return client.Zone.TuneParking(t.Context(), ref) }, false},
		{func() ([]DomainResult, error) { return client.Zone.Clear(t.Context(), ref) }, true},
	}
	for i, step := range steps {
		if results, err := step.call(); err != nil || results[0].Err != nil {
			t.Fatalf("step %d: %+v, %v", i, results, err)
		}
		if empty := len(server.Records("example.ru")) == 0; empty != step.empty {
			t.Errorf("step %d: empty = %t", i, empty)
		}
	}
}

func TestSimulatorRefusesOrdinaryAccountsWhatPartnersMay(t *testing.T) {
	client, server := simulated(t, regapitest.Behaviour{})
	server.SetPartner(testPassword.Username, false)
	_, err := client.Zone.UpdateRecords(t.Context(), []ZoneUpdate{{ByName("example.ru"), []Action{AddTXT{"@", "x"}}}})
	if !HasCode(err, CodeResellerAuthFailed) || !IsBlocked(err) {
		t.Errorf("got %v", err)
	}
}

func TestSimulatorAcceptsSignaturesWithTheirCertificate(t *testing.T) {
	template := x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &rsaKey().PublicKey, rsaKey())
	if err != nil {
		t.Fatal(err)
	}
	server, err := regapitest.Start(regapitest.WithTLS())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	server.AddAccount(regapitest.Account{
		Login: "signer", Password: "unused", Certificates: []string{string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))},
	})
	server.AddDomain("signer", regapitest.Domain{Name: "example.ru"})
	authorities := x509.NewCertPool()
	authorities.AppendCertsFromPEM(server.CACertificatePEM())
	for _, digest := range []Digest{SHA512, SHA1} {
		client, err := NewClient(WithEndpoint(server.URL()), WithRootCAs(authorities),
			WithClientCertificate(tls.Certificate{Certificate: [][]byte{der}, PrivateKey: rsaKey()}),
			WithCredentials(Signature{Username: "signer", Key: rsaKey(), Digest: digest}))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(client.CloseIdleConnections)
		results, err := client.Zone.AddSRV(t.Context(), AddSRV{"_sip._tcp", 0, 0, 5060, "sip.example.net"}, ByName("example.ru"))
		if err != nil || results[0].Err != nil {
			t.Errorf("digest %d: %+v, %v", digest, results, err)
		}
	}
}
