package regapitest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
)

// What happens at a registrar without a request of the API: people act in their accounts, registries decide, prices change. Everything here can be
// done from Go, where what cannot be is a mistake of the test and panics, and through the control endpoint.

func (s *state) domainNamed(name string) (*domain, error) {
	canonical, err := dnszone.CanonicalDomain(name)
	if err != nil {
		return nil, fmt.Errorf("domain %q: %w", name, err)
	}
	if d := s.domains[canonical]; d != nil {
		return d, nil
	}
	return nil, fmt.Errorf("there is no domain %q", name)
}

// confirmTransfer is what a registrant does by the link in a letter.
func (s *state) confirmTransfer(name string, now time.Time) error {
	d, err := s.domainNamed(name)
	if err != nil {
		return err
	}
	if d.process == nil || !d.process.transfer {
		return fmt.Errorf("%s is not being transferred", name)
	}
	d.process.confirmed = true
	s.settle(now)
	return nil
}

func (s *state) confirmEmail(name string, _ time.Time) error {
	d, err := s.domainNamed(name)
	if err == nil {
		d.verification = emailVerified
	}
	return err
}

// driveAway is a transfer to another registrar.
func (s *state) driveAway(name string, _ time.Time) error {
	d, err := s.domainNamed(name)
	if err == nil {
		s.moveAway(d)
	}
	return err
}

// driveSuspension is a registry, or the registrar, that suspends a delegation.
func (s *state) driveSuspension(name string, _ time.Time) error {
	d, err := s.domainNamed(name)
	if err != nil {
		return err
	}
	if d.State != stateActive {
		return fmt.Errorf("%s is not active", name)
	}
	d.suspend()
	return nil
}

// driveRefusal is a registry that does not do what was paid for; a registration that is done it takes back.
func (s *state) driveRefusal(name string, _ time.Time) error {
	d, err := s.domainNamed(name)
	if err != nil {
		return err
	}
	if d.process == nil || d.process.unpaid() || d.process.failed || (d.process.transfer && d.process.done) {
		return fmt.Errorf("%s has no order that was paid and can be refused", name)
	}
	s.refuseOrder(d)
	return nil
}

// driveTimeout is a transfer that nobody confirmed in time.
func (s *state) driveTimeout(name string, _ time.Time) error {
	d, err := s.domainNamed(name)
	if err != nil {
		return err
	}
	if d.process == nil || !d.process.transfer || d.process.done {
		return fmt.Errorf("%s is not being transferred", name)
	}
	s.refuseOrder(d)
	return nil
}

// driveAutorenew is the registrar's own renewal, which real registrars begin before the end of the period.
func (s *state) driveAutorenew(name string, now time.Time) error {
	d, err := s.domainNamed(name)
	if err != nil {
		return err
	}
	if err := d.checkWindow(dayOf(now)); d.State == stateInactive || err != nil || d.restorable(dayOf(now)) {
		return fmt.Errorf("%s cannot be renewed today", name)
	}
	before := len(d.bills)
	s.renewByItself(d.service, now)
	if len(d.bills) == before {
		return fmt.Errorf("%s is not renewed: its flag is not set, or the money does not suffice", name)
	}
	return nil
}

// setExpiry moves the end of a domain, which ends, or lives again, at once where that makes it.
func (s *state) setExpiry(name, date string, now time.Time) error {
	d, err := s.domainNamed(name)
	if err != nil {
		return err
	}
	if _, err := time.Parse(time.DateOnly, date); err != nil {
		return fmt.Errorf("date: %q is no date, such as 2026-12-31", date)
	}
	d.Expires, d.past = date, false
	if d.lapsed {
		s.withdrawAuction(d)
		d.lapsed = false
		d.resume()
	}
	s.age(d.service, dayOf(now), now)
	s.giveToBidders(now)
	return nil
}

func (s *state) setTransferLock(name, lock string) error {
	canonical, apiErr := dnszone.CanonicalDomain(name)
	if apiErr != nil {
		return apiErr
	}
	known := s.registry[canonical]
	if known == nil {
		return fmt.Errorf("the registry does not know %s", name)
	}
	if !slices.Contains(transferLocks, lock) {
		return fmt.Errorf("lock %q is none of client, registry", lock)
	}
	known.Lock = lock
	return nil
}

// topUp puts money on an account; what was waiting for it is paid with the next request.
func (s *state) topUp(login, roubles string) error {
	a := s.accounts[login]
	if a == nil {
		return fmt.Errorf("there is no account %q", login)
	}
	sum, err := parseMoney(Balance{Prepay: roubles})
	if err != nil || sum.prepay <= 0 {
		return fmt.Errorf("%q is not an amount to put on an account", roubles)
	}
	a.deposit(sum.prepay)
	return nil
}

func (s *state) booksOf(login string) (Books, error) {
	a := s.accounts[login]
	if a == nil {
		return Books{}, fmt.Errorf("there is no account %q", login)
	}
	books := a.books
	books.Prepaid = a.balance.prepay
	return books, nil
}

func (s *state) unpaidBill(id int64) (*bill, error) {
	if b := s.unpaid[id]; b != nil {
		return b, nil
	}
	return nil, fmt.Errorf("there is no unpaid bill %d", id)
}

// driveBankPayment pays a bill as its owner would from outside; driveCabinet, from the balance, on the registrar's site.
func (s *state) driveBankPayment(id int64, now time.Time) error {
	b, err := s.unpaidBill(id)
	if err == nil {
		s.payFromOutside(b, now)
	}
	return err
}

func (s *state) driveCabinetPayment(id int64, now time.Time) error {
	b, err := s.unpaidBill(id)
	switch {
	case err != nil:
		return err
	case b.amount > s.accounts[b.owner].funds():
		return errors.New("the money does not suffice")
	}
	b.payType = payPrepay
	s.payFromBalance(b, now)
	return nil
}

// driveConfirmation tells that money for a bill is on its way (6.3).
func (s *state) driveConfirmation(id int64, _ time.Time) error {
	b, err := s.unpaidBill(id)
	if err == nil {
		b.confirmed = true
	}
	return err
}

func (s *state) driveDeletion(id int64, _ time.Time) error {
	b, err := s.unpaidBill(id)
	if err == nil {
		s.dismiss(b)
	}
	return err
}

// setBillPrice makes an unpaid bill cost something else than the price list says: each of its orders in the same proportion, the last one what is left.
func (s *state) setBillPrice(id int64, roubles string) error {
	b, err := s.unpaidBill(id)
	if err != nil {
		return err
	}
	price, err := parseMoney(Balance{Prepay: roubles})
	if err != nil || price.prepay < 0 {
		return fmt.Errorf("%q is not a price", roubles)
	}
	left := price.prepay
	for index := range b.orders {
		share := left
		if later := len(b.orders) - 1 - index; later > 0 && b.amount > 0 {
			share = b.orders[index].amount * price.prepay / b.amount
		} else if later > 0 {
			share = 0
		}
		b.orders[index].amount, left = share, left-share
	}
	b.amount = price.prepay
	return nil
}
