package regapitest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Save returns everything that the simulated service knows as a document, for [Server.Restore]: accounts, domains, money, what is under way, the
// time, and the behaviour. Faults, delays, limits and the journal are the simulator's own and not in it.
func (s *Server) Save() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.catchUp(s.clock.Now())
	chance, err := s.source.MarshalBinary()
	if err != nil {
		return nil, fmt.Errorf("save the state: %w", err)
	}
	saved := s.state.save()
	saved.Now, saved.Chance, saved.Behaviour = s.clock.Now(), chance, s.behaviour
	return json.Marshal(saved)
}

func (s *state) save() savedState {
	saved := savedState{Version: savedVersion, Day: s.day, NextID: s.nextID, Overdue: s.overdue, Prices: map[string]savedPrices{}}
	for _, login := range slices.Sorted(maps.Keys(s.accounts)) {
		saved.Accounts = append(saved.Accounts, s.accounts[login].save())
	}
	for _, id := range slices.Sorted(maps.Keys(s.byID)) {
		saved.Services = append(saved.Services, s.byID[id].save())
	}
	for _, gone := range s.goneServices() {
		kept := gone.save()
		kept.Gone = true
		saved.Services = append(saved.Services, kept)
	}
	for _, id := range slices.Sorted(maps.Keys(s.bills)) {
		saved.Bills = append(saved.Bills, s.bills[id].save())
	}
	for _, l := range s.late {
		place := slices.IndexFunc(l.bill.orders, func(o order) bool { return o.service == l.order.service })
		saved.Late = append(saved.Late, savedLate{Bill: l.bill.id, Order: place, At: l.at})
	}
	for _, name := range slices.Sorted(maps.Keys(s.registry)) {
		saved.Registry = append(saved.Registry, s.registry[name].save())
	}
	for _, d := range s.pending {
		saved.Pending = append(saved.Pending, d.ServiceID)
	}
	for _, name := range slices.Sorted(maps.Keys(s.domains)) {
		saved.Held = append(saved.Held, s.domains[name].ServiceID)
	}
	for zone, p := range s.prices {
		saved.Prices[zone] = savedPrices{Register: p.register, Renew: p.renew, Restore: p.restore, Update: p.update}
	}
	s.saveShelves(&saved)
	return saved
}

// saveShelves saves what domains lie on: offers, lots, folders.
func (s *state) saveShelves(saved *savedState) {
	for _, o := range s.offers {
		kept := savedOffer{ID: o.id, From: o.from, To: o.to}
		for _, d := range o.domains {
			kept.Domains = append(kept.Domains, d.ServiceID)
		}
		saved.Offers = append(saved.Offers, kept)
	}
	for _, name := range slices.Sorted(maps.Keys(s.lots)) {
		l := s.lots[name]
		saved.Lots = append(saved.Lots, savedLot{Lot: l.Lot, Domain: l.domain.ServiceID, Amount: l.price, Edited: l.edited, Hits: l.hits})
	}
	for _, f := range s.folders {
		kept := savedFolder{ID: f.id, Name: f.name, Owner: f.owner}
		for _, member := range f.members {
			kept.Members = append(kept.Members, member.ServiceID)
		}
		saved.Folders = append(saved.Folders, kept)
	}
}

// goneServices are those that were forgotten and that bills still name, in the order of their numbers.
func (s *state) goneServices() []*service {
	gone := map[int64]*service{}
	for _, b := range s.bills {
		for _, o := range b.orders {
			for _, named := range []*service{o.service, o.replaced} {
				if named != nil && s.byID[named.ServiceID] != named {
					gone[named.ServiceID] = named
				}
			}
		}
	}
	services := []*service{}
	for _, id := range slices.Sorted(maps.Keys(gone)) {
		services = append(services, gone[id])
	}
	return services
}

func (a *account) save() savedAccount {
	return savedAccount{
		Account: a.Account, Prepay: a.balance.prepay, BlockedMoney: a.balance.blocked, Credit: a.balance.credit, Books: a.books,
		JelasticURL: a.jelasticURL, BlockedUntil: a.blockedUntil, Failures: a.failures, ResellerURLs: a.resellerURLs,
	}
}

func (s *service) save() savedService {
	saved := savedService{Service: s.Service, Owner: s.owner, Balance: s.balance, Lapsed: s.lapsed, Past: s.past}
	for _, f := range s.forwards {
		saved.Forwards = append(saved.Forwards, savedForward{From: f.from, To: f.to, Kind: f.kind, Title: f.title})
	}
	if s.domain != nil {
		saved.Held = s.domain.save()
	}
	return saved
}

func (d *domain) save() *savedDomain {
	saved := &savedDomain{
		NameServers: d.NameServers, Undelegated: d.Undelegated, Contacts: d.Contacts, PrivatePerson: d.PrivatePerson, RenewPrice: d.renewPrice,
		Hosts: d.hosts, Verification: d.verification, Zone: d.zone.Save(), DNSSEC: d.dnssec.save(),
	}
	if p := d.process; p != nil {
		saved.Process = &savedProcess{
			Transfer: p.transfer, Years: p.years, Until: p.until, AuthInfo: p.authInfo, Confirmed: p.confirmed,
			TakesContacts: p.fromRegistry.contacts, TakesServers: p.fromRegistry.servers, Done: p.done, Failed: p.failed,
			Instalment: p.instalment, Autopay: p.autopay,
		}
	}
	if b := d.bid; b != nil {
		saved.Bid = &savedBid{Login: b.login, Amount: b.amount, Paid: b.paid, Instalment: b.instalment, Autopay: b.autopay}
	}
	return saved
}

func (s *dnssec) save() savedDNSSEC {
	return savedDNSSEC{
		Unsupported: s.unsupported, Current: s.current.save(), Next: s.next.save(), Until: s.until, Generation: s.generation,
	}
}

func (s signing) save() savedSigning {
	saved := savedSigning{Enabled: s.enabled}
	for _, key := range s.keys {
		saved.Keys = append(saved.Keys, key.String())
	}
	for _, ds := range s.parent {
		saved.Parent = append(saved.Parent, ds.String())
	}
	return saved
}

func (b *bill) save() savedBill {
	saved := savedBill{
		ID: b.id, Owner: b.owner, Created: b.created, Due: b.due, Payed: b.payed, FromBalance: b.fromBalance, Confirmed: b.confirmed, Gone: b.gone,
		PayType: b.payType, Currency: b.currency, Amount: b.amount,
	}
	number := func(named *service) int64 {
		if named == nil {
			return 0
		}
		return named.ServiceID
	}
	for _, o := range b.orders {
		saved.Orders = append(saved.Orders, savedOrder{
			Service: number(o.service), Action: o.action, Amount: o.amount, Effect: o.effect, Periods: o.periods, Unit: o.unit,
			Replaced: number(o.replaced), Returned: o.returned, Servers: o.servers, Contacts: o.contacts, PaidBack: o.paidBack,
		})
	}
	return saved
}

func (n *registryName) save() savedName {
	saved := savedName{RegistryName: n.RegistryName, Kopecks: [4]int64{n.price, n.renewPrice, n.startPrice, n.blitzPrice}}
	for _, b := range n.bids {
		saved.Bids = append(saved.Bids, b.domain.ServiceID)
	}
	return saved
}
