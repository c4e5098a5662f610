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

	billNotPayed = "notpayed"
	billPayed    = "payed"

	itemService    = "service"
	itemPrepayment = "prepayment"

	actionNew   = "new"
	actionRenew = "renew"
)

// payTypes are the ways to pay an order (2.2.4.6).
var payTypes = []string{payPrepay, payBank, "pbank", "yacard"}

// bill is a bill of an account, with the orders that it is for. Amounts are hundredths of a rouble.
type bill struct {
	id      int64
	owner   string
	created string
	// payed is the day it was paid on, empty before.
	payed    string
	payType  string
	currency string
	amount   int64
	orders   []order
}

// order is one thing to pay for.
type order struct {
	// service is what is ordered or renewed; nil for money that is put on the account itself.
	service *service
	action  string
	amount  int64
	// fulfil does what was paid for; cancel undoes the order when its unpaid bill is deleted. Either may be nil.
	fulfil, cancel func(now time.Time)
}

func (b *bill) status() string {
	if b.payed == "" {
		return billNotPayed
	}
	return billPayed
}

// settle marks the bill as paid and fulfils its orders.
func (b *bill) settle(now time.Time) {
	b.payed = now.Format(time.DateOnly)
	for _, o := range b.orders {
		if o.fulfil != nil {
			o.fulfil(now)
		}
	}
}

// dismiss undoes the orders of an unpaid bill.
func (b *bill) dismiss(now time.Time) {
	for _, o := range b.orders {
		if o.cancel != nil {
			o.cancel(now)
		}
	}
}

// concerns tells whether one of the bill's orders is for a service.
func (b *bill) concerns(s *service) bool {
	return slices.ContainsFunc(b.orders, func(o order) bool { return o.service == s })
}

// funds is what an account can spend: what lies on it and is not blocked and, for a Partner, the credit (5.4).
func (a *account) funds() int64 {
	funds := a.balance.prepay - a.balance.blocked
	if a.Partner {
		funds += a.balance.credit
	}
	return funds
}

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
	made := &bill{
		owner: c.account.Login, created: c.now.Format(time.DateOnly), payType: payPrepay, currency: roubles, orders: orders,
	}
	if asked := c.params.Text("pay_type"); asked != "" {
		if !slices.Contains(payTypes, asked) {
			return nil, refusal.Incorrect("pay_type")
		}
		made.payType = asked
	}
	for _, o := range orders {
		made.amount += o.amount
	}
	enough := made.amount <= c.account.funds()
	if c.test {
		enough = !c.flag("allow_create_bills")
	}
	if made.payType == payPrepay && !enough && !c.flag("ok_if_no_money") && !c.flag("allow_create_bills") {
		return nil, refusal.New("NOT_ENOUGH_MONEY")
	}
	c.keepBill(made)
	if made.amount == 0 || (made.payType == payPrepay && enough) {
		c.account.balance.prepay -= made.amount
		made.settle(c.now)
	}
	c.touch()
	return made, nil
}

// flag tells whether a parameter of the request is set: anything but nothing and zero.
func (c *call) flag(name string) bool {
	value := c.params.Text(name)
	return value != "" && value != "0"
}

// keepBill gives a bill its number and, but for the test user, keeps it.
func (c *call) keepBill(made *bill) {
	if c.test {
		made.id = exampleBillID(c.fn.Name, c.flag("allow_create_bills"))
		return
	}
	made.id = c.srv.state.freshID()
	c.srv.state.bills = append(c.srv.state.bills, made)
}

// billsOf returns the bills of an account, oldest first.
func (s *state) billsOf(login string) []*bill {
	bills := []*bill{}
	for _, b := range s.bills {
		if b.owner == login {
			bills = append(bills, b)
		}
	}
	return bills
}

func (s *state) removeBill(doomed *bill) {
	s.bills = slices.DeleteFunc(s.bills, func(b *bill) bool { return b == doomed })
}

// claimBilling notes that a request of a paid function is under way, and whether another one of the same account was when it came:
// such a one is refused with BILLING_LOCK.
func (s *Server) claimBilling(c *call) {
	if c.fn == nil || !c.fn.paid || c.entry.Login == testLogin {
		return
	}
	c.billingBusy = s.billing[c.entry.Login] > 0
	s.billing[c.entry.Login]++
	c.billing = true
}

func (s *Server) releaseBilling(c *call) {
	if c.billing {
		s.billing[c.entry.Login]--
	}
}

// answer is how a bill stands in the answers of orders (8.7).
func (b *bill) answer() map[string]any {
	return map[string]any{
		"bill_id": textNumeral(b.id), "payment": amount(b.amount), "pay_type": b.payType, "pay_notes": b.payNotes(),
	}
}
