package regapitest

import (
	"maps"
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

// transferPatience is how long a transfer waits for what stands in its way; the documentation does not say.
const transferPatience = 30 * 24 * time.Hour

// process is what the registry does for a domain after it was ordered: it registers it or takes it over from another registrar.
type process struct {
	transfer bool
	years    int
	// until is when the registry is ready; zero before the order is paid.
	until     time.Time
	authInfo  string
	confirmed bool
	// fromRegistry tells what a transfer takes from the registry, because the order did not give it (8.8).
	fromRegistry fromRegistry
	// done tells that there is nothing to wait for any more; failed, that nothing came of it.
	done, failed bool
	// instalment is the bid of which a part is still to be paid (8.12).
	instalment bool
	autopay    bool
}

type fromRegistry struct{ contacts, servers bool }

// underWay tells whether an order has been paid and the registry is not ready: then another one is DOMAIN_ORDER_LOCKED.
func (p *process) underWay(now time.Time) bool {
	return p != nil && !p.done && !p.until.IsZero() && now.Before(p.until)
}

// unpaid tells whether an order waits for its bill to be paid: then another one is DOMAIN_ALREADY_ORDERED.
func (p *process) unpaid() bool { return p != nil && !p.done && p.until.IsZero() }

// settle brings everything up to date that happens by itself: bills that pay themselves, renewals that take their time, orders that the registry is
// ready with.
func (s *state) settle(now time.Time) {
	s.payWaiting(now)
	s.showLate(now)
	for _, d := range slices.Clone(s.pending) {
		p := d.process
		if p.done || p.until.IsZero() || now.Before(p.until) {
			continue
		}
		switch {
		case !p.transfer:
			d.register(p.until)
		case s.transferStatus(d, now) == transferDone:
			s.takeOver(d, now)
		case now.After(p.until.Add(transferPatience)):
			s.refuseOrder(d)
		}
	}
	s.pending = slices.DeleteFunc(s.pending, func(d *domain) bool { return d.process.done })
}

// hold makes a domain the one of its name. A name that somebody has, or has ordered, is nobody else's.
func (s *state) hold(d *domain) bool {
	if other := s.domains[d.Name]; other != nil && other != d {
		return false
	}
	s.domains[d.Name] = d
	return true
}

// letGo frees the name of a domain, if it is this one's.
func (s *state) letGo(d *domain) {
	if s.domains[d.Name] == d {
		delete(s.domains, d.Name)
	}
}

// served tells whether the registry points to the registrar's name servers, which otherwise refuse to answer for a domain.
func (d *domain) served() bool {
	return d.delegatedHere() && !d.Undelegated && d.listed() && d.State != stateInactive
}

// takeBack takes an order back that the registry does not work at: an unpaid bill goes, money that was paid comes back.
func (s *state) takeBack(d *domain) {
	s.payBack(d.service, effectRegister)
	s.dismissBillsOf(d.service)
	s.dropOrdered(d)
}

// refuseOrder is what the registry may do to an order that was paid: the money comes back, the service is deleted. Of a transfer the status says
// that it failed.
func (s *state) refuseOrder(d *domain) {
	d.process.done, d.process.failed = true, true
	s.pending = slices.DeleteFunc(s.pending, func(other *domain) bool { return other == d })
	for _, paid := range []effect{effectRegister, effectBid, effectRest} {
		s.payBack(d.service, paid)
	}
	s.part(d, stateDeleted)
}

// register makes an ordered domain an active one.
func (d *domain) register(now time.Time) {
	d.process.done = true
	d.State = stateActive
	d.Created = dayOf(now)
	d.Expires = dayOf(now.AddDate(d.process.years, 0, 0))
}

// domainYears is the unit of a domain's period.
var domainYears = tariff{servtype: domainType, unit: unitYear}

// takeOver makes a transferred domain an active one, with the time that it had left and, where the order says nothing else, with the contacts and
// name servers that the registry has (8.8).
func (s *state) takeOver(d *domain, now time.Time) {
	known := s.registry[d.Name]
	d.process.done = true
	d.State, d.Created, d.Expires = stateActive, known.Created, known.Expires
	d.prolong(domainYears, d.process.years, now)
	if d.process.fromRegistry.servers && known.NameServers != nil {
		d.NameServers = slices.Clone(known.NameServers)
	}
	if d.process.fromRegistry.contacts && known.Contacts != nil {
		d.Contacts = maps.Clone(known.Contacts)
	}
	s.forgetRegistryName(d.Name)
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
	case p.failed:
		return transferError
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
