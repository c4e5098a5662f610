package regapitest

import (
	"slices"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// What the parts of a bill are (6.2).
const (
	payPrepay = "prepay"
	payBank   = "bank"

	billNotPayed  = "notpayed"
	billConfirmed = "confirmed"
	billPayed     = "payed"
	billCancelled = "cancelled"

	itemService    = "service"
	itemPrepayment = "prepayment"
)

// payTypes are the ways to pay an order (2.2.4.6).
var payTypes = []string{payPrepay, payBank, "pbank", "yacard"}

// defaultUnpaidDays is how long an unpaid bill waits; the documentation does not say.
const defaultUnpaidDays = 30

// bill is a bill of an account, with the orders that it is for. Amounts are hundredths of a rouble.
type bill struct {
	id      int64
	owner   string
	created string
	// due is the last day on which it can be paid.
	due string
	// payed is the day it was paid on, empty before; fromBalance tells that the account's own money paid it.
	payed       string
	fromBalance bool
	// confirmed tells that money is on its way (6.3); gone, that it was deleted or lapsed.
	confirmed, gone bool
	payType         string
	currency        string
	amount          int64
	orders          []order
}

func (b *bill) status() string {
	switch {
	case b.payed != "":
		return billPayed
	case b.gone:
		return billCancelled
	case b.confirmed:
		return billConfirmed
	default:
		return billNotPayed
	}
}

// open tells whether a bill still waits to be paid.
func (b *bill) open() bool { return b.payed == "" && !b.gone }

// payNotes is the result of paying, in the documentation's words (7.4, and 5.5 of the older edition).
func (b *bill) payNotes() string {
	switch {
	case b.amount == 0:
		return "No charge required"
	case b.payed == "":
		return "Bill for " + b.payType + " created"
	default:
		return "Amount successfully charged"
	}
}

// charge writes a bill for orders and pays it from the balance if pay_type is prepay. When the money does not suffice ok_if_no_money leaves the
// bill unpaid and the orders unfulfilled (2.2.4.6). The test user has what it needs, unless it asks for the example of a bill alone (7.13).
//
// Errors: PURCHASES_DISABLED, PARAMETER_INCORRECT, NOT_ENOUGH_MONEY.
func (c *call) charge(orders ...order) (*bill, *refusal.Error) {
	if c.account.PurchasesDisabled {
		return nil, refusal.New("PURCHASES_DISABLED")
	}
	payType, err := c.payType()
	if err != nil {
		return nil, err
	}
	made := newBill(c.account.Login, payType, c.now, c.srv.behaviour, orders...)
	enough := made.amount <= c.account.funds()
	if c.test {
		enough = !c.flag("allow_create_bills")
	}
	if made.payType == payPrepay && !enough && !c.flag("ok_if_no_money") && !c.flag("allow_create_bills") {
		return nil, refusal.New("NOT_ENOUGH_MONEY")
	}
	c.touch()
	paid := made.amount == 0 || (made.payType == payPrepay && enough)
	if c.test {
		made.id = exampleBillID(c.fn.Name, c.flag("allow_create_bills"))
		if paid {
			made.payed = made.created
		}
		return made, nil
	}
	c.srv.state.addBill(made)
	if paid {
		c.srv.state.payFromBalance(made, c.now)
	}
	return made, nil
}

// payType reads how an order is to be paid. [Behaviour.PayTypes] may pass over what was asked for. Error: PARAMETER_INCORRECT.
func (c *call) payType() (string, *refusal.Error) {
	asked := c.params.Text("pay_type")
	if asked != "" && !slices.Contains(payTypes, asked) {
		return "", refusal.Incorrect("pay_type")
	}
	style := c.srv.behaviour.PayTypes
	if asked == "" || style == PayTypesIgnored || (style == PayTypesCreate && c.fn.Name == "domain/create") {
		return payPrepay, nil
	}
	return asked, nil
}

// newBill makes an unpaid bill; its day is that of Moscow, as all of the registrar's days are UTC's here.
func newBill(owner, payType string, now time.Time, b Behaviour, orders ...order) *bill {
	days := b.UnpaidDays
	if days == 0 {
		days = defaultUnpaidDays
	}
	made := &bill{
		owner: owner, created: dayOf(now), due: dayOf(now.AddDate(0, 0, days)), payType: payType, currency: roubles, orders: orders,
	}
	for _, o := range orders {
		made.amount += o.amount
	}
	return made
}

// dayOf is a moment's date as bills and services have it.
func dayOf(moment time.Time) string { return moment.Format(time.DateOnly) }

// flag tells whether a parameter of the request is set: anything but nothing and zero.
func (c *call) flag(name string) bool {
	value := c.params.Text(name)
	return value != "" && value != "0"
}

// addBill gives a bill its number and makes it known to its owner and to what it is for.
func (s *state) addBill(made *bill) {
	made.id = s.freshID()
	s.keepBill(made)
}

func (s *state) keepBill(made *bill) {
	s.bills[made.id] = made
	s.billsOf[made.owner] = append(s.billsOf[made.owner], made)
	if made.open() {
		s.unpaid[made.id] = made
	}
	for _, o := range made.orders {
		if o.service != nil && !slices.Contains(o.service.bills, made) { // Several orders of a bill may be of one service.
			o.service.bills = append(o.service.bills, made)
		}
	}
}

// payFromBalance takes a bill's amount from its owner's money and fulfils its orders.
func (s *state) payFromBalance(b *bill, now time.Time) {
	s.accounts[b.owner].spend(b.amount)
	b.fromBalance = true
	s.settleBill(b, now)
}

// payFromOutside pays a bill with money that comes from elsewhere, and goes through the account's books all the same.
func (s *state) payFromOutside(b *bill, now time.Time) {
	if !slices.ContainsFunc(b.orders, func(o order) bool { return o.effect == effectDeposit }) {
		payer := s.accounts[b.owner]
		payer.deposit(b.amount)
		payer.spend(b.amount)
	}
	s.settleBill(b, now)
}

// settleBill marks a bill as paid and fulfils its orders.
func (s *state) settleBill(b *bill, now time.Time) {
	b.payed = dayOf(now)
	delete(s.unpaid, b.id)
	for _, o := range b.orders {
		s.fulfil(b, o, now)
	}
}

// dismiss undoes an unpaid bill: it was deleted, has lapsed, or what it was for is gone.
func (s *state) dismiss(b *bill) {
	if !b.open() {
		return
	}
	b.gone = true
	delete(s.unpaid, b.id)
	for _, o := range b.orders {
		s.cancelOrder(o)
	}
}

// dismissPart undoes what an unpaid bill has of a service, and the bill with its last part.
func (s *state) dismissPart(b *bill, gone *service) {
	others := slices.DeleteFunc(slices.Clone(b.orders), func(o order) bool { return o.service == gone })
	if !b.open() || len(others) == 0 {
		s.dismiss(b)
		return
	}
	undone := slices.DeleteFunc(b.orders, func(o order) bool { return o.service != gone })
	b.orders = others
	gone.bills = slices.DeleteFunc(gone.bills, func(other *bill) bool { return other == b })
	for _, o := range undone {
		b.amount -= o.amount
		s.cancelOrder(o)
	}
}

// payBack puts what was paid for orders of a service and has no effect on the balance, once, also when it came from outside: the registrar has no
// other way.
func (s *state) payBack(of *service, orders effect) {
	for _, b := range of.bills {
		for index := range b.orders {
			o := &b.orders[index]
			if b.payed == "" || o.service != of || o.effect != orders || o.paidBack {
				continue
			}
			o.paidBack = true
			s.accounts[b.owner].receiveBack(o.amount)
		}
	}
}

// openBill returns the unpaid bill for a service, nil when there is none.
func (s *service) openBill() *bill {
	for _, b := range s.bills {
		if b.open() {
			return b
		}
	}
	return nil
}

// claimBilling notes that a request that moves money is under way, and whether another one of the same account was when it came: such a one is
// refused with BILLING_LOCK. Who cannot prove who they are lock nobody out.
func (s *Server) claimBilling(c *call) {
	if c.fn == nil || c.fn.costs == nil || c.entry.Login == testLogin || !c.fn.costs(c) {
		return
	}
	found, err := c.accountOf(c.entry.Login)
	if err != nil || c.permits(found) != nil {
		return
	}
	c.billing = found.Login
	c.billingBusy = s.billing[c.billing] > 0
	s.billing[c.billing]++
}

func (s *Server) releaseBilling(c *call) {
	if c.billing != "" {
		s.billing[c.billing]--
	}
}

// Which requests of a function move money: all, those that pay from the balance, those that agree to a charge, those that pay a bill now.
func always(*call) bool { return true }

func fromBalance(c *call) bool {
	payType, err := c.payType()
	return err == nil && payType == payPrepay
}

func withAgreement(c *call) bool { return c.flag("payout_agreement") }

func toPrepay(c *call) bool { return c.params.Text("pay_type") == payPrepay }

// answer is how a bill stands in the answers of orders (8.7).
func (b *bill) answer() map[string]any {
	return map[string]any{
		"bill_id": textNumeral(b.id), "payment": amount(b.amount), "pay_type": b.payType, "pay_notes": b.payNotes(),
	}
}
