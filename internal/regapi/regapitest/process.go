package regapitest

import (
	"slices"
	"time"
)

// The states of a transfer (8.9).
const (
	transferPendingPayment   = "pendingPayment"
	transferPendingConfirm   = "pendingConfirmation"
	transferAuthInfoError    = "authinfoError"
	transferClientProhibited = "clientTransferProhibited"
	transferProhibited       = "transferProhibited"
	transferError            = "transferError"
	transferPending          = "pendingTransfer"
	transferDone             = "alreadyTransfered"
	transferNotAvailable     = "notAvailable"
)

// process is what the registry does for a domain after it was ordered: it registers it or takes it over from another registrar.
type process struct {
	transfer bool
	years    int
	// until is when the registry is ready; zero before the order is paid.
	until     time.Time
	authInfo  string
	confirmed bool
	done      bool
}

// underWay tells whether an order has been paid and the registry is not ready: then another one is DOMAIN_ORDER_LOCKED.
func (p *process) underWay(now time.Time) bool {
	return p != nil && !p.done && !p.until.IsZero() && now.Before(p.until)
}

// unpaid tells whether an order waits for its bill to be paid: then another one is DOMAIN_ALREADY_ORDERED.
func (p *process) unpaid() bool { return p != nil && !p.done && p.until.IsZero() }

// settle brings everything up to date that happens by itself: orders that the registry is ready with, and names that expire.
func (s *state) settle(now time.Time) {
	for _, d := range s.pending {
		p := d.process
		if p.until.IsZero() || now.Before(p.until) {
			continue
		}
		if !p.transfer {
			d.register(now)
		} else if s.transferStatus(d, now) == transferDone {
			s.takeOver(d)
		}
	}
	s.pending = slices.DeleteFunc(s.pending, func(d *domain) bool { return d.process.done })
	s.giveToBidders(now)
}

// served tells whether the registry points to the registrar's name servers, which otherwise refuse to answer for a domain.
func (d *domain) served() bool {
	return d.delegatedHere() && !d.Undelegated && d.listed() && d.State != stateInactive
}

// dropOrder takes an order back that the registry does not work at: an unpaid bill goes, money that was paid comes back.
func (s *state) dropOrder(d *domain, now time.Time) {
	for _, b := range slices.Clone(s.bills) {
		if !b.concerns(d.service) {
			continue
		}
		if b.payed == "" {
			b.dismiss(now)
			s.removeBill(b)
			continue
		}
		for _, o := range b.orders {
			if o.service == d.service {
				s.accounts[b.owner].balance.prepay += o.amount
			}
		}
	}
	s.forgetOrder(d)
}

// forgetOrder takes an ordered domain out of the state.
func (s *state) forgetOrder(d *domain) {
	s.pending = slices.DeleteFunc(s.pending, func(other *domain) bool { return other == d })
	s.removeDomain(d)
}

// register makes an ordered domain an active one.
func (d *domain) register(now time.Time) {
	d.process.done = true
	d.State = stateActive
	d.Created = now.Format(time.DateOnly)
	d.Expires = now.AddDate(d.process.years, 0, 0).Format(time.DateOnly)
}

// domainYears is the unit of a domain's period.
var domainYears = tariff{servtype: domainType, unit: unitYear}

// takeOver makes a transferred domain an active one, with the time that it had left.
func (s *state) takeOver(d *domain) {
	known := s.registry[d.Name]
	d.process.done = true
	d.State, d.Created, d.Expires = stateActive, known.Created, known.Expires
	d.prolong(domainYears, d.process.years)
	delete(s.registry, d.Name)
}

// shownTransferStatus is what the vendor knows of it: nothing where another registrar stands behind it (8.9).
func (s *state) shownTransferStatus(d *domain, now time.Time) string {
	if tldOf(d.Name).foreign {
		return transferNotAvailable
	}
	return s.transferStatus(d, now)
}

// transferStatus tells how a transfer goes. What keeps it from going on can be put right until it does.
func (s *state) transferStatus(d *domain, now time.Time) string {
	p, known := d.process, s.registry[d.Name]
	switch {
	case p.done:
		return transferDone
	case p.until.IsZero():
		return transferPendingPayment
	case now.Before(p.until):
		return transferPending
	case known == nil:
		return transferError
	case known.Lock == lockClient:
		return transferClientProhibited
	case known.Lock == lockRegistry:
		return transferProhibited
	case known.AuthInfo != "" && known.AuthInfo != p.authInfo:
		return transferAuthInfoError
	case known.Confirm && !p.confirmed:
		return transferPendingConfirm
	default:
		return transferDone
	}
}

// bid is an account's offer for an expiring name, in hundredths of a rouble (8.12). Paid is less than it where it is paid in instalments.
type bid struct {
	login      string
	amount     int64
	paid       int64
	serviceID  int64
	servers    []string
	contacts   map[string]string
	instalment bool
}

// highest returns the bid that would win, nil when there is none.
func (n *registryName) highest() *bid {
	if len(n.bids) == 0 {
		return nil
	}
	return &n.bids[len(n.bids)-1]
}

// giveToBidders registers names that became free for who bid most.
func (s *state) giveToBidders(now time.Time) {
	today := now.Format(time.DateOnly)
	for _, name := range s.registryNames(nameExpiring) {
		if name.Expires > today {
			continue
		}
		name.Status = nameDeleted
		winner := name.highest()
		if winner == nil {
			continue
		}
		delete(s.registry, name.Name)
		// What would make it fail, such as a name that is there already, cannot be: the registry held it.
		_ = s.addDomain(winner.login, Domain{
			Name: name.Name, ServiceID: winner.serviceID, Created: today, Expires: now.AddDate(1, 0, 0).Format(time.DateOnly),
			NameServers: slices.Clone(winner.servers), Contacts: winner.contacts,
		}, Behaviour{}, now)
	}
}
