package regapitest

import (
	"slices"
	"time"
)

// The actions of a position of a bill (6.2): documented are new and renewals, whose word is not.
const (
	actionNew    = "new"
	actionRenew  = "renew"
	actionUpdate = "update"
)

// effect is what paying for an order brings about. Orders are plain data, so that a state can be saved with what is still to come in it.
type effect string

const (
	// effectRegister starts the registry's work on a domain: a registration or a transfer.
	effectRegister effect = "register"
	// effectActivate begins a service's paid period; effectUpgrade does so in the place of another service.
	effectActivate effect = "activate"
	effectUpgrade  effect = "upgrade"
	// effectRenew prolongs.
	effectRenew effect = "renew"
	// effectRefill puts money on a service, effectDeposit on the account.
	effectRefill  effect = "refill"
	effectDeposit effect = "deposit"
	// effectServers and effectContacts are changes that a zone charges for.
	effectServers  effect = "servers"
	effectContacts effect = "contacts"
	// effectBid makes a bid count, effectRest pays what an instalment left open.
	effectBid  effect = "bid"
	effectRest effect = "rest"
)

// order is one thing to pay for.
type order struct {
	// service is what is ordered or renewed; nil for money that is put on the account itself.
	service *service
	action  string
	amount  int64
	effect  effect
	// periods are what is ordered or renewed, in units of the service's tariff.
	periods int
	unit    string
	// replaced is the service that an upgrade ends, returned what of it is paid back.
	replaced *service
	returned int64
	servers  []string
	contacts map[string]string
	// paidBack tells that nothing came of it and that the money is on the balance again.
	paidBack bool
}

func (o order) tariff() tariff { return tariff{unit: o.unit} }

// fulfil does what was paid for.
func (s *state) fulfil(b *bill, o order, now time.Time) {
	switch o.effect {
	case effectRegister:
		o.service.domain.process.until = now.Add(s.config.orderDelay)
	case effectActivate:
		o.service.activate(now, o.tariff(), o.periods)
	case effectUpgrade:
		o.replaced.State = stateDeleted
		s.accounts[b.owner].receiveBack(o.returned)
		o.service.activate(now, o.tariff(), o.periods)
	case effectRenew:
		s.renewLater(b, o, now)
	case effectRefill:
		o.service.balance += o.amount
	case effectDeposit:
		s.accounts[b.owner].deposit(o.amount)
	case effectServers:
		o.service.domain.NameServers = o.servers
	case effectContacts:
		o.service.domain.setContacts(o.contacts)
		if o.periods > 0 {
			o.service.prolong(domainYears, o.periods, now)
		}
	case effectBid:
		s.countBid(o, now)
	case effectRest:
		s.payRest(o.service.domain)
	}
}

// cancelOrder undoes an order whose bill will not be paid. What waits for nothing but the money is gone; a renewal leaves everything as it is.
func (s *state) cancelOrder(o order) {
	switch o.effect {
	case effectRegister, effectBid:
		s.dropOrdered(o.service.domain)
	case effectActivate, effectUpgrade:
		s.dropService(o.service)
	case effectRest:
		s.forfeit(o.service.domain)
	case effectRenew, effectRefill, effectDeposit, effectServers, effectContacts:
	}
}

// dropOrdered takes a domain back that was ordered and is not registered.
func (s *state) dropOrdered(d *domain) {
	d.process.done, d.process.failed = true, true
	s.pending = slices.DeleteFunc(s.pending, func(other *domain) bool { return other == d })
	s.letGo(d)
	s.dropService(d.service)
}

// dropService forgets a service that was ordered and never came about or, with [Behaviour.DroppedOrders], keeps it as a deleted one, with its
// user_servid.
func (s *state) dropService(doomed *service) {
	if s.config.behaviour.DroppedOrders == DroppedKept {
		doomed.State = stateDeleted
		return
	}
	s.forgetService(doomed)
}

// lateRenewal is a renewal that was paid for and does not show yet.
type lateRenewal struct {
	bill  *bill
	order order
	at    time.Time
}

// renewLater prolongs at once, or when the delay of renewals has passed.
func (s *state) renewLater(b *bill, o order, now time.Time) {
	if s.config.renewalDelay <= 0 {
		s.renew(b, o, now)
		return
	}
	s.late = append(s.late, lateRenewal{bill: b, order: o, at: now.Add(s.config.renewalDelay)})
}

// renew prolongs what was paid for; what is gone by then is paid back.
func (s *state) renew(b *bill, o order, now time.Time) {
	if !o.service.listed() {
		s.payRenewalBack(b, o)
		return
	}
	o.service.prolong(o.tariff(), o.periods, now)
	if o.service.domain != nil {
		s.withdrawAuction(o.service.domain)
	}
}

// payRenewalBack returns the money of one renewal: others of the same service may have had their effect.
func (s *state) payRenewalBack(b *bill, gone order) {
	for index := range b.orders {
		if o := &b.orders[index]; o.service == gone.service && !o.paidBack {
			o.paidBack = true
			s.accounts[b.owner].receiveBack(o.amount)
			return
		}
	}
}

// renewalPaid tells whether a renewal of a service is paid and does not show yet.
func (s *state) renewalPaid(renewed *service) bool {
	return slices.ContainsFunc(s.late, func(l lateRenewal) bool { return l.order.service == renewed })
}

// showLate lets the renewals show whose delay has passed.
func (s *state) showLate(now time.Time) {
	due := []lateRenewal{}
	s.late = slices.DeleteFunc(s.late, func(l lateRenewal) bool {
		if l.at.After(now) {
			return false
		}
		due = append(due, l)
		return true
	})
	for _, l := range due {
		s.renew(l.bill, l.order, l.at)
	}
}

// payWaiting pays the bills that were left as prepay for want of money, oldest first, with [Behaviour.PrepayBillsPaySelf].
func (s *state) payWaiting(now time.Time) {
	if !s.config.behaviour.PrepayBillsPaySelf {
		return
	}
	for _, b := range s.openBills() {
		if b.payType == payPrepay && b.amount <= s.accounts[b.owner].funds() {
			s.payFromBalance(b, now)
		}
	}
}
