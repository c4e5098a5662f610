package regapitest

import (
	"maps"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// bid is an account's offer for an expiring name, in hundredths of a rouble (8.12). Paid is less than it where it is paid in instalments.
type bid struct {
	login  string
	amount int64
	paid   int64
	// domain is what the bidder gets if no higher bid comes: a service in state N until then.
	domain     *domain
	instalment bool
	autopay    bool
}

// instalmentDays is how long the rest of an instalment may wait once the name is registered (8.12).
const instalmentDays = 10

// highest returns the bid that would win, nil when there is none.
func (n *registryName) highest() *bid {
	var best *bid
	for _, made := range n.bids {
		if best == nil || made.amount > best.amount {
			best = made
		}
	}
	return best
}

// countBid makes a bid that was paid count. It may have been paid late: one that is not above all others by then is paid back, else whoever is
// outbid is.
func (s *state) countBid(o order, now time.Time) {
	name := s.auctions[o.service.Name]
	made := o.service.domain.bid
	var best *bid
	if name != nil {
		best = name.highest()
	}
	if name == nil || name.Expires <= dayOf(now) || (best != nil && best.amount >= made.amount) {
		s.giveUpBid(made)
		return
	}
	for _, outbid := range name.bids {
		s.giveUpBid(outbid)
	}
	name.bids = append(name.bids, made)
}

// giveUpBid pays a bid back that can no longer win. It stays in the list, because domain/get_user_rereg_bids shows it (8.13).
func (s *state) giveUpBid(outbid *bid) {
	if outbid.domain.State == stateDeleted {
		return
	}
	s.payBack(outbid.domain.service, effectBid)
	outbid.domain.process.done, outbid.domain.process.failed = true, true
	outbid.domain.State = stateDeleted
}

// announceAuction lists a domain that ended among the names that become free, in the zones in which names can be bid for.
func (s *state) announceAuction(d *domain) {
	if d == nil {
		return
	}
	ladder := bidLadders[dnszone.UnicodeName(tldOf(d.Name).name)]
	if ladder == nil || s.registry[d.Name] != nil && s.registry[d.Name].Status == namePremium {
		return
	}
	s.setRegistryName(&registryName{
		RegistryName: RegistryName{Name: d.Name, Status: nameExpiring, Created: d.Created, Expires: d.freeFrom(), Registrar: "REGRU-RU"},
		startPrice:   ladder[1] * 100, blitzPrice: ladder[len(ladder)-1] * 100,
	})
}

// withdrawAuction takes a domain out of that list that was renewed after all, and pays the bids back.
func (s *state) withdrawAuction(d *domain) {
	name := s.auctions[d.Name]
	if name == nil || s.domains[d.Name] != d {
		return
	}
	for _, made := range name.bids {
		s.giveUpBid(made)
	}
	s.forgetRegistryName(d.Name)
}

// giveToBidders registers names that became free for who bid most.
func (s *state) giveToBidders(now time.Time) {
	for _, key := range slices.Sorted(maps.Keys(s.auctions)) {
		name := s.auctions[key]
		if name.Expires > dayOf(now) {
			continue
		}
		if held := s.domains[key]; held != nil {
			if s.renewalPaid(held.service) {
				continue
			}
			s.part(held, stateDeleted)
		}
		winner := name.highest()
		if winner == nil {
			name.Status = nameDeleted
			s.setRegistryName(name)
			continue
		}
		s.forgetRegistryName(key)
		s.award(winner, name.Expires, now)
	}
}

// award gives a bidder the name. Of one who pays by instalments it stays the registrar's until the rest is paid.
func (s *state) award(winner *bid, day string, now time.Time) {
	d := winner.domain
	d.Created = day
	d.Expires = addYears(day, 1)
	d.process.done = true
	d.bid = nil
	s.hold(d)
	if !winner.instalment || winner.paid >= winner.amount {
		d.State = stateActive
		return
	}
	d.process = &process{instalment: true, autopay: winner.autopay, years: 1}
	rest := newBill(d.owner, payBank, now, s.config.behaviour, order{
		service: d.service, action: actionNew, amount: winner.amount - winner.paid, effect: effectRest,
	})
	rest.due = addDays(day, instalmentDays)
	s.addBill(rest)
	if rest.paysItself() && rest.amount <= s.accounts[rest.owner].funds() {
		rest.payType = payPrepay
		s.payFromBalance(rest, now)
	}
}

// paysItself tells whether a bill is the rest of an instalment that is paid as soon as the money is there (8.12).
func (b *bill) paysItself() bool {
	return len(b.orders) == 1 && b.orders[0].effect == effectRest && b.orders[0].service.domain.process.autopay
}

func addYears(date string, years int) string {
	parsed, _ := time.Parse(time.DateOnly, date) // dates were checked when they came in
	return dayOf(parsed.AddDate(years, 0, 0))
}

// payRest makes a name that is paid in full its bidder's own.
func (s *state) payRest(d *domain) {
	d.process.done = true
	d.State = stateActive
}

// forfeit ends an instalment whose rest was not paid: the money is lost, and the registrar keeps the name (8.12).
func (s *state) forfeit(d *domain) {
	d.process.done, d.process.failed = true, true
	s.letGo(d)
	d.State = stateDeleted
	s.setRegistryName(&registryName{RegistryName: RegistryName{
		Name: d.Name, Status: nameTaken, Created: d.Created, Expires: d.Expires, Registrar: "REGRU-RU",
	}})
}
