package regapi

import (
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

var (
	hosting  = ByServType("example.ru", "srv_hosting_ispmgr")
	webfwd   = ByServType("example.ru", "srv_webfwd")
	unrolled = ServtypeQuery{ServTypes: []string{"srv_webfwd"}, UnrollPrices: true}
)

// details are those of one of the seller's services.
func (m *market) details(query DetailsQuery, ref DomainRef) ServiceDetails {
	m.Helper()
	details := of(m.seller.Service.GetDetails(m.Context(), query, ref)).must(m)
	m.ok(details[0].Err)
	return details[0]
}

// seowizard orders a service with a balance of its own.
func (m *market) seowizard() DomainRef {
	m.Helper()
	ordered := of(m.seller.Service.Create(m.Context(), ServiceOrder{
		ServType: "srv_seowizard", Settings: map[string]string{"email": "rurik@example.ru"},
	})).must(m)
	return ByServiceID(ordered.ServiceID)
}

var serviceRoundTrips = map[string]func(*market){
	"an order is checked, paid, listed and put into a folder": func(m *market) {
		order := ServiceOrder{
			Domain: "example.ru", ServType: "srv_webfwd", Period: 2, UserServID: "ff02", Place: FolderPlace{Folder: shelf},
		}
		checked := of(m.seller.Service.CheckCreate(m.Context(), ServiceOrder{Domain: "new.ru", ServType: "srv_hosting_ispmgr", Subtype: "Host-0-0420"})).must(m)
		equal(m, "checked", checked.Param.ServType, "srv_hosting_ispmgr")
		ordered := of(m.seller.Service.Create(m.Context(), order)).must(m)
		info := m.info(webfwd)
		equal(m, "number", info.ServiceID, ordered.ServiceID)
		equal(m, "caller's id", info.UserServID, "ff02")
		equal(m, "expiry", info.ExpirationDate, NewDate(2028, 11, 23))
		equal(m, "folder", m.content(shelf), "srv_webfwd example.ru;")
		listed := of(m.seller.Service.GetList(m.Context(), "srv_webfwd")).must(m)
		equal(m, "listed", listed[0].ServiceID, ordered.ServiceID)
		m.done(m.seller.Service.Nop(m.Context(), webfwd))
		bills := of(m.seller.Service.GetBills(m.Context(), webfwd)).must(m)
		m.ok(bills[0].Err)
		equal(m, "bill", bills[0].Bills[0], ordered.BillID)
		if _, err := m.seller.Service.Create(m.Context(), order); !HasCode(err, CodeUserServIDIsNotUnique) {
			m.Errorf("a second order: %v", err)
		}
	},
	"prices are those that are charged": func(m *market) {
		prices := of(m.seller.Service.GetPrices(m.Context(), ServicePriceQuery{})).must(m)
		price := Money("")
		for _, candidate := range prices.Prices {
			if candidate.ServType == "srv_webfwd" {
				price = candidate.Price
			}
		}
		plans := of(m.seller.Service.GetServtypeDetails(m.Context(), ServtypeQuery{ServTypes: []string{"srv_webfwd", "srv_parking"}})).must(m)
		equal(m, "plans", len(plans) >= 2, true)
		equal(m, "price of the plan", plans[0].PriceNew.Cmp(price), 0)
		if rolled := of(m.seller.Service.GetServtypeDetails(m.Context(), unrolled)).must(m); len(rolled[0].PricesNew) == 0 {
			m.Errorf("unrolled: %+v", rolled)
		}
		ordered := of(m.seller.Service.Create(m.Context(), ServiceOrder{Domain: "example.ru", ServType: "srv_webfwd", Period: 1})).must(m)
		equal(m, "charged", ordered.Payment.Cmp(price), 0)
		servers := of(m.seller.Service.GetDedicatedServerList(m.Context())).must(m)
		equal(m, "servers", len(servers) > 0 && servers[0].ServerID != 0, true)
	},
	"web forwarding shows in the details until its service is deleted": func(m *market) {
		of(m.seller.Service.Create(m.Context(), ServiceOrder{Domain: "example.ru", ServType: "srv_webfwd"})).must(m)
		of(m.seller.Service.Update(m.Context(), webfwd, map[string]string{
			"subtask": "addfwd", "fwdfrom": "/", "fwdto": "https://example.net/", "webfwd_type": "redirect",
		})).must(m)
		var forwards []map[string]string
		m.ok(m.details(DetailsQuery{}, webfwd).Details.Decode("fwds", &forwards))
		equal(m, "forward", forwards[0]["fwdto"], "https://example.net/")
		m.ok(m.seller.Service.Delete(m.Context(), webfwd))
		equal(m, "listed", len(of(m.seller.Service.GetList(m.Context(), "srv_webfwd")).must(m)), 0)
	},
	"contacts are told whole, in groups and alone": func(m *market) {
		all := m.details(DetailsQuery{SplittedContacts: true}, exampleRu)
		equal(m, "surname", all.Details.Text("person_r_surname"), "Рюрик")
		equal(m, "type", all.ServType, ServTypeDomain)
		joined := m.details(DetailsQuery{ShowContactsOnly: true}, exampleRu)
		equal(m, "joined", joined.Contacts["person_r"], "Рюрик Святослав")
		grouped := m.details(DetailsQuery{SeparateGroups: true}, exampleRu)
		equal(m, "group", grouped.Details.Group("ru_pp").Text("country"), "RU")
		same := of(m.seller.Service.ServiceGetDetails(m.Context(), DetailsQuery{}, exampleRu, ByName("bought.ru"))).must(m)
		equal(m, "same", same[0].Details.Text("country"), "RU")
		equal(m, "foreign", IsNotFound(same[1].Err), true)
		m.ok(of(m.seller.Service.ServiceGetDetails(m.Context(), DetailsQuery{}, exampleRu)).must(m)[0].Err)
	},
	"renewals move the expiry, one by one and together": func(m *market) {
		renewal := of(m.seller.Service.Renew(m.Context(), 1, Payment{}, exampleRu)).must(m)
		m.done(renewal.Services, nil)
		equal(m, "status", renewal.Status, RenewSuccess)
		equal(m, "expiry", m.info(exampleRu).ExpirationDate, NewDate(2028, 1, 1))
		early := of(m.seller.Service.Renew(m.Context(), 1, Payment{}, exampleRu, exampleCom)).must(m)
		if !HasCode(early.Services[0].Err, CodeProlongError) || early.Services[1].Err != nil {
			m.Errorf("too early: %+v", early.Services)
		}
		m.server.SetExpiry("example.ru", "2027-01-01")
		both := of(m.seller.Service.Renew(m.Context(), 1, Payment{OKIfNoMoney: true}, exampleRu, exampleCom)).must(m)
		m.done(both.Services, nil)
		equal(m, "services", len(both.Services), 2)
		equal(m, "expiry", m.info(exampleRu).ExpirationDate, NewDate(2028, 1, 1))
		if _, err := m.buyer.Service.Renew(m.Context(), 1, Payment{}, ByName("bought.ru")); !HasCode(err, CodeNotEnoughMoney) {
			m.Errorf("without money: %v", err)
		}
		unpaid := of(m.buyer.Service.Renew(m.Context(), 1, Payment{OKIfNoMoney: true}, ByName("bought.ru"))).must(m)
		equal(m, "status without money", unpaid.Status, OnlyBillCreated)
	},
	"a suspended service is not active until it is resumed": func(m *market) {
		m.ok(m.seller.Service.Suspend(m.Context(), exampleRu))
		equal(m, "suspended", m.info(exampleRu).State, Suspended)
		m.ok(m.seller.Service.Resume(m.Context(), exampleRu))
		equal(m, "resumed", m.info(exampleRu).State, Active)
		if err := m.seller.Service.Resume(m.Context(), exampleRu); !HasCode(err, CodeServiceNotSuspended) {
			m.Errorf("resumed twice: %v", err)
		}
	},
	"partial control shows the service to another account": func(m *market) {
		m.ok(m.seller.Service.PartcontrolGrant(m.Context(), exampleRu, "buyer"))
		equal(m, "granted to", m.info(exampleRu).User2Login, "buyer")
		m.done(m.buyer.Service.Nop(m.Context(), exampleRu))
		m.ok(m.seller.Service.PartcontrolRevoke(m.Context(), exampleRu))
		if results := of(m.buyer.Service.Nop(m.Context(), exampleRu)).must(m); !IsNotFound(results[0].Err) {
			m.Errorf("revoked: %v", results[0].Err)
		}
		if err := m.seller.Service.PartcontrolGrant(m.Context(), exampleRu, "nobody"); err == nil {
			m.Error("granted to nobody")
		}
	},
	"services with automatic renewal are renewed": func(m *market) {
		m.ok(m.seller.Service.SetAutorenewFlag(m.Context(), exampleRu, true))
		m.ok(m.seller.Service.SetAutorenewFlag(m.Context(), exampleCom, false))
		m.info(exampleRu) // the simulator counts days from a request on
		m.clock.Advance(366 * 24 * time.Hour)
		equal(m, "renewed", m.info(exampleRu).State, Active)
		equal(m, "expiry", m.info(exampleRu).ExpirationDate, NewDate(2028, 1, 1))
		equal(m, "expired", m.info(exampleCom).State, Suspended)
	},
	"read-only services say so": func(m *market) {
		m.server.AddDomain("seller", regapitest.Domain{Name: "locked.ru", ServiceID: 104, ReadOnly: true})
		found := of(m.seller.Service.CheckReadonly(m.Context(), exampleRu, ByName("locked.ru"), ByServiceID(999999))).must(m)
		equal(m, "free", found[0], ServiceReadonly{DomainResult: found[0].DomainResult})
		equal(m, "locked", found[1], ServiceReadonly{DomainResult: found[1].DomainResult, Readonly: true, Reason: CodeDataIsReadOnly})
		m.ok(found[1].Err)
		equal(m, "missing", IsNotFound(found[2].Err), true)
	},
	"an upgrade replaces the service and pays its rest back": func(m *market) {
		m.server.AddService("seller", regapitest.Service{
			Servtype: "srv_hosting_ispmgr", Subtype: "Host-0-0420", Domain: "example.com", ServiceID: 202, Created: "2026-11-23", Expires: "2027-11-23",
		})
		old := ByServiceID(202)
		left := of(m.seller.Service.GetDepreciatedPeriod(m.Context(), old)).must(m)
		if left < 11 || left > 13 {
			m.Errorf("%v months left of a year", left)
		}
		upgraded := of(m.seller.Service.Upgrade(m.Context(), old, Upgrade{Subtype: "Host-3-0420", Period: 12})).must(m)
		equal(m, "plan", m.info(ByServiceID(upgraded.NewServiceID)).Subtype, "Host-3-0420")
		if upgraded.ReturnedAmount.Cmp("0") <= 0 || upgraded.WithdrawedAmount.Cmp(upgraded.ReturnedAmount) <= 0 {
			m.Errorf("%+v", upgraded)
		}
		if _, err := m.seller.Service.Upgrade(m.Context(), exampleRu, Upgrade{Subtype: "Host-3-0420"}); !HasCode(err, CodeServiceUpgradeNotAllowed) {
			m.Errorf("an upgraded domain: %v", err)
		}
	},
	"letters go out for hosting alone": func(m *market) {
		m.ok(m.seller.Service.ResendMail(m.Context(), hosting, ""))
		m.ok(m.seller.Service.ResendStartupMail(m.Context(), hosting))
		if err := m.seller.Service.ResendMail(m.Context(), exampleRu, ""); !HasCode(err, CodeOnlyHostingAndSSLCertificates) {
			m.Errorf("a letter about a domain: %v", err)
		}
	},
	"money goes to a service's own balance and back": func(m *market) {
		service := m.seowizard()
		before := m.balance()
		refill := of(m.seller.Service.Refill(m.Context(), service, "50", "RUR")).must(m)
		equal(m, "charged", refill.Payment.Cmp("50"), 0)
		balance := of(m.seller.Service.GetBalance(m.Context(), service)).must(m)
		equal(m, "own balance", balance.Balance.Cmp("50"), 0)
		m.ok(m.seller.Service.Refund(m.Context(), service))
		equal(m, "balance", m.balance(), before)
		if _, err := m.seller.Service.Refill(m.Context(), service, "9.99", ""); !IsInvalid(err) {
			m.Errorf("less than the least: %v", err)
		}
	},
	"panels have links": func(m *market) {
		builder := of(m.seller.Service.Create(m.Context(), ServiceOrder{
			Domain: "example.ru", ServType: "srv_websitebuilder", Settings: map[string]string{"email": "rurik@example.ru"},
		})).must(m)
		first := of(m.seller.Service.SeowizardManageLink(m.Context(), m.seowizard())).must(m)
		second := of(m.seller.Service.GetWebsitebuilderLink(m.Context(), ByServiceID(builder.ServiceID))).must(m)
		if first == "" || second == "" || first == second {
			m.Errorf("links %q, %q", first, second)
		}
	},
}
