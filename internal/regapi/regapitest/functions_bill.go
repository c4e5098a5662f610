package regapitest

import (
	"slices"
	"strconv"
	"time"

	"github.com/regapi-io/regapi-operator/internal/regapi/catalog"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/dnszone"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/form"
	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func billHandlers() map[string]handler {
	return map[string]handler{
		"bill/nop":             {call: eachBill(answerBillStatus)},
		"bill/get_not_payed":   {call: answerUnpaidBills},
		"bill/get_for_period":  {call: answerBillsOfPeriod},
		"bill/change_pay_type": {call: changePayType, costs: toPrepay},
		"bill/delete":          {call: eachBill(deleteBill)},
	}
}

// billFunction answers for one bill. Its error stands beside what it answers.
type billFunction func(c *call, b *bill) (map[string]any, *refusal.Error)

// eachBill makes a function of one that works on one bill: bill_id, or a list bills whose elements are numbers or objects with one (6.1).
// A failed element has an error_code, and a text with [Behaviour.BillErrorTexts], but no result.
func eachBill(do billFunction) func(*call) (map[string]any, *refusal.Error) {
	return func(c *call) (map[string]any, *refusal.Error) {
		ids, err := c.billIDs()
		if err != nil {
			return nil, err
		}
		c.entry.Elements = len(ids)
		answers := make([]any, 0, len(ids))
		for index, id := range ids {
			answer, err := map[string]any(nil), refusal.New("BILL_ID_NOT_FOUND")
			if found := c.findBill(id, index); found != nil {
				answer, err = do(c, found)
			}
			if answer == nil {
				answer = map[string]any{}
			}
			answer["bill_id"] = numeral{digits: id}
			if err != nil {
				c.entry.ElementErrors = append(c.entry.ElementErrors, ElementError{Element: id, Code: err.Code})
				c.describeBill(answer, err)
			}
			answers = append(answers, answer)
		}
		return map[string]any{string(catalog.Bills): answers}, nil
	}
}

// describeBill writes an error as the example of bill/delete does: its code alone (6.5).
func (c *call) describeBill(into map[string]any, err *refusal.Error) {
	into["error_code"] = err.Code
	if c.srv.behaviour.BillErrorTexts && !c.test {
		c.describe(into, err)
	}
}

// billIDs returns the numbers that a request names.
func (c *call) billIDs() ([]string, *refusal.Error) {
	ids := []string{}
	switch list := c.params.Value(string(catalog.Bills)).(type) {
	case []any:
		for _, item := range list {
			id, _ := item.(string)
			if object, ok := item.(form.Params); ok {
				id = object.Text("bill_id")
			}
			ids = append(ids, id)
		}
	case string:
		ids = append(ids, list)
	case nil:
		ids = append(ids, c.params.Text("bill_id"))
	default:
		return nil, refusal.Incorrect(string(catalog.Bills))
	}
	if len(ids) == 0 || (len(ids) == 1 && ids[0] == "") {
		return nil, refusal.Missing("bill_id")
	}
	if len(ids) > maxElements {
		return nil, refusal.New("TOO_MANY_OBJECTS_IN_ONE_REQUEST", "max_objects", strconv.Itoa(maxElements))
	}
	if slices.ContainsFunc(ids, func(id string) bool { return !digits.MatchString(id) }) {
		return nil, refusal.Incorrect("bill_id")
	}
	return ids, nil
}

func (c *call) findBill(id string, index int) *bill {
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil
	}
	if c.test {
		return exampleBill(c.fn.Name, number, index)
	}
	found := c.srv.state.bills[number]
	if found == nil || found.owner != c.account.Login || (found.gone && c.srv.behaviour.GoneBills != GoneBillsCancelled) {
		return nil
	}
	return found
}

func answerBillStatus(_ *call, b *bill) (map[string]any, *refusal.Error) {
	return map[string]any{"pay_status": b.status()}, nil
}

// deleteBill takes an unpaid bill away, and what was ordered with it; paid ones stay (6.5).
func deleteBill(c *call, b *bill) (map[string]any, *refusal.Error) {
	answer := map[string]any{"pay_status": b.status()}
	if b.payed != "" {
		answer["status"] = "active"
		return answer, refusal.New("BILL_CAN_NOT_REMOVED")
	}
	if !c.test {
		c.srv.state.dismiss(b)
	}
	c.touch()
	answer["status"], answer["result"] = "deleted", "success"
	return answer, nil
}

// payCurrencies are the currencies of each way to pay that a bill can be changed to (6.4); WM is that of the older edition.
var payCurrencies = map[string][]string{
	payPrepay: {roubles, dollars}, payBank: {roubles, dollars}, "yamoney": {roubles}, "WM": {roubles, dollars, "EUR", "UAH"},
}

// changePayType changes how bills are paid; prepay pays them at once (6.4).
func changePayType(c *call) (map[string]any, *refusal.Error) {
	payType, currency := c.params.Text("pay_type"), c.params.Text("currency")
	allowed, known := payCurrencies[payType]
	switch {
	case payType == "":
		return nil, refusal.Missing("pay_type")
	case !known:
		return nil, refusal.Incorrect("pay_type")
	case currency == "":
		return nil, refusal.Missing("currency")
	case !slices.Contains(allowed, currency):
		return nil, refusal.New("UNSUPPORTED_CURRENCY")
	case payType == payPrepay && c.account.PurchasesDisabled:
		return nil, refusal.New("PURCHASES_DISABLED")
	}
	return eachBill(func(c *call, b *bill) (map[string]any, *refusal.Error) { return c.payDifferently(b, payType, currency) })(c)
}

func (c *call) payDifferently(b *bill, payType, currency string) (map[string]any, *refusal.Error) {
	old := b.payType
	switch {
	case b.gone:
		return nil, refusal.New("BILL_ID_NOT_FOUND")
	case b.payed != "" && c.srv.behaviour.PaidBills == PaidBillsRefused:
		first := b.orders[0].shown()
		return nil, refusal.New("ORDER_ALREADY_PAYED", "dname", first.name, "servtype", first.servtype)
	case b.payed != "":
		payType, currency = b.payType, b.currency
	case payType == payPrepay && b.amount > c.account.funds():
		if c.srv.behaviour.PrepayBillsPaySelf {
			b.payType = payPrepay
			c.touch()
		}
		return nil, refusal.New("NOT_ENOUGH_MONEY")
	default:
		b.payType, b.currency = payType, currency
		c.payNow(b)
		c.touch()
	}
	return map[string]any{
		"currency": currency, "old_pay_type": old, "pay_status": b.status(), "pay_type": payType, "payment": amount(b.amount),
		"result": "success", "total_payment": c.total(b),
	}, nil
}

// payNow pays a bill that has become one of prepay.
func (c *call) payNow(b *bill) {
	switch {
	case b.payType != payPrepay:
	case c.test:
		b.payed = b.created
	default:
		c.srv.state.payFromBalance(b, c.now)
	}
}

// total is what a bill costs in its currency: payment systems take their interest, prepay costs none.
func (c *call) total(b *bill) numeral {
	const whole = 100
	sum := b.amount
	if b.payType != payPrepay && !c.test {
		sum += sum * int64(c.srv.behaviour.Interest) / whole
	}
	rate, _ := roublesPer(b.currency)
	return amount(sum / max(rate, 1))
}

func amount(hundredths int64) numeral { return numeral{digits: formatMoney(hundredths)} }

// page is what limit and offset cut out of a list of bills (6.2).
type page struct{ limit, offset int }

const (
	defaultPage = 100
	maxPage     = 1024
)

func (c *call) page() (page, *refusal.Error) {
	given, err := c.numbers(map[string]int{"limit": defaultPage, "offset": 0})
	if err != nil {
		return page{}, err
	}
	if given["limit"] > maxPage {
		return page{}, refusal.Incorrect("limit")
	}
	return page{limit: given["limit"], offset: given["offset"]}, nil
}

func (p page) of(bills []*bill) []*bill {
	from := min(p.offset, len(bills))
	return bills[from:min(from+p.limit, len(bills))]
}

func answerUnpaidBills(c *call) (map[string]any, *refusal.Error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	return c.answerBills(p, (*bill).open, func(b *bill, shown map[string]any) {
		shown["orig_payment"] = amount(b.amount)
		if !c.test {
			shown["total_payment"] = c.total(b)
		}
	})
}

// answerBillsOfPeriod gives the bills that were made between two days, both included. all adds those whose services are gone (6.3).
func answerBillsOfPeriod(c *call) (map[string]any, *refusal.Error) {
	p, err := c.page()
	if err != nil {
		return nil, err
	}
	dates := [2]string{}
	for i, name := range []string{"start_date", "end_date"} {
		dates[i] = c.params.Text(name)
		if dates[i] == "" {
			return nil, refusal.Missing(name)
		}
		if _, err := time.Parse(time.DateOnly, dates[i]); err != nil {
			return nil, refusal.Incorrect(name)
		}
	}
	payType, all := c.params.Text("pay_type"), c.flag("all")
	within := func(b *bill) bool {
		return c.test || b.created >= dates[0] && b.created <= dates[1] && (payType == "" || payType == b.payType) && (all || b.current()) &&
			(!b.gone || all && c.srv.behaviour.GoneBills == GoneBillsCancelled)
	}
	return c.answerBills(p, within, func(b *bill, shown map[string]any) { shown["total_payment"] = c.total(b) })
}

// current tells whether one of the services that a bill is for still lives; a bill for money on the account always is.
func (b *bill) current() bool {
	return slices.ContainsFunc(b.orders, func(o order) bool { return o.service == nil || o.service.listed() })
}

// answerBills lists the bills that fit; finish adds what the function's own example has.
func (c *call) answerBills(p page, fits func(*bill) bool, finish func(*bill, map[string]any)) (map[string]any, *refusal.Error) {
	bills := slices.Clone(c.srv.state.billsOf[c.account.Login])
	if c.test {
		bills = exampleBills(c.fn.Name)
	}
	bills = slices.DeleteFunc(bills, func(b *bill) bool { return !fits(b) })
	answers := []any{}
	for _, b := range p.of(bills) {
		shown := b.shown()
		finish(b, shown)
		answers = append(answers, shown)
	}
	c.entry.Elements = len(answers)
	return map[string]any{string(catalog.Bills): answers}, nil
}

// shown is a bill as the lists of bills show it (6.2).
func (b *bill) shown() map[string]any {
	items := []any{}
	for _, o := range b.orders {
		items = append(items, o.shown().item())
	}
	shown := map[string]any{
		"bill_date": b.created, "bill_id": textNumeral(b.id), "currency": b.currency, "items": items, "pay_date": nil,
		"pay_status": b.status(), "pay_type": b.payType, "payment": amount(b.amount),
	}
	if b.payed != "" {
		shown["pay_date"] = b.payed
	}
	return shown
}

// shownOrder is how an order appears in a bill.
type shownOrder struct {
	kind, action, name, servtype string
	id                           int64
}

func (o order) shown() shownOrder {
	if o.service == nil {
		return shownOrder{kind: itemPrepayment}
	}
	return shownOrder{
		kind: itemService, action: o.action, name: dnszone.UnicodeName(o.service.Name), servtype: o.service.Servtype, id: o.service.ServiceID,
	}
}

func (s shownOrder) item() map[string]any {
	if s.kind == itemPrepayment {
		return map[string]any{"itemtype": s.kind}
	}
	return map[string]any{
		"action": s.action, "dname": s.name, "itemtype": s.kind, "service_id": textNumeral(s.id), "servtype": s.servtype,
	}
}
