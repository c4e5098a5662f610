package regapi

import (
	"bytes"
	"net/netip"
	"strings"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest"
)

// registrant is a person as .ru wants one (8.7).
var registrant = Contacts{
	"person": "Svyatoslav V Ryurik", "person_r_surname": "Рюрик", "person_r_name": "Святослав", "person_r_patronimic": "Владимирович",
	"passport_number": "22 44 668800", "passport_place": "выдан по месту правления", "passport_date": "01.09.2004", "birth_date": "01.01.1984",
	"p_addr_zip": "123456", "p_addr_city": "г. Вщиж", "p_addr_addr": "ул. Княжеска, д.1", "p_addr_recipient": "Рюрику Святославу",
	"phone": "+7 495 1234567", "e_mail": "rurik@example.ru", "country": "RU",
}

// registration orders new.ru for a year.
var registration = Registration{
	Names: []string{"new.ru"}, Period: 1, EnduserIP: netip.MustParseAddr("192.0.2.7"), Contacts: registrant, NSS: regruNSS,
	UserServID: "ff03",
}

// nss names the servers of one of the seller's domains, with their addresses.
func (m *market) nss(ref DomainRef) string {
	m.Helper()
	delegations := of(m.seller.Domain.GetNSS(m.Context(), ref)).must(m)
	m.ok(delegations[0].Err)
	var names []string
	for _, server := range delegations[0].NSS {
		names = append(names, strings.Join(append([]string{server.Name}, server.IPs...), " "))
	}
	return strings.Join(names, ";")
}

// transferStatus is how the transfer of a domain to the seller goes.
func (m *market) transferStatus(ref DomainRef) TransferStatus {
	m.Helper()
	transfers := of(m.seller.Domain.GetTransferStatus(m.Context(), ref)).must(m)
	m.ok(transfers[0].Err)
	return transfers[0].Status
}

// transfer orders the transfer of moving.ru, of which the registry knows the key "right-key".
func (m *market) transfer(key Secret) DomainRef {
	m.Helper()
	m.server.AddRegistryName(regapitest.RegistryName{Name: "moving.ru", AuthInfo: "right-key", Expires: "2027-03-01"})
	order := of(m.seller.Domain.Transfer(m.Context(), TransferOrder{
		Registration: Registration{Names: []string{"moving.ru"}}, AuthInfo: key,
	})).must(m)
	m.done(order.Domains, nil)
	return ByServiceID(order.Domains[0].ServiceID)
}

// offer offers example.ru to the buyer and returns the number of the message.
func (m *market) offer() ID {
	m.Helper()
	m.done(m.seller.Domain.TransferToAnotherAccount(m.Context(), AccountTransfer{NewUserName: "buyer"}, exampleRu))
	offers := of(m.buyer.Domain.LookAtEnteringList(m.Context())).must(m)
	if len(offers) != 1 || offers[0].Domains[0] != "example.ru" {
		m.Fatalf("offers %+v", offers)
	}
	return offers[0].ID
}

var domainRoundTrips = map[string]func(*market){
	"a free name is checked, priced and registered": func(m *market) {
		ctx := m.Context()
		availability := of(m.seller.Domain.Check(ctx, CheckQuery{}, "new.ru", "example.ru")).must(m)
		m.ok(availability[0].Err)
		equal(m, "taken", HasCode(availability[1].Err, CodeDomainAlreadyExists), true)
		m.ok(of(m.seller.Domain.Check(ctx, CheckQuery{}, "new.ru")).must(m)[0].Err)
		prices := of(m.seller.Domain.GetPrices(ctx, DomainPriceQuery{ShowRenewData: true})).must(m)
		before := m.balance()

		order := of(m.seller.Domain.Create(ctx, registration)).must(m)
		m.done(order.Domains, nil)
		equal(m, "price", order.Payment.Cmp(prices.Prices["ru"].RegPrice), 0)
		equal(m, "charged", before.Rat().Cmp(m.balance().Rat().Add(m.balance().Rat(), order.Payment.Rat())), 0)
		m.clock.Advance(24 * time.Hour)
		info := m.info(DomainRef{UserServID: "ff03"})
		equal(m, "number", info.ServiceID, order.Domains[0].ServiceID)
		equal(m, "state", info.State, Active)
		equal(m, "number by name", of(m.seller.Domain.Nop(ctx, ByName("new.ru"))).must(m), info.ServiceID)
		equal(m, "name servers", m.nss(ByName("new.ru")), "ns1.reg.ru;ns2.reg.ru")
	},
	"an order is not made twice": func(m *market) {
		m.done(of(m.seller.Domain.Create(m.Context(), registration)).must(m).Domains, nil)
		again := registration
		again.Names = []string{"other.ru"}
		second := of(m.seller.Domain.Create(m.Context(), again)).must(m)
		equal(m, "same id", HasCode(second.Domains[0].Err, CodeUserServIDIsNotUnique), true)
		again.Names, again.UserServID = registration.Names, ""
		m.clock.Advance(24 * time.Hour)
		third := of(m.seller.Domain.Create(m.Context(), again)).must(m)
		equal(m, "same name", HasCode(third.Domains[0].Err, CodeDomainAlreadyExists), true)
	},
	"an order without money waits for its bill": func(m *market) {
		poor := registration
		poor.Payment.OKIfNoMoney = true
		if _, err := m.buyer.Domain.Create(m.Context(), registration); !HasCode(err, CodeNotEnoughMoney) {
			m.Errorf("without money: %v", err)
		}
		order := of(m.buyer.Domain.Create(m.Context(), poor)).must(m)
		m.done(order.Domains, nil)
		m.clock.Advance(24 * time.Hour)
		inactive := of(m.buyer.Service.GetInfo(m.Context(), ByName("new.ru"))).must(m)
		equal(m, "before", inactive[0].State, Inactive)
		m.server.PayBill(int64(order.BillID))
		m.clock.Advance(24 * time.Hour)
		active := of(m.buyer.Service.GetInfo(m.Context(), ByName("new.ru"))).must(m)
		equal(m, "after", active[0].State, Active)
	},
	"many domains are ordered with one bill": func(m *market) {
		many := registration
		many.Names, many.UserServID = []string{"one.ru", "two.ru", "example.ru"}, ""
		order := of(m.seller.Domain.Create(m.Context(), many)).must(m)
		m.done(order.Domains[:2], nil)
		equal(m, "taken", HasCode(order.Domains[2].Err, CodeDomainAlreadyExists), true)
		bills := of(m.seller.Service.GetBills(m.Context(), ByName("one.ru"), ByName("two.ru"))).must(m)
		equal(m, "bill of the first", bills[0].Bills[0], order.BillID)
		equal(m, "bill of the second", bills[1].Bills[0], order.BillID)
	},
	"a transfer with a wrong key waits for the right one": func(m *market) {
		ref := m.transfer("wrong-key")
		equal(m, "at first", m.transferStatus(ref), TransferPending)
		m.clock.Advance(24 * time.Hour)
		equal(m, "with the wrong key", m.transferStatus(ref), TransferAuthinfoError)
		m.ok(m.seller.Domain.SetNewAuthInfo(m.Context(), ref, "right-key"))
		m.clock.Advance(24 * time.Hour)
		equal(m, "with the right key", m.transferStatus(ref), TransferDone)
		equal(m, "expiry", m.info(ref).ExpirationDate, NewDate(2027, 3, 1))
	},
	"a cancelled transfer leaves nothing behind": func(m *market) {
		ref := m.transfer("wrong-key")
		m.clock.Advance(24 * time.Hour)
		m.ok(m.seller.Domain.CancelTransfer(m.Context(), ref))
		gone := of(m.seller.Service.GetInfo(m.Context(), ref)).must(m)
		equal(m, "found", IsNotFound(gone[0].Err), true)
	},
	"name servers and delegation change": func(m *market) {
		ctx := m.Context()
		m.done(m.seller.Domain.UpdateNSS(ctx, NSSUpdate{NSS: []NameServer{
			{"ns1.example.ru", []string{"192.0.2.1"}}, {"ns2.example.ru", []string{"192.0.2.2", "192.0.2.3"}},
		}}, exampleRu))
		equal(m, "own servers", m.nss(exampleRu), "ns1.example.ru 192.0.2.1;ns2.example.ru 192.0.2.2 192.0.2.3")
		undelegated := func() Int { return of(m.seller.User.GetStatistics(ctx, Date{}, Date{})).must(m).UndelegatedDomains }
		m.done(m.seller.Domain.Undelegate(ctx, exampleRu))
		equal(m, "undelegated", undelegated(), 1)
		m.done(m.seller.Domain.Delegate(ctx, exampleRu))
		equal(m, "delegated", undelegated(), 0)
		m.done(m.seller.Domain.UpdateNSS(ctx, NSSUpdate{Undelegate: true}, exampleRu))
		equal(m, "undelegated again", undelegated(), 1)
	},
	"contacts change and hide": func(m *market) {
		m.done(m.seller.Domain.UpdateContacts(m.Context(), ContactsUpdate{Contacts: Contacts{"e_mail": "svyatoslav@example.ru"}}, exampleRu))
		m.done(m.seller.Domain.UpdatePrivatePersonFlag(m.Context(), true, exampleRu))
		hidden := m.details(DetailsQuery{SplittedContacts: true}, exampleRu)
		equal(m, "address", hidden.Details.Text("e_mail"), "svyatoslav@example.ru")
		equal(m, "hidden", hidden.Details.Text("private_person_flag"), "1")
		m.done(m.seller.Domain.UpdatePrivatePersonFlag(m.Context(), false, exampleRu))
		equal(m, "shown", m.details(DetailsQuery{}, exampleRu).Details.Text("private_person_flag"), "0")
		upload := of(m.seller.Domain.GetDocsUploadURI(m.Context(), exampleRu)).must(m)
		equal(m, "link", strings.Contains(upload.URL, string(upload.SID)), true)
	},
	"the address of a registrant is verified by letter": func(m *market) {
		ask := func(checkOnly bool) EmailVerification {
			return of(m.seller.Domain.SendEmailVerificationLetter(m.Context(), exampleCom, checkOnly)).must(m)
		}
		equal(m, "zone", of(m.seller.Domain.GetTLDInfo(m.Context(), "com")).must(m).EmailVerification, true)
		equal(m, "at first", ask(true), EmailNotVerified)
		equal(m, "after the letter", ask(false), EmailSent)
		m.server.ConfirmEmail("example.com")
		equal(m, "confirmed", ask(true), EmailAlreadyVerified)
	},
	"the registry knows name servers": func(m *market) {
		server := NameServer{"ns0.example.com", []string{"192.0.2.1"}}
		reply := of(m.seller.Domain.RegisterNS(m.Context(), "example.com", server)).must(m)
		equal(m, "registered", reply.Text("status"), "success")
		reply = of(m.seller.Domain.DeleteNS(m.Context(), "example.com", server)).must(m)
		equal(m, "deleted", reply.Text("status"), "success")
		if _, err := m.seller.Domain.DeleteNS(m.Context(), "example.com", server); !IsInvalid(err) {
			m.Errorf("deleted twice: %v", err)
		}
	},
	"an accepted domain changes its account": func(m *market) {
		decisions := of(m.buyer.Domain.AcceptOrRefuseEnteringList(m.Context(), EnteringDecision{m.offer(), true})).must(m)
		m.ok(decisions[0].Err)
		m.done(m.buyer.Service.Nop(m.Context(), exampleRu))
		equal(m, "offers left", len(of(m.buyer.Domain.LookAtEnteringList(m.Context())).must(m)), 0)
	},
	"a refused domain stays": func(m *market) {
		decisions := of(m.buyer.Domain.AcceptOrRefuseEnteringList(m.Context(), EnteringDecision{m.offer(), false}, EnteringDecision{999999, true})).must(m)
		m.ok(decisions[0].Err)
		equal(m, "unknown offer", IsInvalid(decisions[1].Err), true)
		m.info(exampleRu)
	},
	"owners are asked for their domains": func(m *market) {
		m.server.AddRegistryName(regapitest.RegistryName{Name: "faraway.ru"})
		m.done(m.seller.Domain.RequestToTransfer(m.Context(), "bought.ru"))
		results := of(m.seller.Domain.RequestToTransfer(m.Context(), "free.ru", "faraway.ru")).must(m)
		equal(m, "free", HasCode(results[0].Err, CodeFreeDomain), true)
		equal(m, "elsewhere", HasCode(results[1].Err, CodeBelongsToAnotherRegistrar), true)
	},
	"names are suggested, and free ones found": func(m *market) {
		suggestions := of(m.seller.Domain.GetSuggest(m.Context(), SuggestQuery{Word: "example", TLDs: []string{"ru", "su"}})).must(m)
		equal(m, "name", suggestions[0].Name, "example")
		equal(m, "free in", strings.Join(suggestions[0].AvailIn, ","), "su")
		m.server.AddRegistryName(regapitest.RegistryName{Name: "bygone.ru", Status: "deleted", PageRank: 3})
		m.server.AddRegistryName(regapitest.RegistryName{Name: "forgotten.ru", Status: "deleted"})
		deleted := of(m.seller.Domain.GetDeleted(m.Context(), DeletedQuery{TLDs: []string{"ru"}, MinPR: 1})).must(m)
		if len(deleted) != 1 || deleted[0].Domain != "bygone.ru" || deleted[0].GooglePR != 3 {
			m.Errorf("deleted: %+v", deleted)
		}
	},
	"premium domains have prices of their own": func(m *market) {
		m.server.AddRegistryName(regapitest.RegistryName{Name: "gold.com", Status: "premium", Price: "16000", RenewPrice: "800"})
		prices := of(m.seller.Domain.GetPremiumPrices(m.Context(), "USD", "gold.com", "example.com")).must(m)
		equal(m, "premium domains", len(prices.Domains), 1)
		equal(m, "price in dollars", prices.Domains[0].RegisterPrice.Cmp("200"), 0)
		checked := of(m.seller.Domain.Check(m.Context(), CheckQuery{Currency: "RUR"}, "gold.com")).must(m)
		m.ok(checked[0].Err)
		equal(m, "premium", checked[0].IsPremium, true)
		equal(m, "price", checked[0].Price.Cmp("16000"), 0)
	},
	"the highest bid gets an expiring domain": func(m *market) {
		m.server.AddRegistryName(regapitest.RegistryName{
			Name: "ending.ru", Status: "expiring", Expires: "2026-11-30", StartPrice: "225", BlitzPrice: "8000", Registrar: "OTHER-RU",
		})
		data := of(m.seller.Domain.GetReregData(m.Context(), ReregQuery{Names: []string{"ending.ru"}, Zone: "ru"})).must(m)
		equal(m, "deletion", data[0].DeleteDate, NewDate(2026, 11, 30))
		order := of(m.seller.Domain.SetReregBids(m.Context(), ReregBids{
			Bids: []ReregBid{{Domain: "ending.ru", Price: "590"}}, Contacts: registrant, NSS: regruNSS,
		})).must(m)
		m.done(order.Domains, nil)
		equal(m, "balance", m.balance().Cmp("9410"), 0)
		bids := of(m.seller.Domain.GetUserReregBids(m.Context())).must(m)
		equal(m, "own bid", bids.Domains[0].UserBid.Cmp("590"), 0)
		equal(m, "next bid", bids.Domains[0].NextPrice.Cmp("750"), 0)
		low := of(m.seller.Domain.SetReregBids(m.Context(), ReregBids{
			Bids: []ReregBid{{Domain: "ending.ru", Price: "225"}}, Contacts: registrant, NSS: regruNSS,
		})).must(m)
		equal(m, "lower bid", HasCode(low.Domains[0].Err, CodeYourSameOrMoreBidFound), true)
		m.clock.Advance(8 * 24 * time.Hour)
		equal(m, "state", m.info(ByName("ending.ru")).State, Active)
	},
	"a certificate of ownership is a PDF": func(m *market) {
		if _, err := m.seller.Domain.DownloadCertificate(m.Context(), exampleRu); !IsNotFound(err) {
			m.Errorf("without the service: %v", err)
		}
		m.server.AddService("seller", regapitest.Service{Servtype: "srv_voucher", Domain: "example.ru"})
		certificate := of(m.seller.Domain.DownloadCertificate(m.Context(), exampleRu)).must(m)
		equal(m, "PDF", bytes.HasPrefix(certificate, []byte("%PDF-")), true)
	},
}
