package regapi

import (
	"net/netip"
)

var userRoundTrips = map[string]func(*market){
	"a new user can call the API": func(m *market) {
		m.ok(m.seller.User.Nop(m.Context()))
		id := of(m.seller.User.Create(m.Context(), NewUser{
			Login: "newcomer", Password: "pa55word", Email: "new@example.ru", IP: netip.MustParseAddr("192.0.2.7"), DefaultCountryCode: "RU",
		})).must(m)
		equal(m, "number", of(m.client("newcomer", "pa55word").Common.GetUserID(m.Context())).must(m), id)
		_, err := m.seller.User.Create(m.Context(), NewUser{Login: "newcomer", Password: "x", Email: "other@example.ru"})
		if !HasCode(err, CodeUserLoginNotUnique) {
			m.Errorf("a second one: %v", err)
		}
	},
	"statistics count domains, folders and costs": func(m *market) {
		before := of(m.seller.User.GetStatistics(m.Context(), Date{}, Date{})).must(m)
		m.ok(m.seller.Folder.Create(m.Context(), "shelf"))
		renewal := of(m.seller.Service.Renew(m.Context(), 1, Payment{}, exampleRu)).must(m)
		after := of(m.seller.User.GetStatistics(m.Context(), NewDate(2026, 11, 23), NewDate(2026, 11, 23))).must(m)
		equal(m, "domains", before.ActiveDomains, 2)
		equal(m, "folders", after.DomainFolders, before.DomainFolders+1)
		equal(m, "costs", after.CostsForPeriod.Cmp(renewal.Payment), 0)
	},
	"reseller URLs are kept": func(m *market) {
		url := ResellerURL{ServType: "srv_seowizard", URLType: "refund", URL: "https://example.net/<service_id>"}
		m.ok(m.seller.User.SetResellerURL(m.Context(), url))
		equal(m, "URL", of(m.seller.User.GetResellerURL(m.Context(), url.ServType, url.URLType)).must(m), url)
	},
	"a paid refill bill raises the balance": func(m *market) {
		bill := of(m.seller.User.RefillBalance(m.Context(), BalanceRefill{WMID: "123456789012", Currency: "USD", Amount: "10"})).must(m)
		unpaid := of(m.seller.Bill.GetNotPayed(m.Context(), Page{})).must(m)
		equal(m, "unpaid bill", unpaid[0].BillID, bill.BillID)
		equal(m, "position", unpaid[0].Items[0].ItemType, "prepayment")
		equal(m, "balance before", m.balance(), "10000")
		m.server.PayBill(int64(bill.BillID))
		if m.balance().Cmp("10000") <= 0 {
			m.Errorf("balance %s", m.balance())
		}
	},
}
