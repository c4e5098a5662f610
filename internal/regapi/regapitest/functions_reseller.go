package regapitest

import (
	"slices"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// The addresses that an external service can send its user to (5.5).
var urlTypes = []string{"refill", "refund"}

// resellerURLKey checks the two parameters that name an address. Errors: PARAMETER_MISSING, PARAMETER_INCORRECT.
func (c *call) resellerURLKey() (string, *refusal.Error) {
	servtype, urlType := c.params.Text("servtype"), c.params.Text("url_type")
	switch {
	case servtype == "":
		return "", refusal.Missing("servtype")
	case servtype != seowizard:
		return "", refusal.Incorrect("servtype")
	case urlType == "":
		return "", refusal.Missing("url_type")
	case !slices.Contains(urlTypes, urlType):
		return "", refusal.Incorrect("url_type")
	}
	return servtype + " " + urlType, nil
}

func setResellerURL(c *call) (map[string]any, *refusal.Error) {
	key, err := c.resellerURLKey()
	if err != nil {
		return nil, err
	}
	if c.params.Text("url") == "" {
		return nil, refusal.Missing("url")
	}
	c.account.resellerURLs[key] = c.params.Text("url")
	c.touch()
	return nil, nil
}

// answerResellerURL is empty until an address is set.
func answerResellerURL(c *call) (map[string]any, *refusal.Error) {
	key, err := c.resellerURLKey()
	if err != nil {
		return nil, err
	}
	if c.test {
		return map[string]any{"url": "http://test2.com"}, nil
	}
	return map[string]any{"url": c.account.resellerURLs[key]}, nil
}

// refillBalance sends a bill for money on the account, which is there once the bill is paid (5.5 of the older edition).
func refillBalance(c *call) (map[string]any, *refusal.Error) {
	if c.params.Text("pay_type") != "WM" {
		return nil, refusal.Incorrect("pay_type")
	}
	if c.params.Text("wmid") == "" {
		return nil, refusal.Missing("wmid")
	}
	currency := c.params.Text("currency")
	if !slices.Contains(payCurrencies["WM"][1:], currency) {
		return nil, refusal.New("UNSUPPORTED_CURRENCY")
	}
	asked, err := parseAmount(c.params.Text("amount"))
	if err != nil {
		return nil, err
	}
	rate, _ := roublesPer(currency)
	sum := asked * rate
	if c.test {
		sum = exampleAdvance
	}
	made := newBill(c.account.Login, "WM", c.now, c.srv.behaviour, order{action: actionNew, amount: sum, effect: effectDeposit})
	if c.test {
		made.id = exampleBillID(c.fn.Name, false)
	} else {
		c.srv.state.addBill(made)
	}
	c.touch()
	return map[string]any{
		"bill_id": textNumeral(made.id), "currency": made.currency, "pay_notes": "Bill for prepay created", "pay_type": made.payType,
		"payment": amount(sum), "total_payment": c.total(made), "wm_invid": textNumeral(exampleInvoiceID),
	}, nil
}

// The advance of the example of user/refill_balance and the number that WebMoney gives its bill (5.5 of the older edition).
const (
	exampleAdvance   = 1000_00
	exampleInvoiceID = 12345678
)
