package regapitest

import (
	"maps"
	"slices"
	"time"
)

// day returns a date so many days later.
func addDays(date string, days int) string {
	parsed, _ := time.Parse(time.DateOnly, date) // dates were checked when they came in
	return dayOf(parsed.AddDate(0, 0, days))
}

// The last days of a domain, by the rules of its zone (8.27): to renew it, and to restore it. On the day after the last one it is free.
func (d *domain) lastRenewal() string { return addDays(d.Expires, tldOf(d.Name).renewAfter) }

func (d *domain) lastDay() string {
	zone := tldOf(d.Name)
	return addDays(d.Expires, zone.renewAfter+zone.restoration)
}

func (d *domain) freeFrom() string { return addDays(d.lastDay(), 1) }

// restorable tells whether a domain can no longer be renewed and can still be restored.
func (d *domain) restorable(today string) bool {
	return today > d.lastRenewal() && today <= d.lastDay()
}

// catchUp does everything that happens by itself up to a moment, day by day, so that it makes no difference how often somebody looks. Days on which
// nothing can happen are passed over.
func (s *state) catchUp(now time.Time) {
	if s.overdue {
		s.overdue = false
		s.giveToBidders(now)
	}
	for today := dayOf(now); s.day < today; {
		next := min(s.nextDay(), today)
		midnight, _ := time.Parse(time.DateOnly, next) // made by dayOf
		s.settle(midnight)
		s.passDay(next, midnight)
	}
	s.settle(now)
}

// nextDay is the first day after the last one that was passed on which something can happen.
func (s *state) nextDay() string {
	const never = "9999-12-31"
	first, ended := never, never
	on := func(date string) { first = min(first, date) }
	for _, due := range s.byID {
		switch {
		case due.ends():
			ended = min(ended, due.Expires)
		case due.lapsed && due.domain != nil && s.day <= due.domain.lastRenewal():
			on(addDays(due.domain.lastRenewal(), 1))
		case due.lapsed && due.domain != nil:
			on(due.domain.freeFrom())
		}
	}
	for _, b := range s.unpaid {
		if !b.confirmed {
			ended = min(ended, b.due)
		}
		if b.paysItself() && b.amount <= s.accounts[b.owner].funds() {
			on(s.day)
		}
	}
	for _, name := range s.auctions {
		on(name.Expires)
	}
	for _, l := range s.late {
		ended = min(ended, dayOf(l.at))
	}
	for _, d := range s.pending {
		if until := d.process.until; !until.IsZero() {
			on(addDays(dayOf(until), 1))
			ended = min(ended, dayOf(until.Add(transferPatience)))
		}
	}
	if ended != never {
		on(addDays(ended, 1))
	}
	return max(first, addDays(s.day, 1))
}

// passDay does what a new day brings: bills lapse, services end or renew themselves, domains come to the end of their grace and become free, and what
// was bid for is given away.
func (s *state) passDay(today string, now time.Time) {
	s.day = today
	s.lapseBills(today, now)
	due := []int64{}
	for id, other := range s.byID {
		if other.Expires < today && (other.ends() || other.lapsed) {
			due = append(due, id)
		}
	}
	// In order of their numbers, so that it is certain whose renewal the money suffices for.
	slices.Sort(due)
	for _, id := range due {
		if other := s.byID[id]; other != nil {
			s.age(other, today, now)
		}
	}
	s.giveToBidders(now)
}

// ends tells whether a service comes to the end of its paid period, one that its owner suspended like any other.
func (s *service) ends() bool {
	return (s.State == stateActive || s.State == stateSuspended) && !s.lapsed && !s.past
}

// lapseBills ends the bills that were not paid in time, and pays the rests of instalments that pay themselves.
func (s *state) lapseBills(today string, now time.Time) {
	for _, b := range s.openBills() {
		switch {
		case b.due < today && !b.confirmed: // else its money is on its way
			s.dismiss(b)
		case b.paysItself() && b.amount <= s.accounts[b.owner].funds():
			b.payType = payPrepay
			s.payFromBalance(b, now)
		}
	}
}

// openBills are the unpaid bills, oldest first.
func (s *state) openBills() []*bill {
	bills := []*bill{}
	for _, id := range slices.Sorted(maps.Keys(s.unpaid)) {
		bills = append(bills, s.unpaid[id])
	}
	return bills
}

// age takes a service whose paid period has ended as far as it is by now.
func (s *state) age(due *service, today string, now time.Time) {
	for due.ends() && due.Expires < today {
		if !s.renewByItself(due, now) {
			due.lapsed = true
			due.suspend()
			s.announceAuction(due.domain)
		}
	}
	d := due.domain
	if d == nil || !due.lapsed || s.renewalPaid(due) {
		return
	}
	for _, b := range slices.Clone(due.bills) {
		// What was to be renewed has to be restored now, at another price.
		if today > d.lastRenewal() && b.created <= d.lastRenewal() {
			s.dismissPart(b, due)
		}
	}
	if today > d.lastDay() && s.auctions[d.Name] == nil {
		s.release(d, d.freeFrom())
	}
}

// dismissBillsOf undoes what is unpaid for a service; what else stands in the same bill can still be paid.
func (s *state) dismissBillsOf(gone *service) {
	for _, b := range slices.Clone(gone.bills) {
		s.dismissPart(b, gone)
	}
}

// release ends a domain: nobody has it any more, and anybody can register it. Its service stays, in state D.
func (s *state) release(d *domain, day string) {
	s.part(d, stateDeleted)
	if known := s.registry[d.Name]; known == nil || known.Status != namePremium {
		s.setRegistryName(&registryName{RegistryName: RegistryName{Name: d.Name, Status: nameDeleted, Created: d.Created, Expires: day}})
	}
}

// part takes a domain away from its account, for the state that its service then has.
func (s *state) part(d *domain, state string) {
	s.dismissBillsOf(d.service)
	s.withdraw(d)
	delete(s.lots, d.Name)
	s.letGo(d)
	d.State, d.lapsed = state, false
}

// moveAway gives a domain to another registrar.
func (s *state) moveAway(d *domain) {
	s.withdrawAuction(d)
	s.part(d, stateMoved)
	s.setRegistryName(&registryName{RegistryName: RegistryName{
		Name: d.Name, Status: nameTaken, Created: d.Created, Expires: d.Expires, NameServers: slices.Clone(d.NameServers),
		Contacts: maps.Clone(d.Contacts),
	}})
}

// renewByItself renews a service for one period from its owner's balance, if its flag says so and the money is there; it tells whether it did.
func (s *state) renewByItself(due *service, now time.Time) bool {
	t, payer := s.renewalTariff(due), s.accounts[due.owner]
	if !due.Autorenew || t.once || payer == nil || payer.PurchasesDisabled || payer.funds() < t.renewPrice {
		return false
	}
	made := newBill(due.owner, payPrepay, now, s.config.behaviour, order{
		service: due, action: s.config.behaviour.RenewalWord(), amount: t.renewPrice, effect: effectRenew, periods: 1, unit: t.unit,
	})
	s.addBill(made)
	expires := due.Expires
	s.payFromBalance(made, now)
	// A renewal that takes its time is none on the day itself.
	return due.Expires > expires
}
