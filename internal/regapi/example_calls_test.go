package regapi_test

import (
	"context"
	"fmt"
	"net/http/httptest"
	"net/netip"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// shop is a simulator on whose clock it is 2026-11-23, with one Partner account that has 2000 roubles
// and example.ru.
func shop() *httptest.Server {
	clock := regapitest.NewManualClock(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC))
	sim := regapitest.New(regapitest.WithClock(clock))
	sim.AddAccount(regapitest.Account{Login: "login", Password: "secret", Partner: true, Balance: regapitest.Balance{Prepay: "2000"}})
	sim.AddDomain("login", regapitest.Domain{
		Name: "example.ru", ServiceID: 101, Expires: "2027-01-15",
		Contacts: map[string]string{"person_r_surname": "Рюрик", "e_mail": "rurik@example.ru"},
	})
	return httptest.NewServer(sim.Handler())
}

// The price is asked for first. A repetition is refused: the name is taken, and so is the id of the
// caller's own.
func ExampleDomainService_Create() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()
	ctx := context.Background()

	prices, err := client.Domain.GetPrices(ctx, regapi.DomainPriceQuery{})
	if err != nil || prices.Prices["ru"].RegPrice.Cmp("1000") > 0 {
		fmt.Println("too expensive:", prices.Prices["ru"], err)
		return
	}
	registration := regapi.Registration{
		Names:      []string{"new.ru"},
		Period:     1,
		EnduserIP:  netip.MustParseAddr("192.0.2.7"),
		NSS:        []regapi.NameServer{{Name: "ns1.reg.ru"}, {Name: "ns2.reg.ru"}},
		UserServID: "5f0c8f6f6d8c4b3e9a3a7d1c2b4e6f80",
		Contacts: regapi.Contacts{
			"person": "Svyatoslav V Ryurik", "person_r_surname": "Рюрик", "person_r_name": "Святослав",
			"passport_number": "22 44 668800", "passport_place": "выдан по месту правления", "passport_date": "01.09.2004",
			"birth_date": "01.01.1984", "p_addr_zip": "123456", "p_addr_city": "г. Вщиж", "p_addr_addr": "ул. Княжеска, д.1",
			"p_addr_recipient": "Рюрику Святославу", "phone": "+7 495 1234567", "e_mail": "rurik@example.ru", "country": "RU",
		},
	}
	for range 2 {
		order, err := client.Domain.Create(ctx, registration)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(order.Domains[0].Domain, regapi.ClassOf(order.Domains[0].Err))
	}
	balance, err := client.User.GetBalance(ctx, "")
	fmt.Println(balance.Prepay, err)
	// Output:
	// new.ru None
	// new.ru Blocked
	// 1410 <nil>
}

func ExampleDomainService_Check() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()

	names, err := client.Domain.Check(context.Background(), regapi.CheckQuery{}, "new.ru", "example.ru")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range names {
		fmt.Println(name.Domain, name.Err)
	}
	// Output:
	// new.ru <nil>
	// example.ru domain/check example.ru: DOMAIN_ALREADY_EXISTS: Domain already exists, use whois service
}

func ExampleServiceService_Renew() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()
	ctx, domain := context.Background(), regapi.ByName("example.ru")

	renewal, err := client.Service.Renew(ctx, 1, regapi.Payment{}, domain)
	fmt.Println(renewal.Status, renewal.Payment, renewal.Currency, err)

	infos, err := client.Service.GetInfo(ctx, domain)
	fmt.Println(infos[0].State, infos[0].ExpirationDate, err)
	// Output:
	// renew_success 590 RUR <nil>
	// A 2028-01-15 <nil>
}

// Contacts and details print their names alone, so that they may pass through a log.
func ExampleServiceService_GetDetails() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()

	query := regapi.DetailsQuery{ShowContactsOnly: true, SplittedContacts: true}
	details, err := client.Service.GetDetails(context.Background(), query, regapi.ByName("example.ru"))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(details[0].Contacts)
	fmt.Println(details[0].Contacts["e_mail"])
	// Output:
	// regapi.Contacts[e_mail person_r_surname]
	// rurik@example.ru
}

func ExampleBillService_ChangePayType() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()
	ctx := context.Background()

	// Paid by bank transfer, the order only leaves a bill behind.
	if _, err := client.Service.Renew(ctx, 1, regapi.Payment{PayType: regapi.PayBank}, regapi.ByName("example.ru")); err != nil {
		fmt.Println(err)
		return
	}
	unpaid, err := client.Bill.GetNotPayed(ctx, regapi.Page{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, bill := range unpaid {
		fmt.Println(bill.BillDate, bill.Payment, bill.Items[0].Action, bill.Items[0].Domain)
		payments, err := client.Bill.ChangePayType(ctx, regapi.PayPrepay, "RUR", bill.BillID)
		fmt.Println(payments[0].PayStatus, payments[0].Err, err)
	}
	// Output:
	// 2026-11-23 590 renew example.ru
	// payed <nil> <nil>
}

func ExampleFolderService_AddServices() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()
	ctx, folder := context.Background(), regapi.FolderRef{Name: "production"}

	if err := client.Folder.Create(ctx, folder.Name); err != nil {
		fmt.Println(err)
		return
	}
	results, err := client.Folder.AddServices(ctx, folder, regapi.ByName("example.ru"), regapi.ByName("missing.ru"))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, result := range results {
		fmt.Println(result.Ref, regapi.ClassOf(result.Err))
	}
	contents, err := client.Folder.GetServices(ctx, folder)
	fmt.Println(contents, err)
	// Output:
	// example.ru None
	// missing.ru NotFound
	// [{101 example.ru domain}] <nil>
}

func ExampleDNSSECService_Enable() {
	server := shop()
	defer server.Close()
	client := connect(server, "secret")
	defer client.CloseIdleConnections()
	ctx, domain := context.Background(), regapi.ByServiceID(101)

	results, err := client.DNSSEC.Enable(ctx, domain)
	if err != nil || results[0].Err != nil {
		fmt.Println(results, err)
		return
	}
	// The operation takes its time; until it ends, others are refused.
	states, err := client.DNSSEC.GetStatus(ctx, domain)
	fmt.Println(states[0].Status, states[0].Err, err)
	// Output: updating <nil> <nil>
}
