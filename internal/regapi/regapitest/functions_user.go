package regapitest

import (
	"fmt"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

func userHandlers() map[string]handler {
	return map[string]handler{
		"user/nop":              {call: answerNothing},
		"user/create":           {call: createUser},
		"user/get_statistics":   {call: answerStatistics},
		"user/get_balance":      {call: answerBalance},
		"user/set_reseller_url": {call: setResellerURL},
		"user/get_reseller_url": {call: answerResellerURL},
		"user/refill_balance":   {call: refillBalance},
	}
}

// answerNothing is a success without an answer.
func answerNothing(*call) (map[string]any, *refusal.Error) { return nil, nil }

// The currencies that the examples name (5.4).
const (
	roubles = "RUR"
	dollars = "USD"
)

// roublesPer is the rate of each currency that user/get_balance knows. The service takes the day's rate; these are fixed.
func roublesPer(currency string) (int64, bool) {
	rate, ok := map[string]int64{roubles: 1, dollars: 80, "EUR": 90, "UAH": 2}[currency]
	return rate, ok
}

// answerBalance leaves out blocked when it is zero, and credit for those who are no Partners (5.4).
func answerBalance(c *call) (map[string]any, *refusal.Error) {
	currency := c.params.Text("currency")
	if currency == "" {
		currency = roubles
	}
	rate, ok := roublesPer(currency)
	if !ok {
		return nil, refusal.New("UNSUPPORTED_CURRENCY")
	}
	answer := map[string]any{"currency": currency, "prepay": amount(c.account.balance.prepay / rate)}
	if c.account.balance.blocked != 0 {
		answer["blocked"] = amount(c.account.balance.blocked / rate)
	}
	if c.account.Partner {
		answer["credit"] = amount(c.account.balance.credit / rate)
	}
	return answer, nil
}

// formatMoney writes hundredths as "1000" or "1000.50".
func formatMoney(hundredths int64) string { return strings.TrimSuffix(formatCents(hundredths), ".00") }

// formatCents writes hundredths as "1000.00".
func formatCents(hundredths int64) string {
	sign := ""
	if hundredths < 0 {
		sign, hundredths = "-", -hundredths
	}
	return fmt.Sprintf("%s%d.%02d", sign, hundredths/100, hundredths%100)
}
