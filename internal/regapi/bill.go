package regapi

import (
	"context"
)

// BillService holds the functions about bills (section 6).
type BillService struct{ client *Client }

// PayStatus is how far the payment of a bill has come (6.3).
type PayStatus string

// The states of payment.
const (
	// BillNotPayed: nothing has been paid.
	BillNotPayed PayStatus = "notpayed"
	// BillConfirmed: the payment is confirmed, the money has not arrived yet.
	BillConfirmed PayStatus = "confirmed"
	// BillPayed: the money has arrived.
	BillPayed PayStatus = "payed"
	// BillCancelled: the payment was cancelled on the side of the payment system.
	BillCancelled PayStatus = "cancelled"
)

// BillResult is the outcome for one number of a list call.
type BillResult struct {
	BillID ID
	// PayStatus is "" if the answer does not tell.
	PayStatus PayStatus
	// Err is nil only if REG.API reported success for this very bill.
	Err error
}

// billElement is what answers tell of a bill in a list of requested ones.
type billElement struct {
	PayStatus    PayStatus `json:"pay_status"`
	OldPayType   PayType   `json:"old_pay_type"`
	PayType      PayType   `json:"pay_type"`
	Currency     Text      `json:"currency"`
	Payment      Money     `json:"payment"`
	TotalPayment Money     `json:"total_payment"`
}

// bill is what an element tells in which something is odd.
func (o object) bill() billElement {
	return billElement{
		PayStatus: PayStatus(o.text("pay_status")), OldPayType: PayType(o.text("old_pay_type")), PayType: PayType(o.text("pay_type")),
		Currency: Text(o.text("currency")), Payment: o.money("payment"), TotalPayment: o.money("total_payment"),
	}
}

// bills calls a list function about bills.
func (b *BillService) bills(
	ctx context.Context, function string, params parameters, ids []ID,
) ([]BillResult, []billElement, error) {
	numbers := make([]any, len(ids))
	for i, id := range ids {
		numbers[i] = id.String()
	}
	items, err := b.client.numbered(ctx, numberedCall{
		function: function, member: "bills", key: "bill_id", noun: "bill",
		ids: ids, elements: numbers, params: params,
		succeeded: answeredWithout("pay_status"), // bill/nop documents no result (6.1)
	})
	if err != nil || items == nil {
		return nil, nil, err
	}
	results, elements := make([]BillResult, len(items)), make([]billElement, len(items))
	for i, item := range items {
		results[i] = BillResult{BillID: item.id, Err: item.err}
		if item.element == nil {
			continue
		}
		if item.decode(&elements[i]) != nil {
			elements[i] = item.element.bill()
			if item.err == nil {
				results[i].Err = misshapen(function, DomainRef{Name: "bill " + item.id.String()})
			}
		}
		if item.err == nil && item.element.oddAmount() != nil {
			results[i].Err = misshapen(function, DomainRef{Name: "bill " + item.id.String()})
		}
		results[i].PayStatus = elements[i].PayStatus
	}
	return results, elements, nil
}

// Nop checks that up to 1000 bills exist, and tells whether they are paid (6.1).
func (b *BillService) Nop(ctx context.Context, ids ...ID) ([]BillResult, error) {
	results, _, err := b.bills(ctx, "bill/nop", nil, ids)
	return results, err
}

// Page is a part of a list of bills.
type Page struct {
	// Limit is how many bills to return at most: 100 if 0, and never more than 1024.
	Limit int
	// Offset is how many bills to skip.
	Offset int
}

func (p Page) add(params parameters) {
	params.number("limit", p.Limit)
	params.number("offset", p.Offset)
}

// Bill is a bill of the account (6.2).
type Bill struct {
	BillID   ID
	BillDate Date
	// PayDate is no date while the bill is unpaid.
	PayDate   Date
	PayType   PayType
	PayStatus PayStatus
	// Payment is the amount in roubles, without the fees of payment systems.
	Payment Money
	// TotalPayment is what has to be paid in Currency, fees and conversion included.
	TotalPayment Money
	// Currency is RUR, USD, EUR or UAH.
	Currency string
	Items    []BillItem
}

// BillItem is one position of a bill.
type BillItem struct {
	// ItemType is "prepayment" for money put on the balance and "service" for an order.
	ItemType string
	// Domain is the name that the service belongs to, if it has one.
	Domain    string
	ServType  string
	ServiceID ID
	// Action is "new" for an order and "renew" for a renewal.
	Action string
}

// UnmarshalJSON reads a bill of a list.
func (b *Bill) UnmarshalJSON(raw []byte) error {
	return readAs(raw, func(bill struct {
		BillID       ID         `json:"bill_id"`
		BillDate     Date       `json:"bill_date"`
		PayDate      Date       `json:"pay_date"`
		PayType      PayType    `json:"pay_type"`
		PayStatus    PayStatus  `json:"pay_status"`
		Payment      Money      `json:"payment"`
		TotalPayment Money      `json:"total_payment"`
		Currency     string     `json:"currency"`
		Items        []BillItem `json:"items"`
	}) {
		*b = Bill(bill)
	})
}

// UnmarshalJSON reads a position of a bill.
func (i *BillItem) UnmarshalJSON(raw []byte) error {
	return readAs(raw, func(item struct {
		ItemType  Text `json:"itemtype"`
		Domain    Text `json:"dname"`
		ServType  Text `json:"servtype"`
		ServiceID ID   `json:"service_id"`
		Action    Text `json:"action"`
	}) {
		*i = BillItem{
			ItemType: string(item.ItemType), Domain: string(item.Domain), ServType: string(item.ServType),
			ServiceID: item.ServiceID, Action: string(item.Action),
		}
	})
}

// listed calls a function that lists bills.
func (b *BillService) listed(ctx context.Context, function string, params parameters) ([]Bill, error) {
	return members[Bill](ctx, b.client, function, params, "bills")
}

// GetNotPayed returns the unpaid bills of the account, page by page (6.2).
func (b *BillService) GetNotPayed(ctx context.Context, page Page) ([]Bill, error) {
	params := parameters{}
	page.add(params)
	return b.listed(ctx, "bill/get_not_payed", params)
}

// BillPeriod selects bills by their date.
type BillPeriod struct {
	// Start and End are the first and the last day; both are required.
	Start, End Date
	// PayType keeps bills of one way of payment; all if empty.
	PayType PayType
	// All keeps bills of expired services and refunded ones, too.
	All bool
	Page
}

// GetForPeriod returns the bills of a period, page by page; Partners only (6.3).
func (b *BillService) GetForPeriod(ctx context.Context, period BillPeriod) ([]Bill, error) {
	const function = "bill/get_for_period"
	if period.Start.IsZero() || period.End.IsZero() {
		return nil, refuse(function, CodeParameterMissing, "start_date and end_date required")
	}
	params := parameters{}
	params.date("start_date", period.Start)
	params.date("end_date", period.End)
	params.text("pay_type", string(period.PayType))
	params.flag("all", period.All)
	period.add(params)
	return b.listed(ctx, function, params)
}

// BillPayment is how a bill is to be paid from now on.
type BillPayment struct {
	BillResult
	OldPayType, PayType PayType
	// Payment is the amount in roubles, without fees.
	Payment Money
	// TotalPayment is what has to be paid in Currency, fees and conversion included.
	TotalPayment Money
	Currency     string
}

// ChangePayType changes how up to 1000 bills are paid. [PayPrepay] takes the money from the balance
// at once. The currency is RUR or USD; for [PayYaMoney] RUR alone (6.4).
func (b *BillService) ChangePayType(ctx context.Context, payType PayType, currency string, ids ...ID) ([]BillPayment, error) {
	params := parameters{"pay_type": string(payType), "currency": currency}
	results, elements, err := b.bills(ctx, "bill/change_pay_type", params, ids)
	if err != nil || results == nil {
		return nil, err
	}
	payments := make([]BillPayment, len(results))
	for i, element := range elements {
		payments[i] = BillPayment{
			BillResult: results[i], OldPayType: element.OldPayType, PayType: element.PayType,
			Payment: element.Payment, TotalPayment: element.TotalPayment, Currency: string(element.Currency),
		}
	}
	return payments, nil
}

// Delete deletes up to 1000 unpaid bills; a paid one fails with BILL_CAN_NOT_REMOVED (6.5).
func (b *BillService) Delete(ctx context.Context, ids ...ID) ([]BillResult, error) {
	results, _, err := b.bills(ctx, "bill/delete", nil, ids)
	return results, err
}
