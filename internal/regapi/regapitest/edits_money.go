package regapitest

import "time"

// TopUp puts roubles on an account's balance: "500" or "0.50".
func (s *Server) TopUp(login, roubles string) {
	s.mustEdit(func() error { return s.state.topUp(login, roubles) })
}

// Books returns the sums of what moved on an account's balance.
func (s *Server) Books(login string) Books {
	var books Books
	s.mustEdit(func() (err error) {
		books, err = s.state.booksOf(login)
		return err
	})
	return books
}

// SetPrices changes the prices of a zone. Bills that are written already keep theirs.
func (s *Server) SetPrices(zone string, prices Prices) {
	s.mustEdit(func() error { return s.state.setPrices(zone, prices) })
}

// PayBill pays a bill as its owner would from outside, by bank for example: the balance stays as it is.
func (s *Server) PayBill(id int64) { s.mustSettle(id, (*state).driveBankPayment) }

// PayBillFromBalance pays a bill as its owner would on the registrar's site, from the balance.
func (s *Server) PayBillFromBalance(id int64) { s.mustSettle(id, (*state).driveCabinetPayment) }

// ConfirmBill tells that the money for a bill is on its way: its status is confirmed (6.3).
func (s *Server) ConfirmBill(id int64) { s.mustSettle(id, (*state).driveConfirmation) }

// DeleteBill deletes an unpaid bill as its owner would on the registrar's site.
func (s *Server) DeleteBill(id int64) { s.mustSettle(id, (*state).driveDeletion) }

// SetBillPrice makes an unpaid bill cost something else than the price list says, in roubles.
func (s *Server) SetBillPrice(id int64, roubles string) {
	s.mustEdit(func() error { return s.state.setBillPrice(id, roubles) })
}

func (s *Server) mustSettle(id int64, do func(*state, int64, time.Time) error) {
	s.mustEdit(func() error { return do(s.state, id, s.clock.Now()) })
}

// Delays are how long things take from now on; nil leaves one as it is.
type Delays struct {
	// Order is that of the registry, Renewal that of a renewal until it shows, Publish that of DNS, DNSSEC that of a change of keys.
	Order, Renewal, Publish, DNSSEC *time.Duration
}

// SetDelays changes how long things take. What is under way keeps the time that it was given.
func (s *Server) SetDelays(d Delays) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, change := range []struct{ from, into *time.Duration }{
		{d.Order, &s.orderDelay}, {d.Renewal, &s.renewalDelay}, {d.Publish, &s.publishDelay}, {d.DNSSEC, &s.dnssecDelay},
	} {
		if change.from != nil {
			*change.into = *change.from
		}
	}
}
