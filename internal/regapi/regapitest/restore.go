package regapitest

import (
	"encoding/json"
	"fmt"

	"github.com/miekg/dns"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// Restore makes the service know what it knew when a document was saved, and nothing else. The simulator's own clock shows the time of then; one of
// [WithClock] is set by whoever made it. Faults, delays and the journal stay; limits begin anew.
func (s *Server) Restore(document []byte) error {
	var saved savedState
	if err := json.Unmarshal(document, &saved); err != nil {
		return fmt.Errorf("restore the state: %w", err)
	}
	if saved.Version != savedVersion {
		return fmt.Errorf("restore the state: its form is %d and not %d", saved.Version, savedVersion)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	restored, err := saved.restore(&s.config)
	if err == nil {
		err = s.source.UnmarshalBinary(saved.Chance)
	}
	if err != nil {
		return fmt.Errorf("restore the state: %w", err)
	}
	if clock, ok := s.clock.(*offsetClock); ok {
		clock.showAgain(saved.Now)
	}
	s.state, s.behaviour = restored, saved.Behaviour
	s.limiter = newLimiter(s.hourlyLimit, s.blockFor)
	return nil
}

// restorer finds what a document names by its number.
type restorer struct {
	state    *state
	services map[int64]*service
	err      error
}

// service returns the service of a number, nil for 0; an unknown number spoils the document.
func (r *restorer) service(id int64) *service {
	found := r.services[id]
	if found == nil && id != 0 && r.err == nil {
		r.err = fmt.Errorf("there is no service %d", id)
	}
	return found
}

// domain returns the domain of a number.
func (r *restorer) domain(id int64) *domain {
	found := r.service(id)
	if found == nil || found.domain == nil {
		if r.err == nil {
			r.err = fmt.Errorf("there is no domain %d", id)
		}
		return &domain{service: &service{}}
	}
	return found.domain
}

// owner notes that something belongs to an account; an unknown one spoils the document.
func (r *restorer) owner(login string) {
	if r.state.accounts[login] == nil && r.err == nil {
		r.err = fmt.Errorf("there is no account %q", login)
	}
}

func (saved savedState) restore(config *config) (*state, error) {
	s := newState(config)
	s.day, s.nextID, s.overdue = saved.Day, saved.NextID, saved.Overdue
	r := &restorer{state: s, services: map[int64]*service{}}
	for _, a := range saved.Accounts {
		if err := s.restoreAccount(a); err != nil {
			return nil, err
		}
	}
	for _, kept := range saved.Services {
		if err := r.restoreService(kept); err != nil {
			return nil, err
		}
	}
	for _, b := range saved.Bills {
		r.restoreBill(b)
	}
	for _, l := range saved.Late {
		b := s.bills[l.Bill]
		if b == nil || l.Order < 0 || l.Order >= len(b.orders) {
			return nil, fmt.Errorf("there is no order %d of a bill %d", l.Order, l.Bill)
		}
		s.late = append(s.late, lateRenewal{bill: b, order: b.orders[l.Order], at: l.At})
	}
	for _, n := range saved.Registry {
		r.restoreName(n)
	}
	for _, id := range saved.Pending {
		s.pending = append(s.pending, r.domain(id))
	}
	for _, id := range saved.Held {
		if held := r.domain(id); !s.hold(held) {
			return nil, fmt.Errorf("the name %s is held twice", held.Name)
		}
	}
	for zone, p := range saved.Prices {
		s.prices[zone] = zonePrices{register: p.Register, renew: p.Renew, restore: p.Restore, update: p.Update}
	}
	r.restoreShelves(saved)
	return s, r.err
}

func (s *state) restoreAccount(saved savedAccount) error {
	restored, err := newAccount(saved.Account)
	if err != nil {
		return err
	}
	restored.balance = money{prepay: saved.Prepay, blocked: saved.BlockedMoney, credit: saved.Credit}
	restored.books, restored.jelasticURL, restored.blockedUntil = saved.Books, saved.JelasticURL, saved.BlockedUntil
	if saved.Failures != nil {
		restored.failures = saved.Failures
	}
	if saved.ResellerURLs != nil {
		restored.resellerURLs = saved.ResellerURLs
	}
	s.accounts[restored.Login] = restored
	return nil
}

func (r *restorer) restoreService(saved savedService) error {
	restored := &service{Service: saved.Service, Name: saved.Domain, owner: saved.Owner, balance: saved.Balance, lapsed: saved.Lapsed, past: saved.Past}
	if name, err := dnszone.CanonicalDomain(saved.Domain); err == nil {
		restored.Name = name
	}
	for _, f := range saved.Forwards {
		restored.forwards = append(restored.forwards, forward{from: f.From, to: f.To, kind: f.Kind, title: f.Title})
	}
	if saved.Held != nil {
		d, err := saved.Held.restore(restored)
		if err != nil {
			return err
		}
		restored.domain = d
	}
	r.owner(saved.Owner)
	if saved.Gone {
		r.services[restored.ServiceID] = restored
		return nil
	}
	if err := r.state.checkService(restored); err != nil {
		return fmt.Errorf("service %d: %w", restored.ServiceID, err)
	}
	r.services[restored.ServiceID] = restored
	r.state.index(restored)
	return nil
}

func (saved *savedDomain) restore(of *service) (*domain, error) {
	signed, err := saved.DNSSEC.restore()
	if err != nil {
		return nil, err
	}
	d := &domain{
		service: of, NameServers: saved.NameServers, Undelegated: saved.Undelegated, Contacts: saved.Contacts, PrivatePerson: saved.PrivatePerson,
		renewPrice: saved.RenewPrice, hosts: saved.Hosts, verification: saved.Verification, zone: dnszone.Load(of.Name, saved.Zone), dnssec: signed,
	}
	if p := saved.Process; p != nil {
		d.process = &process{
			transfer: p.Transfer, years: p.Years, until: p.Until, authInfo: p.AuthInfo, confirmed: p.Confirmed,
			fromRegistry: fromRegistry{contacts: p.TakesContacts, servers: p.TakesServers}, done: p.Done, failed: p.Failed,
			instalment: p.Instalment, autopay: p.Autopay,
		}
	}
	if b := saved.Bid; b != nil {
		d.bid = &bid{login: b.Login, amount: b.Amount, paid: b.Paid, domain: d, instalment: b.Instalment, autopay: b.Autopay}
	}
	return d, nil
}

func (saved savedDNSSEC) restore() (restored dnssec, err error) {
	restored = dnssec{unsupported: saved.Unsupported, until: saved.Until, generation: saved.Generation}
	if restored.current, err = saved.Current.restore(); err != nil {
		return restored, err
	}
	restored.next, err = saved.Next.restore()
	return restored, err
}

func (saved savedSigning) restore() (signing, error) {
	restored := signing{enabled: saved.Enabled}
	for _, text := range saved.Keys {
		rr, err := dns.NewRR(text)
		key, ok := rr.(*dns.DNSKEY)
		if err != nil || !ok {
			return restored, fmt.Errorf("%q is no DNSKEY", text)
		}
		added := zoneKey{DNSKEY: key}
		if key.Flags == flagsKSK {
			added.ds = key.ToDS(dns.SHA256)
		}
		restored.keys = append(restored.keys, added)
	}
	for _, text := range saved.Parent {
		rr, err := dns.NewRR(text)
		ds, ok := rr.(*dns.DS)
		if err != nil || !ok {
			return restored, fmt.Errorf("%q is no DS", text)
		}
		restored.parent = append(restored.parent, ds)
	}
	return restored, nil
}

func (r *restorer) restoreBill(saved savedBill) {
	b := &bill{
		id: saved.ID, owner: saved.Owner, created: saved.Created, due: saved.Due, payed: saved.Payed, fromBalance: saved.FromBalance,
		confirmed: saved.Confirmed, gone: saved.Gone, payType: saved.PayType, currency: saved.Currency, amount: saved.Amount,
	}
	for _, o := range saved.Orders {
		b.orders = append(b.orders, order{
			service: r.service(o.Service), action: o.Action, amount: o.Amount, effect: o.Effect, periods: o.Periods, unit: o.Unit,
			replaced: r.service(o.Replaced), returned: o.Returned, servers: o.Servers, contacts: o.Contacts, paidBack: o.PaidBack,
		})
	}
	r.owner(b.owner)
	r.state.keepBill(b)
}

func (r *restorer) restoreName(saved savedName) {
	n := &registryName{
		RegistryName: saved.RegistryName, price: saved.Kopecks[0], renewPrice: saved.Kopecks[1], startPrice: saved.Kopecks[2],
		blitzPrice: saved.Kopecks[3],
	}
	for _, b := range saved.Bids {
		made := r.domain(b).bid
		if made == nil && r.err == nil {
			r.err = fmt.Errorf("domain %d is no object of a bid", b)
		}
		n.bids = append(n.bids, made)
	}
	r.state.setRegistryName(n)
}

func (r *restorer) restoreShelves(saved savedState) {
	for _, o := range saved.Offers {
		r.owner(o.To)
		restored := &offer{id: o.ID, from: o.From, to: o.To}
		for _, id := range o.Domains {
			restored.domains = append(restored.domains, r.domain(id))
		}
		r.state.offers = append(r.state.offers, restored)
	}
	for _, l := range saved.Lots {
		d := r.domain(l.Domain)
		r.state.lots[d.Name] = &lot{Lot: l.Lot, domain: d, price: l.Amount, edited: l.Edited, hits: l.Hits}
	}
	for _, f := range saved.Folders {
		r.owner(f.Owner)
		restored := &folder{id: f.ID, name: f.Name, owner: f.Owner}
		for _, id := range f.Members {
			restored.put(r.service(id))
		}
		r.state.folders = append(r.state.folders, restored)
	}
}
