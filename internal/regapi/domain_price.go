package regapi

import (
	"context"
	"errors"
	"fmt"
)

// DomainPrices are the prices of domains by zone (8.2).
type DomainPrices struct {
	// Currency is RUR, USD, EUR or UAH.
	Currency string
	// PriceGroup is the account's plan, such as "Retail".
	PriceGroup string
	// LastUpdateTime is when the prices of the plan changed, as the answer writes it; "" if it does
	// not tell.
	LastUpdateTime string
	// Prices by zone, such as "ru" and "рф". Where names in other alphabets cost something else,
	// they have a price of their own under "__idn." and the zone, such as "__idn.com".
	Prices map[string]DomainPrice
}

// zonePrices reads the prices of each zone for themselves; those of a zone that cannot be read are not there.
type zonePrices map[string]DomainPrice

// UnmarshalJSON fails for what is no object.
func (z *zonePrices) UnmarshalJSON(raw []byte) error {
	zones, ok := decodeObject(raw)
	if !ok {
		return errors.New("no object")
	}
	*z = make(zonePrices, len(zones))
	for zone, raw := range zones {
		if price, ok := decodeOne[DomainPrice](raw); ok {
			(*z)[zone] = price
		}
	}
	return nil
}

// DomainPrice is what a domain costs for a year.
type DomainPrice struct {
	// RegPrice and RenewPrice are under the account's plan; those of retail are there for Partners.
	RegPrice         Money `json:"reg_price"`
	RenewPrice       Money `json:"renew_price"`
	RetailRegPrice   Money `json:"retail_reg_price"`
	RetailRenewPrice Money `json:"retail_renew_price"`
	// UpdatePrice is for a change of contacts or name servers. The documentation has the parameter that
	// asks for it and does not show how it is answered; this is the name by analogy.
	UpdatePrice Money `json:"update_price"`
	// RegMinPeriod and RegMaxPeriod bound the years of a registration.
	RegMinPeriod Int `json:"reg_min_period"`
	RegMaxPeriod Int `json:"reg_max_period"`
}

// DomainPriceQuery says which prices to return.
type DomainPriceQuery struct {
	// Currency is RUR, USD, EUR or UAH; RUR if empty.
	Currency string
	// ShowRenewData adds the prices of renewal, ShowUpdateData those of a change.
	ShowRenewData, ShowUpdateData bool
}

// GetPrices returns what domains cost under the account's plan, in all zones (8.2).
func (s *DomainService) GetPrices(ctx context.Context, query DomainPriceQuery) (DomainPrices, error) {
	params := parameters{}
	params.text("currency", query.Currency)
	params.flag("show_renew_data", query.ShowRenewData)
	params.flag("show_update_data", query.ShowUpdateData)
	var answer struct {
		Currency       string     `json:"currency"`
		PriceGroup     Text       `json:"price_group"`
		LastUpdateTime Text       `json:"last_update_time"`
		Prices         zonePrices `json:"prices"`
	}
	err := s.client.Call(ctx, "domain/get_prices", params, requiring("prices", &answer))
	return DomainPrices{
		Currency: answer.Currency, PriceGroup: string(answer.PriceGroup),
		LastUpdateTime: string(answer.LastUpdateTime), Prices: answer.Prices,
	}, err
}

// MaxPremiumNames is how many names [DomainService.GetPremiumPrices] takes (8.4).
const MaxPremiumNames = 100

// PremiumPrices are the prices of premium domains (8.4).
type PremiumPrices struct {
	Currency string
	// Domains has an element for each name that is a premium domain, and none for others.
	Domains []PremiumPrice
}

// PremiumPrice is what a premium domain costs.
type PremiumPrice struct {
	Domain string `json:"domain_name"`
	// RegisterPrice is for RegisterPeriod years, RenewPrice for RenewPeriod years.
	RegisterPrice  Money `json:"register_price"`
	RegisterPeriod Int   `json:"register_period"`
	RenewPrice     Money `json:"renew_price"`
	RenewPeriod    Int   `json:"renew_period"`
}

// GetPremiumPrices returns what premium domains cost, in RUR if the currency is empty; Partners
// only (8.4).
func (s *DomainService) GetPremiumPrices(ctx context.Context, currency string, names ...string) (PremiumPrices, error) {
	const function = "domain/get_premium_prices"
	if len(names) == 0 || len(names) > MaxPremiumNames {
		return PremiumPrices{}, refuse(function, CodeParameterIncorrect,
			fmt.Sprintf("1 to %d domains, not %d", MaxPremiumNames, len(names)))
	}
	params := parameters{"domains": names}
	params.text("currency", currency)
	var prices struct {
		Currency string             `json:"currency"`
		Domains  each[PremiumPrice] `json:"domains"`
	}
	err := s.client.Call(ctx, function, params, requiring("domains", &prices))
	return PremiumPrices{Currency: prices.Currency, Domains: prices.Domains}, err
}
