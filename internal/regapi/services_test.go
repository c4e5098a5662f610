package regapi

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// dates are compared as they print.
var byString = cmp.Comparer(func(a, b Date) bool { return a.String() == b.String() })

func TestNopTellsWhoCalls(t *testing.T) {
	for _, body := range []string{
		`{"answer":{"login":"test","user_id":"7"},"charset":"utf-8","messagestore":null,"result":"success"}`,
		`{"answer":{"login":"test","user_id":7},"result":"success"}`,
	} {
		client, stub := answering(t, body)
		identity, err := client.Common.Nop(t.Context())
		if err != nil || identity != (Identity{Login: "test", UserID: 7}) || stub.paths[0] != "/api/regru2/nop" {
			t.Errorf("%+v, %v, %s", identity, err, stub.paths[0])
		}
	}
}

func TestResellerNopIsBlockedForOrdinaryAccounts(t *testing.T) {
	client, stub := answering(t, `{"error_text":"Only resellers can access to this function","error_code":"RESELLER_AUTH_FAILED","result":"error"}`)
	if _, err := client.Common.ResellerNop(t.Context()); !IsBlocked(err) || IsDenied(err) {
		t.Errorf("got %v", err)
	}
	if stub.paths[0] != "/api/regru2/reseller_nop" {
		t.Errorf("path %s", stub.paths[0])
	}
}

func TestNumbersOfUserAndServiceAreRead(t *testing.T) {
	client, _ := answering(t, `{"answer":{"user_id":"12","service_id":"123456"},"result":"success"}`)
	if id, err := client.Common.GetUserID(t.Context()); err != nil || id != 12 {
		t.Errorf("user %d, %v", id, err)
	}
	if id, err := client.Common.GetServiceID(t.Context(), ByName("qqq.ru")); err != nil || id != 123456 {
		t.Errorf("service %d, %v", id, err)
	}
	if id, err := client.Domain.Nop(t.Context(), ByName("qqq.ru")); err != nil || id != 123456 {
		t.Errorf("domain %d, %v", id, err)
	}
}

func TestNumberThatTheAnswerDoesNotTellIsAnError(t *testing.T) {
	client, stub := answering(t, `{"answer":{},"result":"success"}`)
	if _, err := client.Common.GetServiceID(t.Context(), ByName("qqq.ru")); !IsTransient(err) {
		t.Errorf("got %v", err)
	}
	if _, err := client.Common.GetServiceID(t.Context(), DomainRef{}); !NeverSent(err) || stub.requests() != 1 {
		t.Errorf("got %v after %d requests", err, stub.requests())
	}
	if _, err := client.Domain.Nop(t.Context(), DomainRef{}); err != nil {
		t.Errorf("availability: %v", err)
	}
}

func TestBalanceIsReadWithoutFloats(t *testing.T) {
	cases := map[string]Balance{
		`{"credit":"10","currency":"RUR","prepay":"1000"}`:            {Prepay: "1000", Credit: "10", Currency: "RUR"},
		`{"currency":"USD","prepay":0.10,"blocked":-5,"credit":null}`: {Prepay: "0.10", Blocked: "-5", Currency: "USD"},
	}
	for answer, want := range cases {
		client, stub := answering(t, `{"result":"success","answer":`+answer+`}`)
		balance, err := client.User.GetBalance(t.Context(), want.Currency)
		if err != nil || balance != want {
			t.Errorf("%+v, %v", balance, err)
		}
		if got := stub.input(t)["currency"]; got != want.Currency {
			t.Errorf("asked for %v", got)
		}
	}
}

func TestServiceInfoIsReadPerService(t *testing.T) {
	client, stub := answering(t, `{"result":"success","answer":{"services":[
		{"creation_date":"2001-01-01","expiration_date":"2101-01-01","result":"success","service_id":"12345","servtype":"domain","state":"A","subtype":"test","user2_login":"test@test.com"},
		{"error_code":"SERVICE_ID_NOT_FOUND","result":"error","error_text":"Service 111111 not found","service_id":"111111"},
		{"creation_date":"0000-00-00","expiration_date":"","result":"success","service_id":9,"servtype":"domain","state":"N","subtype":null},
		{"creation_date":"yesterday","state":"A","result":"success","service_id":10}]}}`)
	refs := []DomainRef{ByName("test.ru"), ByServiceID(111111), ByServiceID(9), ByServiceID(10)}
	infos, err := client.Service.GetInfo(t.Context(), refs...)
	if err != nil {
		t.Fatal(err)
	}
	want := ServiceInfo{
		DomainResult: DomainResult{Ref: refs[0], Domain: "test.ru", ServiceID: 12345}, ServType: "domain", Subtype: "test",
		State: Active, CreationDate: NewDate(2001, time.January, 1), ExpirationDate: NewDate(2101, time.January, 1), User2Login: "test@test.com",
	}
	if diff := cmp.Diff(want, infos[0], byString); diff != "" {
		t.Error(diff)
	}
	if !IsNotFound(infos[1].Err) || infos[1].State != "" {
		t.Errorf("second: %+v", infos[1])
	}
	if infos[2].Err != nil || !infos[2].CreationDate.IsZero() || !infos[2].ExpirationDate.IsZero() || infos[2].State != Inactive {
		t.Errorf("third: %+v", infos[2])
	}
	if infos[3].Err == nil { // An active service without dates tells nothing that could be relied on.
		t.Errorf("fourth, with an odd date: %+v", infos[3])
	}
	wantInput := map[string]any{"services": []any{
		map[string]any{"domain_name": "test.ru"}, map[string]any{"service_id": "111111"},
		map[string]any{"service_id": "9"}, map[string]any{"service_id": "10"},
	}}
	if diff := cmp.Diff(wantInput, stub.input(t)); diff != "" {
		t.Error(diff)
	}
}

func TestServiceListIsRead(t *testing.T) {
	client, stub := answering(t, `{"result":"success","answer":{"services":[
		{"creation_date":"2009-04-18","dname":"test.ru","expiration_date":"2011-04-18","service_id":"111","servtype":"domain","state":"A","subtype":"test","uplink_service_id":"0"}]}}`)
	services, err := client.Service.GetList(t.Context(), ServTypeDomain)
	want := []ServiceListItem{{
		ServiceID: 111, Domain: "test.ru", ServType: "domain", Subtype: "test", State: Active,
		CreationDate: NewDate(2009, time.April, 18), ExpirationDate: NewDate(2011, time.April, 18),
	}}
	if diff := cmp.Diff(want, services, byString); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
	if stub.input(t)["servtype"] != "domain" {
		t.Errorf("input %v", stub.input(t))
	}
}

func TestAnswerWithoutServicesIsNotAnEmptyAccount(t *testing.T) {
	for answer, empty := range map[string]bool{`{"services":[]}`: true, `{}`: false, `null`: false, `{"services":null}`: false} {
		client, _ := answering(t, `{"result":"success","answer":`+answer+`}`)
		services, err := client.Service.GetList(t.Context(), "")
		if (err == nil) != empty || len(services) != 0 {
			t.Errorf("%s: %v, %v", answer, services, err)
		}
	}
}

func TestNameServersAreReadPerDomain(t *testing.T) {
	client, _ := answering(t, domainsAnswer(
		`{"dname":"test.ru","nss":[{"ns":"ns1.reg.ru"},{"ns":"ns2.test.ru","ip":"192.0.2.1"},{"ns":"ns3.test.ru","ip":["192.0.2.2","2001:db8::1"]}],"service_id":12345}`,
		`{"dname":"test.su","result":"success","nss":[],"service_id":"12346"}`,
		`{"dname":"x.ru","error_code":"DOMAIN_NOT_FOUND","result":"Domain x.ru not found or not owned by You"}`,
		`{"dname":"y.ru","service_id":5}`,
		`{"dname":"z.ru","result":"later","nss":[]}`,
		`{"dname":"w.ru","result":"success"}`))
	delegations, err := client.Domain.GetNSS(t.Context(), ByName("test.ru"), ByName("test.su"), ByName("x.ru"), ByName("y.ru"), ByName("z.ru"), ByName("w.ru"))
	if err != nil {
		t.Fatal(err)
	}
	want := []NameServer{
		{Name: "ns1.reg.ru"}, {Name: "ns2.test.ru", IPs: []string{"192.0.2.1"}},
		{Name: "ns3.test.ru", IPs: []string{"192.0.2.2", "2001:db8::1"}},
	}
	if diff := cmp.Diff(want, delegations[0].NSS); diff != "" || delegations[0].Err != nil || delegations[0].ServiceID != 12345 {
		t.Errorf("%v\n%s", delegations[0].Err, diff)
	}
	if delegations[1].Err != nil || len(delegations[1].NSS) != 0 {
		t.Errorf("undelegated: %+v", delegations[1])
	}
	if !IsNotFound(delegations[2].Err) || delegations[3].Err == nil || delegations[4].Err == nil || delegations[5].Err == nil {
		t.Errorf("failures: %v, %v, %v, %v", delegations[2].Err, delegations[3].Err, delegations[4].Err, delegations[5].Err)
	}
}
