package regapitest

import (
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// seowizard is the one external service with a balance of its own (7.24).
const seowizard = "srv_seowizard"

// leastRefill is the least amount that service/refill takes, in hundredths of a rouble (7.24).
const leastRefill = 10_00

// external runs a function only on a service of one type.
func external(servtype string, next elementFunction) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		if !c.test && e.service.Servtype != servtype {
			return nil, refusal.New("SERVICE_OPERATIONS_DISABLED")
		}
		return next(c, e)
	}
}

// refillService puts money on a service's balance, at the fixed rates of user/get_balance (7.24).
func refillService(c *call, e *element) (map[string]any, *refusal.Error) {
	asked, err := parseAmount(c.params.Text("amount"))
	if err != nil {
		return nil, err
	}
	_, rate, err := parseCurrency(c.params.Text("currency"))
	if err != nil {
		return nil, err
	}
	sum := asked * rate
	switch {
	case c.test:
		sum = exampleRefill
	case sum < leastRefill:
		return nil, refusal.Incorrect("amount")
	}
	made, err := c.charge(order{service: e.service, action: c.srv.behaviour.RenewalWord(), amount: sum, effect: effectRefill})
	if err != nil {
		return nil, err
	}
	return map[string]any{
		"bill_id": textNumeral(made.id), "currency": made.currency, "pay_notes": made.payNotes(), "pay_type": made.payType,
		"payment": amount(made.amount), "service_id": textNumeral(e.service.ServiceID),
	}, nil
}

// parseAmount reads money with at most two decimals. Errors: PARAMETER_MISSING, PARAMETER_INCORRECT.
func parseAmount(text string) (int64, *refusal.Error) {
	if text == "" {
		return 0, refusal.Missing("amount")
	}
	whole, cents, _ := strings.Cut(text, ".")
	const decimals = 2
	if len(cents) > decimals {
		return 0, refusal.Incorrect("amount")
	}
	hundredths, err := strconv.ParseUint(whole+cents+strings.Repeat("0", decimals-len(cents)), 10, 40)
	if err != nil || hundredths == 0 {
		return 0, refusal.Incorrect("amount")
	}
	return int64(hundredths), nil
}

// refundService takes all money back from a service's balance (7.24 of the older edition).
func refundService(c *call, e *element) (map[string]any, *refusal.Error) {
	c.account.receiveBack(e.service.balance)
	e.service.balance = 0
	c.touch()
	return nil, nil
}

// answerServiceBalance is in roubles, but for the example's dollars (7.25).
func answerServiceBalance(c *call, e *element) (map[string]any, *refusal.Error) {
	if c.test {
		return map[string]any{"balance": textNumeral(10), "currency": dollars}, nil
	}
	return map[string]any{"balance": amount(e.service.balance), "currency": roubles}, nil
}

// answerLink gives the address of a panel; a real one ends with what lets the user in.
func answerLink(address string) elementFunction {
	return func(c *call, e *element) (map[string]any, *refusal.Error) {
		link := address
		if !c.test {
			link += "#" + strconv.FormatInt(e.service.ServiceID, 10)
		}
		return map[string]any{"link": link}, nil
	}
}
