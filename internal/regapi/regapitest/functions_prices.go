package regapitest

import (
	"slices"
	"strconv"
	"strings"

	"github.com/regapi-io/regapi-operator/internal/regapi/regapitest/internal/refusal"
)

// wholeAnswer is the key of an answer that is no object: a function that has one answers with this key alone.
const wholeAnswer = ""

// answerPrices lists the tariffs; servortld is the type of service (7.2). All callers get the prices of group 0.
func answerPrices(c *call) (map[string]any, *refusal.Error) {
	currency, rate, err := parseCurrency(c.params.Text("currency"))
	if err != nil {
		return nil, err
	}
	offered, renewals := tariffs, c.flag("show_renew_data")
	if c.test {
		offered = exampleTariffs()
	}
	prices := []any{}
	for _, t := range offered {
		shown := map[string]any{"price": amount(t.price / rate), "servortld": t.servtype, "subtype": t.subtype, "unit": t.unit}
		if renewals && !t.once {
			shown["renew_price"] = amount(t.renewPrice / rate)
		}
		prices = append(prices, shown)
	}
	return map[string]any{
		"currency": currency, "pricegroup": textNumeral(0), "prices": prices, "show_renew_data": textNumeral(int64(bit(renewals))),
	}, nil
}

func bit(set bool) int {
	if set {
		return 1
	}
	return 0
}

// answerServtypeDetails lists the plans of one type of service, or of several given with commas or as repeated fields; then the subtype does not
// count (7.3). The test user gets the example, which answers with web forwarding to a request for hosting.
func answerServtypeDetails(c *call) (map[string]any, *refusal.Error) {
	wanted := []string{}
	for _, text := range texts(c.params.Value("servtype")) {
		wanted = append(wanted, strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	if len(wanted) == 0 {
		return nil, refusal.Missing("servtype")
	}
	details := []any{}
	for _, t := range c.tariffsOf(wanted) {
		details = append(details, c.shownTariff(t))
	}
	if len(details) == 0 {
		return nil, refusal.New("PRICES_NOT_FOUND", "servtype", strings.Join(wanted, ","))
	}
	return map[string]any{wholeAnswer: details}, nil
}

func (c *call) tariffsOf(wanted []string) []tariff {
	if c.test {
		wanted = []string{"srv_webfwd"}
	}
	subtype, hidden := c.params.Text("subtype"), c.flag("show_hidden") && !c.flag("only_actual")
	found := []tariff{}
	for _, t := range tariffs {
		asked := slices.Contains(wanted, t.servtype) && (hidden || !t.archived)
		if asked && (subtype == "" || len(wanted) > 1 || t.subtype == subtype) {
			found = append(found, t)
		}
	}
	return found
}

// shownTariff gives the price of one period and the range of periods or, with unroll_prices, the price of each number of periods.
func (c *call) shownTariff(t tariff) map[string]any {
	shown := map[string]any{
		"commonname": t.name, "extparams": map[string]any{}, "is_renewable": textNumeral(int64(bit(!t.once))), "servtype": t.servtype,
		"subtype": t.subtype, "unit": t.unit,
	}
	terms := map[string]int64{"new": t.price, "renew": t.renewPrice}
	if t.once {
		delete(terms, "renew")
	}
	for term, price := range terms {
		if c.flag("unroll_prices") {
			shown["prices_"+term] = unrolled(price, t.longest())
			continue
		}
		shown["periods_"+term] = "1-" + strconv.Itoa(t.longest())
		shown["price_"+term] = numeral{digits: formatCents(price)}
	}
	return shown
}

func unrolled(price int64, longest int) []any {
	prices := []any{}
	for period := range int64(longest) {
		prices = append(prices, map[string]any{"period": textNumeral(period + 1), "price": numeral{digits: formatCents((period + 1) * price)}})
	}
	return prices
}
