package regapi

// PayType is how a bill is paid (2.2.4.6, 6.2, 6.4).
type PayType string

// The ways to pay. Only a bill paid from the balance is paid by REG.API itself.
const (
	// PayPrepay takes the money from the balance, at once.
	PayPrepay PayType = "prepay"
	// PayBank is a bank transfer.
	PayBank PayType = "bank"
	// PayPBank is a cashless transfer through a bank.
	PayPBank PayType = "pbank"
	// PayYaCard and PayYaMoney are YooMoney; bill/change_pay_type takes the latter.
	PayYaCard  PayType = "yacard"
	PayYaMoney PayType = "yamoney"
)

// Payment says how an order is paid (2.2.4.6).
type Payment struct {
	// PayType is PayPrepay if empty.
	PayType PayType
	// PointOfSale names the system by which the customer orders.
	PointOfSale string
	// OKIfNoMoney leaves an unpaid bill behind when the balance does not suffice. Otherwise such an
	// order is refused with NOT_ENOUGH_MONEY.
	OKIfNoMoney bool
}

func (p Payment) add(params parameters) {
	params.text("pay_type", string(p.PayType))
	params.text("point_of_sale", p.PointOfSale)
	params.flag("ok_if_no_money", p.OKIfNoMoney)
}
