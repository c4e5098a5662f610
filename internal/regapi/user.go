package regapi

import "context"

// UserService holds the functions about the account (section 5).
type UserService struct{ client *Client }

// Nop tells that REG.API is there. It is open to everybody: use [CommonService.Nop] to check
// credentials (5.1).
func (s *UserService) Nop(ctx context.Context) error { return s.client.Call(ctx, "user/nop", nil, nil) }

// Balance is the money on the account, in one currency.
type Balance struct {
	// Prepay is what can be spent.
	Prepay Money `json:"prepay"`
	// Blocked is set aside, for example during auctions; answers mention it if it is not 0.
	Blocked Money `json:"blocked"`
	// Credit is granted to Partners.
	Credit Money `json:"credit"`
	// Currency is RUR, USD, EUR or UAH.
	Currency string `json:"currency"`
}

// GetBalance returns the balance in a currency: RUR, USD, EUR or UAH, RUR if empty. Amounts are
// converted at the rate of the day (5.4).
func (s *UserService) GetBalance(ctx context.Context, currency string) (Balance, error) {
	params := map[string]string{}
	if currency != "" {
		params["currency"] = currency
	}
	var balance Balance
	err := s.client.Call(ctx, "user/get_balance", params, tolerating(&balance))
	return balance, err
}
