package purchase

import (
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi"
)

// registrar is the other side, with everything that a registrar may do to us.
type registrar struct {
	services []service
	bills    []bill
	balance  Amount
	// bankIgnored charges whatever it is told; guarded refuses a renewal beside an unpaid one.
	bankIgnored, guarded, keyed bool
}

// service is a domain at the registrar; a name that nobody has yet has no state.
type service struct {
	state    regapi.State
	key      string
	years    int // that show
	autoFlag bool
	price    Amount
}

// bill is one, and what became of it.
type bill struct {
	id       regapi.ID
	domain   int
	years    int
	price    Amount
	ours     bool // written for a call of the operator
	paid     bool
	byUs     bool // paid by a call of the operator
	gone     bool
	shown    bool // its effect shows
	auto     bool // the registrar's own renewal
	paidAt   time.Time
	key      string
	askedFor string // the base that the call which made it was for
	order    string // that the call was for
	born     time.Time
}

func (r registrar) clone() registrar {
	r.services, r.bills = slices.Clone(r.services), slices.Clone(r.bills)
	return r
}

func (r *registrar) write(i *image) {
	i.number(int64(r.balance))
	for _, s := range r.services {
		i.text(string(s.state), s.key)
		i.number(int64(s.years), int64(s.price))
		i.truth(s.autoFlag)
	}
	for _, b := range r.bills {
		i.text(b.key, b.askedFor, b.order)
		i.number(int64(b.id), int64(b.domain), int64(b.years), int64(b.price))
		i.truth(b.ours, b.paid, b.byUs, b.gone, b.shown)
		i.since(b.born)
		if b.paid && !b.shown {
			i.since(b.paidAt)
		}
	}
}

// expiry is the last paid day that shows.
func (w *world) expiry(domain int) string {
	day, _ := time.Parse(time.DateOnly, firstDay)
	return day.AddDate(w.reg.services[domain].years, 0, 0).Format(time.DateOnly)
}

func (w *world) bill(id regapi.ID) *bill {
	for i := range w.reg.bills {
		if w.reg.bills[i].id == id {
			return &w.reg.bills[i]
		}
	}
	return nil
}

func (w *world) unpaid(domain int) (bills []bill) {
	for _, b := range w.reg.bills {
		if b.domain == domain && !b.paid && !b.gone {
			bills = append(bills, b)
		}
	}
	return bills
}

// execute carries a request of the operator out, and answers.
func (w *world) execute(r request) Answer {
	switch r.act {
	case Place:
		return w.executePlace(r)
	case Pay:
		b := w.bill(r.bill)
		switch {
		case b == nil || b.gone:
			return refused(regapi.CodeBillIDNotFound)
		case b.paid:
			return refused(regapi.CodeOrderAlreadyPayed)
		case w.reg.balance < b.price:
			return refused(regapi.CodeNotEnoughMoney)
		}
		w.pay(b, true)
	case Remove:
		b := w.bill(r.bill)
		switch {
		case b == nil || b.gone:
			return refused(regapi.CodeBillIDNotFound)
		case b.paid:
			return refused(regapi.CodeBillCanNotRemoved)
		}
		b.gone = true
		if !b.ours {
			w.fail("a stranger's bill was deleted")
		}
		if w.reg.keyed {
			w.reg.services[b.domain] = service{price: w.reg.services[b.domain].price}
		}
	}
	return Answer{}
}

func (w *world) executePlace(r request) Answer {
	s := &w.reg.services[r.domain]
	switch {
	case w.reg.keyed && s.state != "" && s.key == r.key:
		return refused(regapi.CodeUserServIDIsNotUnique)
	case w.reg.guarded && !w.reg.keyed && len(w.unpaid(r.domain)) > 0:
		return refused(regapi.CodeDoubleOrder)
	}
	made := bill{id: regapi.ID(100 + len(w.reg.bills)), domain: r.domain, years: r.years, price: s.price * Amount(r.years), ours: true, key: r.key, askedFor: r.base, order: r.order, born: w.now}
	w.reg.bills = append(w.reg.bills, made)
	if w.reg.keyed {
		s.state, s.key = regapi.Inactive, r.key
	}
	if w.reg.bankIgnored && w.reg.balance >= made.price {
		w.pay(&w.reg.bills[len(w.reg.bills)-1], true)
	}
	return Answer{Bill: made.id, Price: made.price}
}

func refused(code regapi.ErrorCode) Answer { return Answer{Err: &regapi.Error{Code: code}} }

// pay pays a bill. Its effect shows later.
func (w *world) pay(b *bill, byUs bool) {
	b.paid, b.byUs, b.paidAt = true, byUs, w.now
	if byUs {
		w.reg.balance -= b.price
		w.checkPayment(b)
	}
}

// show makes the effect of a payment visible.
func (w *world) show(b *bill) {
	b.shown = true
	if w.reg.keyed {
		w.reg.services[b.domain].state = regapi.Active
		return
	}
	w.reg.services[b.domain].years += b.years
}

// checkPayment holds a payment of ours against what must never happen.
func (w *world) checkPayment(paid *bill) {
	if !paid.ours {
		w.fail("a stranger's bill was paid")
	}
	if paid.price > maxPrice && !w.reg.bankIgnored {
		w.fail("paid %s, above the limit", paid.price)
	}
	for _, other := range w.reg.bills {
		if other.id == paid.id || other.domain != paid.domain || !other.paid {
			continue
		}
		if other.byUs && (other.askedFor == paid.askedFor || w.reg.keyed) {
			w.fail("paid twice for one purchase")
		}
		if other.auto && other.askedFor == paid.askedFor {
			w.fail("paid beside the registrar's own renewal")
		}
		if !other.ours && other.askedFor == paid.askedFor && w.now.Sub(other.paidAt) > Settling {
			w.fail("paid although somebody else had, long ago")
		}
	}
	var sum Amount
	for _, b := range w.reg.bills {
		if b.paid && b.byUs {
			sum += b.price
		}
	}
	if sum > w.ceiling && !w.reg.bankIgnored {
		w.fail("paid %s in the month, above the ceiling", sum)
	}
}
