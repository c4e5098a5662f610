package regapitest

import (
	"maps"
	"slices"
	"time"
)

// beside is what others do on a day: registries, people in their accounts, payment systems.
func (y *year) beside() {
	y.t.Helper()
	if y.often(0.1) {
		hours := func() *time.Duration { d := time.Duration(y.chance.IntN(72)) * time.Hour; return &d }
		y.SetDelays(Delays{Order: hours(), Renewal: hours()})
	}
	if y.often(0.05) {
		y.SetBehaviour(Behaviour{Payment: Payment{
			PayTypes: PayTypeStyle(y.pick("", "create", "ignored")), DoubleRenewals: y.often(0.5), PrepayBillsPaySelf: y.often(0.5),
			DroppedOrders: DroppedOrderStyle(y.pick("", "kept")), GoneBills: GoneBillStyle(y.pick("", "cancelled")), UnpaidDays: y.chance.IntN(20),
		}})
	}
	if y.often(0.05) {
		y.SetPrices("ru", Prices{Renew: y.pick("590", "199", "1999")})
	}
	y.onAny(func(d *domain) bool { return d.State == stateActive && y.often(0.05) }, (*state).driveAway)
	y.onAny(func(d *domain) bool { return d.process != nil && !d.process.done && y.often(0.2) }, (*state).driveRefusal)
	y.onAny(func(d *domain) bool { return d.process != nil && d.process.transfer && y.often(0.5) }, (*state).confirmTransfer)
	y.onAny(func(d *domain) bool { return d.State == stateActive && d.Autorenew && y.often(0.2) }, (*state).driveAutorenew)
	y.payOutside()
}

// onAny does something to one domain that fits, if it can be done.
func (y *year) onAny(fits func(*domain) bool, do func(*state, string, time.Time) error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	names := slices.Sorted(maps.Keys(y.state.domains))
	start := y.chance.IntN(len(names))
	for n := range 20 {
		d := y.state.domains[names[(start+n)%len(names)]]
		if fits(d) {
			_ = do(y.state, d.Name, y.clock.Now()) // what cannot be done leaves everything as it is
			return
		}
	}
}

// payOutside pays the oldest unpaid bill by bank, or makes it dearer.
func (y *year) payOutside() {
	y.mu.Lock()
	defer y.mu.Unlock()
	bills := y.state.openBills()
	if len(bills) == 0 || !y.often(0.1) {
		return
	}
	oldest := bills[0]
	if y.often(0.3) {
		_ = y.state.setBillPrice(oldest.id, "1234.50")
		return
	}
	y.state.payFromOutside(oldest, y.clock.Now())
	y.invested[oldest.owner] += oldest.amount
}

// audit holds money, names and periods against the bills.
func (y *year) audit() {
	y.t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	for n := range yearAccounts {
		y.auditMoney(owner(n))
	}
	y.auditNames()
	y.auditPeriods()
}

// auditMoney: what came in is what was paid and had its effect, and what is left.
func (y *year) auditMoney(login string) {
	y.t.Helper()
	paid, back := int64(0), int64(0)
	for _, b := range y.state.billsOf[login] {
		if b.payed == "" {
			continue
		}
		sum := int64(0)
		for _, o := range b.orders {
			sum += o.amount
			if o.paidBack {
				back += o.amount
			}
		}
		if sum != b.amount {
			y.t.Fatalf("bill %d of %d is for orders of %d", b.id, b.amount, sum)
		}
		paid += b.amount
	}
	books, err := y.state.booksOf(login)
	if err != nil || books.In != y.invested[login] || books.Out != paid || books.Back != back || books.In+books.Back-books.Out != books.Prepaid {
		y.t.Fatalf("%s was given %d, bills of %d were paid and %d came back; the books are %+v (%v)", login, y.invested[login], paid, back, books, err)
	}
}

// auditNames: every registered domain holds its name, and nobody else does.
func (y *year) auditNames() {
	y.t.Helper()
	for _, s := range y.state.byID {
		if s.domain == nil || (s.State != stateActive && s.State != stateSuspended) {
			continue
		}
		if y.state.domains[s.Name] != s.domain {
			y.t.Fatalf("%s is in state %s and does not hold its name", s.Name, s.State)
		}
	}
	for name, d := range y.state.domains {
		if !d.listed() || y.state.byID[d.ServiceID] != d.service {
			y.t.Fatalf("%s is held by a service in state %s", name, d.State)
		}
	}
}

// auditPeriods: a seeded domain ends where the renewals that were paid, and not paid back, took it.
func (y *year) auditPeriods() {
	y.t.Helper()
	for id, began := range y.began {
		s := y.state.byID[id]
		years := 0
		for _, b := range s.bills {
			for _, o := range b.orders {
				if b.payed != "" && o.service == s && o.effect == effectRenew && !o.paidBack {
					years += o.periods
				}
			}
		}
		for _, l := range y.state.late {
			if l.order.service == s {
				years -= l.order.periods
			}
		}
		if want := addYears(began, years); s.Expires != want {
			y.t.Fatalf("%s, which began with %s, ends on %s after %d paid years", s.Name, began, s.Expires, years)
		}
	}
}

// wantWaysOut: after a time in which nobody did anything, nothing waits for ever. What is suspended is in its windows, what is inactive is the object
// of a bid for it.
func (y *year) wantWaysOut() {
	y.t.Helper()
	y.mu.Lock()
	defer y.mu.Unlock()
	if len(y.state.unpaid) > 0 || len(y.state.late) > 0 || len(y.state.pending) > 0 {
		y.t.Errorf("%d unpaid bills, %d late renewals and %d orders are left", len(y.state.unpaid), len(y.state.late), len(y.state.pending))
	}
	today, ended := dayOf(y.clock.Now()), 0
	for _, s := range y.state.byID {
		switch {
		case s.State == stateDeleted:
			ended++
		case s.State == stateSuspended && today > s.domain.lastDay(), s.State == stateInactive && y.state.auctions[s.Name] == nil:
			y.t.Errorf("%s is left in state %s", s.Name, s.State)
		}
	}
	if ended < yearDomains/10 {
		y.t.Errorf("only %d services ended: the year tells little", ended)
	}
}

// wantRestorable: the state survives being saved and restored as it is, and the year goes on from what was restored.
func (y *year) wantRestorable() {
	y.t.Helper()
	before, err := y.Save()
	if err == nil {
		err = y.Restore(before)
	}
	if err != nil {
		y.t.Fatal(err)
	}
	after, err := y.Save()
	if err != nil || string(before) != string(after) {
		y.t.Fatalf("what was restored is saved differently (%v)", err)
	}
}
